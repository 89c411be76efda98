"""Fitting weights: Adam with a cosine schedule, clipped gradients and averaged weights."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.neural.tape import Node, Tape

Array: TypeAlias = NDArray[Any]
Loss: TypeAlias = Callable[[Tape, Mapping[str, Any], int], Node]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How to fit.

    Adam (Kingma and Ba, 2015) with decoupled weight decay (Loshchilov and Hutter, 2019); linear warm-up over the first
    `warmup` share of `steps`, then a cosine to zero; gradients clipped to a global norm; the weights returned are an
    exponential moving average with decay `ema`.
    """

    steps: int
    learning_rate: float = 1e-3
    warmup: float = 0.05
    clip: float = 1.0
    weight_decay: float = 0.0
    ema: float = 0.999

    def rate(self, step: int) -> float:
        """Return the learning rate of a step, from 0."""
        warm = max(1, int(self.warmup * self.steps))
        if step < warm:
            return self.learning_rate * (step + 1) / warm
        return self.learning_rate * 0.5 * (1 + float(np.cos(np.pi * (step - warm) / max(1, self.steps - warm))))


class Adam:
    """The optimiser's state over named weights."""

    def __init__(self, weights: Mapping[str, Array], schedule: Schedule) -> None:
        self.schedule = schedule
        self.weights = {name: value.copy() for name, value in weights.items()}
        self.averaged = {name: value.copy() for name, value in weights.items()}
        self.mean = {name: np.zeros_like(value) for name, value in weights.items()}
        self.square = {name: np.zeros_like(value) for name, value in weights.items()}
        self.step = 0

    def update(self, gradients: Mapping[str, Array]) -> None:
        """Take one step along `gradients`, one for each weight."""
        rate, scale = self.schedule.rate(self.step), self._clip(gradients)
        self.step += 1
        keep = min(self.schedule.ema, (1 + self.step) / (10 + self.step))
        for name, gradient in gradients.items():
            self._move(name, gradient * scale, rate)
            self.averaged[name] += np.float32(1 - keep) * (self.weights[name] - self.averaged[name])

    def _clip(self, gradients: Mapping[str, Array]) -> np.float32:
        norm = float(np.sqrt(sum(float(np.sum(np.square(g, dtype=np.float64))) for g in gradients.values())))
        return np.float32(min(1.0, self.schedule.clip / max(norm, 1e-12)))

    def _move(self, name: str, gradient: Array, rate: float) -> None:
        mean, square = self.mean[name], self.square[name]
        mean += np.float32(0.1) * (gradient - mean)
        square += np.float32(0.001) * (gradient * gradient - square)
        corrected = mean / np.float32(1 - 0.9**self.step)
        spread = np.sqrt(square / np.float32(1 - 0.999**self.step)) + np.float32(1e-8)
        decay = np.float32(self.schedule.weight_decay) * self.weights[name]
        self.weights[name] -= np.float32(rate) * (corrected / spread + decay)


def fit(
    weights: Mapping[str, Array],
    loss: Loss,
    schedule: Schedule,
    on_step: Callable[[int, float], None] = lambda *_: None,
) -> dict[str, Array]:
    """Return averaged weights after `schedule.steps` steps down `loss(tape, weights, step)`; as deterministic as it."""
    adam = Adam(weights, schedule)
    for step in range(schedule.steps):
        nodes = {name: Node(value) for name, value in adam.weights.items()}
        value = loss(Tape(), nodes, step)
        value.backward()
        adam.update({name: _gradient(node) for name, node in nodes.items()})
        on_step(step, float(value.value))
    return adam.averaged


def _gradient(node: Node) -> Array:
    return np.zeros_like(node.value) if node.grad is None else node.grad.astype(np.float32)


def dense_weights(
    rng: np.random.Generator, name: str, inputs: int, outputs: int, gain: float = 1.0
) -> dict[str, Array]:
    """Return `<name>/w` (inputs, outputs) and `<name>/b` (outputs,): He initialisation (He et al., 2015), zero bias."""
    w = rng.standard_normal((inputs, outputs)) * gain * np.sqrt(2 / inputs)
    return {f"{name}/w": w.astype(np.float32), f"{name}/b": np.zeros(outputs, np.float32)}
