"""Fitting weights: Adam with a cosine schedule, clipped gradients and averaged weights."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.neural.adam import Adam, Schedule
from acumen.neural.tape import Node, Tape

__all__ = ["Adam", "Schedule", "dense_weights", "fit"]
Array: TypeAlias = NDArray[Any]
Loss: TypeAlias = Callable[[Tape, Mapping[str, Any], int], Node]


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
    return {name: value.copy() for name, value in adam.averaged.items()}


def _gradient(node: Node) -> Array:
    return np.zeros_like(node.value) if node.grad is None else node.grad


def dense_weights(
    rng: np.random.Generator, name: str, inputs: int, outputs: int, gain: float = 1.0
) -> dict[str, Array]:
    """Return `<name>/w` (inputs, outputs) and `<name>/b` (outputs,): He initialisation (He et al., 2015), zero bias."""
    w = rng.standard_normal((inputs, outputs)) * gain * np.sqrt(2 / inputs)
    return {f"{name}/w": w.astype(np.float32), f"{name}/b": np.zeros(outputs, np.float32)}
