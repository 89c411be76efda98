"""Calibration: making probabilities mean what they say, and measuring whether they do."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Doubles: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Isotonic:
    """A non-decreasing map from a raw score to the probability of an event: linear between knots, flat outside.

    `x` (k,) strictly ascending raw scores, `y` (k,) probabilities; without knots the identity clipped to 0..1,
    and `calibrated` is False.
    """

    x: Doubles
    y: Doubles

    @property
    def calibrated(self) -> bool:
        """Whether there is a fitted map."""
        return bool(self.x.size)

    def __call__(self, raw: Any) -> Any:
        """Map raw scores of any shape."""
        if not self.x.size:
            return np.clip(raw, 0.0, 1.0)
        return np.interp(raw, self.x, self.y)


IDENTITY = Isotonic(np.empty(0), np.empty(0))


def fit_isotonic(raw: Any, happened: Any, min_knot: int = 50) -> Isotonic:
    """Fit by pooling adjacent violators (Ayer et al., 1955) over equal-mass groups of at least `min_knot` cases.

    `raw` (n,) scores, `happened` (n,) 0 or 1. Grouping first keeps single cases from making certainty out of luck;
    each group's rate is shrunk by half a success and half a failure (Jeffreys).
    """
    raw, happened = np.asarray(raw, np.float64), np.asarray(happened, np.float64)
    order = np.argsort(raw, kind="stable")
    groups = np.array_split(order, max(1, min(64, raw.size // min_knot)))
    blocks = [[raw[g].mean(), happened[g].sum() + 0.5, g.size + 1.0] for g in groups if g.size]
    return _knots(_pool(blocks))


def _pool(blocks: list[list[float]]) -> list[list[float]]:
    pooled: list[list[float]] = []
    for x, successes, weight in blocks:
        pooled.append([x * weight, successes, weight])
        while len(pooled) > 1 and pooled[-2][1] * pooled[-1][2] >= pooled[-1][1] * pooled[-2][2]:
            last = pooled.pop()
            pooled[-1] = [a + b for a, b in zip(pooled[-1], last, strict=True)]
    return pooled


def _knots(pooled: list[list[float]]) -> Isotonic:
    x = np.array([block[0] / block[2] for block in pooled])
    y = np.array([block[1] / block[2] for block in pooled])
    keep = np.concatenate([[True], np.diff(x) > 0])
    return Isotonic(x[keep], y[keep])


def fit_temperature(logits: Any, target: Any, iterations: int = 60) -> float:
    """Return the temperature that minimises log loss (Guo et al., 2017), by golden section over 0.05..20 in log space.

    `logits` (n, c), `target` (n,) class numbers.
    """
    logits, target = np.asarray(logits, np.float64), np.asarray(target)
    low, high = np.log(0.05), np.log(20.0)
    ratio = (np.sqrt(5) - 1) / 2
    for _ in range(iterations):
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        if _log_loss(logits / np.exp(a), target) < _log_loss(logits / np.exp(b), target):
            high = b
        else:
            low = a
    return float(np.exp((low + high) / 2))


def _log_loss(logits: Doubles, target: NDArray[Any]) -> float:
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_z = np.log(np.exp(shifted).sum(axis=1))
    return float(np.mean(log_z - shifted[np.arange(target.size), target]))


def ece(p: Any, happened: Any, bins: int = 15) -> float:
    """Return the expected calibration error over equal-mass bins (Nixon et al., 2019, "adaptive" binning)."""
    p, happened = np.asarray(p, np.float64), np.asarray(happened, np.float64)
    groups = [g for g in np.array_split(np.argsort(p, kind="stable"), bins) if g.size]
    return float(sum(abs(p[g].mean() - happened[g].mean()) * g.size for g in groups) / max(p.size, 1))


def luck(p: Any, bins: int = 15, draws: int = 200, seed: int = 0) -> float:
    """Return the mean `ece` of events drawn with the probabilities `p` themselves: what chance alone leaves of it."""
    p, rng = np.asarray(p, np.float64), np.random.default_rng(seed)
    return float(np.mean([ece(p, rng.random(p.size) < p, bins) for _ in range(draws)]))


def brier(p: Any, happened: Any) -> float:
    """Return the mean squared difference of probability and outcome (Brier, 1950)."""
    return float(np.mean((np.asarray(p, np.float64) - np.asarray(happened, np.float64)) ** 2))


def nll(p: Any, happened: Any) -> float:
    """Return the mean negative log-likelihood of binary outcomes, probabilities clipped to 1e-9."""
    p = np.clip(np.asarray(p, np.float64), 1e-9, 1 - 1e-9)
    happened = np.asarray(happened, np.float64)
    return float(-np.mean(happened * np.log(p) + (1 - happened) * np.log1p(-p)))


def conformal_shift(low: Any, high: Any, truth: Any, coverage: float) -> float:
    """Return how far to widen intervals so that they cover `coverage` of new cases (CQR, Romano et al., 2019).

    `low`, `high`, `truth` (n,) on a calibration split; negative when the intervals are too wide already.
    """
    miss = np.maximum(np.asarray(low) - np.asarray(truth), np.asarray(truth) - np.asarray(high))
    n = miss.size
    return float(np.quantile(miss, min(1.0, np.ceil((n + 1) * coverage) / n), method="higher"))
