"""Intervals and suites: how a measured quality is reported."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.neural import calibrate
from acumen.proto.v1 import model_pb2

RESAMPLES, REGROUPED = 2000, 200
Interval: TypeAlias = tuple[float, float, float]


def interval(values: Any, seed: int = 0) -> Interval:
    """Return the mean and its 95 % percentile bootstrap interval (Efron, 1979), one value a case."""
    values = np.asarray(values, np.float64)
    rng = np.random.default_rng(seed)
    means = [values[rng.integers(0, values.size, values.size)].mean() for _ in range(RESAMPLES)]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(values.mean()), float(low), float(high)


def paired_gain(ours: Any, theirs: Any, seed: int = 0) -> Interval:
    """Return the mean of `ours - theirs` and its interval, cases resampled together."""
    return interval(np.asarray(ours, np.float64) - np.asarray(theirs, np.float64), seed)


def ratio_interval(numerator: Any, denominator: Any, seed: int = 0) -> Interval:
    """Return sum(numerator) / sum(denominator) and its bootstrap interval over cases."""
    top, bottom = np.asarray(numerator, np.float64), np.asarray(denominator, np.float64)
    rng = np.random.default_rng(seed)
    picks: list[NDArray[Any]] = [rng.integers(0, top.size, top.size) for _ in range(RESAMPLES)]
    low, high = np.quantile([top[p].sum() / bottom[p].sum() for p in picks], [0.025, 0.975])
    return float(top.sum() / bottom.sum()), float(low), float(high)


def grouped(group: Any, statistic: Callable[[NDArray[np.int64]], float], seed: int = 0) -> Interval:
    """Return a statistic of all cases and its 95 % bootstrap interval, cases of one group resampled together.

    `group` (n,) numbers of groups; `statistic` takes numbers of cases.
    """
    _, owner = np.unique(group, return_inverse=True)
    sizes = np.bincount(owner)
    members = np.split(np.argsort(owner, kind="stable"), np.cumsum(sizes)[:-1])
    rng = np.random.default_rng(seed)
    drawn = (rng.integers(0, sizes.size, sizes.size) for _ in range(REGROUPED))
    again = [statistic(np.concatenate([members[g] for g in pick])) for pick in drawn]
    low, high = np.quantile(again, [0.025, 0.975])
    return statistic(np.arange(owner.size)), float(low), float(high)


def measure(
    name: str,
    value: Interval,
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


def calibration(
    p: Any, happened: Any, target: float | None = None, label: str = "", group: Any = None
) -> list[model_pb2.Measure]:
    """Return how often an event happened, and ECE, Brier score and log loss of its probabilities.

    `p` and `happened` (n,); `group` (n,) numbers of runs, whose cases the intervals resample together. Beside the ECE
    stands what luck alone gives: the ECE, on average, if each case happened with just the probability that was told.
    """
    p, happened = np.asarray(p, np.float64), np.asarray(happened, np.float64)
    owner = np.arange(p.size) if group is None else np.asarray(group)
    flat = np.full(p.size, happened.mean())
    naive = {f: {"the base rate": ("naive", f(flat, happened))} for f in (calibrate.brier, calibrate.nll)}
    lucky = {"perfect calibration, by luck": ("oracle", calibrate.luck(p))}

    def over(statistic: Callable[[Any, Any], float]) -> Interval:
        return grouped(owner, lambda i: statistic(p[i], happened[i]))

    return [
        measure(f"event happened{label}", over(lambda _p, h: float(h.mean()))),
        measure(f"ECE{label}", over(calibrate.ece), lucky, target),
        measure(f"Brier{label}", over(calibrate.brier), naive[calibrate.brier]),
        measure(f"NLL{label}", over(calibrate.nll), naive[calibrate.nll]),
    ]
