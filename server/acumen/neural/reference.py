"""What training inputs looked like: how unusual a new one is, and which of its features leave the training range."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen_accel.levels import load

QUANTILES = 257
SHRINKAGE = 0.05
UNUSUAL = 0.99
_KERNEL = load("unusual")


def fit_reference(summary: NDArray[Any]) -> dict[str, NDArray[np.float32]]:
    """Describe training inputs by their `summary` rows (n, f): location, shrunk precision, distance quantiles, ranges.

    The distance is Mahalanobis's (1936) over winsorised z-scores, the covariance shrunk so that it inverts.
    """
    x = np.asarray(summary, np.float64)
    center, scale = np.median(x, axis=0), x.std(axis=0) + 1e-6
    z = np.clip((x - center) / scale, -20, 20)
    covariance = np.cov(z, rowvar=False).reshape(x.shape[1], x.shape[1])
    covariance = (1 - SHRINKAGE) * covariance + SHRINKAGE * np.eye(x.shape[1])
    whiten = np.linalg.cholesky(np.linalg.inv(covariance))
    distance = np.sqrt(np.square(z @ whiten).mean(axis=1))
    arrays = {
        "ood/center": center,
        "ood/scale": scale,
        "ood/whiten": whiten,
        "ood/quantiles": np.quantile(distance, np.linspace(0, 1, QUANTILES)),
        "ood/low": x.min(axis=0),
        "ood/high": x.max(axis=0),
    }
    return {name: np.ascontiguousarray(value, np.float32) for name, value in arrays.items()}


def unusualness(weights: Mapping[str, NDArray[Any]], summary: NDArray[Any]) -> NDArray[np.float64]:
    """Return (n,): the share of training inputs that were more usual than each row of `summary` (n, f)."""
    described = (weights[f"ood/{name}"] for name in ("center", "scale", "whiten", "quantiles"))
    shares: NDArray[np.float64] = _KERNEL.unusual(np.ascontiguousarray(summary, np.float32), *described)
    return shares


def outside(weights: Mapping[str, NDArray[Any]], summary: NDArray[Any]) -> list[tuple[int, float, float, float]]:
    """Return (column, value, low, high) of each feature of one row (f,) that training never reached."""
    low, high = weights["ood/low"], weights["ood/high"]
    columns = np.flatnonzero((summary < low) | (summary > high))
    return [(int(i), float(summary[i]), float(low[i]), float(high[i])) for i in columns]
