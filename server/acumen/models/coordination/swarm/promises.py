"""What a coordination plan promises, derived anew from the input."""

from typing import Any

import numpy as np

from acumen.models.coordination.swarm import configurations, formulae, reading
from acumen.models.coordination.swarm.reading import Swarm

MOST_ALTERNATIVES = 5
SLACK = 1e-5


def broken(message: Any, output: Any) -> list[str]:
    """Return every promise of `CoordinationPlan` that `output` breaks."""
    swarm = reading.swarm_of(message)
    index = configurations.INDEX.get((output.topology, output.branching, output.batch))
    if index is None:
        return ["topology, branching and batch are not a configuration"]
    if sorted(output.members) != sorted(swarm.ids):
        return ["members are not the living agents, each once"]
    return [*_leader(swarm, output), *_graph(swarm, output, index), *_exact(swarm, output), *_expected(swarm, output)]


def _leader(swarm: Swarm, output: Any) -> list[str]:
    found = []
    if output.members[0] != output.leader_id:
        found.append("the leader is not the first member")
    if not swarm.may_lead[swarm.ids.index(output.leader_id)]:
        found.append("the leader is an observer")
    return found


def _graph(swarm: Swarm, output: Any, index: int) -> list[str]:
    n = swarm.size
    flat = list(output.edges)
    pairs = list(zip(flat[::2], flat[1::2], strict=False))
    if len(flat) % 2 or pairs != sorted(set(pairs)) or any(not a < b < n for a, b in pairs):
        return ["edges are not ascending pairs of places, the smaller first"]
    reached, ahead = {0}, [0]
    near: dict[int, list[int]] = {}
    for a, b in pairs:
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    while ahead:
        fresh = [p for p in near.get(ahead.pop(), []) if p not in reached]
        reached.update(fresh)
        ahead += fresh
    found = [] if len(reached) == n else [f"edges connect {len(reached)} of {n} living agents"]
    places = np.array([swarm.ids.index(name) for name in output.members])
    lane = formulae.lanes(swarm, places, output.branching)
    if pairs != [tuple(pair) for pair in configurations.edges(index, n, lane).tolist()]:
        found.append("edges are not those of the topology")
    return found


def _exact(swarm: Swarm, output: Any) -> list[str]:
    n = swarm.size
    found = []
    if not n < 2 * output.quorum <= n + 2:
        found.append(f"quorum is {output.quorum}, the smallest majority of {n} is {n // 2 + 1}")
    if output.gossip_fanout != formulae.gossip_fanout(n, swarm.loss):
        found.append("gossip_fanout is not that of the formula")
    for name, value in (("heartbeat_ms", formulae.heartbeat_ms(swarm)), ("ideal_ms", swarm.ideal_ms)):
        if abs(getattr(output, name) - value) > SLACK * value:
            found.append(f"{name} is not that of the formula")
    return found


def _expected(swarm: Swarm, output: Any) -> list[str]:
    e, found = output.expected, []
    if not 0 <= e.completion_ms <= formulae.horizon_ms(swarm) * (1 + SLACK):
        found.append("expected completion is not within 0 and the horizon")
    if not 0 <= e.messages < np.inf or not 0 <= e.survive_p <= 1:
        found.append("expected messages or survival are out of range")
    cost = formulae.cost_of(swarm, e.completion_ms / swarm.ideal_ms, e.messages / swarm.tasks, e.survive_p)
    if abs(cost - e.cost) > SLACK * (1 + sum(swarm.weights) + abs(cost)):
        found.append(f"expected cost is {e.cost}, its parts come to {cost}")
    regrets = [a.expected_regret for a in output.alternatives]
    tried = {(a.topology, a.branching, a.batch) for a in output.alternatives}
    if regrets != sorted(regrets) or any(r < 0 for r in regrets):
        found.append("alternatives are not by regret, from 0")
    own = (output.topology, output.branching, output.batch)
    if len(regrets) != MOST_ALTERNATIVES or len(tried | {own}) != len(regrets) + 1:
        found.append(f"alternatives are not {MOST_ALTERNATIVES} other configurations")
    if not tried <= configurations.INDEX.keys():
        found.append("an alternative is not a configuration")
    return found
