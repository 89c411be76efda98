"""Rows of which a bit or half a byte a column is in memory: scanned by those, scored from bytes mapped from a file."""

import mmap
import os
import tempfile
from pathlib import Path

import numpy as np

from acumen.errors import StorageFull
from acumen.index.block import Block, Codes, Found, Mask, Rows, Scores
from acumen.index.coarse import COARSE, Coarse
from acumen.index.segment import drop
from acumen.index.sizes import Sizes
from acumen.index.sketch import Question


class CompactSegment:
    """Row numbers, marks and a coarse form in memory: at 256 columns 45 bytes a row by bits, 141 by half bytes.

    `block` is mapped: its pages come and go as the system sees fit. The coarse form tells which rows can be among the
    best; the best k of them by their bytes are the answer.
    """

    level = 0

    def __init__(self, block: Block, alive: Mask, coarse: Coarse) -> None:
        self.block, self.alive = block, alive
        self.live = int(np.count_nonzero(alive))
        self._coarse = coarse

    @classmethod
    def write(cls, kind: str, block: Block, alive: Mask, sizes: Sizes, folder: Path | None) -> "CompactSegment":
        """Return a segment whose codes and scales are in a file without a name in `folder`, gone with the last map.

        So no crash leaves one behind and no start trusts one. Raises StorageFull, and then nothing is kept.
        """
        return cls(Block(block.rows, *mapped(block, folder)), alive, COARSE[kind](block, sizes))

    @property
    def kind(self) -> str:
        """Return what it is scanned by: `compact` for bits, `int4` for half bytes."""
        return self._coarse.kind

    @property
    def rows(self) -> int:
        """Rows, dead ones included."""
        return len(self.block)

    @property
    def resident_bytes(self) -> int:
        """Bytes of row numbers, marks and the coarse form."""
        return self.block.rows.nbytes + self.alive.nbytes + self._coarse.nbytes

    @property
    def disk_bytes(self) -> int:
        """Bytes of codes and scales in the file."""
        return self.block.codes.nbytes + self.block.scales.nbytes

    def remove(self, rows: Rows) -> int:
        """Make rows dead."""
        count = drop(self.block, self.alive, rows)
        self.live -= count
        return count

    def search(self, question: Question, k: int, allowed: Mask | None) -> Found:
        """Search by the coarse form, or scan the bytes where that is as quick."""
        wanted = self.alive if allowed is None else self.alive & self.block.among(allowed)
        count = self.live if allowed is None else int(np.count_nonzero(wanted))
        some = None if count == self.rows else wanted
        found = self._coarse.search(self.block, question, k, some, count)
        if found is None:
            return self.block.scan(question.code, k, some)
        return self.block.rows[found[0]], found[1]


def mapped(block: Block, folder: Path | None) -> tuple[Codes, Scores]:
    """Write codes and scales to a file without a name and return them as read-only maps of it."""
    try:
        with tempfile.TemporaryFile(dir=folder, prefix="acumen-compact-") as file:
            file.write(np.ascontiguousarray(block.scales).data)
            file.write(np.ascontiguousarray(block.codes).data)
            file.flush()
            size = os.fstat(file.fileno()).st_size
            memory = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
    except OSError as error:
        raise StorageFull(f"the compact segment of {len(block)} rows was not written: {error}") from error
    scales = np.frombuffer(memory, np.float32, len(block))
    return np.frombuffer(memory, np.int8, offset=scales.nbytes).reshape(block.codes.shape), scales
