"""A plain training run: the recipe's and the benchmarks'; a caller's jobs are the training service's."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acumen.models.specialised.text.learner import LEARNER
from acumen.models.specialised.text.spec import SPEC
from acumen.neural.fit import Schedule, fit
from acumen.neural.learner import Labelled
from acumen.neural.spec import Weights
from acumen.neural.tape import Node, Tape
from acumen.neural.weights import TRAINABLE

AVERAGED: Final = 0.99  # decay of the averaged weights, as in a caller's jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How to train: passes, examples a step, largest step, seed of the order, L2-SP's pull, layer groups at rest.

    `anchor` pulls toward the starting weights (Li, Grandvalet and Davoine, 2018): half of it times the squared
    distance is added to the loss. Few examples are passed over more often than `epochs`, until there are `least_steps`.
    """

    epochs: int = 10
    least_steps: int = 600
    batch: int = 64
    learning_rate: float = 1e-3
    seed: int = 1
    anchor: float = 0.0
    frozen: frozenset[str] = frozenset()


def trained(
    weights: Weights, examples: Labelled, run: Run, on_step: Callable[[int, float], None] = lambda *_: None
) -> dict[str, NDArray[Any]]:
    """Return weights trained on the examples, not yet calibrated."""
    started = LEARNER.initial(weights, examples, run.seed)
    prepared = LEARNER.prepare(started, examples)
    each = -(-prepared.size // run.batch)
    epochs = max(run.epochs, -(-run.least_steps // each)) if run.epochs else 0
    orders = [np.random.default_rng([run.seed, epoch]).permutation(prepared.size) for epoch in range(epochs)]
    moving = {name: value for name, value in started.items() if _moves(name, run)}
    fixed = {name: value for name, value in started.items() if name not in moving}

    def loss(tape: Tape, nodes: Any, step: int) -> Node:
        epoch, at = divmod(step, each)
        batch, targets = prepared.take(orders[epoch][at * run.batch : (at + 1) * run.batch])
        summed = LEARNER.loss(tape, SPEC.network(tape, {**fixed, **nodes}, batch), batch, targets)
        total = summed * np.float32(1 / targets.size)
        return total + _pull(tape, nodes, moving, run.anchor) if run.anchor else total

    schedule = Schedule(steps=each * epochs, learning_rate=run.learning_rate, ema=AVERAGED)
    return fixed | fit(moving, loss, schedule, on_step)


def _moves(name: str, run: Run) -> bool:
    return name.startswith(TRAINABLE) and name.split("/")[1] not in run.frozen


def _pull(tape: Tape, nodes: Any, start: Weights, anchor: float) -> Node:
    apart = [nodes[name] - value for name, value in start.items()]
    return sum((tape.sum(one * one) for one in apart), Node(np.zeros((), np.float32))) * np.float32(anchor / 2)
