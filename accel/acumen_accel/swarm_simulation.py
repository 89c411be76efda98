"""Simulating agents that share out tasks by messages: typed access to the event simulator."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen_accel.levels import load

_RAW: Any = load("swarm_simulation")

Doubles: TypeAlias = NDArray[np.float64]
SKILLS: Final = 4
MOST_TASKS: Final = 4096
MOST_AGENTS: Final = 192
EVENTS: Final = 4096
FIRST: Final = 24 + EVENTS


class Topology(IntEnum):
    """Who talks to whom."""

    STAR = 1
    TREE = 2
    MESH = 3
    RING = 4
    PIPELINE = 5
    MARKET = 6
    BLACKBOARD = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Who works: `speed` (n,) tasks a ms, 0 for those who only coordinate; `latency` (n,) ms; `error` (n,) below 1.

    `skills` (n,) is a mask of up to four skills.
    """

    speed: Doubles
    latency: Doubles
    error: Doubles
    skills: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be done: `tasks` (4,) of each skill, and the rules it is done by.

    `message_cost`, `missed_after` (from a death until it is noticed), `heartbeat`, `horizon` (when all give up) and
    `deadline` in ms; `loss` and `coupling` are shares. `jitter` is the share of a message's travel that is exponential.
    """

    tasks: NDArray[np.int64]
    message_cost: float
    loss: float
    coupling: float
    missed_after: float
    heartbeat: float
    horizon: float
    deadline: float
    jitter: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """What is drawn for each seed: `fate` (seeds, n, 2), the factor on an agent's speed and the ms of its death.

    `work` (seeds, tasks, 3): size of a task (mean 1), uniform draws for its failed attempts and its coupling; `luck`
    (seeds, l) uniform draws for everything else. All configurations share them.
    """

    fate: Doubles
    work: Doubles
    luck: Doubles


def simulate(
    configurations: NDArray[np.int64], team: Team, job: Job, chance: Chance, orders: NDArray[np.int64]
) -> Doubles:
    """Return (c, seeds, 3): ms until all is done (the horizon, if not), messages sent, 1 if done by the deadline.

    `configurations` (c, 3): topology, branching, batch. `orders` (c, n): the agents, leader first. ValueError for
    shapes that do not fit.
    """
    n, seeds = team.speed.size, chance.fate.shape[0]
    total = int(job.tasks.sum())
    if not 0 < n <= MOST_AGENTS or not 0 < total <= MOST_TASKS or job.tasks.shape != (SKILLS,):
        raise ValueError(f"1 to {MOST_AGENTS} agents and 1 to {MOST_TASKS} tasks of {SKILLS} skills")
    if chance.fate.shape != (seeds, n, 2) or chance.work.shape[::2] != (seeds, 3) or chance.luck.shape[0] != seeds:
        raise ValueError("fate must be (seeds, n, 2), work (seeds, tasks, 3), luck (seeds, l)")
    if orders.shape != (len(configurations), n) or (np.sort(orders, axis=1) != np.arange(n)).any():
        raise ValueError("orders must hold a permutation of the agents for each configuration")
    masks = np.where(team.speed > 0, team.skills, 0).astype(np.int64)
    mean_ms = n / max(float(team.speed.sum()), 1e-12)
    rules = [job.message_cost, job.loss, job.coupling, job.missed_after, job.horizon, job.deadline, mean_ms, job.jitter]
    out = np.zeros((len(configurations), seeds, 3))
    _RAW.simulate(
        np.ascontiguousarray(configurations, np.int64),
        np.ascontiguousarray(np.stack([team.speed, team.latency, team.error], axis=1), np.float64),
        masks,
        np.ascontiguousarray(orders, np.int64),
        np.array([*rules, job.heartbeat], np.float64),
        sum(int(count) << (15 * skill) for skill, count in enumerate(job.tasks)),
        np.ascontiguousarray(chance.fate, np.float64),
        np.ascontiguousarray(chance.work, np.float64),
        np.ascontiguousarray(chance.luck, np.float64),
        *_scratch(n, chance.luck.shape[1] + 3 * chance.work.shape[1]),
        out,
    )
    return out


def _scratch(n: int, draws: int) -> tuple[NDArray[Any], ...]:
    """Return the arrays that a run works on: traits and states of agents, the job with its events, rules and draws."""
    return np.empty((n, 8)), np.empty((n, 17), np.int64), np.empty(96 + 5 * EVENTS, np.int64), np.empty(FIRST + draws)
