"""The two-sample Kolmogorov-Smirnov test, and the correction for testing many features."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.neural.calibrate import Doubles

_TERMS = np.arange(1, 101)


def compare(known: NDArray[Any], window: NDArray[Any]) -> tuple[float, float]:
    """Return the distance of two samples, `known` (m,) sorted, and the probability that a value of the window is above.

    The distance is the largest difference of the distribution functions; it lies at a value of the window, or just
    before one. Ties count half as above (Mann and Whitney, 1947).
    """
    ordered = np.sort(window)
    below, up_to = (np.searchsorted(known, ordered, side=side) / known.size for side in ("left", "right"))
    own_below, own_up_to = (np.searchsorted(ordered, ordered, side=side) / ordered.size for side in ("left", "right"))
    distance = max(np.abs(below - own_below).max(), np.abs(up_to - own_up_to).max())
    return float(distance), float((below + up_to).mean() / 2)


def p_value(statistic: Any, size: float) -> Doubles:
    """Return the probability of a distance at least as large between samples of one distribution.

    `size` is the effective size n m / (n + m). Kolmogorov's series with Stephens' (1970) correction for small samples;
    where values repeat the true probability is smaller.
    """
    root = np.sqrt(size)
    scaled = np.maximum((root + 0.12 + 0.11 / root) * np.asarray(statistic, np.float64), 1e-3)
    series = np.exp(-2.0 * np.square(scaled[..., None] * _TERMS)) * np.where(_TERMS % 2, 2.0, -2.0)
    # The alternating series does not settle near 0, where the probability is 1.
    return np.where(scaled < 0.3, 1.0, np.clip(series.sum(axis=-1), 0.0, 1.0))


def false_discovery(p: Doubles) -> Doubles:
    """Return q (f,): the least rate of false discoveries that makes each test one (Benjamini and Hochberg, 1995)."""
    order = np.argsort(p, kind="stable")[::-1]
    ranks = np.arange(p.size, 0, -1)
    q = np.empty(p.size)
    q[order] = np.minimum.accumulate(p[order] * p.size / ranks)
    return np.minimum(q, 1.0)
