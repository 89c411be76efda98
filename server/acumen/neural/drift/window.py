"""A window of inputs against a baseline: four tests, and one alarm over all of them."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.neural.calibrate import Doubles
from acumen.neural.drift import fourier, histogram, kolmogorov, null
from acumen.neural.drift.baseline import Baseline

FEWEST, MOST = 50, 1_000
WATCH_PSI, ALARM_PSI = 0.1, 0.25
WATCH_Q = 0.05
# Standard deviations above its mean that an index exceeds by chance in about one window of twenty.
_NOISE = 1.9
# A feature that stands out so far took part when locations alarm.
_OUTSTANDING = 3.0
_LOCATION = 2
# A window this small beside its baseline hardly feels the baseline's own error.
_NEGLIGIBLE = 0.05
# Each feature in so many rows makes rows outside the baseline look so much farther; twice what theory says.
_OVERFITTED = 2.0


class Level(IntEnum):
    """How much a window differs; values are those of `acumen.v1.DriftLevel`."""

    NONE = 1
    WATCH = 2
    ALARM = 3


class Test(IntEnum):
    """What can raise the alarm; values are those of `acumen.v1.DriftTest`."""

    KOLMOGOROV_SMIRNOV = 1
    POPULATION_STABILITY = 2
    MEAN_DISCREPANCY = 3
    OUTPUT = 4
    LOCATION = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One feature, or the output, beside the baseline.

    `psi` is freed of its bias, `ks` has its `p` and the rate of false discoveries `q`, `above` is the probability
    that a value of the window is above one of the baseline.
    """

    psi: float
    ks: float
    p: float
    q: float
    above: float
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found in a window of `size`; without inputs `features` is empty and `discrepancy` None.

    `discrepancy` is the squared maximum mean discrepancy and the value at which it alarms.
    """

    size: int
    features: tuple[Column, ...]
    output: Column
    discrepancy: tuple[float, float] | None
    alarms: tuple[Test, ...]
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """What chance does to windows of one size, and each test's limit, widened for the baseline's own error."""

    effective: float
    known: null.Null
    limits: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """The last c columns: `found` (c, 5) psi, ks, p, q, above; `z` (c, 3) ks, psi, location in its deviations."""

    found: Doubles
    z: Doubles

    def beyond(self, scale: _Scale) -> NDArray[np.bool_]:
        """Return (c, 3): whether each column's statistics alarm by themselves."""
        features = [scale.limits["ks"], scale.limits["psi"], np.inf]
        limits = np.array([*[features] * (len(self.z) - 1), [scale.limits["output"]] * 3])
        large = np.ones_like(limits, bool)
        large[:, 1] = self.found[:, 0] >= ALARM_PSI
        sizes = np.concatenate([self.z[:, :_LOCATION], np.abs(self.z[:, _LOCATION:])], axis=1)
        return (sizes >= limits) & large

    def columns(self, alarmed: NDArray[np.bool_]) -> tuple[Column, ...]:
        """Return the columns, those `alarmed` (c,) at that level."""
        noisy = self.z[:, 1] < _NOISE
        watched = (self.found[:, 3] <= WATCH_Q) | ((self.found[:, 0] >= WATCH_PSI) & ~noisy)
        levels = np.where(alarmed, Level.ALARM, np.where(watched, Level.WATCH, Level.NONE))
        return tuple(
            Column(psi=psi, ks=ks, p=p, q=q, above=above, level=Level(level))
            for (psi, ks, p, q, above), level in zip(self.found.tolist(), levels.tolist(), strict=True)
        )


def examine(baseline: Baseline, summary: NDArray[Any], output: NDArray[Any]) -> Report:
    """Compare a window with features `summary` (n, f) and confidences `output` (n,) with a baseline."""
    columns = np.column_stack([summary, output]).astype(np.float32).astype(np.float64)
    scale = _scale(baseline, len(columns))
    measured = _measure(baseline, scale, columns)
    mean = baseline.kernel.features(columns[:, :-1]).mean(axis=0)
    gap, threshold = float(fourier.discrepancy(mean, baseline.mean)), scale.limits["mmd"] / scale.effective
    beyond = measured.beyond(scale)
    moved = bool(null.energy(measured.z[:-1, _LOCATION]) >= scale.limits["location"])
    raised = {
        Test.KOLMOGOROV_SMIRNOV: beyond[:-1, 0].any(),
        Test.POPULATION_STABILITY: beyond[:-1, 1].any(),
        Test.MEAN_DISCREPANCY: gap >= threshold,
        Test.OUTPUT: beyond[-1].any(),
        Test.LOCATION: moved,
    }
    stands_out = np.abs(measured.z[:, _LOCATION]) >= _OUTSTANDING
    stands_out[-1] = False
    alarmed: NDArray[np.bool_] = np.any(beyond, axis=1) | (moved & stands_out)
    found, alarms = measured.columns(alarmed), tuple(test for test, is_raised in raised.items() if is_raised)
    return Report(
        size=len(columns),
        features=found[:-1],
        output=found[-1],
        discrepancy=(gap, threshold),
        alarms=alarms,
        level=_overall(found, alarms),
    )


def examine_output(baseline: Baseline, output: NDArray[Any]) -> Report:
    """Compare the confidences `output` (n,) of a window whose inputs are not at hand with a baseline."""
    column = np.asarray(output, np.float32).astype(np.float64)[:, None]
    scale = _scale(baseline, len(column))
    measured = _measure(baseline, scale, column)
    alarmed: NDArray[np.bool_] = np.asarray(measured.beyond(scale).any(axis=1))
    found, alarms = measured.columns(alarmed), (Test.OUTPUT,) if alarmed.any() else ()
    return Report(
        size=len(column),
        features=(),
        output=found[0],
        discrepancy=None,
        alarms=alarms,
        level=_overall(found, alarms),
    )


def _scale(baseline: Baseline, size: int) -> _Scale:
    """Return what chance does to a window of a size.

    The baseline's own error is the same in every window, so limits widen with a window's share of it. The kernel was
    whitened by the baseline's rows, which therefore look closer to each other than rows it has not seen.
    """
    known = baseline.null.at(size)
    widening = 1 + max(size / baseline.size - _NEGLIGIBLE, 0.0)
    limits = {name: float(limit) * widening for name, limit in zip(null.SHARES, known.limits, strict=True)}
    limits["mmd"] *= 1 + _OVERFITTED * baseline.features / baseline.size
    return _Scale(effective=size * baseline.size / (size + baseline.size), known=known, limits=limits)


def _measure(baseline: Baseline, scale: _Scale, columns: Doubles) -> _Measured:
    c, known, effective = columns.shape[1], scale.known, scale.effective
    parts = list(zip(baseline.sample[-c:], baseline.cuts[-c:], columns.T, strict=True))
    ks, above = np.array([kolmogorov.compare(sample, x) for sample, _, x in parts]).T
    psi = histogram.psi(np.stack([histogram.counts(cuts, x) for _, cuts, x in parts]), baseline.counts[-c:])
    z = [
        null.standard(np.sqrt(effective) * ks, known.ks[-c:]),
        null.standard(effective * psi, known.psi[-c:]),
        null.standard(np.sqrt(effective) * (above - 0.5), known.location[-c:]),
    ]
    unbiased = np.maximum(psi - known.psi[-c:, 0] / effective, 0.0)
    p = kolmogorov.p_value(ks, effective)
    found = np.stack([unbiased, ks, p, kolmogorov.false_discovery(p), above], axis=1)
    return _Measured(found=found, z=np.stack(z, axis=1))


def _overall(columns: tuple[Column, ...], alarms: tuple[Test, ...]) -> Level:
    return Level.ALARM if alarms else max(column.level for column in columns)
