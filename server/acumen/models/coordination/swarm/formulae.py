"""What needs no network: majority, heartbeat, gossip, the cost, and the order in which agents stand."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.swarm.reading import Swarm

SUSPICION = 1e-3
HEARTBEAT_MOST_MS = 30_000.0
HEARING = 0.99
GIVE_UP = 8.0
Doubles = NDArray[np.float64]


def horizon_ms(swarm: Swarm) -> float:
    """Return when a run is given up, ms."""
    return max(GIVE_UP * swarm.ideal_ms, swarm.deadline)


def quorum(n: int) -> int:
    """Return the smallest majority of `n`."""
    return n // 2 + 1


def misses(loss: float) -> int:
    """Return after how many missed heartbeats an agent is suspected, so that loss alone does so once in 1,000 times."""
    return 2 if loss <= 0 else max(2, math.ceil(math.log(SUSPICION) / math.log(loss)))


def heartbeat_ms(swarm: Swarm) -> float:
    """Return the interval of heartbeats, ms: the square root law that Young (1974) found for checkpoints.

    A heartbeat costs a message every h; a death goes unnoticed for `misses` of them. The sum of both, cost / h + death
    rate * misses * h, is least at sqrt(cost / (death rate * misses)). Never below 4 messages nor above 30 s.
    """
    rate = swarm.mean_hazard * misses(swarm.loss)
    best = math.sqrt(max(swarm.message_cost, 0.01) / rate) if rate > 0 else HEARTBEAT_MOST_MS
    return min(max(best, 4 * swarm.message_ms, 1.0), HEARTBEAT_MOST_MS)


def missed_after_ms(swarm: Swarm) -> float:
    """Return how long a death goes unnoticed, ms."""
    return misses(swarm.loss) * heartbeat_ms(swarm) + swarm.message_ms


def gossip_fanout(n: int, loss: float) -> int:
    """Return to how many each agent passes news on so that all hear of it with probability .99.

    Kermarrec, Massoulie and Ganesh (2003): with ln n + c each, P(all hear) is exp(-exp(-c)); lost messages are made up
    for. Never more than there are others.
    """
    c = -math.log(-math.log(HEARING))
    return min(n - 1, math.ceil((math.log(n) + c) / (1 - loss))) if n > 1 else 0


def cost(swarm: Swarm, time: Any, messages: Any, survive: Any) -> Doubles:
    """Return the cost of completion times in units of the ideal, messages a task, and probabilities, of any shape."""
    w = swarm.weights
    return np.asarray(w[0] * time + w[1] * messages + w[2] * (1 - survive))


def cost_of(swarm: Swarm, time: float, messages: float, survive: float) -> float:
    """Return the cost of one configuration."""
    return float(cost(swarm, time, messages, survive))


def merit(swarm: Swarm) -> Doubles:
    """Return (n,) how fit agents are to stand at the head: quick to reach, unlikely to die, free of tasks."""
    quick = swarm.latency / (swarm.message_ms + 1e-9)
    frail = 10 * np.minimum(swarm.hazard * swarm.ideal_ms, 10.0)
    return np.where(swarm.may_lead, (swarm.speed <= 0) - quick - frail, -1e9)


def standing(swarm: Swarm) -> NDArray[np.int64]:
    """Return the agents by merit, best first, ties in input order."""
    return np.argsort(-merit(swarm), kind="stable")


def order(stand: NDArray[np.int64], leader: int) -> NDArray[np.int64]:
    """Return the agents as they stand, the leader moved to the front."""
    return np.concatenate([[leader], stand[stand != leader]])


def lanes(swarm: Swarm, order: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Return (n,) the lane of each place of `order` in a pipeline: workers in turn, -1 for the others."""
    works = swarm.speed[order] > 0
    count = max(1, min(width, int(works.sum())))
    return np.where(works, (np.cumsum(works) - 1) % count, -1)
