"""From scores to a plan: a leader for each topology, the configuration of least cost, and what follows exactly."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.swarm import configurations, formulae, promises
from acumen.models.coordination.swarm.identity import WITHIN
from acumen.models.coordination.swarm.reading import Swarm
from acumen.neural.calibrate import Isotonic
from acumen.neural.rounding import significant, significant_array
from acumen.neural.spec import Answer, Certificate, Want
from acumen.proto.models.v1 import coordination_pb2 as pb

SHARPNESS = 0.05
# The rule's first leader stays unless another's log time is this much lower: the least of many guesses flatters itself.
LEADER_MARGIN = 0.1
LOG_LEAST, LOG_MOST_MESSAGES, ODDS = -2.0, 12.0, 12.0
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """By configuration (24,): leader, time in ideals, messages a task, survival, cost; `doubt`, error of log costs."""

    leader: NDArray[np.int64]
    time: Doubles
    messages: Doubles
    survive: Doubles
    cost: Doubles
    doubt: float


def _tame(values: Any, low: float, high: float) -> Doubles:
    """Return numbers within bounds whatever the scores are."""
    return np.fmax(np.fmin(np.asarray(values, np.float64), high), low)


def forecast(facts: Any, scores: Mapping[str, Any], i: int) -> Forecast:
    """Return what to expect of every configuration of input `i`, each with the leader that suits its topology best."""
    swarm: Swarm = facts.swarm
    effect = _tame(scores["leader"][facts.rows], -3.0, 3.0)
    effect[~swarm.may_lead] = np.inf
    handicap = np.where(np.arange(swarm.size) == 0, 0.0, LEADER_MARGIN)[:, None]
    leaders = facts.stand[(effect[facts.stand] + handicap).argmin(axis=0)]
    gain = effect[leaders, np.arange(leaders.size)][configurations.TOPOLOGY]
    most = formulae.horizon_ms(swarm) / swarm.ideal_ms
    log_time = _tame(_tame(scores["time"][i], -10, 10) + gain, LOG_LEAST, math.log(most))
    time = np.minimum(np.exp(log_time), most)
    messages = np.expm1(_tame(scores["messages"][i], 0.0, LOG_MOST_MESSAGES))
    survive = 1 / (1 + np.exp(-_tame(scores["survival"][i], -ODDS, ODDS)))
    if swarm.size == 1:
        messages = np.zeros_like(messages)
    return Forecast(
        leader=leaders[configurations.TOPOLOGY],
        time=time,
        messages=messages,
        survive=survive,
        cost=np.maximum(formulae.cost(swarm, time, messages, survive), 1e-12),
        doubt=math.exp(float(_tame(scores["doubt"][i, 0], -5.0, 1.0))),
    )


def raw_probability(f: Forecast) -> float:
    """Return a score of the event: high where no configuration may be cheaper by 5 %, errors of log costs as normal."""
    ahead = np.log(f.cost) - math.log(f.cost.min()) + math.log(WITHIN)
    z = np.delete(ahead, int(f.cost.argmin())) / (math.sqrt(2) * f.doubt)
    return float(np.exp(np.log(np.maximum(0.5 * (1 + np.tanh(0.8 * z)), 1e-6)).sum() / 4))


def answer(swarm: Swarm, stand: NDArray[np.int64], f: Forecast, confidence: Isotonic, want: Want) -> Answer:
    """Return the plan of least expected cost."""
    ranked = np.argsort(f.cost, kind="stable")
    best = int(ranked[0])
    order = formulae.order(stand, int(f.leader[best]))
    regret = significant_array(f.cost / f.cost[best] - 1)
    output = _output(swarm, f, best, order)
    for other in ranked[1 : 1 + promises.MOST_ALTERNATIVES].tolist():
        topology, branching, batch = configurations.TABLE[other].tolist()
        row = output.alternatives.add(branching=branching, batch=batch, expected_regret=regret[other])
        row.topology = topology
    scaled = -np.log(f.cost) / SHARPNESS
    powers = np.exp(scaled - scaled.max())
    return Answer(
        output=output,
        choice=configurations.name(best),
        headline=powers / powers.sum(),
        p=float(confidence(raw_probability(f))),
        alternatives=[(configurations.name(c), float(regret[c])) for c in ranked[1 : 1 + want.alternatives].tolist()],
        certificates=_certificates(swarm, output) if want.certificates else (),
    )


def _output(swarm: Swarm, f: Forecast, best: int, order: NDArray[np.int64]) -> Any:
    topology, branching, batch = configurations.TABLE[best].tolist()
    ideal, n = swarm.ideal_ms, swarm.size
    out: Any = pb.CoordinationPlan(
        branching=branching,
        batch=batch,
        leader_id=swarm.ids[int(order[0])],
        members=[swarm.ids[i] for i in order.tolist()],
        edges=configurations.edges(best, n, formulae.lanes(swarm, order, branching)).ravel().tolist(),
        quorum=formulae.quorum(n),
        heartbeat_ms=significant(formulae.heartbeat_ms(swarm)),
        gossip_fanout=formulae.gossip_fanout(n, swarm.loss),
        ideal_ms=significant(ideal),
        expected=pb.ExpectedCoordination(
            completion_ms=significant(f.time[best] * ideal),
            messages=significant(f.messages[best] * swarm.tasks),
            survive_p=significant(f.survive[best]),
            cost=significant(f.cost[best]),
        ),
    )
    out.topology = topology
    return out


def _certificates(swarm: Swarm, output: Any) -> list[Certificate]:
    n, path = swarm.size, "coordination_plan"
    return [
        Certificate(
            text=f"{output.quorum} of {n} living agents are the smallest majority",
            value=float(output.quorum),
            field_path=f"{path}.quorum",
        ),
        Certificate(
            text=f"{len(output.edges) // 2} links connect all {n} living agents",
            value=len(output.edges) / 2,
            field_path=f"{path}.edges",
        ),
        Certificate(
            text=f"{swarm.tasks} tasks spread perfectly take {output.ideal_ms:.6g} ms",
            value=output.ideal_ms,
            field_path=f"{path}.ideal_ms",
        ),
    ]
