"""How coordination-v2 learns from configurations that were tried."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen.errors import InvalidInput, Violation
from acumen.models.coordination.swarm import configurations, formulae, reading
from acumen.models.coordination.swarm.identity import WITHIN
from acumen.models.coordination.swarm.spec import COUNT, SPEC
from acumen.neural import ragged
from acumen.neural.inference import Inference
from acumen.neural.learner import Judged, Labelled, recalibrated
from acumen.neural.spec import Answer, Batch, Weights
from acumen.neural.tape import Node, Tape

PATH = "coordination_truth.runs"
MOST_RUNS = 4096
SURVIVAL_WEIGHT, DOUBT_WEIGHT = 0.3, 0.05
TOPOLOGIES = len(configurations.NAMES)
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """What was seen: one row a run. `example` and `leader` count from the batch's first; absent values weigh 0.

    `values` (r, 3): log time in ideals, log of 1 more than messages a task, share done in time; `present` (r, 3) tells
    which were measured.
    """

    example: NDArray[np.int64]
    configuration: NDArray[np.int64]
    leader: NDArray[np.int64]
    values: Floats
    present: Floats
    weight: Floats


@dataclass(slots=True, kw_only=True)
class PreparedSwarms:
    """Examples with their features; `edges` tells whose runs are whose."""

    size: int
    batch: Batch
    runs: Runs
    edges: NDArray[np.int64]

    def take(self, index: NDArray[np.int64]) -> tuple[Batch, Runs]:
        """Return some of the examples, in the order of `index`."""
        arrays, offsets = self.batch.arrays, self.batch.arrays["offsets"]
        rows, new = ragged.taken(offsets, index)
        picked, edges = ragged.taken(self.edges, index)
        example = np.repeat(np.arange(index.size), np.diff(edges))
        taken = {
            "agents": arrays["agents"][rows],
            "swarm": arrays["swarm"][index],
            "offsets": new,
            "owner": np.repeat(np.arange(index.size), np.diff(new)),
        }
        batch = Batch(size=index.size, arrays=taken, summary=self.batch.summary[index])
        within = self.runs.leader[picked] - offsets[self.runs.example[picked]]
        runs = Runs(
            example=example,
            configuration=self.runs.configuration[picked],
            leader=within + new[example],
            values=self.runs.values[picked],
            present=self.runs.present[picked],
            weight=self.runs.weight[picked],
        )
        return batch, runs


def index_of(run: Any) -> int | None:
    """Return the number of a run's configuration, None for one that is not among the 24."""
    return configurations.INDEX.get((run.topology, run.branching, run.batch))


class CoordinationLearner:
    """Learns times, messages and survival of whatever was tried; see `acumen.neural.learner.Learner`."""

    target_field = "coordination_truth"
    measure = "excess cost of the configuration preferred among those tried over the cheapest of them, negative"

    def check(self, message: Any, target: Any) -> None:
        """Raise `InvalidInput` unless every run names a configuration, a living leader, and something measured."""
        found: list[Violation] = []
        if not 1 <= len(target.runs) <= MOST_RUNS:
            found.append(Violation(field=PATH, description=f"holds {len(target.runs)} runs, must be 1 to {MOST_RUNS}"))
        swarm = reading.swarm_of(message)
        leaders = {name for name, able in zip(swarm.ids, swarm.may_lead, strict=True) if able} | {""}
        for i, run in enumerate(target.runs):
            found += [Violation(field=f"{PATH}[{i}]{field}", description=text) for field, text in _faults(run, leaders)]
        if found:
            raise InvalidInput(found)

    def initial(self, weights: Weights, examples: Labelled, seed: int) -> dict[str, NDArray[Any]]:
        """Return the base's weights."""
        del examples, seed
        return dict(weights)

    def prepare(self, weights: Weights, examples: Labelled) -> PreparedSwarms:
        """Compute the features, and put the runs in rows."""
        del weights
        batch = SPEC.featurise(examples.messages)
        rows = [
            _rows(facts, i, list(target.runs))
            for i, (facts, target) in enumerate(zip(batch.facts, examples.targets, strict=True))
        ]
        table = np.concatenate(rows)
        runs = Runs(
            example=table[:, 0].astype(np.int64),
            configuration=table[:, 1].astype(np.int64),
            leader=table[:, 2].astype(np.int64),
            values=table[:, 3:6].astype(np.float32),
            present=table[:, 6:9].astype(np.float32),
            weight=np.concatenate([np.full(len(r), 1 / len(r), np.float32) for r in rows]),
        )
        return PreparedSwarms(size=batch.size, batch=batch, runs=runs, edges=np.cumsum([0, *map(len, rows)]))

    def loss(self, tape: Tape, scores: Mapping[str, Any], batch: Batch, targets: Runs) -> Node:
        """Sum over examples of the mean over runs: deviances, log loss of survival, and doubt about the times.

        The gamma deviance (McCullagh and Nelder, 1989, section 2.3) of times and messages is least at their mean; the
        squared error of logs would be least at the mean log, and praise whatever varies most.
        """
        del batch
        cell = targets.example * COUNT + targets.configuration
        place = targets.leader * TOPOLOGIES + configurations.TOPOLOGY[targets.configuration]
        weight, seen = targets.weight[:, None], targets.present
        time = _pick(tape, scores["time"], cell) + _pick(tape, scores["leader"], place) - targets.values[:, :1]
        messages = _pick(tape, scores["messages"], cell) - targets.values[:, 1:2]
        odds = _pick(tape, scores["survival"], cell)
        doubt = tape.gather(scores["doubt"], targets.example)
        off = np.square(time.value).astype(np.float32)
        total = tape.sum(_deviance(tape, time) * (weight * seen[:, :1]))
        total = total + tape.sum(_deviance(tape, messages) * (weight * seen[:, 1:2]))
        log_loss = tape.softplus(odds) - odds * targets.values[:, 2:3]
        total = total + tape.sum(log_loss * (weight * seen[:, 2:3] * np.float32(SURVIVAL_WEIGHT)))
        unsure = doubt + tape.exp(doubt * np.float32(-2)) * (off * np.float32(0.5))
        return total + tape.sum(unsure * (weight * seen[:, :1] * np.float32(DOUBT_WEIGHT)))

    def judge(self, answers: Sequence[Answer], examples: Labelled) -> Judged:
        """Compare the preferred of the configurations tried with the cheapest of them."""
        lost = np.array([_lost(a, m, t) for a, m, t in zip(answers, examples.messages, examples.targets, strict=True)])
        return Judged(quality=-lost, happened=lost <= WITHIN - 1 + 1e-9)

    def finish(self, weights: Weights, trained: Labelled, held: Labelled) -> dict[str, NDArray[Any]]:
        """Return the weights with the event's probability calibrated on examples not trained on."""
        del trained
        return recalibrated(SPEC, self, weights, held, Inference(acumen_accel.backend()))


def _pick(tape: Tape, scores: Any, index: NDArray[np.int64]) -> Node:
    """Return (r, 1) entries of a matrix by their number in row order."""
    n, m = scores.shape
    return tape.gather(tape.reshape(scores, (n * m, 1)), index)


def _deviance(tape: Tape, error: Node) -> Node:
    """Return the gamma deviances of errors of logs: about their squares where they are small."""
    return (tape.exp(error * np.float32(-1)) + error - np.float32(1)) * np.float32(2)


def _faults(run: Any, leaders: set[str]) -> list[tuple[str, str]]:
    found = []
    if index_of(run) is None:
        found.append(("", f"is {run.topology}, {run.branching}, {run.batch}: not one of the {COUNT} configurations"))
    if run.leader_id not in leaders:
        found.append((".leader_id", f"'{run.leader_id}' is no living agent that may lead"))
    given = [name for name in ("completion_ms", "messages", "survived") if run.HasField(name)]
    if not given:
        found.append(("", "measures nothing, must give completion_ms, messages or survived"))
    limits = {"completion_ms": 1e12, "messages": 1e12, "survived": 1.0}
    for name in given:
        value = getattr(run, name)
        least = 1e-9 if name == "completion_ms" else 0.0
        if not (math.isfinite(value) and least <= value <= limits[name]):
            found.append((f".{name}", f"is {value:.6g}, must be {least:g} to {limits[name]:g}"))
    return found


def _rows(facts: Any, example: int, runs: Sequence[Any]) -> NDArray[np.float64]:
    """Return one row a run: example, configuration, leader's row, three values, three flags."""
    swarm = facts.swarm
    ideal, row_of = swarm.ideal_ms, {name: i for i, name in enumerate(swarm.ids)}
    row_of[""] = int(facts.stand[0])
    table = np.zeros((len(runs), 9))
    for row, run in zip(table, runs, strict=True):
        seen = [run.HasField(name) for name in ("completion_ms", "messages", "survived")]
        row[:3] = example, index_of(run), facts.rows.start + row_of[run.leader_id]
        row[3] = math.log(max(run.completion_ms, 1e-9) / ideal) if seen[0] else 0
        row[4:6] = math.log1p(run.messages / swarm.tasks), run.survived
        row[6:] = seen
    return table


def _lost(answer: Answer, message: Any, target: Any) -> float:
    """Return the excess cost of the configuration that the answer ranks first of those tried; parts unseen count 0."""
    swarm = reading.swarm_of(message)
    ideal, costs = swarm.ideal_ms, np.zeros(COUNT)
    count = np.zeros(COUNT)
    for run in target.runs:
        time, messages = run.completion_ms / ideal, run.messages / swarm.tasks
        survived = run.survived if run.HasField("survived") else 1.0
        index = index_of(run)
        costs[index] += formulae.cost_of(swarm, time, messages, survived)
        count[index] += 1
    tried = np.flatnonzero(count)
    mean = costs[tried] / count[tried]
    preferred = int(np.argmax(answer.headline[tried]))
    return float(mean[preferred] / max(mean.min(), 1e-12) - 1) if mean.min() > 0 else 0.0


LEARNER = CoordinationLearner()
