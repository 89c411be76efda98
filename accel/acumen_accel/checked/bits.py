"""Scan of single bits against a query of four."""

from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from acumen_accel.checked.arguments import Floats, Indices, same, vector, words
from acumen_accel.checked.raw import Bound

LOWEST, HIGHEST = -8, 7


class Bits(Bound):
    """The asymmetric scan."""

    def scan_bits(
        self, codes: ArrayLike, factors: ArrayLike, query: npt.NDArray[Any], k: int
    ) -> tuple[Indices, Floats]:
        """Return (index int64, score float32) of the best min(k, n) rows, best first, ties by the lower row.

        codes (n, d / 64) uint64 as of `binarise`, factors (n,) float32 without NaN, query (d,) of whole numbers from -8
        to 7. The score is factor times the product of the query with the row's signs, +1 where a bit is set, else -1.
        Raises ValueError for k below 1, other numbers, and shapes that do not fit.
        """
        codes, factors = words(codes, "codes", 2), vector(factors, "factors")
        same("factors length", len(factors), "the rows", len(codes))
        same("query length", len(query), "64 times the columns of codes", 64 * codes.shape[1])
        values = np.asarray(query).astype(np.int64)
        if (values != query).any() or (len(values) and not LOWEST <= values.min() <= values.max() <= HIGHEST):
            raise ValueError(f"query: must be whole numbers from {LOWEST} to {HIGHEST}")
        if k < 1:
            raise ValueError(f"k: {k}, must be at least 1")
        k = min(k, len(codes))
        if k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        planes = np.packbits(values >> np.arange(4)[:, np.newaxis] & 1, axis=1, bitorder="little").view("<u8")
        return self._raw.scan_bits(codes, factors, planes.astype(np.uint64), int(values.sum()), k)
