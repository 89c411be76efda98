"""Dense layers one after the other as one node, whose inside is kept for the gradient or computed again."""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import numpy as np

import acumen_accel
from acumen.neural import exact
from acumen.neural.node import Array, Node

Trace: TypeAlias = list[tuple[Array, Array]]
KERNELS: Final[Any] = acumen_accel.backend()
FLOAT32 = np.dtype(np.float32)


def computed_by(value: Array) -> Any:
    """Return what computes with a value: the kernels with a float32 matrix, NumPy with anything else."""
    return KERNELS if value.dtype == FLOAT32 and value.ndim == 2 else exact


def chain(x: Node, layers: Sequence[tuple[Node, Node]], activations: Sequence[str], keep: bool) -> Node:
    """Return `x` after dense layers (weight, bias), each with its activation.

    With `keep` every layer's value is kept for the gradient; without, only `x` is, and the rest is computed again, by
    the same operations in the same order, so that gradients have the same bits.
    """
    arrays = [(weight.value, bias.value) for weight, bias in layers]
    trace: Trace | None = [] if keep else None
    value = _forward(x.value, arrays, activations, trace)

    def back(g: Array) -> list[Array | None]:
        steps = trace
        if steps is None:
            _forward(x.value, arrays, activations, steps := [])
        return _backward(g, steps, x.needed, layers, activations, keep)

    return Node.fused(value, (x, *(node for layer in layers for node in layer)), back)


def _forward(x: Array, layers: Sequence[tuple[Array, Array]], activations: Sequence[str], trace: Trace | None) -> Array:
    """Return the last layer's value; what each layer saw and what its gradient needs go to `trace`."""
    for (weight, bias), activation in zip(layers, activations, strict=True):
        product = x @ weight
        value, kept = computed_by(product).bias_activation(product, bias, activation)
        if trace is not None:
            trace.append((x, kept))
        x = value
    return x


def _backward(
    g: Array, trace: Trace, needed: bool, layers: Sequence[tuple[Node, Node]], activations: Sequence[str], keep: bool
) -> list[Array | None]:
    """Return the gradients of the input, then of each layer's weight and bias; unless `keep`, use `trace` up."""
    found: list[Array | None] = []
    for at in reversed(range(len(layers))):
        x, kept = trace[at] if keep else trace.pop()
        weight, bias = layers[at]
        g, total = computed_by(g).activation_gradient(g, kept, activations[at])
        found += [total if bias.needed else None, x.T @ g if weight.needed else None]
        if at or needed:
            # BLAS takes twice as long for products of one term each.
            g = g * weight.value.T if g.shape[1] == 1 else g @ weight.value.T
    return [g if needed else None, *reversed(found)]
