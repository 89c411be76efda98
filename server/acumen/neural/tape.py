"""Reverse-mode differentiation over the same operations a network serves with.

A `Node` is a value and how its gradient flows to what it was made of (see `node`). `Tape` mirrors
`inference.Inference`, so one network function trains and serves. Gradients are exact; each operation is checked against
finite differences.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from acumen.neural.chain import chain, computed_by
from acumen.neural.node import Array, Node, Pull, node_of
from acumen.neural.tape_losses import Losses
from acumen.neural.tape_rows import Rows

__all__ = ["Node", "Tape"]
CLIP = 8.0


class Tape(Losses, Rows):
    """Network operations that remember how to differentiate themselves; arrays are taken as constants."""

    def __init__(self, checkpoint_layers: int = 0) -> None:
        self.checkpoint_layers = checkpoint_layers

    def dense(self, x: Any, weight: Any, bias: Any, activation: str = "identity") -> Node:
        """Return `activation(x @ weight + bias)`; shapes (n, k), (k, m), (m,)."""
        return chain(node_of(x), [(node_of(weight), node_of(bias))], [activation], True)

    def layers(self, x: Any, weights: Mapping[str, Any], names: Sequence[str], activations: Sequence[str]) -> Node:
        """Return `x` after the dense layers `net/<name>/w` and `net/<name>/b`, one after the other.

        With `checkpoint_layers` N above 0, only what lies between runs of N of them is kept, and each run is computed
        again for its gradient (Chen et al., 2016): same bits, less memory.
        """
        x, run = node_of(x), self.checkpoint_layers or max(len(names), 1)
        pairs = [(node_of(weights[f"net/{name}/w"]), node_of(weights[f"net/{name}/b"])) for name in names]
        for start in range(0, len(pairs), run):
            part = slice(start, start + run)
            x = chain(x, pairs[part], activations[part], not self.checkpoint_layers)
        return x

    def layer_norm(self, x: Any, gain: Any, bias: Any) -> Node:
        """Return rows with mean 0 and variance 1, times `gain` (d,) plus `bias` (d,) (Ba, Kiros and Hinton, 2016)."""
        x, gain, bias = node_of(x), node_of(gain), node_of(bias)
        by, value, scale = computed_by(x.value), x.value, gain.value
        normalised = by.layer_norm(value, scale, bias.value)
        return Node.fused(normalised, (x, gain, bias), lambda g: by.layer_norm_gradient(g, value, scale))

    def identity(self, x: Any) -> Node:
        """Return `x`."""
        return node_of(x)

    def relu(self, x: Any) -> Node:
        """Return max(x, 0)."""
        x = node_of(x)
        positive = x.value > 0
        return Node(x.value * positive, [(x, lambda g: g * positive)])

    def tanh(self, x: Any) -> Node:
        """Return the hyperbolic tangent."""
        x = node_of(x)
        y = np.tanh(x.value)
        return Node(y, [(x, lambda g: g * (1 - y * y))])

    def sigmoid(self, x: Any) -> Node:
        """Return the logistic function."""
        x = node_of(x)
        y = 0.5 * (np.tanh(0.5 * x.value) + 1)
        return Node(y, [(x, lambda g: g * y * (1 - y))])

    def gelu(self, x: Any) -> Node:
        """Return x Phi(x) in the tanh form of Hendrycks and Gimpel (2016)."""
        x = node_of(x)
        v = x.value
        t = np.tanh(GELU_SCALE * (v + 0.044715 * v**3))
        slope = 0.5 * (1 + t) + 0.5 * v * (1 - t * t) * GELU_SCALE * (1 + 3 * 0.044715 * v * v)
        return Node(0.5 * v * (1 + t), [(x, lambda g: g * slope)])

    def softplus(self, x: Any) -> Node:
        """Return log(1 + e^x)."""
        x = node_of(x)
        slope = 0.5 * (np.tanh(0.5 * x.value) + 1)
        return Node(np.logaddexp(x.value, np.zeros((), x.value.dtype)), [(x, lambda g: g * slope)])

    def exp(self, x: Any) -> Node:
        """Return e to the power of x."""
        x = node_of(x)
        y = np.exp(x.value)
        return Node(y, [(x, lambda g: g * y)])

    def log(self, x: Any) -> Node:
        """Return the natural logarithm, of at least 1e-20."""
        x = node_of(x)
        safe = np.maximum(x.value, 1e-20)
        return Node(np.log(safe), [(x, lambda g: g / safe)])

    def softmax(self, x: Any) -> Node:
        """Return the softmax of each row."""
        return self.exp(self.log_softmax(x))

    def log_softmax(self, x: Any) -> Node:
        """Return the logarithm of the softmax of each row."""
        x = node_of(x)
        shifted = x.value - x.value.max(axis=1, keepdims=True)
        y = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return Node(y, [(x, lambda g: g - np.exp(y) * g.sum(axis=1, keepdims=True))])

    def normalise(self, x: Any, center: Array, scale: Array) -> Node:
        """Return `(x - center) / scale` clipped to +-8; center and scale are constants."""
        x = node_of(x)
        raw = (x.value - center) / scale
        if not x.needed:
            return Node.constant(np.clip(raw, -CLIP, CLIP))
        inside = (np.abs(raw) < CLIP) / scale
        return Node(np.clip(raw, -CLIP, CLIP), [(x, lambda g: g * inside)])

    def concat(self, parts: Sequence[Any]) -> Node:
        """Join feature columns."""
        nodes = [node_of(part) for part in parts]
        edges = np.cumsum([0, *(node.value.shape[1] for node in nodes)])
        pulls = [(node, _columns(a, b)) for node, a, b in zip(nodes, edges[:-1], edges[1:], strict=True)]
        return Node(np.concatenate([node.value for node in nodes], axis=1), pulls)

    def columns(self, x: Any, start: int, stop: int) -> Node:
        """Return some columns."""
        x = node_of(x)

        def pull(g: Array) -> Array:
            full = np.zeros_like(x.value)
            full[:, start:stop] = g
            return full

        return Node(x.value[:, start:stop], [(x, pull)])

    def reshape(self, x: Any, shape: tuple[int, ...]) -> Node:
        """Return the same elements in another shape."""
        x = node_of(x)
        return Node(x.value.reshape(shape), [(x, lambda g: g.reshape(x.value.shape))])

    def sum(self, x: Any) -> Node:
        """Return the sum of all elements."""
        x = node_of(x)
        return Node(np.asarray(x.value.sum()), [(x, lambda g: np.broadcast_to(g, x.value.shape))])

    def mean(self, x: Any) -> Node:
        """Return the mean of all elements."""
        return self.sum(x) * (1 / max(node_of(x).value.size, 1))

    def absolute(self, x: Any) -> Node:
        """Return |x|."""
        x = node_of(x)
        return Node(np.abs(x.value), [(x, lambda g: g * np.sign(x.value))])


GELU_SCALE = float(np.sqrt(2 / np.pi))


def _columns(start: int, stop: int) -> Pull:
    return lambda g: g[:, start:stop]
