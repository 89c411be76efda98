"""Between messages and arrays."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.performance.throttle.metrics import MOST_FALL, MOST_RISE, WINDOWS, Metrics
from acumen.proto.models.v1 import performance_pb2 as pb

NOBODY = (np.empty(0), np.empty(0))


def metrics_of(messages: Sequence[pb.ApiMetrics]) -> Metrics:
    """Return checked messages as arrays."""
    windows = np.zeros((len(messages), WINDOWS, 8))
    for i, message in enumerate(messages):
        windows[i, WINDOWS - len(message.windows) :] = table(message)
    return Metrics(
        windows=windows,
        count=np.array([len(message.windows) for message in messages], np.int64),
        numbers=np.array([_numbers(message) for message in messages], np.float64).reshape(len(messages), -1),
    )


def table(message: pb.ApiMetrics) -> NDArray[np.float64]:
    """Return a message's windows (n, 8), columns `metrics.FIELDS`."""
    rows = [
        (
            w.t_ms,
            w.sent_per_s,
            w.ok_per_s,
            w.status_429_per_s,
            w.status_5xx_per_s,
            w.rtt_p50_ms,
            w.rtt_p95_ms,
            w.in_flight,
        )
        for w in message.windows
    ]
    return np.array(rows, np.float64).reshape(len(rows), 8)


def _numbers(message: pb.ApiMetrics) -> tuple[float, ...]:
    quota = message.quota if message.HasField("quota") else None
    return (
        message.current_limit_per_s,
        quota.remaining if quota else np.inf,
        quota.reset_ms / 1e3 if quota else 1.0,
        message.slo_ms,
        message.interval_ms / 1e3,
        message.max_rise or MOST_RISE,
        message.max_fall or MOST_FALL,
    )


def wants(message: pb.ApiMetrics) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what each client wants (n,), requests a second, infinity where it does not say, and its weight (n,)."""
    if not message.clients:
        return NOBODY
    demand = [c.demand_per_s if c.HasField("demand_per_s") else np.inf for c in message.clients]
    return np.array(demand, np.float64), np.array([c.weight or 1.0 for c in message.clients], np.float64)


def message_of(seen: Metrics, i: int) -> Any:
    """Return input number `i` as a message."""
    limit, remaining, reset_s, slo_ms, interval_s, rise, fall = seen.numbers[i].tolist()
    message = pb.ApiMetrics(interval_ms=interval_s * 1e3, current_limit_per_s=limit, slo_ms=slo_ms)
    message.max_rise, message.max_fall = rise, fall
    for row in seen.windows[i, WINDOWS - seen.count[i] :].tolist():
        t, sent, ok, refused, failed, p50, p95, flying = row
        message.windows.add(
            t_ms=t,
            sent_per_s=sent,
            ok_per_s=ok,
            status_429_per_s=refused,
            status_5xx_per_s=failed,
            rtt_p50_ms=p50,
            rtt_p95_ms=p95,
            in_flight=flying,
        )
    if np.isfinite(remaining):
        message.quota.remaining, message.quota.reset_ms = remaining, reset_s * 1e3
    return message
