"""Rows of four bits a column."""

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from acumen_accel.checked.arguments import Floats, Indices, int8_matrix, same, vector
from acumen_accel.checked.query import Query
from acumen_accel.checked.raw import Bound


class Nibbles(Bound):
    """Rows made of int8 codes, and their scan."""

    def quantise_int4(self, codes: ArrayLike, scales: ArrayLike) -> tuple[npt.NDArray[np.uint8], Floats]:
        """Return (halves (n, h) uint8, scales (n,) float32) of rows (n, d) int8 with scales, h = d / 2 rounded up.

        A column is a code from -7 to 7, 8 more of it in half a byte: column j the low half of byte j, column h + j its
        high half; what lies beyond the last column is 8. The scale is that of the row times max |code| / 7.
        Raises ValueError for shapes that do not fit.
        """
        codes, scales = int8_matrix(codes, "codes"), vector(scales, "scales")
        same("scales length", len(scales), "the rows", len(codes))
        return self._raw.quantise_int4(codes, scales)

    def scan_int4(self, halves: ArrayLike, scales: ArrayLike, query: Query, k: int) -> tuple[Indices, Floats]:
        """Return (index int64, score float32) of the best min(k, n) rows, best first, ties by the lower row.

        halves (n, h) uint8 and scales (n,) as of `quantise_int4`, the query of as many columns as the rows had. The
        score is row scale times query step times the product of the codes, summed exactly. Raises ValueError for k
        below 1, halves that are not bytes, and shapes that do not fit.
        """
        rows, scales = np.ascontiguousarray(halves), vector(scales, "scales")
        if rows.dtype != np.uint8 or rows.ndim != 2:
            raise ValueError(f"halves: {rows.dtype} of {rows.ndim} dimensions, must be uint8 of 2")
        same("scales length", len(scales), "the rows", len(rows))
        same("half the query length, rounded up", (len(query.code) + 1) // 2, "the columns of halves", rows.shape[1])
        if k < 1:
            raise ValueError(f"k: {k}, must be at least 1")
        k = min(k, len(rows))
        if k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        low = np.ascontiguousarray(query.code[: rows.shape[1]])
        high = np.zeros(rows.shape[1], np.int16)
        high[: len(query.code) - len(low)] = query.code[len(low) :]
        return self._raw.scan_int4(rows, scales, low, high, int(query.code.sum(dtype=np.int64)), query.step, k)
