"""The network: frozen meaning moved by what was learned of each token, beside what was learned of pairs of tokens.

Weights: `net/tokens/w` (t, 256) moves the tokens numbered in `text/tokens`, `net/ngrams/w` (p, 64) stands for the pairs
keyed in `text/ngrams`; both number lists ascend. A token or a pair that is in neither adds nothing of its own, so an
unknown word still has its frozen meaning.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acumen.models.specialised.text import dropout
from acumen.models.specialised.text.features import DIMENSION, Indices, meaning_of
from acumen.neural.spec import Batch

LAYERS: Final = ("tokens", "ngrams", "hidden", "output")
PAIR_WIDTH, HIDDEN = 64, 256
LENGTH: Final = np.float32(8.0)  # of the meaning, when it enters the hidden layer
MOVE: Final = np.float32(0.03)  # how far a token moves for a unit of its weights: less than pairs, which have no prior
TOLD: Final = ("text/labels", "text/label_ends", "cal/inverse_temperature", "scope/line")
AVERAGE: Final = np.full((DIMENSION, 1), 1 / DIMENSION, np.float32)
ZERO: Final = np.zeros(1, np.float32)


def network(ops: Any, weights: Mapping[str, Any], batch: Batch) -> dict[str, Any]:
    """Return `logits` (n, labels) and `embedding` (n, 256), the hidden layer.

    A batch for learning has `example` (n,), a number of each example: parts of its features and of the hidden layer
    are then left out at random (Srivastava et al., 2014). Any other gets what decoding needs as well:
    `like_hidden` and `like_meaning` (n, prototypes), cosines with the prototypes of the labels, and `told`.
    """
    drops = dropout.Drops.of(weights, batch)
    x = ops.concat([_meaning(ops, weights, batch, drops), _pairs(ops, weights, batch, drops)])
    hidden = ops.dense(x, weights["net/hidden/w"], weights["net/hidden/b"], "gelu")
    if drops is not None:
        return {"logits": _output(ops, weights, hidden * drops.units(HIDDEN)), "embedding": hidden}
    return {
        "logits": _output(ops, weights, hidden),
        "embedding": hidden,
        "like_hidden": _likeness(ops, hidden, weights["scope/prototypes"]),
        "like_meaning": _likeness(ops, batch.arrays["meaning"], weights["scope/meanings"]),
        "told": told(weights),
    }


def _likeness(ops: Any, vectors: Any, prototypes: Any) -> Any:
    """Return (n, k) cosines with unit columns; 0 for a vector of zeros."""
    products = ops.dense(vectors, prototypes, np.zeros(prototypes.shape[1], np.float32))
    flat = np.full((vectors.shape[1], 1), 1.0, np.float32)
    return products / np.sqrt(ops.dense(vectors * vectors, flat, ZERO) + np.float32(1e-12))


def told(weights: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Return what decoding must know of the weights: labels and calibration; they travel with the scores."""
    return {name: weights[name] for name in TOLD}


def _output(ops: Any, weights: Mapping[str, Any], hidden: Any) -> Any:
    return ops.dense(hidden, weights["net/output/w"], weights["net/output/b"], "identity")


def _meaning(ops: Any, weights: Mapping[str, Any], batch: Batch, drops: "dropout.Drops | None") -> Any:
    """Return (n, 256): the sum of the tokens' vectors, scaled to a length of 8."""
    ids, offsets = batch.arrays["tokens"], batch.arrays["token_offsets"]
    frozen = batch.arrays["meaning"]
    if drops is not None:
        ids, offsets = chosen(ids, offsets, drops.kept(ids, offsets, dropout.TOKENS))
        frozen = meaning_of(ids, offsets)
    rows, offsets = known(weights["text/tokens"], ids, offsets)
    moved = ops.segment_sum(ops.gather(weights["net/tokens/w"], rows), offsets)
    raw = moved * MOVE + frozen
    square = ops.dense(raw * raw, AVERAGE, ZERO, "identity") + np.float32(1e-6)
    return raw * (ops.exp(ops.log(square) * np.float32(-0.5)) * (LENGTH / np.float32(np.sqrt(DIMENSION))))


def _pairs(ops: Any, weights: Mapping[str, Any], batch: Batch, drops: "dropout.Drops | None") -> Any:
    """Return (n, 64): the sum of the pairs' vectors over the root of their number."""
    rows, offsets = known(weights["text/ngrams"], batch.arrays["pairs"], batch.arrays["pair_offsets"])
    share = 1 / np.sqrt(np.maximum(np.diff(offsets), 1)).astype(np.float32)
    if drops is not None:
        rows, offsets = chosen(rows, offsets, drops.kept(rows, offsets, dropout.PAIRS))
        share = share * np.float32(1 / (1 - dropout.PAIRS))
    return ops.segment_sum(ops.gather(weights["net/ngrams/w"], rows), offsets) * share[:, None]


def known(numbers: Indices, asked: Indices, offsets: Indices) -> tuple[Indices, Indices]:
    """Return the rows of what is numbered, the rest left out, and where each segment of them begins."""
    if not numbers.size:
        return np.zeros(0, np.int64), np.zeros_like(offsets)
    places = np.minimum(np.searchsorted(numbers, asked), numbers.size - 1)
    return chosen(places.astype(np.int64), offsets, numbers[places] == asked)


def chosen(values: Indices, offsets: Indices, which: NDArray[np.bool_]) -> tuple[Indices, Indices]:
    """Return some of the values, and where each segment of them begins."""
    return values[which], np.concatenate([[0], np.cumsum(which)])[offsets]
