"""Which tokens and pairs have weights of their own: those of the examples, beside those the weights have already."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acumen.neural.spec import Batch, Weights

MOST_PAIRS: Final = 20_480  # of 64 numbers each, 5 MiB
FEWEST_TEXTS: Final = 2  # that a pair must stand in: what was seen once cannot be told from chance


def extended(weights: Weights, batch: Batch, keep: bool) -> dict[str, NDArray[Any]]:
    """Return the weights with a row for every token and frequent pair of the texts: what was learned of it, else 0.

    `keep`: other rows stay as well. Where the task is a new one they would say nothing of it.
    """
    tokens = np.unique(batch.arrays["tokens"])
    pairs = _frequent(batch.arrays["pairs"], batch.arrays["pair_offsets"])
    room = MOST_PAIRS - (weights["text/ngrams"].size if keep else 0)
    return {
        **weights,
        **_with(weights, "text/tokens", "net/tokens/w", tokens, keep),
        **_with(weights, "text/ngrams", "net/ngrams/w", pairs[: max(0, room)], keep),
    }


def _frequent(keys: NDArray[np.int64], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the pairs of two texts or more, most frequent first, ties by key."""
    owner = np.repeat(np.arange(offsets.size - 1), np.diff(offsets))
    once = np.unique(np.stack([keys, owner], axis=1), axis=0)[:, 0]
    found, counts = np.unique(once, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return found[order][counts[order] >= FEWEST_TEXTS]


def _with(weights: Weights, numbers: str, rows: str, asked: NDArray[np.int64], keep: bool) -> dict[str, NDArray[Any]]:
    before = weights[numbers]
    every = np.union1d(before, asked) if keep else np.sort(asked)
    _, old, new = np.intersect1d(before, every, assume_unique=True, return_indices=True)
    table = np.zeros((every.size, weights[rows].shape[1]), np.float32)
    table[new] = weights[rows][old]
    return {numbers: every, rows: table}
