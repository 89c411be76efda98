"""Swarms that do not exist, and what each configuration costs them by simulation."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.swarm import configurations, formulae, reading
from acumen.models.coordination.swarm.reading import Swarm
from acumen.proto.models.v1 import coordination_pb2 as pb
from acumen_accel import swarm_simulation
from acumen_accel.swarm_simulation import Chance, Job, Team

DRAWS = 4096
MOST_TASKS = 300
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """What no input tells: how tasks vary, who is slow without knowing, and how much a message's travel varies."""

    size_cv: float = 0.5
    pace_sigma: float = 0.15
    straggler_share: float = 0.1
    straggler_slowdown: float = 6.0
    jitter: float = 0.5


USUAL = Nature()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Means over seeds, by configuration (24,): time in ideals, messages a task, share done in time."""

    time: Doubles
    messages: Doubles
    survived: Doubles

    def cost(self, swarm: Swarm) -> Doubles:
        """Return (24,) costs by the input's weights."""
        return formulae.cost(swarm, self.time, self.messages, self.survived)


def generator(seed: int, index: int, wide: bool = False) -> np.random.Generator:
    """Return the source of chance of input number `index`: any one of them can be made alone."""
    return np.random.default_rng([seed, int(wide), index])


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    """Draw log-uniformly."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def example(rng: np.random.Generator, wide: bool = False) -> Any:
    """Draw an input: 1 to 64 agents; `wide`: 65 to 128, loss, deaths and most errors above all others'."""
    n = round(_between(rng, 65, 128) if wide else _between(rng, 1, 64))
    task_ms = 1000 / _between(rng, 0.05, 5)
    message = pb.SwarmState(
        tasks=round(min(max(n * _between(rng, 4 if wide else 0.5, 12), 1), MOST_TASKS * (2 if wide else 1))),
        coupling=0.0 if rng.random() < 0.4 else rng.uniform(),
        message_cost_ms=task_ms * _between(rng, 1e-4, 0.02 if wide else 0.05),
        loss_rate=rng.uniform(0.2, 0.35) if wide else 0.0 if rng.random() < 0.5 else rng.uniform(0, 0.2),
    )
    _agents(rng, message, n, task_ms, wide)
    ideal = reading.swarm_of(message).ideal_ms
    base, sigma = _between(rng, 0.1, 0.2) if wide else _between(rng, 1e-4, 0.1), rng.uniform(0, 1)
    for agent in message.agents:
        agent.reliability = float(np.exp(-base * np.exp(rng.normal(0, sigma)) / ideal * reading.MINUTE_MS))
    if rng.random() < 0.5:
        message.deadline_ms = ideal * rng.uniform(2.4 if wide else 1.2, 6)
    if rng.random() < 0.7:
        w = message.weights
        w.time, w.messages, w.robustness = _between(rng, 0.3, 3), _between(rng, 0.01, 1), _between(rng, 0.3, 10)
    return message


def _agents(rng: np.random.Generator, message: Any, n: int, task_ms: float, wide: bool) -> None:
    spread, far = rng.uniform(0, 1.2 if wide else 1), rng.uniform(0, 0.8)
    delay = task_ms * (_between(rng, 0.1, 1) if wide else _between(rng, 1e-3, 0.5))
    errors, busy = (rng.uniform(0.2, 0.35) if wide else rng.uniform(0, 0.2)), rng.random() < 0.5
    kinds = 0 if rng.random() < 0.5 else int(rng.integers(2, 5))
    idle_share = 0.15 if rng.random() < 0.4 else 0.0
    dead_share = 0.15 if rng.random() < 0.3 else 0.0
    for i in range(n):
        agent = message.agents.add(
            id=f"a{i}",
            role=int(rng.integers(2, 4)) if i and rng.random() < idle_share else 1,
            throughput_per_s=1000 / task_ms * np.exp(rng.normal(0, spread)),
            load=rng.uniform(0, 0.9) if busy else 0.0,
            error_rate=errors * rng.uniform(),
            latency_ms=delay * np.exp(rng.normal(0, far)),
        )
        if i and rng.random() < dead_share:
            agent.alive = False
        if kinds and rng.random() > 0.1:
            held = np.flatnonzero(rng.random(kinds) < 0.5)
            agent.skills.extend(f"s{k}" for k in (held if held.size else [rng.integers(kinds)]))


def simulate(
    message: Any, orders: NDArray[np.int64], which: NDArray[np.int64], rng: np.random.Generator, seeds: int,
    nature: Nature = USUAL,
) -> Doubles:  # fmt: skip
    """Return (c, seeds, 3) ms, messages and 1 if done in time, of the configurations `which` with `orders` (c, n)."""
    swarm = reading.swarm_of(message)
    masks, tasks = _skills(message, swarm)
    team = Team(speed=swarm.speed, latency=swarm.latency, error=swarm.error, skills=masks)
    horizon = formulae.horizon_ms(swarm)
    job = Job(
        tasks=tasks,
        message_cost=swarm.message_cost,
        loss=swarm.loss,
        coupling=swarm.coupling,
        missed_after=formulae.missed_after_ms(swarm),
        heartbeat=formulae.heartbeat_ms(swarm),
        horizon=horizon,
        deadline=swarm.deadline or horizon,
        jitter=nature.jitter,
    )
    return swarm_simulation.simulate(configurations.TABLE[which], team, job, _chance(rng, swarm, seeds, nature), orders)


def _chance(rng: np.random.Generator, swarm: Swarm, seeds: int, nature: Nature) -> Chance:
    n, tasks = swarm.size, swarm.tasks
    fate = np.empty((seeds, n, 2))
    slow = np.where(
        rng.random((seeds, n)) < nature.straggler_share, rng.uniform(2, nature.straggler_slowdown, (seeds, n)), 1.0
    )
    fate[:, :, 0] = np.exp(rng.normal(0, nature.pace_sigma, (seeds, n))) / slow
    with np.errstate(divide="ignore"):
        fate[:, :, 1] = rng.exponential(1.0, (seeds, n)) / swarm.hazard
    work = rng.random((seeds, tasks, 3))
    sigma = np.sqrt(np.log1p(nature.size_cv**2))
    work[:, :, 0] = np.exp(rng.normal(-0.5 * sigma**2, sigma, (seeds, tasks)))
    return Chance(fate=fate, work=work, luck=rng.random((seeds, DRAWS)))


def _skills(message: Any, swarm: Swarm) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the living agents' masks (n,) and the tasks (4,) of each skill."""
    agents = [agent for agent in message.agents if reading.alive(agent)]
    listed = sorted({s for a, v in zip(agents, swarm.speed, strict=True) if v > 0 for s in a.skills}) or ["any"]
    if len(listed) > swarm_simulation.SKILLS:
        raise ValueError(f"{len(listed)} skills, the simulation knows {swarm_simulation.SKILLS}")
    bit = {skill: 1 << i for i, skill in enumerate(listed)}
    masks = [sum(bit.get(s, 0) for s in set(a.skills)) if a.skills else 15 for a in agents]
    tasks = np.zeros(swarm_simulation.SKILLS, np.int64)
    for i in range(len(listed)):
        tasks[i] = swarm.tasks // len(listed) + (i < swarm.tasks % len(listed))
    return np.array(masks, np.int64), tasks


def outcome(message: Any, leader: int, rng: np.random.Generator, seeds: int, nature: Nature = USUAL) -> Outcome:
    """Return what every configuration comes to with one leader."""
    swarm = reading.swarm_of(message)
    order = formulae.order(formulae.standing(swarm), leader)
    every = np.arange(configurations.COUNT)
    return averaged(swarm, simulate(message, np.tile(order, (every.size, 1)), every, rng, seeds, nature))


def averaged(swarm: Swarm, runs: Doubles) -> Outcome:
    """Return the means of (c, seeds, 3) runs."""
    time, messages, survived = runs.mean(axis=1).T
    return Outcome(time=time / swarm.ideal_ms, messages=messages / swarm.tasks, survived=survived)


def rule_of_thumb(swarm: Swarm) -> int:
    """Choose as a person would: a mesh for a few, a market for the unequal, else a tree."""
    works = swarm.speed > 0
    if swarm.size <= 6:
        return configurations.INDEX[configurations.MESH, 0, 1]
    if swarm.speed[works].std() > 0.5 * swarm.speed[works].mean():
        return configurations.INDEX[configurations.MARKET, 4, 1]
    return configurations.INDEX[configurations.TREE, 4, 4]
