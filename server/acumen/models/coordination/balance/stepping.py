"""Moving weights by no more than `max_step`: as near to the shares of speed as the step allows."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.proto.models.v1 import coordination_pb2 as pb
from acumen_accel import load_balancing

Doubles = NDArray[np.float64]
# The most of its inferred speed that a server is offered, while the fleet as a whole has that much to spare.
HEADROOM = 0.98
# Below this use of the fleet the shares it has room for overflow, and none is near a limit.
LEAST_USE = 1e-200


def keep_step(message: pb.LoadMetrics, plan: Doubles, drained: NDArray[Any]) -> None:
    """Change the weights and utilisations of a plan (n, 3) in place so that the serving servers keep to the step.

    In order of precedence: weights sum to 1; drained servers get 0; no weight moves by more than `max_step`, widened
    only as far as a sum of 1 requires; no server is offered more than it serves; weights follow speeds.
    """
    serving = np.flatnonzero(drained == 0)
    current = np.array([server.current_weight for server in message.servers])[serving]
    speed, arrivals = plan[serving, 1], message.arrival_rate_per_s
    step = max(message.max_step, needed(current))
    low, high = np.maximum(current - step, 0.0), np.minimum(current + step, 1.0)
    used = arrivals / speed.sum()
    if LEAST_USE < used < 1:
        room = max(HEADROOM, 0.5 + 0.5 * used) / used * speed / speed.sum()
        bound = np.clip(room, low, high)
        high = bound if bound.sum() >= 1 else high
    plan[serving, 0] = load_balancing.fill(speed / speed.max(), low, high)
    plan[serving, 2] = plan[serving, 0] * arrivals / speed


def needed(current: Doubles) -> float:
    """Return the least largest change with which weights (n,) sum to 1 and stay at 0 or above.

    Too little is spread evenly; too much comes off as in the projection onto the simplex (Held, Wolfe and Crowder,
    1974).
    """
    if current.sum() <= 1:
        return float((1 - current.sum()) / current.size)
    above = np.cumsum(np.sort(current)[::-1]) - 1
    return float((above / np.arange(1, current.size + 1)).max())
