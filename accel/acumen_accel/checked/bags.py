"""Weighted sums of embedding rows."""

import numpy as np
from numpy.typing import ArrayLike

from acumen_accel.checked.arguments import Floats, Indices, indices, int8_matrix, matrix, same, vector
from acumen_accel.checked.raw import Bound


class Bags(Bound):
    """Bag b is ids[offsets[b]] to ids[offsets[b + 1] - 1], summed in that order; an empty bag is 0.

    ids (t,) int64 within the rows of the table, offsets (bags + 1,) int64 from 0 to t and never decreasing, weights
    (t,) float32 or None for 1. Raises ValueError otherwise.
    """

    def embedding_bag(
        self, table: ArrayLike, ids: ArrayLike, offsets: ArrayLike, weights: ArrayLike | None = None
    ) -> Floats:
        """Return (bags, d) float32 sums of weights[t] * table[ids[t]] for table (rows, d) float32."""
        table = matrix(table, "table")
        return self._raw.embedding_bag(table, *self._bags(len(table), ids, offsets, weights))

    def embedding_bag_int8(
        self,
        table: ArrayLike,
        scales: ArrayLike,
        ids: ArrayLike,
        offsets: ArrayLike,
        weights: ArrayLike | None = None,
    ) -> Floats:
        """Return the same for table (rows, d) int8 whose row r stands for scales[r] * table[r]."""
        table, scales = int8_matrix(table, "table"), vector(scales, "scales")
        same("scales length", len(scales), "the rows of table", len(table))
        return self._raw.embedding_bag_int8(table, scales, *self._bags(len(table), ids, offsets, weights))

    def _bags(
        self, size: int, ids: ArrayLike, offsets: ArrayLike, weights: ArrayLike | None
    ) -> tuple[Indices, Indices, Floats]:
        ids, offsets = indices(ids, "ids"), indices(offsets, "offsets")
        factors = np.ones(len(ids), np.float32) if weights is None else vector(weights, "weights")
        same("weights length", len(factors), "the length of ids", len(ids))
        self._within(ids, "ids", size)
        self._cover(offsets, len(ids))
        return ids, offsets, factors
