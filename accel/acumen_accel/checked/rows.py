"""Rows picked out of a matrix and added back into one."""

from numpy.typing import ArrayLike

from acumen_accel.checked.arguments import Floats, indices, matrix, same
from acumen_accel.checked.raw import Bound


class Rows(Bound):
    """Gathering and scattering by row number."""

    def gather(self, x: ArrayLike, index: ArrayLike) -> Floats:
        """Return x[index], (len(index), d) float32, for x (n, d) and index int64 within 0 <= index < n.

        Raises ValueError for an index outside, negative ones included.
        """
        x, index = matrix(x, "x"), indices(index, "index")
        self._within(index, "index", x.shape[0])
        return self._raw.gather(x, index)

    def scatter_sum(self, x: ArrayLike, index: ArrayLike, size: int) -> Floats:
        """Return (size, d) float32 where each row i of x (n, d) is added, in order, to row index[i].

        Raises ValueError for an index outside 0 <= index < size, or not one for each row.
        """
        x, index = matrix(x, "x"), indices(index, "index")
        same("index length", len(index), "the rows of x", x.shape[0])
        if size < 0:
            raise ValueError(f"size: {size}, must be at least 0")
        self._within(index, "index", size)
        return self._raw.scatter_sum(x, index, size)
