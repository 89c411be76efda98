"""The population stability index of a window over quantile bins of a baseline."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.neural.calibrate import Doubles

BINS = 20
_SMOOTHING = 0.5


def edges(values: NDArray[Any]) -> Doubles:
    """Return ascending inner edges (k,), k < 20, that cut values (n,) into bins of about equal mass.

    A value that fills several bins by itself gets one; the last edge repeats where there are fewer than 20 bins.
    """
    cuts = np.unique(np.quantile(np.asarray(values, np.float64), np.linspace(0, 1, BINS + 1)[1:-1], method="higher"))
    return np.pad(cuts, (0, BINS - 1 - cuts.size), mode="edge")


def bins(cuts: NDArray[Any], values: NDArray[Any]) -> NDArray[np.int64]:
    """Return the bin, 0 to 19, of each value (n,): the number of edges it reaches."""
    return np.searchsorted(cuts, values, side="right")


def counts(cuts: NDArray[Any], values: NDArray[Any]) -> Doubles:
    """Return how many of the values (n,) fall into each bin (20,)."""
    return np.bincount(bins(cuts, values), minlength=BINS).astype(np.float64)


def psi(window: Doubles, known: Doubles) -> Doubles:
    """Return the index, sum (p - q) ln(p / q), of counts (..., 20) of a window and of its baseline.

    Half a case is added to every bin that either of them could fill, so that an empty bin is no infinite surprise.
    """
    used = (known + window) > 0
    spare = _SMOOTHING * used
    p = (window + spare) / np.sum(window + spare, axis=-1, keepdims=True)
    q = (known + spare) / np.sum(known + spare, axis=-1, keepdims=True)
    ratio = np.log(np.where(used, p, 1.0)) - np.log(np.where(used, q, 1.0))
    return np.asarray(np.sum((p - q) * ratio, axis=-1))
