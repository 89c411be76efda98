"""Holding new weights near old ones, each as hard as it matters to what the old ones do.

L2-SP (Li et al., 2018) pulls every weight back to where it started; elastic weight consolidation (Kirkpatrick et al.,
2017) pulls by the diagonal of the Fisher information, so that weights the old task needs move least.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.neural.learner import Labelled, Learner
from acumen.neural.spec import ModelSpec, Weights
from acumen.neural.tape import Node, Tape
from acumen.neural.weights import TRAINABLE

PREFIX = "fisher/"
# What a weight without any information is pulled by, beside a mean information of 1.
PULL = 0.1
_LARGEST = float(np.finfo(np.float16).max)


def fisher(spec: ModelSpec, learner: Learner, weights: Weights, examples: Labelled) -> dict[str, NDArray[np.float16]]:
    """Return the diagonal Fisher information of every trainable weight, named `fisher/` and the weight's name.

    The mean over `examples` of each one's squared gradient of the loss at its label (the empirical Fisher), divided by
    the mean over all weights: 1 is a weight that matters as much as most. float16, as large as 65,504.
    """
    prepared = learner.prepare(weights, examples)
    total = {name: np.zeros(value.shape) for name, value in weights.items() if name.startswith(TRAINABLE)}
    for i in range(prepared.size):
        for name, gradient in _gradients(spec, learner, weights, prepared.take(np.array([i]))):
            total[name] += np.square(gradient, dtype=np.float64)
    count = sum(value.size for value in total.values())
    mean = sum(float(value.sum()) for value in total.values()) / max(count, 1)
    scale = 1 / mean if mean > 0 else 0.0
    return {PREFIX + name: np.minimum(value * scale, _LARGEST).astype(np.float16) for name, value in total.items()}


def penalty(weights: Weights, base: Weights, information: Weights, strength: float) -> float:
    """Return half of `strength` times the sum of squared moves from `base`, each times its weight's importance.

    The importance is 1 without Fisher information; with it (0.1 + information) / 1.1, whose mean is 1 too. Weights the
    base does not have, or has in another shape, are free.
    """
    moves = _moves(weights, base)
    return 0.5 * strength * sum(float(np.sum(_importance(name, information) * move**2)) for name, move in moves)


def penalty_gradients(
    weights: Weights, base: Weights, information: Weights, strength: float
) -> dict[str, NDArray[np.float32]]:
    """Return the derivative of `penalty` by each trainable weight that `base` has too, to be added to the loss's."""
    return {
        name: (strength * _importance(name, information) * move).astype(np.float32)
        for name, move in _moves(weights, base)
    }


def _moves(weights: Weights, base: Weights) -> Iterator[tuple[str, NDArray[np.float64]]]:
    for name, value in weights.items():
        start = base.get(name)
        if name.startswith(TRAINABLE) and start is not None and start.shape == value.shape:
            yield name, value.astype(np.float64) - start.astype(np.float64)


def _importance(name: str, information: Weights) -> Any:
    known = information.get(PREFIX + name)
    return 1.0 if known is None else (PULL + known.astype(np.float64)) / (PULL + 1.0)


def _gradients(
    spec: ModelSpec, learner: Learner, weights: Weights, example: tuple[Any, Any]
) -> Iterator[tuple[str, NDArray[Any]]]:
    batch, targets = example
    nodes = {name: Node(value) for name, value in weights.items() if name.startswith(TRAINABLE)}
    tape, mixed = Tape(), {**weights, **nodes}
    learner.loss(tape, spec.network(tape, mixed, batch), batch, targets).backward()
    for name, node in nodes.items():
        if node.grad is not None:
            yield name, node.grad


def stored(weights: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return the Fisher information that weights carry; empty when they carry none."""
    return {name: value for name, value in weights.items() if name.startswith(PREFIX)}
