"""Writes acknowledged on disk beside raw SQLite, and reads while something writes."""

import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import Pattern
from acumen.storage.database import connect, transaction
from benchmarks.bank.figures import Row, awaited, clocked, held, quantile
from benchmarks.bank.filled import Filled, batches
from benchmarks.bank.made_up import Grammar
from benchmarks.bank.wire import SERVICE, channel_to, checked
from benchmarks.record import summary
from benchmarks.rpc.load import Load
from benchmarks.rpc.processes import Server, acumend

SINGLES = 200
Pair: TypeAlias = tuple[float, float]
INSERT = "INSERT INTO journal (body, time_ms) VALUES (?, 0)"


def imports(bank: Filled, rounds: int) -> list[Row]:
    """Import a stream into an empty bank, by two sizes of messages, beside SQLite writing the same messages."""
    patterns = [made.message for made in bank.made]
    found = []
    for size in (64, 256):
        chunks = [pb.ImportRequest(patterns=batch).SerializeToString() for batch in batches(patterns, size)]
        pairs = [(_raw(chunks), _imported(chunks)) for _ in range(rounds + 1)][1:]
        row = {
            "what": f"Import of {len(bank):,} patterns in one stream, {size} a message",
            "against": "SQLite inserting the same messages, same pragmas, a transaction each",
            "n": len(bank),
            "per_s": summary([len(bank) / ours for _, ours in pairs]),
            "sqlite_per_s": summary([len(bank) / raw for raw, _ in pairs]),
            "seconds_ratio": summary([ours / raw for raw, ours in pairs]),
        }
        found.append(held(row, "per_s", least=10_000))
    return found


def _raw(bodies: list[bytes]) -> float:
    with TemporaryDirectory() as folder:
        connection = connect(Path(folder), "FULL")
        seconds = clocked(lambda: _insert_all(connection, bodies))
        connection.close()
        return seconds


def _insert_all(connection: sqlite3.Connection, bodies: list[bytes]) -> None:
    for body in bodies:
        _insert(connection, body)


def _insert(connection: sqlite3.Connection, body: bytes) -> None:
    with transaction(connection):
        connection.execute(INSERT, (body,))


def _imported(chunks: list[bytes]) -> float:
    with acumend() as server, channel_to(server) as channel:
        send: Any = channel.stream_unary(f"{SERVICE}/Import")
        return clocked(lambda: send(iter(chunks), timeout=3600))


async def singles(bank: Filled, rounds: int) -> list[Row]:
    """Put one pattern at a time beside SQLite inserting the same bytes, write by write in turn."""
    async with bank.opened() as one:
        ours = await _in_turns(bank, rounds, lambda new: awaited(one.put([new])))
    found = [_single(f"put of one pattern into {len(bank):,}, in process, on disk", len(bank), ours)]
    with bank.copied() as folder, acumend(f"--data-dir={folder}") as server, channel_to(server) as channel:
        send: Any = channel.unary_unary(f"{SERVICE}/PutPatterns")

        async def put(new: Pattern) -> float:
            body = pb.PutPatternsRequest(patterns=[new]).SerializeToString()
            return clocked(lambda: send(body, timeout=60))

        ours = await _in_turns(bank, rounds, put)
    return [*found, _single(f"PutPatterns of one pattern into {len(bank):,}, over the wire, on disk", len(bank), ours)]


async def _in_turns(bank: Filled, rounds: int, put: Callable[[Pattern], Awaitable[float]]) -> list[list[Pair]]:
    """Return (ours, SQLite's) seconds of each write of each round."""
    grammar = Grammar(seed=1)
    turns = []
    with TemporaryDirectory(dir=bank.folder.parent) as other, closing(connect(Path(other), "FULL")) as connection:
        for turn in range(rounds + 1):
            patterns = [grammar.pattern(8_000_000 + turn * SINGLES + i) for i in range(SINGLES)]
            turns.append([(await put(new), _clocked_insert(connection, new)) for new in patterns])
    return turns[1:]


def _single(what: str, n: int, turns: list[list[Pair]]) -> Row:
    ours, theirs = ([[pair[side] for pair in turn] for turn in turns] for side in (0, 1))
    beyond = [quantile(a, 0.99) - quantile(b, 0.99) for a, b in zip(ours, theirs, strict=True)]
    row = {
        "what": what,
        "against": "SQLite inserting the same bytes, same pragmas",
        "n": n,
        "writes": SINGLES,
        "p50_us": summary([quantile(turn, 0.5) for turn in ours]),
        "p99_us": summary([quantile(turn, 0.99) for turn in ours]),
        "sqlite_p50_us": summary([quantile(turn, 0.5) for turn in theirs]),
        "sqlite_p99_us": summary([quantile(turn, 0.99) for turn in theirs]),
        "p99_beyond_sqlite_us": summary(beyond),
    }
    return held(row, "p99_beyond_sqlite_us", most=1000)


def _clocked_insert(connection: sqlite3.Connection, pattern: Pattern) -> float:
    body = pattern.SerializeToString()
    return clocked(lambda: _insert(connection, body))


def beside_reads(bank: Filled, rounds: int, calls: int) -> list[Row]:
    """Retrieve alone, then while patterns come in, over the wire: some each second, and as many as a stream takes.

    Each round has a server of its own, so that no graph is still being built when it is measured alone.
    """
    found = []
    for what, pause_s in (("200 patterns a second", 0.05), ("one Import stream at full speed", 0.0)):
        rates: list[float] = []
        pairs = [_alone_and_beside(bank, calls, pause_s, rates) for _ in range(rounds)]
        row = {
            "what": f"Retrieve over the wire, {len(bank):,} patterns and more, while inserting: {what}",
            "against": "the same alone",
            "n": len(bank),
            "calls": calls,
            "inserted_per_s": summary(rates),
            "p99_us": summary([beside.p99_us for _, beside in pairs]),
            "p99_alone_us": summary([alone.p99_us for alone, _ in pairs]),
            "p50_ratio": summary([beside.p50_us / alone.p50_us for alone, beside in pairs]),
            "p99_ratio": summary([beside.p99_us / alone.p99_us for alone, beside in pairs]),
        }
        found.append(held(row, "p99_ratio", most=2))
    return found


def _alone_and_beside(bank: Filled, calls: int, pause_s: float, rates: list[float]) -> tuple[Load, Load]:
    body = pb.RetrieveRequest(text=bank.questions[0], k=1, min_p_relevant=0).SerializeToString()
    with bank.copied() as folder, acumend(f"--data-dir={folder}") as server:
        checked(server, "Retrieve", body, calls // 4)
        alone = checked(server, "Retrieve", body, calls)
        with Inserting(server, pause_s, rates):
            return alone, checked(server, "Retrieve", body, calls)


class Inserting:
    """A stream of imports, ten patterns a message, from another thread for as long as the block runs."""

    def __init__(self, server: Server, pause_s: float, rates: list[float]) -> None:
        self._server, self._pause_s, self._rates = server, pause_s, rates
        self._done = threading.Event()
        self._grammar = Grammar(seed=len(rates) + 2)
        self._made = [pb.ImportRequest(patterns=batch).SerializeToString() for batch in self._batches()]

    def _batches(self) -> Iterator[list[Pattern]]:
        new = [self._grammar.pattern(9_000_000 + i) for i in range(2_000)]
        for pattern in new:
            pattern.ClearField("id")  # a new one each time
        return batches(new, 10)

    def __enter__(self) -> None:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        time.sleep(0.2)  # in full swing before anything is measured

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        with channel_to(self._server) as channel:
            started = time.perf_counter()
            send: Any = channel.stream_unary(f"{SERVICE}/Import")
            count = pb.ImportResponse.FromString(send(self._messages(), timeout=600)).patterns
            self._rates.append(count / (time.perf_counter() - started))

    def _messages(self) -> Iterator[Any]:
        number = 0
        while not self._done.is_set():
            yield self._made[number % len(self._made)]
            number += 1
            self._done.wait(self._pause_s)
