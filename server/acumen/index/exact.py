"""The mutable end of an index: rows are added to it and scanned as they are."""

import numpy as np

from acumen.index.block import Block, Found, Mask, Rows
from acumen.index.segment import drop
from acumen.index.sketch import Question

FIRST_ROWS = 64


class ExactSegment:
    """Arrays with room to grow. One thread adds; a search in another sees the rows that were there when it began.

    What is there is one attribute, set after the arrays are written: views that later rows only lengthen.
    """

    kind = "exact"
    level = 0
    disk_bytes = 0

    def __init__(self, dimension: int) -> None:
        self._room = _room(FIRST_ROWS, dimension)
        self._marks = np.zeros(FIRST_ROWS, np.bool_)
        self._there = self._views(0)
        self.live = 0

    def _views(self, count: int) -> tuple[Block, Mask]:
        room = self._room
        return Block(room.rows[:count], room.codes[:count], room.scales[:count]), self._marks[:count]

    @property
    def rows(self) -> int:
        """Rows added, dead ones included."""
        return len(self._there[0])

    @property
    def block(self) -> Block:
        """The rows."""
        return self._there[0]

    @property
    def alive(self) -> Mask:
        """Which rows are live."""
        return self._there[1]

    @property
    def resident_bytes(self) -> int:
        """Bytes in memory, room included."""
        return self._room.nbytes + self._marks.nbytes

    def add(self, block: Block) -> None:
        """Add rows; room doubles, so that each is copied a bounded number of times."""
        old = self.rows
        count = old + len(block)
        if count > len(self._marks):
            self._grow(max(count, 2 * len(self._marks)))
        room = self._room
        room.rows[old:count], room.codes[old:count], room.scales[old:count] = block.rows, block.codes, block.scales
        self._marks[old:count] = True
        self._there = self._views(count)
        self.live += len(block)

    def _grow(self, size: int) -> None:
        block, alive = self._there
        count = len(block)
        room, marks = _room(size, block.codes.shape[1]), np.zeros(size, np.bool_)
        room.rows[:count], room.codes[:count], room.scales[:count] = block.rows, block.codes, block.scales
        marks[:count] = alive
        self._room, self._marks = room, marks

    def remove(self, rows: Rows) -> int:
        """Make rows dead."""
        count = drop(*self._there, rows)
        self.live -= count
        return count

    def search(self, question: Question, k: int, allowed: Mask | None) -> Found:
        """Scan the live and allowed rows."""
        block, alive = self._there
        if allowed is None and alive.all():
            return block.scan(question.code, k)
        return block.scan(question.code, k, alive if allowed is None else alive & block.among(allowed))


def _room(size: int, dimension: int) -> Block:
    return Block(np.empty(size, np.int64), np.empty((size, dimension), np.int8), np.empty(size, np.float32))
