"""Inputs made to order, with and without drift."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.neural.drift.baseline import Baseline
from acumen.neural.drift.window import Level, examine

Observed: TypeAlias = tuple[NDArray[Any], NDArray[Any]]
Generate: TypeAlias = Callable[[Any, int], Observed]
SHIFT_SD, SHIFTED = 0.5, 3


def normal(features: int) -> Generate:
    """Independent normal features; the confidence follows the first."""
    return lambda seed, n: _with_confidence(np.random.default_rng(seed).standard_normal((n, features)))


def correlated(features: int) -> Generate:
    """Features that share half as many causes."""
    mixing = np.random.default_rng(1).standard_normal((features, features // 2 + 1))

    def generate(seed: Any, n: int) -> Observed:
        rng = np.random.default_rng(seed)
        causes = rng.standard_normal((n, mixing.shape[1]))
        return _with_confidence(causes @ mixing.T + 0.3 * rng.standard_normal((n, features)))

    return generate


def heavy(features: int) -> Generate:
    """Log-normal features: their standard deviation is made by a few large values."""
    return lambda seed, n: _with_confidence(np.exp(1.2 * np.random.default_rng(seed).standard_normal((n, features))))


def discrete(features: int) -> Generate:
    """Features of a dozen whole values, and one that never changes."""

    def generate(seed: Any, n: int) -> Observed:
        x = np.floor(2 * np.random.default_rng(seed).standard_normal((n, features)))
        x[:, -1] = 4.0
        return _with_confidence(x)

    return generate


def shifted(summary: NDArray[Any], spread: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
    """Return a copy with 3 features, or all there are, moved by half of their standard deviation `spread` (f,)."""
    moving = np.flatnonzero(spread > 0)
    chosen = rng.choice(moving, min(SHIFTED, moving.size), replace=False)
    moved = np.array(summary, np.float64)
    moved[:, chosen] += SHIFT_SD * spread[chosen] * rng.choice([-1, 1], chosen.size)
    return moved


def alarms(baseline: Baseline, windows: list[Observed]) -> float:
    """Return the share of windows that alarm."""
    return float(np.mean([examine(baseline, *window).level == Level.ALARM for window in windows]))


def _with_confidence(x: NDArray[Any]) -> Observed:
    return x, 1 / (1 + np.exp(-x[:, 0]))
