"""Rows made small."""

from numpy.typing import ArrayLike

from acumen_accel.checked.arguments import Bytes, Floats, Words, finite, matrix, numbers
from acumen_accel.checked.raw import Bound


class Codes(Bound):
    """Quantisation to int8 and to single bits."""

    def quantise_int8(self, rows: ArrayLike) -> tuple[Bytes, Floats]:
        """Return (codes (n, d) int8, scales (n,) float32) with rows ~ codes * scales, off by at most half a scale.

        Symmetric: scale is max |row| / 127 and codes lie within -127 to 127; a zero row has scale 0.
        Raises ValueError for rows that are not finite.
        """
        rows = matrix(rows, "rows")
        finite(rows, "rows")
        return self._raw.quantise_int8(rows)

    def binarise(self, rows: ArrayLike) -> Words:
        """Return (n, d / 64) uint64 codes: bit b of word w is set where column 64 w + b is above 0.

        Raises ValueError for NaN, and for d that is not a multiple of 64.
        """
        rows = matrix(rows, "rows")
        if rows.shape[1] % 64:
            raise ValueError(f"rows columns: {rows.shape[1]}, must be a multiple of 64")
        numbers(rows, "rows")
        return self._raw.binarise(rows)
