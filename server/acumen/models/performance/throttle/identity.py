"""What throttle-v1 is called, what it promises and what its features stand for."""

from typing import Any

from acumen.models.performance.throttle import features, network
from acumen.models.performance.throttle.metrics import WINDOWS
from acumen.neural.spec import Category, FeatureGroup, Identity, Lever

FELL, STAYED, ROSE = 0.9, 1.0, 1.1
LABELS = (
    "capacity then was below .9 of the highest rate answered of late",
    "capacity then was within .9 to 1.1 of the highest rate answered of late",
    "capacity then was above 1.1 of the highest rate answered of late",
)


def _promises(message: Any) -> list[float]:
    """Return promises to try, as multiples of the last 95th percentile."""
    last = message.windows[-1].rtt_p95_ms or message.interval_ms / 10
    return [0.0, *(last * factor for factor in (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0, 8.0))]


def _limits(message: Any) -> list[float]:
    """Return limits in force to try, as multiples of the one that is."""
    return [message.current_limit_per_s * factor for factor in (0.25, 0.5, 0.7, 0.85, 1.2, 1.5, 2.0, 4.0)]


LEVERS = (
    Lever(
        field_path="slo_ms",
        read=lambda message: float(message.slo_ms),
        grid=_promises,
        write=lambda message, value: setattr(message, "slo_ms", value),
    ),
    Lever(
        field_path="current_limit_per_s",
        read=lambda message: float(message.current_limit_per_s),
        grid=_limits,
        write=lambda message, value: setattr(message, "current_limit_per_s", value),
    ),
)


def _history(name: str, first: str, last: str, path: str) -> FeatureGroup:
    a, b = features.WINDOW_NAMES.index(first), features.WINDOW_NAMES.index(last) + 1
    return FeatureGroup(name=name, array="windows", columns=slice(a * WINDOWS, b * WINDOWS), field_path=path)


def _context(name: str, first: str, last: str, path: str) -> FeatureGroup:
    a, b = features.CONTEXT_NAMES.index(first), features.CONTEXT_NAMES.index(last) + 1
    return FeatureGroup(name=name, array="context", columns=slice(a, b), field_path=path)


GROUPS = (
    _history("rates sent", "sent", "sent", "windows.sent_per_s"),
    _history("rates answered", "answered", "answered", "windows.ok_per_s"),
    _history("refusals and failures", "refused", "failed", "windows.status_429_per_s"),
    _history("round trips", "median", "p95", "windows.rtt_p50_ms"),
    _history("requests in flight", "in_flight", "in_flight", "windows.in_flight"),
    _history("ages of windows", "age", "age", "windows.t_ms"),
    _context("the limit in force", "limit", "limit", "current_limit_per_s"),
    _context("the quota", "quota_pace", "has_quota", "quota"),
    _context("the latency promised", "promise", "has_promise", "slo_ms"),
    _context("interval and requests in it", "interval", "count", "interval_ms"),
)

IDENTITY = Identity(
    name="throttle-v1",
    version="1.0.0",
    category=Category.PERFORMANCE,
    input_field="api_metrics",
    output_field="rate_limits",
    summary="Infers what a service can carry from rates, refusals and round trips, and sets rate limits by it.",
    event="offered at this limit over the coming interval, the service carries at least 95 % of it, failures that do "
    "not depend on load aside",
    alternative_measure="probability that the service carries at least 95 % of that limit",
    layer_groups=network.GROUPS,
    training_data="moments of simulated clients before services of hidden, changing capacity, first limited by usual "
    "methods, then by the network itself (DAgger), each labelled with the coming capacity and the limit that would "
    "have served best",
    limits=(
        "windows are taken to be of equal length, and limits to be set once a window; a drop is seen a window late",
        "a service that refuses without slowing first shows its capacity only when it is exceeded: the limit then "
        "stays close to what was carried, and rises by trying",
        "where round trips last nearly as long as a window, or are measured with much noise, limits are further from "
        "the best, see the suite 'shifted'",
        "capacity is simulated even where arrivals are recorded ones, see the suite 'real: azure_llm'",
        "the quota is kept by pacing evenly to its reset, so requests that come in bursts may leave some of it unused",
        "expected.p95_ms is a median forecast for the limit wanted before quota and largest steps clamp it",
    ),
    summary_names=features.SUMMARY_NAMES,
    feature_groups=GROUPS,
    exemplar_labels=LABELS,
    exemplar_noun="training moments",
    levers=LEVERS,
)
