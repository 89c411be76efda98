"""How coordination-v2 is made and judged."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen.models.coordination.swarm import configurations, features, formulae, judging, reading, world
from acumen.models.coordination.swarm.learner import LEARNER, PreparedSwarms, Runs
from acumen.models.coordination.swarm.spec import COUNT, SPEC
from acumen.neural import calibrate
from acumen.neural.fit import Schedule, dense_weights, fit
from acumen.neural.inference import Inference
from acumen.neural.learner import Labelled
from acumen.neural.model import Model
from acumen.neural.recipe import Say
from acumen.neural.reference import fit_reference
from acumen.neural.spec import Batch
from acumen.neural.tape import Node, Tape
from acumen.proto.models.v1 import coordination_pb2 as pb
from acumen.proto.v1 import model_pb2

TRAINING, CALIBRATION = range(9_000), range(100_000, 103_000)
SEEDS = 4
BATCH, STEPS, EXEMPLARS = 64, 9_000, 500
MEMBER, SWARM, HIDDEN = 48, 96, 160

Weights = dict[str, NDArray[Any]]


class CoordinationRecipe:
    """Fits simulated outcomes of every configuration; calibrates the event on swarms simulated more often."""

    def train(self, seed: int, say: Say) -> Mapping[str, NDArray[Any]]:
        """Return the weights."""
        labelled = examples(seed, TRAINING, say)
        prepared = LEARNER.prepare({}, labelled)
        weights: Weights = {**normalisers(prepared.batch)}
        weights |= optimise(prepared, weights, seed, say)
        weights |= fit_reference(prepared.batch.summary)
        weights |= _exemplars(weights, prepared)
        return weights | _calibration(weights, seed, say)

    def evaluate(self, model: Model, data: Path | None, say: Say) -> Sequence[model_pb2.Suite]:
        """Judge on swarms as trained on, on larger and harsher ones, and under other natures; there is no real set."""
        del data
        return judging.suites(model, say)


def examples(seed: int, indices: range, say: Say) -> Labelled:
    """Generate swarms and simulate every configuration, half of them with a leader drawn at random."""
    messages, targets = [], []
    for index in indices:
        rng = world.generator(seed, index)
        message = world.example(rng)
        swarm = reading.swarm_of(message)
        leader = int(formulae.standing(swarm)[0])
        if rng.random() < 0.5:
            leader = int(rng.choice(np.flatnonzero(swarm.may_lead)))
        messages.append(message)
        targets.append(truth(swarm, leader, world.outcome(message, leader, rng, SEEDS)))
        if index % 1000 == 999:
            say(f"{index + 1} swarms simulated")
    return Labelled(messages=messages, targets=targets)


def truth(swarm: reading.Swarm, leader: int, outcome: world.Outcome) -> Any:
    """Return an outcome as a caller would tell it."""
    ideal = swarm.ideal_ms
    runs = []
    for (topology, branching, batch), time, messages, survived in zip(
        configurations.TABLE.tolist(), outcome.time, outcome.messages, outcome.survived, strict=True
    ):
        run = pb.ObservedCoordination(
            branching=branching, batch=batch, leader_id=swarm.ids[leader], completion_ms=time * ideal,
            messages=messages * swarm.tasks, survived=survived,
        )  # fmt: skip
        run.topology = topology
        runs.append(run)
    return pb.CoordinationTruth(runs=runs)


def normalisers(batch: Batch) -> Weights:
    """Return the centre and scale (mean, standard deviation) of each feature column."""
    found: Weights = {}
    for name in ("agents", "swarm"):
        x = batch.arrays[name].astype(np.float64)
        found[f"norm/{name}/center"] = x.mean(axis=0).astype(np.float32)
        found[f"norm/{name}/scale"] = (x.std(axis=0) + 1e-2).astype(np.float32)
    return found


def initial(seed: int) -> Weights:
    """Return starting weights; heads start small."""
    rng = np.random.default_rng([seed, 1])
    pooled = 2 * MEMBER + SWARM
    return {
        **dense_weights(rng, "net/agent", len(features.AGENT_NAMES), MEMBER),
        **dense_weights(rng, "net/member", MEMBER, MEMBER),
        **dense_weights(rng, "net/swarm", len(features.SWARM_NAMES), SWARM),
        **dense_weights(rng, "net/hidden1", pooled, HIDDEN),
        **dense_weights(rng, "net/hidden2", HIDDEN, HIDDEN),
        **dense_weights(rng, "net/leader", MEMBER + HIDDEN, len(configurations.NAMES), 0.05),
        **dense_weights(rng, "net/time", HIDDEN, COUNT, 0.1),
        **dense_weights(rng, "net/messages", HIDDEN, COUNT, 0.1),
        **dense_weights(rng, "net/survival", HIDDEN, COUNT, 0.1),
        **dense_weights(rng, "net/doubt", HIDDEN, 1, 0.1),
    }


def optimise(prepared: PreparedSwarms, fixed: Weights, seed: int, say: Say, steps: int = STEPS) -> Weights:
    """Return trained weights; `fixed` are the normalisers."""
    rng = np.random.default_rng([seed, 2])

    def loss(tape: Tape, nodes: Mapping[str, Any], _step: int) -> Node:
        batch, runs = prepared.take(rng.integers(0, prepared.size, BATCH))
        scores = SPEC.network(tape, {**fixed, **nodes}, batch)
        return LEARNER.loss(tape, scores, batch, runs) * np.float32(1 / BATCH)

    def on_step(step: int, value: float) -> None:
        if step % 1000 == 999:
            say(f"step {step + 1}: loss {value:.4f}")

    return fit(initial(seed), loss, Schedule(steps=steps, learning_rate=2e-3, weight_decay=3e-3), on_step)


def best_of(runs: Runs, batch: Batch, index: int) -> int:
    """Return the configuration of least simulated cost of example `index`, of which all were run."""
    rows = slice(index * COUNT, (index + 1) * COUNT)
    values = runs.values[rows].astype(np.float64)
    swarm = batch.facts[index].swarm
    return int(formulae.cost(swarm, np.exp(values[:, 0]), np.expm1(values[:, 1]), values[:, 2]).argmin())


def _exemplars(weights: Weights, prepared: PreparedSwarms) -> Weights:
    """Keep the first training swarms, labelled with their cheapest configuration."""
    count = min(EXEMPLARS, prepared.size)
    batch, _ = prepared.take(np.arange(count))
    embedding = SPEC.network(Inference(acumen_accel.backend()), weights, batch)["embedding"]
    labels = [best_of(prepared.runs, prepared.batch, i) for i in range(count)]
    return {"exemplar/embedding": embedding.astype(np.float32), "exemplar/label": np.array(labels, np.int32)}


def _calibration(weights: Weights, seed: int, say: Say) -> Weights:
    """Fit the event's probability on swarms of their own."""
    model = Model(SPEC, weights, "", Inference(acumen_accel.backend()))
    p, happened = [], []
    for index in CALIBRATION:
        asked = judging.ask(model, judging.Case.of(seed, index, judging.RUNS))
        p.append(asked.p)
        happened.append(asked.happened)
    fitted = calibrate.fit_isotonic(p, happened)
    say(f"calibrated on {len(p)} swarms, the event happened in {np.mean(happened):.3f}")
    return {"cal/x": fitted.x.astype(np.float32), "cal/y": fitted.y.astype(np.float32)}


RECIPE = CoordinationRecipe()
