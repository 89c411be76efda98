"""The operations of a network at serving time: arrays in, arrays out, computed by the kernels."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from acumen.neural.spec import Floats
from acumen_accel import Kernels

CLIP = np.float32(8.0)


class Inference:
    """Network operations over plain arrays; `tape.Tape` has the same ones with gradients.

    Every operation treats each row (or segment) by itself and in one order, so an answer does not depend on its batch.
    """

    def __init__(self, kernels: Kernels) -> None:
        self.dense = kernels.dense
        self.segment_sum = kernels.segment_sum
        self.segment_mean = kernels.segment_mean
        self.segment_max = kernels.segment_max
        self.segment_softmax = kernels.segment_softmax
        self.gather = kernels.gather
        self.scatter_sum = kernels.scatter_sum
        self.layer_norm = kernels.layer_norm
        self.window_concat = kernels.window_concat
        self._kernels = kernels

    def layers(self, x: Floats, weights: Mapping[str, Any], names: Sequence[str], activations: Sequence[str]) -> Floats:
        """Return `x` after the dense layers `net/<name>/w` and `net/<name>/b`, one after the other."""
        for name, activation in zip(names, activations, strict=True):
            x = self.dense(x, weights[f"net/{name}/w"], weights[f"net/{name}/b"], activation)
        return x

    def embedding_bag(
        self, table: Any, ids: Any, offsets: Any, weights: Any = None, scales: Floats | None = None
    ) -> Floats:
        """Return (bags, d): the sums of weights[t] * table[ids[t]] over t from `offsets[b]` to `offsets[b + 1]`.

        With `scales` (rows,) the table is int8, row r standing for scales[r] * table[r].
        """
        if scales is None:
            return self._kernels.embedding_bag(table, ids, offsets, weights)
        return self._kernels.embedding_bag_int8(table, scales, ids, offsets, weights)

    def normalise(self, x: Floats, center: Floats, scale: Floats) -> Floats:
        """Return `(x - center) / scale` clipped to +-8, so that no outlier drives a network."""
        return np.clip((x - center) / scale, -CLIP, CLIP)

    def concat(self, parts: Sequence[Floats]) -> Floats:
        """Join feature columns."""
        return np.concatenate(parts, axis=1)

    def softmax(self, x: Floats) -> Floats:
        """Return the softmax of each row."""
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def log_softmax(self, x: Floats) -> Floats:
        """Return the logarithm of the softmax of each row."""
        shifted = x - x.max(axis=1, keepdims=True)
        return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))

    def log(self, x: Floats) -> Floats:
        """Return the natural logarithm, of at least 1e-20."""
        return np.log(np.maximum(x, np.float32(1e-20)))

    def exp(self, x: Floats) -> Floats:
        """Return e to the power of each element."""
        return np.exp(x)

    def sigmoid(self, x: Floats) -> Floats:
        """Return the logistic function of each element."""
        return np.float32(0.5) * (np.tanh(np.float32(0.5) * x) + np.float32(1.0))

    def softplus(self, x: Floats) -> Floats:
        """Return log(1 + e^x), without overflow."""
        return np.logaddexp(x, np.float32(0.0))

    def columns(self, x: Any, start: int, stop: int) -> Any:
        """Return some columns."""
        return x[:, start:stop]

    def reshape(self, x: Any, shape: tuple[int, ...]) -> Any:
        """Return the same elements in another shape."""
        return x.reshape(shape)
