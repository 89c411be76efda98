"""What the kernels compute, in NumPy at the precision of the arguments: for the tape where values are not float32."""

from collections.abc import Callable
from typing import Any

import numpy as np

from acumen.neural.node import Array
from acumen_accel import reference_training as plain
from acumen_accel.checked.dense import ACTIVATIONS

layer_norm, layer_norm_gradient = plain.layer_norm, plain.layer_norm_gradient
cross_entropy: Callable[..., tuple[Array, Array]] = plain.cross_entropy
log_loss, pinball, huber = plain.log_loss, plain.pinball, plain.huber
segment_max_gradient, segment_softmax_gradient = plain.segment_max_gradient, plain.segment_softmax_gradient
window_concat, window_gradient = plain.window_concat, plain.window_gradient
scatter_sum = plain.rows_sum


def bias_activation(z: Array, bias: Array, activation: str) -> tuple[Array, Array]:
    """Return activation(z + bias), in place of z, and what its gradient needs."""
    kept = np.empty_like(z) if activation == "gelu" else z
    plain.bias_activation(z, bias, kept, ACTIVATIONS[activation])
    return z, kept


def activation_gradient(g: Array, kept: Array, activation: str) -> tuple[Array, Array]:
    """Return the gradients before the activation and at the bias."""
    return plain.activation_gradient(g, kept, ACTIVATIONS[activation])


def gather(x: Array, index: Array) -> Array:
    """Return the rows `index`."""
    return x[index]


def segment_sum(x: Array, offsets: Array) -> Array:
    """Return each segment's sum."""
    return plain.rows_sum(x, plain.owners(offsets), offsets.size - 1)


def segment_mean(x: Array, offsets: Array) -> Array:
    """Return each segment's mean; 0 for an empty one."""
    return np.asarray(segment_sum(x, offsets) / np.maximum(np.diff(offsets), 1).astype(x.dtype)[:, None])


def segment_max(x: Array, offsets: Array) -> Array:
    """Return each segment's largest by column; 0 for an empty one."""
    top = _tops(x, offsets)
    top[np.diff(offsets) == 0] = 0
    return top


def segment_softmax(x: Array, offsets: Array) -> Array:
    """Return the softmax of each column within each segment."""
    owner = plain.owners(offsets)
    e = np.exp(x - _tops(x, offsets)[owner])
    return np.asarray(e / plain.rows_sum(e, owner, offsets.size - 1)[owner])


def segment_spread(g: Array, offsets: Array, divided: bool = False) -> Array:
    """Return each row's segment's gradient."""
    return plain.segment_spread(g, offsets, int(divided))


def embedding_bag(table: Array, ids: Array, offsets: Array, weights: Array | None) -> Array:
    """Return each bag's weighted sum of rows."""
    rows = table[ids] if weights is None else table[ids] * weights[:, None]
    return segment_sum(rows, offsets)


def embedding_bag_gradient(g: Array, ids: Array, offsets: Array, weights: Array | None, rows: int) -> Array:
    """Return the gradient at the table."""
    factors = np.ones(ids.size, g.dtype) if weights is None else weights
    return plain.embedding_bag_gradient(g, ids, offsets, factors, rows)


def _tops(x: Array, offsets: Array) -> Any:
    top = np.full((offsets.size - 1, x.shape[1]), -np.inf, x.dtype)
    np.maximum.at(top, plain.owners(offsets), x)
    return top
