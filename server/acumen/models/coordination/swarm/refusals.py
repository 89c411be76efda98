"""Naming everything that is wrong with the state of a swarm."""

import math
from collections.abc import Iterator
from typing import Any

from acumen.errors import InvalidInput, Violation
from acumen.models.coordination.swarm import reading

AGENTS, TASKS, SKILLS, DISTINCT = 256, 4096, 32, 64
ID_BYTES, SKILL_BYTES = 256, 64
MOST_MS, MOST_WEIGHT, MOST_RATE = 1e9, 1e6, 1e9
PATH = "swarm_state"
STATE_LIMITS = {"coupling": 1.0, "deadline_ms": MOST_MS, "message_cost_ms": MOST_MS, "loss_rate": 0.9}
AGENT_LIMITS = {
    "load": 1.0,
    "throughput_per_s": MOST_RATE,
    "error_rate": 0.95,
    "latency_ms": MOST_MS,
    "reliability": 1.0,
}
WEIGHT_LIMITS = dict.fromkeys(("time", "messages", "robustness"), MOST_WEIGHT)


def refuse(message: Any) -> None:
    """Raise `InvalidInput` with every violation; return when there is none."""
    if found := list(_all(message)):
        raise InvalidInput(found)


def _bad(field: str, text: str) -> Violation:
    return Violation(field=f"{PATH}.{field}" if field else PATH, description=text)


def _all(message: Any) -> Iterator[Violation]:
    n = len(message.agents)
    if not 1 <= n <= AGENTS:
        yield _bad("agents", f"has {n} agents, must have 1 to {AGENTS}")
    if not 1 <= message.tasks <= TASKS:
        yield _bad("tasks", f"is {message.tasks}, must be 1 to {TASKS}")
    yield from _numbers(message, STATE_LIMITS, "")
    yield from _numbers(message.weights, WEIGHT_LIMITS, "weights.")
    seen: dict[str, int] = {}
    for i, agent in enumerate(message.agents):
        yield from _agent(agent, i, seen)
    distinct = len({skill for agent in message.agents for skill in agent.skills})
    if distinct > DISTINCT:
        yield _bad("agents", f"name {distinct} distinct skills, must be at most {DISTINCT}")
    if n and not any(reading.alive(agent) and reading.speed_of(agent) > 0 for agent in message.agents):
        yield _bad("agents", "none is alive with throughput to spare, must be at least 1")


def _numbers(message: Any, limits: dict[str, float], path: str) -> Iterator[Violation]:
    for name, limit in limits.items():
        value = getattr(message, name)
        if not (math.isfinite(value) and 0 <= value <= limit):
            yield _bad(f"{path}{name}", f"is {value:.6g}, must be 0 to {limit:.6g}")


def _agent(agent: Any, i: int, seen: dict[str, int]) -> Iterator[Violation]:
    path = f"agents[{i}]."
    if not 1 <= len(agent.id.encode()) <= ID_BYTES:
        yield _bad(f"{path}id", f"has {len(agent.id.encode())} bytes, must have 1 to {ID_BYTES}")
    elif agent.id in seen:
        yield _bad(f"{path}id", f"'{agent.id}' is also the id of agents[{seen[agent.id]}], must be distinct")
    seen.setdefault(agent.id, i)
    if not 0 <= agent.role <= reading.OBSERVER:
        yield _bad(f"{path}role", f"is {agent.role}, must be 0 to {reading.OBSERVER}")
    yield from _numbers(agent, AGENT_LIMITS, path)
    if len(agent.skills) > SKILLS:
        yield _bad(f"{path}skills", f"holds {len(agent.skills)}, must be at most {SKILLS}")
    for j, skill in enumerate(agent.skills):
        if not 1 <= len(skill.encode()) <= SKILL_BYTES:
            yield _bad(f"{path}skills[{j}]", f"has {len(skill.encode())} bytes, must have 1 to {SKILL_BYTES}")
