"""Exhaustive search for the best k rows."""

from typing import Final

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from acumen_accel.checked.arguments import (
    Floats,
    Indices,
    finite,
    indices,
    int8_matrix,
    matrix,
    numbers,
    same,
    vector,
    words,
)
from acumen_accel.checked.query import Query
from acumen_accel.checked.raw import Bound

METRICS: Final = ("dot", "cosine")
INT8_COLUMNS: Final = 131072  # 127 * 128 * 131072 is the largest sum of products that int32 still holds.


class Scans(Bound):
    """Scans keep min(k, n) rows, best first, ties by the lower row number.

    Rows are not searched for NaN: one that scores NaN scores -inf. Raises ValueError for k below 1, for a query that
    holds NaN, and for shapes that do not fit.
    """

    def scan_topk(self, rows: ArrayLike, query: ArrayLike, k: int, metric: str = "dot") -> tuple[Indices, Floats]:
        """Return (index int64, score float32), scores descending, for rows (n, d) and query (d,) float32.

        metric is dot, or cosine, where a zero row or query scores 0.
        """
        rows, query = matrix(rows, "rows"), vector(query, "query")
        if metric not in METRICS:
            raise ValueError(f"metric: {metric!r}, must be one of {', '.join(METRICS)}")
        same("query length", len(query), "the columns of rows", rows.shape[1])
        numbers(query, "query")
        k = _limit(k, len(rows))
        if k == 0:
            return _nothing()
        return self._raw.scan_dot(rows, query, k) if metric == "dot" else self._raw.scan_cosine(rows, query, k)

    def scan_int8(self, rows: ArrayLike, scales: ArrayLike, query: ArrayLike, k: int) -> tuple[Indices, Floats]:
        """Return (index int64, score float32) for rows (n, d) int8 with scales (n,), d at most 131072.

        The query (d,) float32 is quantised symmetrically like a row, and the score is row scale times query scale
        times their int8 product, which is summed exactly. A query that is not finite is refused.
        """
        rows, scales, query = int8_matrix(rows, "rows"), vector(scales, "scales"), vector(query, "query")
        same("scales length", len(scales), "the rows", len(rows))
        same("query length", len(query), "the columns of rows", rows.shape[1])
        if len(query) > INT8_COLUMNS:
            raise ValueError(f"query length: {len(query)}, must be at most {INT8_COLUMNS}")
        finite(query, "query")
        k = _limit(k, len(rows))
        if k == 0:
            return _nothing()
        code, scale = self._raw.quantise_int8(query[np.newaxis])
        return self._raw.scan_int8(rows, scales, code[0].astype(np.int16), scale[0], k)

    def scan_query(
        self, rows: ArrayLike, scales: ArrayLike, query: Query, k: int, some: ArrayLike | None = None
    ) -> tuple[Indices, Floats]:
        """Return (index int64, score float32) for rows (n, d) int8 with scales (n,) and a query made integer already.

        The score is row scale times query step times the product of the codes, summed exactly. `some` (m,) int64,
        ascending, leaves only those rows; the index still counts all. ValueError for numbers outside.
        """
        rows, scales = int8_matrix(rows, "rows"), vector(scales, "scales")
        same("scales length", len(scales), "the rows", len(rows))
        same("query length", len(query.code), "the columns of rows", rows.shape[1])
        if some is None:
            k = _limit(k, len(rows))
            return self._raw.scan_int8(rows, scales, query.code, query.step, k) if k else _nothing()
        some = indices(some, "some")
        self._within(some, "some", len(rows))
        k = _limit(k, len(some))
        return self._raw.scan_int8_some(rows, scales, some, query.code, query.step, k) if k else _nothing()

    def scan_binary(self, codes: ArrayLike, query_code: ArrayLike, k: int) -> tuple[Indices, npt.NDArray[np.int32]]:
        """Return (index int64, Hamming distance int32), distances ascending, for codes (n, words) uint64."""
        codes, query = words(codes, "codes", 2), words(query_code, "query_code", 1)
        same("query_code length", len(query), "the columns of codes", codes.shape[1])
        k = _limit(k, len(codes))
        index, score = self._raw.scan_binary(codes, query, k) if k else _nothing()
        return index, (-score).astype(np.int32)


def _limit(k: int, count: int) -> int:
    if k < 1:
        raise ValueError(f"k: {k}, must be at least 1")
    return min(k, count)


def _nothing() -> tuple[Indices, Floats]:
    return np.empty(0, np.int64), np.empty(0, np.float32)
