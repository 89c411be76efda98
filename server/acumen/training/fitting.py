"""Fitting a model to examples, a step at a time; what it needs to go on after an interruption is arrays and numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.neural.anchor import stored
from acumen.neural.fit import Adam, Schedule
from acumen.neural.inference import Inference
from acumen.neural.learner import Learner, Prepared, loss_of
from acumen.neural.spec import ModelSpec, Weights
from acumen.neural.tape import Node, Tape
from acumen.neural.weights import TRAINABLE
from acumen.training.plan import Plan
from acumen.training.split import order_of

Arrays: TypeAlias = dict[str, NDArray[Any]]
WARMUP, EMA = 0.05, 0.99
JUDGED_AT_ONCE = 512


@dataclass(slots=True, kw_only=True)
class Progress:
    """Where fitting is: numbers only, so that they can be saved as text. `loss_sum` is over `loss_steps` steps."""

    epoch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    loss_steps: int = 0
    best_loss: float = float("inf")
    best_epoch: int = 0
    worse_epochs: int = 0


class Fitting:
    """Adam over passes through examples, with the weights of the best epoch kept.

    The order of examples follows from the seed and the epoch, so the state is the optimiser's, the best weights, and
    `Progress`. The loss of a step is the mean over its examples however many batches they come in.
    """

    def __init__(
        self,
        spec: ModelSpec,
        learner: Learner,
        plan: Plan,
        base: Weights,
        train: Prepared,
        select: Prepared,
        ops: Inference,
    ) -> None:
        self.spec, self.learner, self.plan, self.ops = spec, learner, plan, ops
        self.train, self.select = train, select
        self.fixed = {name: value for name, value in base.items() if not _trained(name, plan)}
        self.base = {name: value for name, value in base.items() if _trained(name, plan)}
        self.information = stored(base)
        self.steps = plan.steps(train.size) * plan.epochs
        schedule = Schedule(steps=self.steps, learning_rate=plan.learning_rate, warmup=WARMUP, ema=EMA)
        self.adam = Adam(self.base, schedule)
        self.best = dict(self.base)
        self.at = Progress()

    def start(self) -> None:
        """Note how good the weights are that fitting starts from; no epoch that is not better replaces them."""
        if not self.at.step:
            self.at.best_loss = self.validation_loss(self.base)

    @property
    def done(self) -> bool:
        """Whether there is no epoch left, or too many in a row were no better."""
        return self.at.epoch >= self.plan.epochs or bool(
            self.plan.patience <= self.at.worse_epochs and self.plan.patience
        )

    @property
    def loss_mean(self) -> float:
        """The mean loss of the epoch's steps so far."""
        return self.at.loss_sum / max(self.at.loss_steps, 1)

    def epoch(self) -> Iterator[float]:
        """Take the steps that are left of the epoch; yield after each its loss. The epoch is then to be ended."""
        order = order_of(self.at.epoch, self.train.size, self.plan.seed)
        size, steps = self.plan.examples_a_step, self.plan.steps(self.train.size)
        for step in range(self.at.loss_steps, steps):
            loss = self.take_step(order[step * size : (step + 1) * size])
            self.at.step += 1
            self.at.loss_sum += loss
            self.at.loss_steps += 1
            yield loss

    def end_epoch(self) -> float:
        """Judge the epoch by its loss on held-out examples, which is returned; keep its weights if it is the best."""
        loss = self.validation_loss(self.adam.averaged)
        self.at.epoch += 1
        self.at.worse_epochs += 1
        if loss < self.at.best_loss:
            self.at.best_loss, self.at.best_epoch, self.at.worse_epochs = loss, self.at.epoch, 0
            self.best = {name: value.copy() for name, value in self.adam.averaged.items()}
        self.at.loss_sum, self.at.loss_steps = 0.0, 0
        return loss

    def take_step(self, index: NDArray[np.int64]) -> float:
        """Take one step along the mean gradient of some examples; return their mean loss."""
        loss, gradients = self.gradients(index)
        pull = np.float32(self.plan.anchor)
        for name, gradient in gradients.items():
            gradient += pull * (self.adam.weights[name] - self.base[name])
        self.adam.update(gradients)
        return loss

    def gradients(self, index: NDArray[np.int64]) -> tuple[float, Arrays]:
        """Return the mean loss of some examples and its gradient, summed over batches."""
        total, gradients = 0.0, {name: np.zeros_like(value) for name, value in self.adam.weights.items()}
        for start in range(0, index.size, self.plan.batch_size):
            nodes = {name: Node(value) for name, value in self.adam.weights.items()}
            loss = self._loss(nodes, index[start : start + self.plan.batch_size]) * np.float32(1 / index.size)
            loss.backward()
            total += float(loss.value)
            for name, node in nodes.items():
                if node.grad is not None:
                    gradients[name] += node.grad
        return total, gradients

    def validation_loss(self, weights: Mapping[str, Any]) -> float:
        """Return the mean loss on held-out examples, scored as in serving."""
        size, everything = self.select.size, self.weights(weights)
        parts = [np.arange(i, min(i + JUDGED_AT_ONCE, size)) for i in range(0, size, JUDGED_AT_ONCE)]
        return sum(loss_of(self.spec, self.learner, everything, self.select, p, self.ops) for p in parts) / max(size, 1)

    def _loss(self, weights: Mapping[str, Any], index: NDArray[np.int64]) -> Node:
        batch, targets = self.train.take(index)
        tape = Tape(self.plan.checkpoint_layers)
        return self.learner.loss(tape, self.spec.network(tape, {**self.fixed, **weights}, batch), batch, targets)

    def weights(self, trained: Mapping[str, Any]) -> Arrays:
        """Return all weights with the trained ones among them."""
        return {**self.fixed, **trained}

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """Return everything that going on needs: arrays, and numbers."""
        arrays = {f"adam/{name}": value for name, value in self.adam.state().items()}
        return arrays | {f"best/{name}": value for name, value in self.best.items()}, asdict(self.at)

    def restore(self, arrays: Mapping[str, NDArray[Any]], numbers: Mapping[str, Any]) -> None:
        """Go on from a state."""
        self.adam.restore({n.removeprefix("adam/"): value for n, value in arrays.items() if n.startswith("adam/")})
        self.best = {n.removeprefix("best/"): value for n, value in arrays.items() if n.startswith("best/")}
        self.at = Progress(**numbers)


def _trained(name: str, plan: Plan) -> bool:
    return name.startswith(TRAINABLE) and name.split("/")[1] not in plan.frozen
