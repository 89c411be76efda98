"""Segments of different lengths that lie one after another: how some of them are taken."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def taken(edges: NDArray[Any], index: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of the segments `index` (k,) in that order, and the edges (k + 1,) that they then have.

    `edges` (n + 1,): segment `i` holds the rows from `edges[i]` to `edges[i + 1]`.
    """
    counts = np.diff(edges)[index]
    new = np.append(0, np.cumsum(counts))
    return np.arange(new[-1]) + np.repeat(edges[index] - new[:-1], counts), new
