"""What training computes around its products: activations with their gradients, normalised rows, losses, Adam."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from acumen_accel.checked.arguments import Floats, indices, matrix, same, vector
from acumen_accel.checked.dense import ACTIVATIONS
from acumen_accel.checked.raw import Bound


class AdamSettings(NamedTuple):
    """Factor on the gradient, learning rate, decay, corrections of both moments, share by which the average follows."""

    scale: float
    rate: float
    decay: float
    first: float
    second: float
    follow: float


class Training(Bound):
    """Kernels of training; arrays are float32 in C order, others are converted."""

    def bias_activation(self, z: ArrayLike, bias: ArrayLike, activation: str) -> tuple[Floats, Floats]:
        """Return activation(z + bias) and what its gradient needs; z (n, m) is overwritten, bias (m,).

        activation as in `dense`; ValueError for another one. The second array is the value itself, but for gelu.
        """
        code = _code(activation)
        z, bias = matrix(z, "z"), vector(bias, "bias")
        if len(bias) != z.shape[1]:
            same("bias length", len(bias), "the columns of z", z.shape[1])
        kept = np.empty_like(z) if code == ACTIVATIONS["gelu"] else z
        self._raw.bias_activation(z.reshape(-1), bias, kept.reshape(-1), code)
        return z, kept

    def activation_gradient(self, g: ArrayLike, kept: ArrayLike, activation: str) -> tuple[Floats, Floats]:
        """Return the gradients at z (n, m) and bias (m,) for g (n, m) at the value and `kept` of `bias_activation`."""
        g, kept = matrix(g, "g"), matrix(kept, "kept")
        if g.shape != kept.shape:
            raise ValueError(f"g: shape {g.shape}, must be that of kept, {kept.shape}")
        return self._raw.activation_gradient(g, kept, _code(activation))

    def layer_norm(self, x: ArrayLike, gain: ArrayLike, bias: ArrayLike) -> Floats:
        """Return rows of x (n, d) with mean 0 and variance 1, times gain (d,) plus bias (d,) (Ba et al., 2016).

        1e-5 is added to the variance. A row has the same bits whatever the others hold.
        """
        x, gain, bias = matrix(x, "x"), vector(gain, "gain"), vector(bias, "bias")
        same("gain length", len(gain), "the columns of x", x.shape[1])
        same("bias length", len(bias), "the columns of x", x.shape[1])
        return self._raw.layer_norm(x, gain, bias)

    def layer_norm_gradient(self, g: ArrayLike, x: ArrayLike, gain: ArrayLike) -> tuple[Floats, Floats, Floats]:
        """Return the gradients at x (n, d), gain and bias (d,) for g (n, d) at the value."""
        g, x, gain = matrix(g, "g"), matrix(x, "x"), vector(gain, "gain")
        same("gain length", len(gain), "the columns of x", x.shape[1])
        _alike("g", g, x)
        return self._raw.layer_norm_gradient(g, x, gain)

    def adam_step(
        self,
        weights: Floats,
        averaged: Floats,
        mean: Floats,
        square: Floats,
        gradient: Floats,
        settings: AdamSettings,
    ) -> None:
        """Take one step of Adam in place over float32 arrays (n,); ValueError unless all are such arrays.

        Moments follow by .1 and .001 (Kingma and Ba, 2015); decay is decoupled (Loshchilov and Hutter, 2019).
        """
        arrays = (weights, averaged, mean, square, gradient)
        if any(type(a) is not np.ndarray or vector(a, "weights") is not a for a in arrays):
            raise ValueError("adam_step: every array must be float32 with one dimension, contiguous")
        if any(a.size != weights.size for a in arrays):
            raise ValueError(f"adam_step: lengths {[a.size for a in arrays]}, must be equal")
        self._raw.adam_step(weights, averaged, mean, square, gradient, np.array(settings, np.float32))

    def squared_norm(self, x: ArrayLike) -> float:
        """Return the sum of squares of x (n,), summed in float64 over blocks of float32 sums."""
        return self._raw.squared_norm(vector(x, "x"))

    def embedding_bag_gradient(
        self, g: ArrayLike, ids: ArrayLike, offsets: ArrayLike, weights: ArrayLike | None, rows: int
    ) -> Floats:
        """Return the gradient at a table of `rows` rows, for g (bags, d) at the value of `embedding_bag`."""
        g, ids, offsets = matrix(g, "g"), indices(ids, "ids"), indices(offsets, "offsets")
        factors = np.ones(len(ids), np.float32) if weights is None else vector(weights, "weights")
        same("weights length", len(factors), "the length of ids", len(ids))
        self._within(ids, "ids", rows)
        self._cover(offsets, len(ids))
        same("bags", len(offsets) - 1, "the rows of g", len(g))
        return self._raw.embedding_bag_gradient(g, ids, offsets, factors, rows)


def _code(activation: str) -> int:
    code = ACTIVATIONS.get(activation)
    if code is None:
        raise ValueError(f"activation: {activation!r}, must be one of {', '.join(ACTIVATIONS)}")
    return code


def _alike(name: str, value: Floats, other: Floats) -> None:
    if value.shape != other.shape:
        raise ValueError(f"{name}: shape {value.shape}, must be {other.shape}")
