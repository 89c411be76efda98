"""Losses as single operations: the value and its gradient are computed together."""

from typing import Any

import numpy as np

from acumen.neural import exact
from acumen.neural.chain import FLOAT32, KERNELS
from acumen.neural.node import Array, Node, node_of


class Losses:
    """Every loss is the sum over rows, or elements, of each one's, times its `weight`; one of 0 leaves it out."""

    def cross_entropy(self, logits: Any, target: Array, smoothing: float = 0.0, weight: Array | None = None) -> Node:
        """Return minus the log probability of the classes `target` (n,) under logits (n, c); `weight` (n,).

        A share `smoothing` of each target is spread evenly over the classes (Szegedy et al., 2016, section 7).
        """
        logits = node_of(logits)
        value = logits.value
        weight = np.ones(len(value), value.dtype) if weight is None else weight
        loss, gradient = _by(value).cross_entropy(value, target, weight, smoothing)
        return _total(logits, loss, gradient)

    def log_loss(self, odds: Any, happened: Array, weight: Array | None = None) -> Node:
        """Return minus the log likelihood of `happened` (0 to 1) under log odds; all of one shape."""
        return _elementwise("log_loss", odds, happened, weight)

    def pinball(self, prediction: Any, truth: Array, level: float, weight: Array | None = None) -> Node:
        """Return the loss whose minimum is the quantile of a level (Koenker and Bassett, 1978); all of one shape."""
        return _elementwise("pinball", prediction, truth, weight, level)

    def huber(self, prediction: Any, truth: Array, width: float, weight: Array | None = None) -> Node:
        """Return Huber's (1964) loss: half the squared error within `width`, linear beyond; all of one shape."""
        return _elementwise("huber", prediction, truth, weight, width)


def _elementwise(name: str, prediction: Any, truth: Array, weight: Array | None, *settings: float) -> Node:
    node = node_of(prediction)
    shape, dtype = node.value.shape, node.value.dtype
    if truth.shape != shape:
        raise ValueError(f"truth: shape {truth.shape}, must be {shape}")
    factors = np.ones(shape, dtype) if weight is None else np.broadcast_to(weight, shape)
    flat = (np.asarray(part, dtype).reshape(-1) for part in (node.value, truth, factors))
    loss, gradient = getattr(_by(node.value), name)(*flat, *settings)
    return _total(node, loss, gradient.reshape(shape))


def _total(node: Node, loss: Array, gradient: Array) -> Node:
    return Node.fused(np.asarray(loss.sum()), (node,), lambda g: (gradient * g,))


def _by(value: Array) -> Any:
    return KERNELS if value.dtype == FLOAT32 else exact
