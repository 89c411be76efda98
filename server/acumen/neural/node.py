"""A value and how its gradient flows to what it was made of."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Pull: TypeAlias = Callable[[Array], Array]
Back: TypeAlias = Callable[[Array], Sequence[Array | None]]


class Node:
    """A value on the tape; `+ - * /` and unary minus follow NumPy's broadcasting.

    A node without parents is a variable: `backward` fills its `grad`. Arrays and numbers that meet a node become
    constants, toward which nothing is computed. Of inner nodes the gradient is dropped once it has been passed on.
    """

    __slots__ = ("_back", "grad", "needed", "parents", "value")
    __array_priority__ = 1000

    def __init__(self, value: Array, parents: Sequence[tuple["Node", Pull]] = ()) -> None:
        self.value = value
        self.grad: Array | None = None
        self.parents: tuple[Node, ...] = tuple(parent for parent, _ in parents)
        self.needed: bool = not parents or any(parent.needed for parent, _ in parents)
        self._back: Back = lambda g: [pull(g) if parent.needed else None for parent, pull in parents]

    @classmethod
    def fused(cls, value: Array, parents: tuple["Node", ...], back: Back) -> "Node":
        """Return a node whose `back` gives the gradients of all parents at once, None for those not needed."""
        node = object.__new__(cls)
        node.value, node.grad, node.parents, node._back = value, None, parents, back
        node.needed = any(parent.needed for parent in parents)
        return node

    @classmethod
    def constant(cls, value: Any) -> "Node":
        """Return a node that needs no gradient."""
        node = object.__new__(cls)
        node.value, node.grad, node.parents, node.needed = np.asarray(value), None, (), False
        return node

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value."""
        return self.value.shape

    def __add__(self, other: Any) -> "Node":
        other = self._beside(other)
        return Node(self.value + other.value, [(self, _fit(self)), (other, _fit(other))])

    def __mul__(self, other: Any) -> "Node":
        other = self._beside(other)
        a, b = self.value, other.value
        return Node(a * b, [(self, _fit(self, lambda g: g * b)), (other, _fit(other, lambda g: g * a))])

    def __truediv__(self, other: Any) -> "Node":
        other = self._beside(other)
        a, b = self.value, other.value
        pulls = [(self, _fit(self, lambda g: g / b)), (other, _fit(other, lambda g: -g * a / (b * b)))]
        return Node(a / b, pulls)

    def __neg__(self) -> "Node":
        return Node(-self.value, [(self, lambda g: -g)])

    def __sub__(self, other: Any) -> "Node":
        other = self._beside(other)
        return Node(self.value - other.value, [(self, _fit(self)), (other, _fit(other, lambda g: -g))])

    def __rsub__(self, other: Any) -> "Node":
        return self._beside(other) - self

    def __rtruediv__(self, other: Any) -> "Node":
        return self._beside(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def _beside(self, other: Any) -> "Node":
        """Return what stands beside this node; a plain number takes its precision."""
        if isinstance(other, Node):
            return other
        return Node.constant(np.asarray(other, self.value.dtype) if isinstance(other, int | float) else other)

    def backward(self) -> None:
        """Add to `grad` of every variable this scalar was made of."""
        self.grad = np.ones_like(self.value)
        for node in reversed(_topological(self)):
            if not node.parents:
                continue
            assert node.grad is not None
            gradients = node._back(node.grad)
            node.grad = None
            for parent, gradient in zip(node.parents, gradients, strict=True):
                if parent.needed and gradient is not None:
                    parent.grad = gradient if parent.grad is None else parent.grad + gradient


def node_of(value: Any) -> Node:
    """Return a node as it is, anything else as a constant."""
    return value if isinstance(value, Node) else Node.constant(value)


def _fit(parent: Node, pull: Pull | None = None) -> Pull:
    """Wrap a pull so that broadcast axes are summed back to the parent's shape."""
    shape = parent.value.shape

    def fitted(gradient: Array) -> Array:
        if pull is not None:
            gradient = pull(gradient)
        if gradient.shape == shape:
            return gradient
        extra = gradient.ndim - len(shape)
        axes = (*range(extra), *(i + extra for i, n in enumerate(shape) if n == 1 and gradient.shape[i + extra] != 1))
        return gradient.sum(axis=axes).reshape(shape)

    return fitted


def _topological(root: Node) -> list[Node]:
    """Return the nodes a gradient flows through, each after its parents; variables, where it ends, are left out."""
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
            stack.extend((parent, False) for parent in node.parents if parent.needed and parent.parents)
    return order
