"""The patterns of one namespace by row: their bodies as they came, and what filters and scores read as columns.

A row is given out once and never again. Writing a pattern anew gives it a new row; what only changes its state or its
statistics stays where it is.
"""

import hashlib
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.bank.convert import pattern_message, statistics_message, time_ms
from acumen.bank.pattern import Pattern, State, Statistics, situation_of
from acumen.proto.v1.pattern_pb2 import Pattern as Message

EXACT = ("title", "context", "content", "situation")
COLUMNS = np.dtype(
    [
        ("live", np.bool_),
        ("state", np.int8),
        ("polarity", np.int8),
        ("revision", np.int64),
        ("created_ms", np.int64),
        ("expires_ms", np.int64),
        ("successes", np.float64),
        ("failures", np.float64),
        ("selections", np.int64),
        ("last_used_ms", np.int64),
        ("subject", np.uint64),
        ("exact", np.uint64, (len(EXACT),)),
    ]
)
FIRST_ROWS = 256


def hash_of(text: str) -> int:
    """Return 64 bits that stand for a text, 0 for none."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") if text else 0


class Records:
    """Patterns by row. Bodies are serialised messages without statistics; the columns have those."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.bodies: list[bytes] = []
        self.tags: dict[str, array[int]] = {}
        self._columns = np.zeros(FIRST_ROWS, COLUMNS)
        self._order: list[str] = []
        self._sorted = True

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def columns(self) -> NDArray[Any]:
        """The columns of every row given out, dead ones included, as a view."""
        return self._columns[: len(self.bodies)]

    @classmethod
    def of(cls, bodies: list[bytes], columns: NDArray[Any]) -> "Records":
        """Return the records of an image; raises `ValueError` where its parts do not fit each other."""
        if columns.dtype != COLUMNS or len(columns) != len(bodies):
            raise ValueError(f"{len(bodies)} bodies, {len(columns)} rows of columns of {columns.dtype}")
        records = cls()
        records.bodies = bodies
        records._columns = columns if len(columns) else records._columns
        for row in np.flatnonzero(columns["live"]).tolist():
            message = Message.FromString(bodies[row])
            records.rows[message.id] = row
            records._order.append(message.id)
            for tag in message.tags:
                records.tags.setdefault(tag, array("q")).append(row)
        records._sorted = False
        return records

    def add(self, message: Message, revision: int) -> int:
        """Give a pattern a new row and return it; an older row of the same id is dead from then on."""
        row = len(self.bodies)
        if row == len(self._columns):
            self._columns = np.concatenate([self._columns, np.zeros(row, COLUMNS)])
        old = self.rows.get(message.id)
        if old is None:
            self._order.append(message.id)
            self._sorted = False
        else:
            self._columns["live"][old] = False
            self.bodies[old] = b""
        self._columns[row] = _columns(message, revision)
        if old is not None and not message.HasField("statistics"):
            for name in ("successes", "failures", "selections", "last_used_ms"):
                self._columns[name][row] = self._columns[name][old]
        self.rows[message.id] = row
        self.bodies.append(_body(message))
        for tag in message.tags:
            self.tags.setdefault(tag, array("q")).append(row)
        return row

    def revise(self, value: Pattern, revision: int) -> None:
        """Write a pattern's new state, links and statistics over the old ones; its texts must be the same."""
        row, message = self.rows[value.id], pattern_message(value)
        stored = Message.FromString(self.bodies[row])
        message.embedder = stored.embedder
        if stored.HasField("vector"):
            message.vector.CopyFrom(stored.vector)
        self._columns[row] = _columns(message, revision)
        self.bodies[row] = _body(message)
        for tag in set(message.tags) - set(stored.tags):
            self.tags.setdefault(tag, array("q")).append(row)

    def use(self, pattern_id: str, reward: float, now_ms: int) -> None:
        """Count an outcome."""
        row, columns = self.rows[pattern_id], self._columns
        columns["successes"][row] += reward
        columns["failures"][row] += 1 - reward
        columns["selections"][row] += 1
        columns["last_used_ms"][row] = max(columns["last_used_ms"][row], now_ms)

    def remove(self, pattern_id: str) -> int:
        """Take a pattern out and return the row it had."""
        row = self.rows.pop(pattern_id)
        self._columns[row] = np.zeros((), COLUMNS)
        self.bodies[row] = b""
        return row

    def message(self, row: int) -> Message:
        """Return the pattern of a live row, statistics and revision included."""
        message = Message.FromString(self.bodies[row])
        message.statistics.CopyFrom(statistics_message(self.statistics(row)))
        message.revision = int(self._columns["revision"][row])
        return message

    def statistics(self, row: int) -> Statistics:
        """Return how the pattern of a row has fared."""
        record = self._columns[row]
        return Statistics(
            successes=float(record["successes"]),
            failures=float(record["failures"]),
            selections=int(record["selections"]),
            last_used_ms=int(record["last_used_ms"]),
        )

    def revisions(self, ids: Iterable[str]) -> dict[str, int]:
        """Return the revision of each pattern that is there, by id."""
        rows = {pattern_id: self.rows[pattern_id] for pattern_id in ids if pattern_id in self.rows}
        return {pattern_id: int(self._columns["revision"][row]) for pattern_id, row in rows.items()}

    def after(self, pattern_id: str) -> Iterator[str]:
        """Yield the ids of patterns behind one, in order; the state must not change meanwhile."""
        if not self._sorted:
            self._order.sort()  # all but the newest are sorted already, which this notices
            self._order = [known for known in dict.fromkeys(self._order) if known in self.rows]
            self._sorted = True
        for known in islice(self._order, bisect_right(self._order, pattern_id), None):
            if known in self.rows:
                yield known

    def ids(self, rows: Iterable[int]) -> list[str]:
        """Return the ids of live rows."""
        return [Message.FromString(self.bodies[row]).id for row in rows]

    def messages(self, ids: Iterable[str]) -> list[Message]:
        """Return such patterns of these ids as are there."""
        return [self.message(self.rows[pattern_id]) for pattern_id in ids if pattern_id in self.rows]


def _body(message: Message) -> bytes:
    kept = Message()
    kept.CopyFrom(message)
    kept.ClearField("statistics")
    kept.ClearField("revision")
    return kept.SerializeToString(deterministic=True)


def _columns(message: Message, revision: int) -> tuple[Any, ...]:
    counts = message.statistics
    exact = [hash_of(part) for part in (message.title, message.context, message.content, situation_of(message))]
    return (
        True,
        message.state or int(State.ACTIVE),
        message.polarity or 1,
        revision,
        time_ms(message.create_time),
        time_ms(message.expire_time),
        counts.successes,
        counts.failures,
        counts.usage_count,
        time_ms(counts.last_used_time),
        hash_of(message.subject),
        exact,
    )
