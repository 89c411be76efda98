"""The coarse forms of rows that a compact segment scans for candidates: single bits, or half bytes."""

from typing import Protocol

from acumen.index.block import Block, Rows
from acumen.index.rotation import Rotation
from acumen.index.sizes import Sizes
from acumen_accel import Query, quantise_int4, scan_bits, scan_int4


class Coarse(Protocol):
    """Rows in a form that is scanned quickly; `oversample` times the rows wanted are to be asked for, at `least` some.

    `kind` is that of the segment, `rows_per_candidate` how many rows are scanned by bytes in the time in which one
    candidate is found by this form and scored.
    """

    kind: str
    oversample: int
    least: int
    rows_per_candidate: int

    @property
    def nbytes(self) -> int:
        """Bytes in memory."""

    def candidates(self, query: Query, count: int) -> Rows:
        """Return the places of those rows that seem the best, at most `count`."""


class Bits:
    """A bit a column of rows that were turned, and a factor a row."""

    kind = "compact"
    rows_per_candidate = 8

    def __init__(self, block: Block, sizes: Sizes) -> None:
        self._rotation = Rotation.about(block)
        self._bits, self._factors = self._rotation.bits(block)
        self.oversample, self.least = sizes.oversampling(len(block)), sizes.least_candidates

    @property
    def nbytes(self) -> int:
        """Bytes of bits, factors and the rotation."""
        return self._bits.nbytes + self._factors.nbytes + self._rotation.signs.nbytes + self._rotation.centre.nbytes

    def candidates(self, query: Query, count: int) -> Rows:
        """Scan the bits."""
        return scan_bits(self._bits, self._factors, self._rotation.query(query), count)[0]


class Halves:
    """Half a byte a column, and a scale a row."""

    kind = "int4"
    rows_per_candidate = 8

    def __init__(self, block: Block, sizes: Sizes) -> None:
        self._halves, self._scales = quantise_int4(block.codes, block.scales)
        self.oversample, self.least = sizes.oversample_int4, sizes.least_candidates

    @property
    def nbytes(self) -> int:
        """Bytes of half bytes and scales."""
        return self._halves.nbytes + self._scales.nbytes

    def candidates(self, query: Query, count: int) -> Rows:
        """Scan the half bytes."""
        return scan_int4(self._halves, self._scales, query, count)[0]


COARSE: dict[str, type[Bits] | type[Halves]] = {form.kind: form for form in (Bits, Halves)}


def resident_bytes(tier: str, rows: int, dimension: int) -> int:
    """Return the bytes that so many rows take in memory in a tier: row numbers, marks, codes and scales; no graphs."""
    if tier == "int8":
        return rows * (9 + dimension + 4)
    if tier == "int4":
        return rows * (9 + -(-dimension // 2) + 4)
    bits = -(-dimension // 64) * 64
    return rows * (9 + bits // 8 + 4) + bits * (4 * dimension + 8)
