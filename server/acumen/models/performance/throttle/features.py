"""What the network sees: logarithms of rates over what was answered of late, and of times over the shortest."""

from dataclasses import dataclass

import numpy as np

from acumen.models.performance.throttle.metrics import WINDOWS, Doubles, Metrics
from acumen.neural.spec import Floats
from acumen_accel import throttling

WINDOW_NAMES = ("sent", "answered", "refused", "failed", "median", "p95", "in_flight", "age")
CONTEXT_NAMES = (
    "limit",
    "quota_pace",
    "has_quota",
    "promise",
    "has_promise",
    "interval",
    "requests",
    "count",
    "last_p95",
    "most_answered",
    "most_sent",
    "p95_over_median",
)
SUMMARY_NAMES = (*CONTEXT_NAMES, "refused", "failed", "median_trip")
WINDOWS_WIDTH = WINDOWS * len(WINDOW_NAMES)
CONTEXT_WIDTH = len(CONTEXT_NAMES)
# Of the newest window, in the columns of the history: shares refused and failed, and the median round trip.
NEWEST = [WINDOWS * WINDOW_NAMES.index(name) + WINDOWS - 1 for name in ("refused", "failed", "median")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Features of B inputs: `windows` (B, 256) by field then window, `context` (B, 12), `summary` (B, 15).

    `rate` (B,) requests a second and `p95_ms` (B,) are the units that the network's answers are in: the highest rate
    answered in the last 8 windows, or in all as far as the limit goes, at least a twentieth of the limit; and the last
    95th percentile.
    """

    windows: Floats
    context: Floats
    summary: Floats
    rate: Doubles
    p95_ms: Doubles


def extract(seen: Metrics) -> Features:
    """Return the features; each input's depend on it alone."""
    windows, context, units = throttling.extract(seen.windows, seen.count, seen.numbers)
    summary = np.concatenate([context, windows[:, NEWEST]], axis=1)
    return Features(windows=windows, context=context, summary=summary, rate=units[:, 0], p95_ms=units[:, 1])
