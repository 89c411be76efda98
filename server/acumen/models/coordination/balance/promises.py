"""What a distribution plan promises, derived again from the input alone."""

import math
from collections.abc import Iterator

from acumen.proto.models.v1 import coordination_pb2 as pb

# What three numbers of six significant digits each can be off together.
TOLERANCE = 2e-5


def broken(message: pb.LoadMetrics, plan: pb.DistributionPlan) -> list[str]:
    """Return every promise of `DistributionPlan` that `plan` breaks for `message`."""
    names = [server.id for server in message.servers]
    if [entry.server for entry in plan.weights] != names:
        return ["weights must have one entry a server, in input order"]
    return [*_weights(plan), *_drain(plan, names), *_derived(message, plan), *_limits(message, plan)]


def _weights(plan: pb.DistributionPlan) -> Iterator[str]:
    weights = [entry.weight for entry in plan.weights]
    if not all(0 <= w <= 1 for w in weights):
        yield "every weight must be 0 to 1"
    if not abs(math.fsum(weights) - 1) <= TOLERANCE:
        yield f"weights sum to {math.fsum(weights)}, must be 1"
    if not all(0 < entry.speed_per_s < math.inf for entry in plan.weights):
        yield "every speed must be above 0 and finite"
    if not 0 < plan.expected_p99_ms_q50 <= plan.expected_p99_ms_q90 < math.inf:
        yield "expected latencies must be above 0, finite, the median not above the 90th percentile"


def _drain(plan: pb.DistributionPlan, names: list[str]) -> Iterator[str]:
    drained = set(plan.drain)
    if list(plan.drain) != [name for name in names if name in drained]:
        yield "drain must list servers once, in input order"
    if len(drained) >= len(names):
        yield "not every server may be drained"
    if any(entry.weight != 0 for entry in plan.weights if entry.server in drained):
        yield "a drained server's weight must be 0"


def _derived(message: pb.LoadMetrics, plan: pb.DistributionPlan) -> Iterator[str]:
    for entry in plan.weights:
        used = entry.weight * message.arrival_rate_per_s / entry.speed_per_s
        if not math.isclose(entry.utilisation, used, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
            yield f"utilisation of '{entry.server}' is {entry.utilisation}, must be {used}"
    carried, arrivals = _carried(plan), message.arrival_rate_per_s
    if plan.overload != (arrivals >= carried) and not math.isclose(arrivals, carried, rel_tol=TOLERANCE):
        yield "overload must say whether the arrivals reach the serving servers' total speed"


def _carried(plan: pb.DistributionPlan) -> float:
    drained = set(plan.drain)
    return math.fsum(entry.speed_per_s for entry in plan.weights if entry.server not in drained)


def _limits(message: pb.LoadMetrics, plan: pb.DistributionPlan) -> Iterator[str]:
    drained = set(plan.drain)
    serving = [(s, e) for s, e in zip(message.servers, plan.weights, strict=True) if e.server not in drained]
    if message.max_step > 0:
        step = max(message.max_step, _needed([server.current_weight for server, _ in serving]))
        for server, entry in serving:
            if abs(entry.weight - server.current_weight) > step + TOLERANCE:
                yield f"the weight of '{entry.server}' moves by more than {step}"
    elif not plan.overload and any(entry.utilisation > 1 + TOLERANCE for _, entry in serving):
        yield "without overload and max_step every serving server must be able to carry its share"


def _needed(current: list[float]) -> float:
    """Return the least largest change with which weights of the serving servers sum to 1."""
    excess = math.fsum(current) - 1
    if excess <= 0:
        return -excess / len(current)
    # The threshold of the projection onto the simplex (Held, Wolfe and Crowder, 1974): the first k largest stay above
    # it.
    ordered = sorted(current, reverse=True)
    thresholds = [(math.fsum(ordered[:k]) - 1) / k for k in range(1, len(ordered) + 1)]
    return max(thresholds)
