"""A swarm as arrays: the living agents of an input and the job they share."""

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RELIABILITY = 0.999
DEFAULT_WEIGHTS = (1.0, 0.1, 4.0)
COORDINATOR, OBSERVER = 2, 3
MINUTE_MS = 60_000.0
LEAST_RELIABILITY = 1e-12
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Swarm:
    """The living agents (n,) and their job.

    `speed` tasks a ms that an agent has to spare (0: it does none), `latency` ms, `error` share of attempts, `hazard`
    deaths a ms, `load`, whether it `may_lead`, `breadth` share of all skills it has, `rarity` share of workers that
    have its rarest skill. Times in ms; `deadline` 0 is none; `weights` of time, messages and robustness. `message_ms`,
    the mean time of a message; `ideal_ms`, that of all work spread perfectly after one exchange of messages.
    """

    ids: tuple[str, ...]
    speed: Doubles
    latency: Doubles
    error: Doubles
    hazard: Doubles
    load: Doubles
    may_lead: NDArray[np.bool_]
    coordinates: NDArray[np.bool_]
    breadth: Doubles
    rarity: Doubles
    skills: int
    tasks: int
    coupling: float
    deadline: float
    message_cost: float
    loss: float
    weights: tuple[float, float, float]
    message_ms: float
    ideal_ms: float
    mean_hazard: float

    @property
    def size(self) -> int:
        """How many live."""
        return len(self.ids)


def alive(agent: Any) -> bool:
    """Return whether an agent lives; if not said, it does."""
    return not agent.HasField("alive") or bool(agent.alive)


def speed_of(agent: Any) -> float:
    """Return the tasks a second that an agent has to spare."""
    if agent.role in (COORDINATOR, OBSERVER):
        return 0.0
    return float(agent.throughput_per_s * (1 - agent.load))


def weights_of(message: Any) -> tuple[float, float, float]:
    """Return the weights of time, messages and robustness."""
    w = message.weights
    given = (w.time, w.messages, w.robustness)
    return given if any(given) else DEFAULT_WEIGHTS


def swarm_of(message: Any) -> Swarm:
    """Return the living agents and the job of a checked input."""
    agents = [agent for agent in message.agents if alive(agent)]
    rows = np.array([_numbers(agent) for agent in agents], np.float64)
    breadth, rarity, skills = _skills(agents, rows[:, 0] > 0)
    mean = np.add.reduce(rows, axis=0) / len(rows)
    message_ms = float(mean[1]) + message.message_cost_ms
    work_ms = message.tasks / float(rows[:, 0] @ (1 - rows[:, 2]))
    return Swarm(
        ids=tuple(agent.id for agent in agents),
        speed=rows[:, 0],
        latency=rows[:, 1],
        error=rows[:, 2],
        hazard=rows[:, 3],
        load=rows[:, 4],
        may_lead=rows[:, 5] != OBSERVER,
        coordinates=rows[:, 5] == COORDINATOR,
        breadth=breadth,
        rarity=rarity,
        skills=skills,
        tasks=message.tasks,
        coupling=message.coupling,
        deadline=message.deadline_ms,
        message_cost=message.message_cost_ms,
        loss=message.loss_rate,
        weights=weights_of(message),
        message_ms=message_ms,
        ideal_ms=work_ms + 2 * message_ms,
        mean_hazard=float(mean[3]),
    )


def _numbers(agent: Any) -> tuple[float, ...]:
    reliability = agent.reliability if agent.HasField("reliability") else RELIABILITY
    hazard = -math.log(max(reliability, LEAST_RELIABILITY)) / MINUTE_MS
    return (speed_of(agent) / 1000, agent.latency_ms, agent.error_rate, hazard, agent.load, agent.role)


def _skills(agents: list[Any], works: NDArray[np.bool_]) -> tuple[Doubles, Doubles, int]:
    """Return breadth (n,), rarity (n,) and the number of skills that living workers list."""
    held = [frozenset(agent.skills) for agent in agents]
    listed = Counter(skill for skills, worker in zip(held, works, strict=True) if worker for skill in skills)
    if not listed:
        return np.ones(len(agents)), np.ones(len(agents)), 0
    anything = sum(1 for skills, worker in zip(held, works, strict=True) if worker and not skills)
    workers = int(works.sum())
    share = {skill: (count + anything) / workers for skill, count in listed.items()}
    rarest = min(share.values())
    breadth = [len(share.keys() & skills) / len(share) if skills else 1.0 for skills in held]
    rarity = [min((share[s] for s in skills if s in share), default=1.0) if skills else rarest for skills in held]
    return np.array(breadth), np.array(rarity), len(share)
