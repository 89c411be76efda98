"""Intervals and suites: how a measured quality is reported."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.proto.v1 import model_pb2

RESAMPLES = 2000


def interval(values: Any, seed: int = 0) -> tuple[float, float, float]:
    """Return the mean and its 95 % percentile bootstrap interval (Efron, 1979), one value a case."""
    values = np.asarray(values, np.float64)
    rng = np.random.default_rng(seed)
    means = [values[rng.integers(0, values.size, values.size)].mean() for _ in range(RESAMPLES)]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(values.mean()), float(low), float(high)


def paired_gain(ours: Any, theirs: Any, seed: int = 0) -> tuple[float, float, float]:
    """Return the mean of `ours - theirs` and its interval, cases resampled together."""
    return interval(np.asarray(ours, np.float64) - np.asarray(theirs, np.float64), seed)


def ratio_interval(numerator: Any, denominator: Any, seed: int = 0) -> tuple[float, float, float]:
    """Return sum(numerator) / sum(denominator) and its bootstrap interval over cases."""
    top, bottom = np.asarray(numerator, np.float64), np.asarray(denominator, np.float64)
    rng = np.random.default_rng(seed)
    picks: list[NDArray[Any]] = [rng.integers(0, top.size, top.size) for _ in range(RESAMPLES)]
    low, high = np.quantile([top[p].sum() / bottom[p].sum() for p in picks], [0.025, 0.975])
    return float(top.sum() / bottom.sum()), float(low), float(high)


def measure(
    name: str,
    value: tuple[float, float, float],
    baselines: Mapping[str, tuple[str, float]] | None = None,
    target: float | None = None,
    higher_is_better: bool = False,
) -> model_pb2.Measure:
    """Return a measure: `value` with its interval, `baselines` {name: (role, value)}, and whether `target` is met."""
    built = model_pb2.Measure(name=name, value=value[0], ci_low=value[1], ci_high=value[2])
    for label, (role, result) in (baselines or {}).items():
        built.baselines.add(name=label, role=role, value=result)
    if target is not None:
        built.target = target
        built.met = value[0] >= target if higher_is_better else value[0] <= target
    return built


def suite(name: str, n: int, data: str, measures: Sequence[model_pb2.Measure]) -> model_pb2.Suite:
    """Return the results on one data set."""
    return model_pb2.Suite(name=name, n=n, data=data, measures=measures)
