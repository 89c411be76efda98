"""Re-deriving every promise of `RateLimits`, another way where there is one."""

import math
from collections.abc import Iterator
from typing import Any

from acumen.models.performance.throttle.metrics import MOST_FALL, MOST_RISE
from acumen.proto.models.v1 import performance_pb2 as pb

SLACK = 1e-9
ROUNDING = 1e-5


def broken(message: pb.ApiMetrics, output: pb.RateLimits) -> list[str]:
    """Return the promises that `output` breaks for `message`."""
    if odd := [name for name, value in _numbers(output) if not 0 <= value < math.inf]:
        return [f"{name} is not a finite number of at least 0" for name in odd]
    checks = (_slew, _quota, _burst, _concurrency, _clients, _backoff, _expected, _capacity)
    return [text for check in checks for text in check(message, output)]


def _numbers(output: Any) -> Iterator[tuple[str, float]]:
    names = ("limit_per_s", "burst", "concurrency", "backoff_ms")
    for name in (*names, "capacity_per_s_q10", "capacity_per_s_q50", "capacity_per_s_q90"):
        yield name, getattr(output, name)
    for name in ("ok_per_s", "reject_rate", "p95_ms"):
        yield f"expected.{name}", getattr(output.expected, name)
    for client in output.per_client:
        yield f"per_client '{client.id}'", client.limit_per_s


def _slew(message: Any, output: Any) -> Iterator[str]:
    current = message.current_limit_per_s
    high = max([current, *(w.ok_per_s for w in message.windows)]) * (message.max_rise or MOST_RISE)
    low = current / (message.max_fall or MOST_FALL)
    if output.limit_per_s > high * (1 + SLACK):
        yield f"limit_per_s {output.limit_per_s} rises above {high}"
    if output.limit_per_s < min(low, _pace(message, output)) * (1 - SLACK):
        yield f"limit_per_s {output.limit_per_s} falls below {low} and no quota asks for it"


def _pace(message: Any, output: Any) -> float:
    """Return the rate at which the quota, its burst aside, lasts until the reset; 0 for less than one request."""
    if not message.HasField("quota"):
        return math.inf
    quota = message.quota
    return float((quota.remaining - output.burst) / quota.reset_ms * 1e3) if quota.remaining >= 1 else 0.0


def _quota(message: Any, output: Any) -> Iterator[str]:
    quota = message.quota
    if not message.HasField("quota"):
        return
    used = output.limit_per_s * quota.reset_ms / 1e3 + output.burst
    if used > quota.remaining * (1 + SLACK):
        yield f"until the reset {used} requests may be sent, {quota.remaining} remain"


def _burst(message: Any, output: Any) -> Iterator[str]:
    burst = output.burst
    if burst != math.floor(burst):
        yield f"burst {burst} is not whole"
    if message.HasField("quota"):
        remaining = math.floor(message.quota.remaining)
        if burst > max(0.05 * message.quota.remaining * (1 + SLACK), min(remaining, 1)):
            yield f"burst {burst} is more than a twentieth of the {remaining} requests that remain"
        if burst < min(1, remaining):
            yield "burst is 0 though requests remain"
    elif not _rounded_up(burst, output.limit_per_s * message.interval_ms / 2e3):
        yield f"burst {burst} is not half an interval's requests"


def _concurrency(_message: Any, output: Any) -> Iterator[str]:
    needed = min(output.limit_per_s * output.expected.p95_ms / 1e3, 1e9)
    if not _rounded_up(output.concurrency, needed):
        yield f"concurrency is {output.concurrency}, must be {needed} rounded up"


def _rounded_up(value: float, of: float) -> bool:
    """Return whether a whole number of at least 1 is `of` rounded up, give or take the last bits of a product."""
    return value == math.floor(value) and max(of * (1 - SLACK), SLACK) <= value < max(of, SLACK) * (1 + SLACK) + 1


def _clients(message: Any, output: Any) -> Iterator[str]:
    """Check weighted max-min fairness by what defines it: whoever lacks has the highest share of all by weight."""
    if [c.id for c in output.per_client] != [c.id for c in message.clients]:
        yield "per_client is not the clients in order"
        return
    given = [c.limit_per_s for c in output.per_client]
    demand = [c.demand_per_s if c.HasField("demand_per_s") else math.inf for c in message.clients]
    slack = SLACK * max(output.limit_per_s, 1e-9)
    if sum(given) > output.limit_per_s + slack:
        yield f"per_client sums to {sum(given)}, above limit_per_s {output.limit_per_s}"
    if given and sum(given) < min(output.limit_per_s, sum(demand)) - slack * len(given):
        yield "per_client leaves out what clients want"
    levels = [each / (c.weight or 1.0) for each, c in zip(given, message.clients, strict=True)]
    for client, each, wanted, level in zip(message.clients, given, demand, levels, strict=True):
        if each > wanted + slack:
            yield f"'{client.id}' gets more than it wants"
        if each < wanted * (1 - SLACK) - slack and level < max(levels) * (1 - 1e-6) - slack / (client.weight or 1.0):
            yield f"'{client.id}' lacks while another has more by weight"


def _backoff(message: Any, output: Any) -> Iterator[str]:
    if message.HasField("quota") and message.quota.remaining < 1:
        expected = message.quota.reset_ms
    else:
        excess = max(message.windows[-1].in_flight - output.concurrency, 0.0)
        expected = min(excess / output.capacity_per_s_q50 * 1e3, 60_000.0)
    if not math.isclose(output.backoff_ms, expected, rel_tol=SLACK, abs_tol=SLACK):
        yield f"backoff_ms is {output.backoff_ms}, must be {expected}"


def _expected(message: Any, output: Any) -> Iterator[str]:
    demand = [c.demand_per_s if c.HasField("demand_per_s") else math.inf for c in message.clients]
    offered = min(output.limit_per_s, sum(demand)) if demand else output.limit_per_s
    quantiles = (output.capacity_per_s_q10, output.capacity_per_s_q50, output.capacity_per_s_q90)
    over = [max(offered - c, 0.0) / offered if offered else 0.0 for c in quantiles]
    reject = 0.3 * over[0] + 0.4 * over[1] + 0.3 * over[2]
    if not math.isclose(output.expected.reject_rate, reject, rel_tol=ROUNDING, abs_tol=1e-9):
        yield f"expected.reject_rate is {output.expected.reject_rate}, must be {reject}"
    ok = offered * (1 - output.expected.reject_rate)
    if not math.isclose(output.expected.ok_per_s, ok, rel_tol=ROUNDING, abs_tol=1e-12):
        yield f"expected.ok_per_s is {output.expected.ok_per_s}, must be {ok}"


def _capacity(message: Any, output: Any) -> Iterator[str]:
    low, median, high = output.capacity_per_s_q10, output.capacity_per_s_q50, output.capacity_per_s_q90
    if not 0 < low <= median <= high:
        yield "capacities do not ascend from above 0"
    sent = message.windows[-1].sent_per_s
    expected = 3 if sent > median else 1 if sent < 0.8 * median else 2
    if output.regime != expected:
        yield f"regime is {output.regime}, must be {expected}"
