"""Every kernel in plain NumPy: what the compiled ones are measured against, and the product without a compiler."""

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from acumen_accel.checked.arguments import Bytes, Floats, Indices, Words
from acumen_accel.reference_training import activation_gradient as activation_gradient
from acumen_accel.reference_training import adam_step as adam_step
from acumen_accel.reference_training import bias_activation as bias_activation
from acumen_accel.reference_training import cross_entropy as cross_entropy
from acumen_accel.reference_training import embedding_bag_gradient as embedding_bag_gradient
from acumen_accel.reference_training import huber as huber
from acumen_accel.reference_training import layer_norm as layer_norm
from acumen_accel.reference_training import layer_norm_gradient as layer_norm_gradient
from acumen_accel.reference_training import log_loss as log_loss
from acumen_accel.reference_training import pinball as pinball
from acumen_accel.reference_training import segment_max_gradient as segment_max_gradient
from acumen_accel.reference_training import segment_softmax_gradient as segment_softmax_gradient
from acumen_accel.reference_training import segment_spread as segment_spread
from acumen_accel.reference_training import squared_norm as squared_norm
from acumen_accel.reference_training import window_concat as window_concat
from acumen_accel.reference_training import window_gradient as window_gradient


def dense(x: Floats, weight: Floats, bias: Floats, activation: int, /) -> Floats:
    """Multiply row by row: BLAS sums a batch in another order than a single row, and rows must not depend on it."""
    y = np.empty((len(x), weight.shape[1]), np.float32)
    for row, out in zip(x, y, strict=True):
        np.add(row @ weight, bias, out=out)
    if activation == 1:
        np.maximum(y, 0, out=y)
    if activation == 2:
        np.tanh(y, out=y)
    if activation == 3:
        y = 0.5 + 0.5 * np.tanh(0.5 * y)
    if activation == 4:
        y = 0.5 * y * (1 + np.tanh(0.7978845608028654 * y * (1 + 0.044715 * y * y)))
    return y


def segment_sum(x: Floats, offsets: Indices, /) -> Floats:
    """Sum each segment."""
    return np.array([x[a:b].sum(axis=0) for a, b in _spans(offsets)], np.float32).reshape(-1, x.shape[1])


def segment_mean(x: Floats, offsets: Indices, /) -> Floats:
    """Divide each sum by its count."""
    counts = np.maximum(np.diff(offsets), 1).astype(np.float32)
    return segment_sum(x, offsets) / counts[:, np.newaxis]


def segment_max(x: Floats, offsets: Indices, /) -> Floats:
    """Take the maximum of each segment."""
    zero = np.zeros(x.shape[1], np.float32)
    tops = [x[a:b].max(axis=0) if b > a else zero for a, b in _spans(offsets)]
    return np.array(tops, np.float32).reshape(-1, x.shape[1])


def segment_softmax(x: Floats, offsets: Indices, /) -> Floats:
    """Normalise each segment by its own maximum and sum."""
    out = np.empty_like(x)
    for a, b in _spans(offsets):
        if b > a:
            powers = np.exp(x[a:b] - x[a:b].max(axis=0))
            out[a:b] = powers / powers.sum(axis=0)
    return out


def _spans(offsets: Indices) -> list[tuple[int, int]]:
    return list(pairwise(offsets.tolist()))


def gather(x: Floats, index: Indices, /) -> Floats:
    """Index."""
    return x[index]


def scatter_sum(x: Floats, index: Indices, size: int, /) -> Floats:
    """Add at, which goes in order."""
    out = np.zeros((size, x.shape[1]), np.float32)
    np.add.at(out, index, x)
    return out


def first_outside(index: Indices, size: int, /) -> int:
    """Find the first index outside."""
    return _first((index < 0) | (index >= size))


def first_decrease(offsets: Indices, /) -> int:
    """Find the first offset below its predecessor."""
    return _first(np.diff(offsets, prepend=offsets[:1]) < 0)


def _first(found: npt.NDArray[np.bool_]) -> int:
    return int(np.argmax(found)) if found.any() else -1


def scan_dot(rows: Floats, query: Floats, k: int, /) -> tuple[Indices, Floats]:
    """Score with one product, then select."""
    return _best(rows @ query, k)


def scan_cosine(rows: Floats, query: Floats, k: int, /) -> tuple[Indices, Floats]:
    """Score with one product over the lengths, then select."""
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(query)
    scores = np.divide(rows @ query, lengths, out=np.zeros(len(rows), np.float32), where=lengths != 0)
    return _best(scores, k)


def scan_int8(
    rows: Bytes, scales: Floats, query: npt.NDArray[np.int16], query_scale: np.float32, k: int, /
) -> tuple[Indices, Floats]:
    """Sum in int32, which is exact."""
    totals = np.einsum("ij,j->i", rows, query, dtype=np.int32)
    return _best(totals.astype(np.float32) * (scales * query_scale), k)


def scan_int8_some(
    rows: Bytes,
    scales: Floats,
    some: Indices,
    query: npt.NDArray[np.int16],
    query_scale: np.float32,
    k: int,
    /,
) -> tuple[Indices, Floats]:
    """Scan a copy of some rows."""
    index, scores = scan_int8(rows[some], scales[some], query, query_scale, k)
    return some[index], scores


def search_graph(
    codes: Bytes, scales: Floats, query: Any, query_scale: Any, links: Any, towers: Any, upper: Any, start: int,
    level: int, wanted: Any, _seen: Any, _near: Any, _near_scores: Any, pool_scores: Floats, pool: Any, _shelf: Any,
    _entry_shelf: Any, scores: Floats, found: Any, /,
) -> tuple[int, int]:  # fmt: skip
    """Keep sorted lists of (minus score, row)."""

    def ranked(rows: Any) -> list[tuple[float, int]]:
        totals = np.einsum("ij,j->i", codes[rows], query, dtype=np.int32).astype(np.float32)
        return [(-float(s), int(r)) for s, r in zip(totals * (scales[rows] * query_scale), rows, strict=True)]

    best = ranked([start])[0]
    while level:
        lines = upper[towers[best[1]] + level - 1]
        ahead = min(ranked(lines[lines >= 0]), key=lambda one: one[0], default=best)
        level, best = (level, ahead) if ahead[0] < best[0] else (level - 1, best)
    kept, met, around = [best], [best], {best[1]}
    expanded: set[int] = set()
    while ahead_rows := [row for _, row in kept if row not in expanded]:
        front = ahead_rows[0]
        expanded.add(front)
        new = ranked([row for row in dict.fromkeys(links[front].tolist()) if row >= 0 and row not in around])
        around.update(row for _, row in new)
        met += new
        kept = sorted(kept + new)[: len(pool)]
    answer = sorted(one for one in met if wanted[one[1]])[: len(found)]
    scores[: len(answer)] = [-score for score, _ in answer]
    found[: len(answer)] = [2 * row for _, row in answer]
    pool_scores[: len(kept)] = [-score for score, _ in kept]
    return len(answer), len(kept)


def scan_binary(codes: Words, query: Words, k: int, /) -> tuple[Indices, Floats]:
    """Count differing bits."""
    distances = np.bitwise_count(codes ^ query).sum(axis=1, dtype=np.int32)
    return _best(-distances.astype(np.float32), k)


def _best(scores: Floats, k: int) -> tuple[Indices, Floats]:
    scores = np.where(np.isnan(scores), np.float32(-np.inf), scores)
    order = np.argsort(-scores, kind="stable")[:k]
    return order, scores[order]


def hadamard(values: npt.NDArray[np.int16], flips: Bytes, size: int, /) -> npt.NDArray[np.int32]:
    """Multiply by Sylvester's matrix."""
    return np.asarray(_turned(values[np.newaxis], flips, size)[0])


def _turned(rows: Any, flips: Bytes, size: int) -> npt.NDArray[np.int32]:
    at = np.arange(size)
    matrix = 1 - 2 * (np.bitwise_count(at[:, np.newaxis] & at[: rows.shape[1]]).astype(np.int32) % 2)
    return (rows.astype(np.int32) * flips) @ matrix.T


def sign_bits(
    codes: Bytes,
    scales: Floats,
    flips: Bytes,
    mean: npt.NDArray[np.int16],
    centre: npt.NDArray[np.int32],
    unit: np.float32,
    /,
) -> tuple[Words, Floats]:
    """Turn all rows by one product of whole numbers; the norms as the kernel has them."""
    turned = _turned(codes, flips, len(centre))
    above = turned.astype(np.float32) * scales[:, np.newaxis] > centre.astype(np.float32) * unit
    sides = 2 * above.astype(np.int64) - 1
    parts = scales.astype(np.float64) / np.float64(unit)
    safe = np.where(parts > 0, parts, 1.0)
    length = (sides * turned).sum(axis=1) - (sides @ centre.astype(np.int64)) / safe
    whole = codes.astype(np.int64)
    squared = (whole * whole).sum(axis=1) - 2.0 * (whole @ mean.astype(np.int64)) / safe
    squared = squared + float(mean.astype(np.int64) @ mean.astype(np.int64)) / safe / safe
    there = (parts > 0) & (length > 0) & (squared > 0)
    factors = len(centre) * squared / np.where(there, length, 1.0) * scales.astype(np.float64)
    words = np.packbits(above, axis=1, bitorder="little").view("<u8").astype(np.uint64)
    return words, np.where(there, factors, 0).astype(np.float32)


def bound_bits(words: Words, factors: Floats, signs: Words, strong: Words, most: int, /) -> Floats:
    """Count differing bits, those that are strong three times."""
    apart = words ^ signs
    counts = np.bitwise_count(apart).astype(np.int64) + 2 * np.bitwise_count(apart & strong)
    return (most - 2 * counts.sum(axis=1)).astype(np.float32) * factors


def highest(values: Floats, k: int, /) -> Indices:
    """Fold and select."""
    turns = len(values) // k
    return np.asarray(values[: turns * k].reshape(turns, k).argmax(axis=0) * k + np.arange(k))


def quantise_int8(rows: Floats, /) -> tuple[Bytes, Floats]:
    """Scale each row to its largest magnitude."""
    scales = (np.abs(rows).max(axis=1, initial=0) / np.float32(127)).astype(np.float32)
    quotients = np.divide(rows, scales[:, np.newaxis], out=np.zeros_like(rows), where=scales[:, np.newaxis] > 0)
    return np.clip(np.rint(quotients), -127, 127).astype(np.int8), scales


def quantise_int4(codes: Bytes, scales: Floats, /) -> tuple[npt.NDArray[np.uint8], Floats]:
    """Scale each row of codes to its largest magnitude, and pack two columns a byte."""
    top = np.abs(codes.astype(np.int64)).max(axis=1, initial=0)
    quotients = (7 * codes.astype(np.float32)) / np.maximum(top, 1).astype(np.float32)[:, np.newaxis]
    halves = (8 + np.rint(quotients)).astype(np.uint8)
    h = (codes.shape[1] + 1) // 2
    padded = np.concatenate([halves, np.full((len(codes), 2 * h - codes.shape[1]), 8, np.uint8)], axis=1)
    coarse = scales * (top.astype(np.float32) / np.float32(7))
    return padded[:, :h] + 16 * padded[:, h:], coarse.astype(np.float32)


def scan_int4(
    codes: npt.NDArray[np.uint8],
    scales: Floats,
    low: npt.NDArray[np.int16],
    high: npt.NDArray[np.int16],
    total: int,
    query_scale: np.float32,
    k: int,
    /,
) -> tuple[Indices, Floats]:
    """Unpack, multiply and sum in int32, which is exact."""
    sums = np.einsum("ij,j->i", codes & 15, low, dtype=np.int32) + np.einsum(
        "ij,j->i", codes >> 4, high, dtype=np.int32
    )
    return _best((sums - np.int32(8 * total)).astype(np.float32) * (scales * query_scale), k)


def binarise(rows: Floats, /) -> Words:
    """Pack bits, lowest column first."""
    packed = np.packbits(rows > 0, axis=1, bitorder="little")
    return packed.view("<u8").astype(np.uint64)


def embedding_bag(table: Floats, ids: Indices, offsets: Indices, weights: Floats, /) -> Floats:
    """Gather, weight and sum."""
    return segment_sum(table[ids] * weights[:, np.newaxis], offsets)


def embedding_bag_int8(table: Bytes, scales: Floats, ids: Indices, offsets: Indices, weights: Floats, /) -> Floats:
    """Gather, weight and sum."""
    return segment_sum(table[ids] * (weights * scales[ids])[:, np.newaxis], offsets)
