"""Reverse-mode differentiation over the same operations a network serves with.

A `Node` is a value and how its gradient flows to what it was made of. `Tape` mirrors `inference.Inference`, so one
network function trains and serves. Gradients are exact; each operation is checked against finite differences.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Pull: TypeAlias = Callable[[Array], Array]
CLIP = 8.0


class Node:
    """A value on the tape; `+ - * /` and unary minus follow NumPy's broadcasting."""

    __slots__ = ("grad", "parents", "value")
    __array_priority__ = 1000

    def __init__(self, value: Array, parents: Sequence[tuple["Node", Pull]] = ()) -> None:
        self.value = value
        self.parents = parents
        self.grad: Array | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value."""
        return self.value.shape

    def __add__(self, other: Any) -> "Node":
        other = _node(other)
        return Node(self.value + other.value, [(self, _fit(self)), (other, _fit(other))])

    def __mul__(self, other: Any) -> "Node":
        other = _node(other)
        a, b = self.value, other.value
        return Node(a * b, [(self, _fit(self, lambda g: g * b)), (other, _fit(other, lambda g: g * a))])

    def __truediv__(self, other: Any) -> "Node":
        other = _node(other)
        a, b = self.value, other.value
        pulls = [(self, _fit(self, lambda g: g / b)), (other, _fit(other, lambda g: -g * a / (b * b)))]
        return Node(a / b, pulls)

    def __neg__(self) -> "Node":
        return self * np.float32(-1.0)

    def __sub__(self, other: Any) -> "Node":
        return self + (-_node(other))

    def __rsub__(self, other: Any) -> "Node":
        return _node(other) - self

    def __rtruediv__(self, other: Any) -> "Node":
        return _node(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def backward(self) -> None:
        """Fill `grad` of everything this scalar was made of."""
        order = _topological(self)
        self.grad = np.ones_like(self.value)
        for node in reversed(order):
            for parent, pull in node.parents:
                assert node.grad is not None
                gradient = pull(node.grad)
                parent.grad = gradient if parent.grad is None else parent.grad + gradient


def _node(value: Any) -> Node:
    return value if isinstance(value, Node) else Node(np.asarray(value))


def _fit(parent: Node, pull: Pull = lambda g: g) -> Pull:
    """Wrap a pull so that broadcast axes are summed back to the parent's shape."""
    shape = parent.value.shape

    def fitted(gradient: Array) -> Array:
        gradient = pull(gradient)
        extra = gradient.ndim - len(shape)
        axes = (*range(extra), *(i + extra for i, n in enumerate(shape) if n == 1 and gradient.shape[i + extra] != 1))
        return gradient.sum(axis=axes).reshape(shape) if axes else gradient

    return fitted


def _topological(root: Node) -> list[Node]:
    order: list[Node] = []
    seen: set[int] = set()
    stack: list[tuple[Node, bool]] = [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent, _ in node.parents)
    return order


class Tape:
    """Network operations that remember how to differentiate themselves; arrays are taken as constants."""

    def dense(self, x: Any, weight: Any, bias: Any, activation: str = "identity") -> Node:
        """Return `activation(x @ weight + bias)`; shapes (n, k), (k, m), (m,)."""
        x, weight, bias = _node(x), _node(weight), _node(bias)
        product = Node(
            x.value @ weight.value + bias.value,
            [
                (x, lambda g: g @ weight.value.T),
                (weight, lambda g: x.value.T @ g),
                (bias, lambda g: g.sum(axis=0)),
            ],
        )
        return ACTIVATIONS[activation](self, product)

    def identity(self, x: Any) -> Node:
        """Return `x`."""
        return _node(x)

    def relu(self, x: Any) -> Node:
        """Return max(x, 0)."""
        x = _node(x)
        positive = x.value > 0
        return Node(x.value * positive, [(x, lambda g: g * positive)])

    def tanh(self, x: Any) -> Node:
        """Return the hyperbolic tangent."""
        x = _node(x)
        y = np.tanh(x.value)
        return Node(y, [(x, lambda g: g * (1 - y * y))])

    def sigmoid(self, x: Any) -> Node:
        """Return the logistic function."""
        x = _node(x)
        y = 0.5 * (np.tanh(0.5 * x.value) + 1)
        return Node(y, [(x, lambda g: g * y * (1 - y))])

    def gelu(self, x: Any) -> Node:
        """Return x Phi(x) in the tanh form of Hendrycks and Gimpel (2016)."""
        x = _node(x)
        v = x.value
        t = np.tanh(GELU_SCALE * (v + 0.044715 * v**3))
        slope = 0.5 * (1 + t) + 0.5 * v * (1 - t * t) * GELU_SCALE * (1 + 3 * 0.044715 * v * v)
        return Node(0.5 * v * (1 + t), [(x, lambda g: g * slope)])

    def softplus(self, x: Any) -> Node:
        """Return log(1 + e^x)."""
        x = _node(x)
        slope = 0.5 * (np.tanh(0.5 * x.value) + 1)
        return Node(np.logaddexp(x.value, np.zeros((), x.value.dtype)), [(x, lambda g: g * slope)])

    def exp(self, x: Any) -> Node:
        """Return e to the power of x."""
        x = _node(x)
        y = np.exp(x.value)
        return Node(y, [(x, lambda g: g * y)])

    def log(self, x: Any) -> Node:
        """Return the natural logarithm, of at least 1e-20."""
        x = _node(x)
        safe = np.maximum(x.value, 1e-20)
        return Node(np.log(safe), [(x, lambda g: g / safe)])

    def softmax(self, x: Any) -> Node:
        """Return the softmax of each row."""
        return self.exp(self.log_softmax(x))

    def log_softmax(self, x: Any) -> Node:
        """Return the logarithm of the softmax of each row."""
        x = _node(x)
        shifted = x.value - x.value.max(axis=1, keepdims=True)
        y = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return Node(y, [(x, lambda g: g - np.exp(y) * g.sum(axis=1, keepdims=True))])

    def normalise(self, x: Any, center: Array, scale: Array) -> Node:
        """Return `(x - center) / scale` clipped to +-8; center and scale are constants."""
        x = _node(x)
        raw = (x.value - center) / scale
        inside = (np.abs(raw) < CLIP) / scale
        return Node(np.clip(raw, -CLIP, CLIP), [(x, lambda g: g * inside)])

    def concat(self, parts: Sequence[Any]) -> Node:
        """Join feature columns."""
        nodes = [_node(part) for part in parts]
        edges = np.cumsum([0, *(node.value.shape[1] for node in nodes)])
        pulls = [(node, _columns(a, b)) for node, a, b in zip(nodes, edges[:-1], edges[1:], strict=True)]
        return Node(np.concatenate([node.value for node in nodes], axis=1), pulls)

    def columns(self, x: Any, start: int, stop: int) -> Node:
        """Return some columns."""
        x = _node(x)

        def pull(g: Array) -> Array:
            full = np.zeros_like(x.value)
            full[:, start:stop] = g
            return full

        return Node(x.value[:, start:stop], [(x, pull)])

    def reshape(self, x: Any, shape: tuple[int, ...]) -> Node:
        """Return the same elements in another shape."""
        x = _node(x)
        return Node(x.value.reshape(shape), [(x, lambda g: g.reshape(x.value.shape))])

    def gather(self, x: Any, index: Array) -> Node:
        """Return the rows `index` of `x`."""
        x = _node(x)
        return Node(x.value[index], [(x, lambda g: _scatter(g, index, x.value.shape[0]))])

    def scatter_sum(self, x: Any, index: Array, size: int) -> Node:
        """Return (size, d): the sum of the rows of `x` that go to each index."""
        x = _node(x)
        return Node(_scatter(x.value, index, size), [(x, lambda g: g[index])])

    def segment_sum(self, x: Any, offsets: Array) -> Node:
        """Return one row a segment: the sum of its rows."""
        return self.scatter_sum(x, _owner(offsets), offsets.size - 1)

    def segment_mean(self, x: Any, offsets: Array) -> Node:
        """Return one row a segment: the mean of its rows; 0 for an empty one."""
        count = np.maximum(np.diff(offsets), 1).astype(np.float32)
        return self.segment_sum(x, offsets) * (1 / count)[:, None]

    def segment_max(self, x: Any, offsets: Array) -> Node:
        """Return one row a segment: the largest of its rows by column; 0 for an empty one. Ties share the gradient."""
        x = _node(x)
        owner, size = _owner(offsets), offsets.size - 1
        top = np.full((size, x.value.shape[1]), -np.inf, x.value.dtype)
        np.maximum.at(top, owner, x.value)
        winners = (x.value == top[owner]).astype(x.value.dtype)
        share = winners / np.maximum(_scatter(winners, owner, size), 1)[owner]
        top[np.diff(offsets) == 0] = 0
        return Node(top, [(x, lambda g: g[owner] * share)])

    def segment_softmax(self, x: Any, offsets: Array) -> Node:
        """Return the softmax of each column within each segment."""
        x = _node(x)
        owner, size = _owner(offsets), offsets.size - 1
        top = np.full((size, x.value.shape[1]), -np.inf, x.value.dtype)
        np.maximum.at(top, owner, x.value)
        e = np.exp(x.value - top[owner])
        y = e / _scatter(e, owner, size)[owner]
        return Node(y, [(x, lambda g: y * (g - _scatter(g * y, owner, size)[owner]))])

    def sum(self, x: Any) -> Node:
        """Return the sum of all elements."""
        x = _node(x)
        return Node(np.asarray(x.value.sum()), [(x, lambda g: np.broadcast_to(g, x.value.shape))])

    def mean(self, x: Any) -> Node:
        """Return the mean of all elements."""
        return self.sum(x) * np.float32(1 / max(_node(x).value.size, 1))

    def absolute(self, x: Any) -> Node:
        """Return |x|."""
        x = _node(x)
        return Node(np.abs(x.value), [(x, lambda g: g * np.sign(x.value))])


GELU_SCALE = float(np.sqrt(2 / np.pi))
ACTIVATIONS: dict[str, Callable[[Tape, Any], Node]] = {
    "identity": Tape.identity,
    "relu": Tape.relu,
    "tanh": Tape.tanh,
    "sigmoid": Tape.sigmoid,
    "gelu": Tape.gelu,
}


def _columns(start: int, stop: int) -> Pull:
    return lambda g: g[:, start:stop]


def _owner(offsets: Array) -> Array:
    return np.repeat(np.arange(offsets.size - 1), np.diff(offsets))


def _scatter(x: Array, index: Array, size: int) -> Array:
    """Sum rows by index; by sorting, which is faster than `np.add.at`."""
    out = np.zeros((size, *x.shape[1:]), x.dtype)
    if index.size:
        order = np.argsort(index, kind="stable")
        ordered = index[order]
        starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        out[ordered[starts]] = np.add.reduceat(x[order], starts, axis=0)
    return out
