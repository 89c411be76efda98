"""The coarse forms of rows that a compact segment holds in memory: single bits, or half bytes."""

from typing import Protocol

import numpy as np

from acumen.index.bits import Bits, bytes_of
from acumen.index.block import Block, Mask, Rows, Scores
from acumen.index.sizes import Sizes
from acumen.index.sketch import Question
from acumen_accel import quantise_int4, scan_int4, scan_query

ROWS_PER_CANDIDATE = 8  # are scanned by bytes in the time in which one candidate is found by half bytes and scored


class Coarse(Protocol):
    """Rows in a form that is scanned more quickly than their bytes; `kind` is that of the segment."""

    kind: str

    @property
    def nbytes(self) -> int:
        """Bytes in memory."""

    def search(
        self, block: Block, question: Question, k: int, wanted: Mask | None, count: int
    ) -> tuple[Rows, Scores] | None:
        """Return the places and scores of the best k of `count` wanted rows; None where the bytes are to be scanned."""


class Halves:
    """Half a byte a column, and a scale a row."""

    kind = "int4"

    def __init__(self, block: Block, sizes: Sizes) -> None:
        self._halves, self._scales = quantise_int4(block.codes, block.scales)
        self._oversample, self._least = sizes.oversample_int4, sizes.least_candidates

    @property
    def nbytes(self) -> int:
        """Bytes of half bytes and scales."""
        return self._halves.nbytes + self._scales.nbytes

    def search(
        self, block: Block, question: Question, k: int, wanted: Mask | None, count: int
    ) -> tuple[Rows, Scores] | None:
        """Take several times k rows by their half bytes, more where not all are wanted, and score those by bytes."""
        least = max(self._oversample * k, self._least)
        take = -(-least * len(block) // max(count, 1))
        if take * ROWS_PER_CANDIDATE >= count:
            return None
        some = np.sort(scan_int4(self._halves, self._scales, question.code, take)[0])
        some = some if wanted is None else some[wanted[some]]
        if len(some) < min(least // 2, count):
            return None
        return scan_query(block.codes, block.scales, question.code, k, some)


COARSE: dict[str, type[Bits] | type[Halves]] = {form.kind: form for form in (Bits, Halves)}


def resident_bytes(tier: str, rows: int, dimension: int) -> int:
    """Return the bytes that so many rows take in memory in a tier: row numbers, marks, codes and scales; no graphs."""
    if tier == "int4":
        return rows * (9 + -(-dimension // 2) + 4)
    bits = bytes_of(rows, dimension)
    if tier == "int8":
        return rows * (9 + dimension + 4) + (bits if rows >= Sizes().bits_rows else 0)
    return rows * 9 + bits
