"""From scores to limits: what can be computed exactly, for B inputs at once and for any scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from acumen.models.performance.throttle.features import Features
from acumen.models.performance.throttle.metrics import Doubles, Metrics
from acumen.neural.rounding import significant_array
from acumen_accel import throttling

CARRIED = 0.95
SWANSON = (0.3, 0.4, 0.3)
# Log odds of a quantile .9.
ODDS = float(np.log(9.0))
FARTHEST = np.array([8.0, 8.0, 8.0, 3.0, 5.0])
EDGES = np.log([0.5, 0.8, 0.95, 1.05, 1.25, 2.0])
LEAST = 1e-12
LIMIT, BURST, CONCURRENCY, BACKOFF, REGIME, RAW = range(throttling.PLANNED)
MEDIAN, WANTED, P95 = 1, 3, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """B decisions.

    `inferred` (B, 5): quantiles .1, .5, .9 of the coming interval's capacity and the limit wanted before any clamp,
    requests a second, and the 95th percentile to expect, ms. `plan` (B, 6): limit a second, burst, concurrency, backoff
    ms, regime, and the probability, not yet calibrated, that the capacity is at least 95 % of the limit. `chances`
    (B, 7): of the best limit lying in ranges around the one in force, bordered by EDGES.
    """

    inferred: Doubles
    plan: Doubles
    chances: Doubles

    @property
    def limit(self) -> Doubles:
        """Return (B,) limits, requests a second."""
        return self.plan[:, LIMIT]

    @property
    def orders(self) -> Doubles:
        """Return (B, 3): limit a second, burst, concurrency."""
        return self.plan[:, : CONCURRENCY + 1]


def decide(seen: Metrics, features: Features, scores: Mapping[str, Any]) -> Decision:
    """Return the decisions; what is inferred is rounded before it is clamped, so that clamps hold exactly."""
    inferred = significant_array(_inferred(features, scores))
    plan, chances = throttling.plan(seen.windows, seen.numbers, inferred, EDGES)
    return Decision(inferred=inferred, plan=plan, chances=chances)


def _inferred(features: Features, scores: Mapping[str, Any]) -> Doubles:
    """Return (B, 5) ascending capacities, limit wanted and p95, each above 0 and finite whatever the scores."""
    raw = np.concatenate([scores["capacity"], scores["limit"], scores["latency"]], axis=1).astype(np.float64)
    logs = np.clip(np.nan_to_num(raw), -FARTHEST, FARTHEST)
    logs[:, 0] = np.minimum(logs[:, 0], logs[:, MEDIAN])
    logs[:, 2] = np.maximum(logs[:, 2], logs[:, MEDIAN])
    logs[:, WANTED] += logs[:, MEDIAN]
    inferred: Doubles = np.exp(logs)
    inferred[:, :P95] *= features.rate[:, None]
    inferred[:, P95] *= features.p95_ms
    return np.maximum(inferred, LEAST)


def carries(limits: Doubles, seen: Metrics, made: Decision, i: int) -> Doubles:
    """Return the uncalibrated chance that each of some limits (n,) is carried, for input number `i`.

    The plan of a limit that is wanted, and that nothing clamps, says so.
    """
    index = [i] * limits.size
    wanted = made.inferred[index].copy()
    wanted[:, WANTED] = limits
    plan, _ = throttling.plan(seen.windows[index], seen.numbers[index], wanted, EDGES)
    return plan[:, RAW]


def rejected(offered: float, capacity: list[float]) -> float:
    """Return the expected share of a rate above the capacity (3 quantiles), by Swanson's rule."""
    if offered <= 0:
        return 0.0
    return float(sum(share * max(1 - c / offered, 0.0) for share, c in zip(SWANSON, capacity, strict=True)))
