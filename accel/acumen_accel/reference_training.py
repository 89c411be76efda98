"""The kernels of training in plain NumPy, at the precision of their arguments; in float64 they are the exact ones."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
ROOT = 0.7978845608028654  # sqrt(2 / pi)
CUBIC = 0.044715


def bias_activation(z: Array, bias: Array, slope: Array, activation: int, /) -> None:
    """Add to each row, then activate, in place."""
    if bias.size:
        rows = z.reshape(-1, bias.size)
        rows += bias
    if activation == 1:
        np.maximum(z, 0, out=z)
    if activation == 2:
        np.tanh(z, out=z)
    if activation == 3:
        z[...] = 0.5 + 0.5 * np.tanh(0.5 * z)
    if activation == 4:
        t = np.tanh(ROOT * z * (1 + CUBIC * z * z))
        slope[...] = 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * ROOT * (1 + 3 * CUBIC * z * z)
        z *= 0.5 * (1 + t)


def activation_gradient(g: Array, kept: Array, activation: int, /) -> tuple[Array, Array]:
    """Multiply by the slope, then sum columns."""
    slope = (lambda: 1, lambda: kept > 0, lambda: 1 - kept * kept, lambda: kept * (1 - kept), lambda: kept)[
        activation
    ]()
    back = g * slope
    return back, back.sum(axis=0)


def layer_norm(x: Array, gain: Array, bias: Array, /) -> Array:
    """Centre, scale."""
    return np.asarray(_unit(x)[0] * gain + bias)


def layer_norm_gradient(g: Array, x: Array, gain: Array, /) -> tuple[Array, Array, Array]:
    """Take off what the mean and the variance of a row undo."""
    unit, scale = _unit(x)
    scaled = g * gain
    along = (scaled * unit).mean(axis=1, keepdims=True) if x.size else 0.0
    level = scaled.mean(axis=1, keepdims=True) if x.size else 0.0
    return (scaled - level - unit * along) * scale, (g * unit).sum(axis=0), g.sum(axis=0)


def _unit(x: Array) -> tuple[Array, Array]:
    share = x.dtype.type(1 / max(x.shape[1], 1))
    centred = x - x.sum(axis=1, keepdims=True) * share
    scale = 1 / np.sqrt((centred * centred).sum(axis=1, keepdims=True) * share + x.dtype.type(1e-5))
    return centred * scale, scale


def cross_entropy(logits: Array, target: Array, weight: Array, smoothing: Any, /) -> tuple[Array, Array]:
    """Subtract the targets from the softmax."""
    n, c = logits.shape
    shifted = logits - logits.max(axis=1, keepdims=True, initial=-np.inf)
    powers = np.exp(shifted)
    total = powers.sum(axis=1, keepdims=True)
    aim = np.full((n, c), smoothing / max(c, 1), logits.dtype)
    aim[np.arange(n), target] += logits.dtype.type(1 - smoothing)
    loss = weight * (aim * (np.log(total) - shifted)).sum(axis=1)
    return loss, weight[:, np.newaxis] * (powers / total - aim)


def log_loss(odds: Array, happened: Array, weight: Array, /) -> tuple[Array, Array]:
    """Subtract what happened from the chance."""
    loss = weight * (np.logaddexp(odds, odds.dtype.type(0)) - odds * happened)
    return loss, weight * (0.5 * (np.tanh(0.5 * odds) + 1) - happened)


def pinball(prediction: Array, truth: Array, weight: Array, level: Any, /) -> tuple[Array, Array]:
    """Weigh errors by their sign."""
    error = truth - prediction
    slope = np.where(error > 0, level, np.where(error < 0, level - 1, 0)).astype(truth.dtype)
    return weight * slope * error, -weight * slope


def huber(prediction: Array, truth: Array, weight: Array, width: Any, /) -> tuple[Array, Array]:
    """Clip errors."""
    error = prediction - truth
    near = np.clip(error, -width, width)
    return weight * near * (error - near / 2), weight * near


def segment_spread(g: Array, offsets: Array, divided: int, /) -> Array:
    """Repeat rows."""
    counts = np.diff(offsets)
    return np.repeat(g / np.maximum(counts, 1).astype(g.dtype)[:, np.newaxis] if divided else g, counts, axis=0)


def segment_max_gradient(g: Array, x: Array, offsets: Array, /) -> Array:
    """Share each segment's gradient among the winners."""
    owner, size = owners(offsets), offsets.size - 1
    top = np.full((size, x.shape[1]), -np.inf, x.dtype)
    np.maximum.at(top, owner, x)
    winners = (x == top[owner]).astype(x.dtype)
    return np.asarray(g[owner] * winners / np.maximum(rows_sum(winners, owner, size), 1)[owner])


def segment_softmax_gradient(g: Array, y: Array, offsets: Array, /) -> Array:
    """Take off the mean under the softmax."""
    owner, size = owners(offsets), offsets.size - 1
    return np.asarray(y * (g - rows_sum(g * y, owner, size)[owner]))


def window_concat(x: Array, offsets: Array, width: int, /) -> Array:
    """Gather rows and a row of zeros."""
    padded = np.concatenate([x, np.zeros((1, x.shape[1]), x.dtype)])
    return padded[_sources(offsets, width)].reshape(len(x), width * x.shape[1])


def window_gradient(g: Array, offsets: Array, width: int, /) -> Array:
    """Scatter the parts back."""
    source, d = _sources(offsets, width), g.shape[1] // width
    return rows_sum(g.reshape(-1, d), source.ravel(), len(g) + 1)[:-1]


def _sources(offsets: Array, width: int) -> Array:
    """Return (n, width): the rows of each window, n where there is none."""
    owner = owners(offsets)
    source = np.arange(owner.size)[:, np.newaxis] + np.arange(width) - width // 2
    inside = (source >= offsets[:-1][owner][:, np.newaxis]) & (source < offsets[1:][owner][:, np.newaxis])
    return np.where(inside, source, owner.size)


def embedding_bag_gradient(g: Array, ids: Array, offsets: Array, weights: Array, rows: int, /) -> Array:
    """Spread over the bags' members, then sum by table row."""
    return rows_sum(segment_spread(g, offsets, 0) * weights[:, np.newaxis], ids, rows)


def squared_norm(x: Array, /) -> float:
    """Square and sum."""
    return float(np.sum(np.square(x, dtype=np.float64)))


def adam_step(*arrays: Array) -> None:
    """Move everything, a pass each."""
    weights, averaged, mean, square, gradient, settings = arrays
    scale, rate, decay, first, second, follow = settings
    g = gradient * scale
    mean += np.float32(0.1) * (g - mean)
    square += np.float32(0.001) * (g * g - square)
    weights -= rate * (mean * first / (np.sqrt(square * second) + np.float32(1e-8)) + decay * weights)
    averaged += follow * (weights - averaged)


def owners(offsets: Array) -> Array:
    """Return (n,) the segment of each row."""
    return np.repeat(np.arange(offsets.size - 1), np.diff(offsets))


def rows_sum(x: Array, index: Array, size: int) -> Array:
    """Sum rows by index; by sorting, which is faster than `np.add.at`."""
    out = np.zeros((size, *x.shape[1:]), x.dtype)
    if index.size:
        order = np.argsort(index, kind="stable")
        ordered = index[order]
        starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        out[ordered[starts]] = np.add.reduceat(x[order], starts, axis=0)
    return out
