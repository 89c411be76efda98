"""Rows of which one bit per column is in memory: scanned by bits, scored from bytes mapped from a file."""

import mmap
import os
import tempfile
from pathlib import Path

import numpy as np

from acumen.errors import StorageFull
from acumen.index.block import Block, Codes, Found, Mask, Rows, Scores
from acumen.index.rotation import Rotation, parts_of
from acumen.index.segment import drop
from acumen.index.sizes import Sizes
from acumen_accel import Query, scan_bits, scan_query

ROWS_PER_CANDIDATE = 8  # Rows scanned by bytes in the time in which one candidate is found by bits and scored.


class CompactSegment:
    """Row numbers, marks, bits and a factor each in memory: 45 bytes a row at 256 columns.

    `block` is mapped: its pages come and go as the system sees fit. The scan by bits takes `oversample` times k rows,
    more where not all rows are wanted; the best k of them by their bytes are the answer.
    """

    kind = "compact"
    level = 0

    def __init__(self, block: Block, alive: Mask, sizes: Sizes) -> None:
        self.block, self.alive = block, alive
        self.live = int(np.count_nonzero(alive))
        self._rotation = Rotation.about(block)
        self._bits, self._factors = self._rotation.bits(block)
        self._oversample = sizes.oversample

    @classmethod
    def write(cls, block: Block, alive: Mask, sizes: Sizes, folder: Path | None) -> "CompactSegment":
        """Return a segment whose codes and scales are in a file without a name in `folder`, gone with the last map.

        So no crash leaves one behind and no start trusts one. Raises StorageFull, and then nothing is kept.
        """
        return cls(Block(block.rows, *mapped(block, folder)), alive, sizes)

    @property
    def rows(self) -> int:
        """Rows, dead ones included."""
        return len(self.block)

    @property
    def resident_bytes(self) -> int:
        """Bytes of row numbers, marks, bits, factors and rotation."""
        own = self.block.rows.nbytes + self.alive.nbytes + self._bits.nbytes + self._factors.nbytes
        return own + self._rotation.signs.nbytes + self._rotation.centre.nbytes

    @property
    def disk_bytes(self) -> int:
        """Bytes of codes and scales in the file."""
        return self.block.codes.nbytes + self.block.scales.nbytes

    def remove(self, rows: Rows) -> int:
        """Make rows dead."""
        count = drop(self.block, self.alive, rows)
        self.live -= count
        return count

    def search(self, query: Query, k: int, allowed: Mask | None) -> Found:
        """Scan the bits for candidates and score those by their bytes; scan the bytes where few rows are wanted."""
        wanted = self.alive if allowed is None else self.alive & self.block.among(allowed)
        count = self.live if allowed is None else int(np.count_nonzero(wanted))
        take = -(-self._oversample * k * self.rows // max(count, 1))
        if take * ROWS_PER_CANDIDATE < count:
            index, _ = scan_bits(self._bits, self._factors, self._rotation.query(query), take)
            some = np.sort(index[wanted[index]])
            if len(some) >= min(self._oversample * k // 2, count):
                chosen, scores = scan_query(self.block.codes, self.block.scales, query, k, some)
                return self.block.rows[chosen], scores
        return self.block.scan(query, k, None if count == self.rows else wanted)


def mapped(block: Block, folder: Path | None) -> tuple[Codes, Scores]:
    """Write codes and scales to a file without a name and return them as read-only maps of it."""
    try:
        with tempfile.TemporaryFile(dir=folder, prefix="acumen-compact-") as file:
            file.write(np.ascontiguousarray(block.scales).data)
            for part in parts_of(len(block)):
                file.write(np.ascontiguousarray(block.codes[part]).data)
            file.flush()
            size = os.fstat(file.fileno()).st_size
            memory = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
    except OSError as error:
        raise StorageFull(f"the compact segment of {len(block)} rows was not written: {error}") from error
    scales = np.frombuffer(memory, np.float32, len(block))
    return np.frombuffer(memory, np.int8, offset=scales.nbytes).reshape(block.codes.shape), scales
