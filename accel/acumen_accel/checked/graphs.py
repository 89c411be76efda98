"""Search in a graph of near rows."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from acumen_accel.checked.arguments import Floats, Indices, int8_matrix, same, vector
from acumen_accel.checked.query import Query
from acumen_accel.checked.raw import Bound


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Graph:
    """A hierarchical navigable small-world graph (Malkov & Yashunin 2016, arXiv:1603.09320) over n rows.

    links (n, m) int32 leads to neighbours, filled up with -1. A row that is on upper levels too has its links there in
    upper (t, m') int32, level 1 first, from line towers[row]; towers (n,) int32 is -1 for the others, and the lines are
    in the order of the rows. A search begins at row `start`, on `level`. Raises ValueError where a link or a line leads
    outside, so that no search can.
    """

    links: npt.NDArray[np.int32]
    towers: npt.NDArray[np.int32]
    upper: npt.NDArray[np.int32]
    start: int
    level: int

    def __post_init__(self) -> None:
        n = len(self.links)
        for name, array, dimensions in (("links", self.links, 2), ("towers", self.towers, 1), ("upper", self.upper, 2)):
            if array.dtype != np.int32 or array.ndim != dimensions or not array.flags.c_contiguous:
                raise ValueError(f"{name}: {array.dtype} with {array.ndim} dimensions, must be int32 with {dimensions}")
        same("towers length", len(self.towers), "the rows", n)
        for name, array in (("links", self.links), ("upper", self.upper)):
            if array.size and not (array.min() >= -1 and array.max() < n):
                raise ValueError(f"{name}: run from {array.min()} to {array.max()}, must be at least -1 and below {n}")
        heights = self._heights()
        if not 0 <= self.start < n or heights[self.start] < self.level or self.level < 0:
            raise ValueError(f"start: {self.start} on level {self.level}, must be a row that is on it")
        levels = np.arange(len(self.upper)) - np.repeat(self.towers[heights > 0], heights[heights > 0]) + 1
        if (np.where(self.upper >= 0, heights[self.upper], len(self.upper)) < levels[:, np.newaxis]).any():
            raise ValueError("upper: leads to a row that is not on the level")

    def _heights(self) -> Indices:
        high = np.flatnonzero(self.towers != -1)
        ends = np.append(self.towers[high].astype(np.int64), len(self.upper))
        heights = np.zeros(len(self.towers), np.int64)
        heights[high] = np.diff(ends)
        if ends[0] != 0 or (heights[high] < 1).any():
            raise ValueError("towers: must begin at line 0 of upper and rise")
        return heights

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return self.links.nbytes + self.towers.nbytes + self.upper.nbytes


class Graphs(Bound):
    """Best-first search."""

    def search_graph(
        self,
        rows: ArrayLike,
        scales: ArrayLike,
        graph: Graph,
        query: Query,
        k: int,
        width: int,
        wanted: npt.NDArray[np.bool_],
    ) -> tuple[Indices, Floats, np.float32]:
        """Return (index int64, score float32, floor) of the best k wanted rows met, fewer if fewer were met.

        rows (n, d) int8, scales (n,) float32, scored as by `scan_query`. The search keeps the best `width` rows met,
        wanted or not, and ends when all of them have been looked around; `floor` is the score of the last of them,
        minus infinity if the whole graph is less: what scores below may have better that was not met. Ties by the
        lower row. Raises ValueError for k or width below 1 and for shapes that do not fit.
        """
        rows, scales = int8_matrix(rows, "rows"), vector(scales, "scales")
        n = len(graph.links)
        same("rows", len(rows), "the rows of the graph", n)
        same("scales length", len(scales), "the rows", n)
        same("wanted length", len(wanted), "the rows", n)
        same("query length", len(query.code), "the columns of rows", rows.shape[1])
        if k < 1 or width < 1:
            raise ValueError(f"k and width: {k} and {width}, must be at least 1")
        k, width = min(k, n), min(width, n)
        fan, shelf = max(graph.links.shape[1], graph.upper.shape[1], 1) + 3, max(k, width)
        pool, scores, found = np.empty(width, np.float32), np.empty(k, np.float32), np.empty(k, np.int32)
        taken, filled = self._raw.search_graph(
            rows, scales, query.code, query.step, graph.links, graph.towers, graph.upper, graph.start, graph.level,
            np.ascontiguousarray(wanted, np.bool_).view(np.uint8), np.zeros((n + 63) // 64, np.uint64),
            np.empty(fan, np.int32), np.empty(fan, np.float32), pool, np.empty(width, np.int32),
            np.empty(shelf, np.float32), np.empty(shelf, np.int32), scores, found,
        )  # fmt: skip
        floor = pool[-1] if filled == width < n else np.float32(-np.inf)
        return (found[:taken] >> 1).astype(np.int64), scores[:taken], floor
