"""Features of a swarm: one row an agent, one row for the whole; all without units, so that scale does not matter."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.swarm import formulae
from acumen.models.coordination.swarm.reading import Swarm

AGENT_NAMES: Final = (
    "log relative speed", "log relative latency", "log latency in tasks", "error_rate", "log deaths in the ideal time",
    "works", "coordinates", "may lead", "breadth of skills", "rarest skill", "load", "place by merit",
    "log speed share",
)  # fmt: skip
SWARM_NAMES: Final = (
    "log agents", "log workers", "log tasks", "log tasks a worker", "coupling", "log latency in tasks",
    "log message cost in tasks", "log use of a hub", "log loss", "log heartbeat in ideals", "log unnoticed in ideals",
    "log deadline in ideals", "has deadline", "log deaths in the ideal time", "skills", "rarest skill",
    "mean breadth of skills", "spread of speed", "spread of latency", "mean error_rate", "leader's latency",
    "leader's deaths", "leader's share of speed", "share of the ideal spent on messages", "fastest over mean",
)  # fmt: skip
Doubles = NDArray[np.float64]


def _log(x: Any, floor: float = 1e-4) -> Any:
    return np.log(np.maximum(x, floor))


def rows(swarm: Swarm, stand: NDArray[np.int64]) -> tuple[Doubles, Doubles]:
    """Return (n, 13) features of the agents and (25,) of the swarm."""
    n, speed, latency = swarm.size, swarm.speed, swarm.latency
    works = speed > 0
    workers, total = int(works.sum()), float(speed.sum())
    task_ms, ideal = workers / total, swarm.ideal_ms
    deaths = swarm.hazard * ideal
    place = np.empty(n)
    place[stand] = np.arange(n) / n
    agents = np.array(
        [
            _log(speed * task_ms, 0.02), _log(latency / (swarm.message_ms + 1e-9), 0.02),
            _log(latency / task_ms), swarm.error, _log(deaths), works, swarm.coordinates, swarm.may_lead,
            swarm.breadth, swarm.rarity, swarm.load, place, _log(speed / total, 1e-3),
        ]
    ).T  # fmt: skip
    lead, mean = stand[0], swarm.message_ms - swarm.message_cost
    heartbeat, unnoticed = formulae.heartbeat_ms(swarm), formulae.missed_after_ms(swarm)
    limit = swarm.deadline / ideal if swarm.deadline else formulae.GIVE_UP
    spread = float(speed[works].std() / speed[works].mean())
    whole = [
        np.log(n), np.log(workers), np.log(swarm.tasks), np.log(swarm.tasks / workers), swarm.coupling,
        _log(mean / task_ms), _log(swarm.message_cost / task_ms), _log(2 * swarm.message_cost * total),
        _log(swarm.loss, 1e-3), _log(heartbeat / ideal), _log(unnoticed / ideal), _log(limit, 0.05),
        float(swarm.deadline > 0), _log(deaths.sum()), float(swarm.skills), float(swarm.rarity.min()),
        float(swarm.breadth[works].mean()), spread, float(latency.std() / (mean + 1e-9)), float(swarm.error.mean()),
        float(latency[lead] / (mean + 1e-9)), float(_log(deaths[lead])), float(speed[lead] / total),
        2 * swarm.message_ms / ideal, float(speed.max() * task_ms),
    ]  # fmt: skip
    return agents.astype(np.float64), np.array(whole, np.float64)
