"""What the network goes down: the selector's loss, and how well time and success are foretold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.models.cognitive.convergent import path, reading, spec, world
from acumen.neural import selector
from acumen.neural.fit import Schedule, dense_weights, fit
from acumen.neural.spec import Batch, Floats
from acumen.neural.tape import Node, Tape

Array: TypeAlias = NDArray[Any]

SPREAD = 0.4
"""Deviation of log costs, in which the selector's errors are measured."""
SCALE = 0.1
"""A regret that weighs as one: about what the best fixed strategy loses."""
PARTS = selector.Losses(huber=1.0, refined=1.5, entropy=0.1, expected=0.5, sharpness=4.0)
FORETOLD = 0.2
BATCH = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What was true of n problems, each (n, 8).

    `cost` where `known`; `log_time` over the run without chance and `success`, 0 to 1, where `timed`; `best` is 1 for
    the strategy named best; `possible` for those that can be carried out.
    """

    cost: Array
    known: Array
    log_time: Array
    success: Array
    timed: Array
    best: Array
    possible: Array

    def take(self, index: Array) -> "Targets":
        """Return those of some problems."""
        return Targets(**{field.name: getattr(self, field.name)[index] for field in fields(self)})


@dataclass(slots=True, kw_only=True)
class Examples:
    """Features (n, 51) of `size` problems and what was true of them."""

    size: int
    graph: Floats
    targets: Targets

    def take(self, index: Array) -> tuple[Batch, Targets]:
        """Return the batch of some problems and their targets."""
        graph = self.graph[index]
        return Batch(size=len(graph), arrays={"graph": graph}, summary=graph), self.targets.take(index)


def examples(seed: int, indices: range, runs: int, say: Callable[[str], None]) -> Examples:
    """Generate problems and simulate every strategy `runs` times on each."""
    rows: dict[str, list[Array]] = {name: [] for name in ("graph", "utility", "time", "success", "possible")}
    for index in indices:
        rng = world.generator(seed, index)
        case = world.case(rng)
        batch = spec.assemble([reading.read(case.message)])
        fared = world.fared(case.problem, case.arranged, rng, runs)
        log_time = log_factor(fared.time, batch.facts[0][1])
        told = (fared.utility, log_time, fared.success, path.possible(case.problem))
        for name, row in zip(rows, (batch.arrays["graph"][0], *told), strict=True):
            rows[name].append(row)
        if index % 5000 == 4999:
            say(f"{index + 1} problems simulated")
    graph, utility, time, success, possible = (np.array(part) for part in rows.values())
    targets = Targets(
        cost=spec.FLOOR - utility, known=possible, log_time=time, success=success, timed=possible,
        best=np.zeros_like(utility), possible=possible,
    )  # fmt: skip
    return Examples(size=len(graph), graph=graph, targets=targets)


def log_factor(time: Any, foretold: Any) -> Array:
    """Return the logarithm of times over those without chance; a run out of budget at once counts as a thousandth."""
    return np.log(np.maximum(np.asarray(time) / foretold, 1e-3))


def initial(rng: np.random.Generator, data: Examples) -> dict[str, Array]:
    """Return untrained weights with the normaliser of the features and the place of the heads."""
    columns, strategies = data.graph.shape[1], data.targets.cost.shape[1]
    x = data.graph.astype(np.float64)
    known = selector.Costs(cost=data.targets.cost, known=data.targets.known)
    return {
        **selector.initial(rng, columns, strategies),
        **dense_weights(rng, "net/time", selector.EMBEDDING, strategies, 0.1),
        **dense_weights(rng, "net/success", selector.EMBEDDING, strategies, 0.1),
        **selector.placement(known),
        "norm/cost/scale": np.full(strategies, SPREAD, np.float32),
        "norm/graph/center": x.mean(axis=0).astype(np.float32),
        "norm/graph/scale": (x.std(axis=0) + 1e-3).astype(np.float32),
    }


def train(weights: Mapping[str, Array], data: Examples, seed: int, steps: int, say: Any) -> dict[str, Array]:
    """Return the weights after `steps` steps over random problems."""
    rng = np.random.default_rng([seed, 2])
    fixed = {name: value for name, value in weights.items() if not name.startswith("net/")}

    def loss(tape: Tape, nodes: Mapping[str, Any], _step: int) -> Node:
        batch, targets = data.take(rng.integers(0, data.size, BATCH))
        return total(tape, spec.SPEC.network(tape, {**fixed, **nodes}, batch), targets) * np.float32(1 / BATCH)

    def on_step(step: int, value: float) -> None:
        if step % 1000 == 999:
            say(f"step {step + 1}: loss {value:.4f}")

    trained = {name: value for name, value in weights.items() if name.startswith("net/")}
    return fixed | fit(trained, loss, Schedule(steps=steps, learning_rate=2e-3, weight_decay=1e-3), on_step)


def total(tape: Tape, scores: Mapping[str, Any], targets: Targets) -> Node:
    """Return the sum over problems of each one's loss; what is not known of a problem has no part in it."""
    costs = selector.Costs(cost=targets.cost, known=targets.known, scale=SCALE)
    found = selector.loss(tape, scores, costs, SPREAD, PARTS)
    named = targets.best.astype(np.float32)
    if named.any():
        barred = np.where(targets.possible, 0, -1e4).astype(np.float32)
        log_p = tape.log_softmax(scores["refined"] * np.float32(-PARTS.sharpness / SPREAD) + barred)
        found = found - tape.sum(log_p * named)
    share = targets.timed / np.maximum(targets.timed.sum(axis=1, keepdims=True), 1) * FORETOLD
    share = share.astype(np.float32)
    late = selector.huber(tape, (scores["time"] - targets.log_time.astype(np.float32)) * np.float32(2))
    odds = tape.softplus(scores["success"]) - scores["success"] * targets.success.astype(np.float32)
    return found + tape.sum((late + odds) * share)
