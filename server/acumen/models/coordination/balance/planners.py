"""Ways to choose weights from load metrics: the rules of thumb, and a model's plans."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from acumen.models.coordination.balance.world import Doubles
from acumen.neural.spec import Want
from acumen_accel import load_balancing

if TYPE_CHECKING:
    from acumen.neural.model import Model

QUIET = Want(certificates=False)


def evenly(messages: Sequence[Any]) -> list[Doubles]:
    """Return 1 for every server."""
    return [np.ones(len(m.servers)) for m in messages]


def by_nominal(messages: Sequence[Any]) -> list[Doubles]:
    """Return nominal capacities; where unknown the mean of the known ones, 1 when all are."""
    return [_known_or_mean(np.array([s.nominal_capacity_per_s for s in m.servers])) for m in messages]


def _known_or_mean(nominal: Doubles) -> Doubles:
    known = nominal > 0
    return np.where(known, nominal, nominal[known].mean() if known.any() else 1.0)


def by_first_estimate(messages: Sequence[Any]) -> list[Doubles]:
    """Return what M/M/1 queues of the reported rates and latencies of the last 8 windows would serve."""
    loads = load_balancing.read([m.SerializeToString() for m in messages], [len(m.servers) for m in messages])
    first = load_balancing.describe(loads)[1]
    return [first[a:b] for a, b in zip(loads.offsets[:-1], loads.offsets[1:], strict=True)]


def by_utilisation(messages: Sequence[Any]) -> list[Doubles]:
    """Return rate over processor use, the utilisation law (Lazowska et al., 1984), averaged with the nominal capacity.

    Both in logarithms and equally, each scaled to the fleet's mean: alone, processor use that is not all the servers'
    work, or a server without requests, misleads it.
    """
    return [_utilisation(m) for m in messages]


def _utilisation(message: Any) -> Doubles:
    rate = np.array([np.mean([w.rate_per_s for w in s.recent[-3:]] or [0.0]) for s in message.servers])
    cpu = np.array([max(s.cpu, 0.05) for s in message.servers])
    nominal = np.log(_known_or_mean(np.array([s.nominal_capacity_per_s for s in message.servers])))
    if not (rate > 0).any():
        return np.asarray(np.exp(nominal))
    seen = np.log(np.maximum(rate / cpu, 1e-3 * (rate / cpu).max()))
    return np.asarray(np.exp(0.5 * (seen - seen.mean()) + 0.5 * (nominal - nominal.mean())))


def forgetting(intervals: float) -> Any:
    """Return a planner of time constants, s, for the policy LEAST_LATENCY: so many report ages."""
    return lambda messages: [
        np.full(len(m.servers), intervals * 1e-3 * min(s.last_report_age_ms for s in m.servers)) for m in messages
    ]


class Plans:
    """The weights of a model's plans."""

    def __init__(self, model: "Model") -> None:
        self.model = model

    def __call__(self, messages: Sequence[Any]) -> list[Doubles]:
        """Return the weights of each plan."""
        return [np.array(s.answer.headline) for s in self.model.answer(messages, QUIET)]
