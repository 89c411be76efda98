"""What is read of a text: its tokens, their meaning in the frozen embedder, and the order they stand in.

Nothing here depends on weights, so a text is read once however often it is learned from.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.neural import ragged
from acumen.neural.spec import Batch
from acumen.text import static

Indices: TypeAlias = NDArray[np.int64]

DIMENSION: Final = 256
ROW_LENGTH: Final = np.float32(81_406)  # root mean square length of the embedder's rows, the unit of `meaning`
EDGE: Final = (1 << 20) - 1  # number of what stands before the first and after the last token
SKIP: Final = 1 << 40  # set in the key of a pair with one token between
SUMMARY: Final = ("logarithm of the tokens", "characters a token", "share of tokens that are repeated")


@lru_cache(maxsize=1)
def embedder() -> static.StaticEmbedder:
    """Return the frozen embedder, read once a process (90 ms)."""
    return static.load()


def featurise(texts: Sequence[str]) -> Batch:
    """Return the features of texts.

    `meaning` (n, 256): the sum of the tokens' frozen rows over `ROW_LENGTH`. `tokens`, `token_offsets`: their numbers,
    text after text. `pairs`, `pair_offsets`: keys of neighbouring tokens and of tokens with one between.
    """
    ids, offsets = embedder().tokens(texts)
    return _batch(ids, offsets, np.array([len(text) for text in texts]))


def of_tokens(bags: Sequence[Indices]) -> Batch:
    """Return the features of texts given as the numbers of their tokens, taken to be of five characters each."""
    offsets = np.concatenate([[0], np.cumsum([bag.size for bag in bags], dtype=np.int64)])
    ids = np.concatenate(bags) if bags else np.zeros(0, np.int64)
    return _batch(ids, offsets, 5 * np.diff(offsets))


def meaning_of(ids: Indices, offsets: Indices) -> NDArray[np.float32]:
    """Return (n, 256) the sum of the tokens' frozen rows over `ROW_LENGTH`."""
    return embedder().sums(ids, offsets) / ROW_LENGTH


def _batch(ids: Indices, offsets: Indices, letters: Indices) -> Batch:
    pairs, pair_offsets = _pairs(ids, offsets)
    return Batch(
        size=offsets.size - 1,
        arrays={
            "meaning": meaning_of(ids, offsets),
            "tokens": ids,
            "token_offsets": offsets,
            "pairs": pairs,
            "pair_offsets": pair_offsets,
        },
        summary=_summary(letters, ids, offsets),
    )


def _pairs(ids: Indices, offsets: Indices) -> tuple[Indices, Indices]:
    """Return the pairs' keys by text; a text of n tokens, with an edge at either end, has 2 n + 1 (none: 1)."""
    texts = offsets.size - 1
    edged = offsets + 2 * np.arange(texts + 1)
    sequence = np.full(int(edged[-1]), EDGE, np.int64)
    sequence[np.arange(ids.size) + 2 * _owner(offsets) + 1] = ids
    owner = _owner(edged)
    near = owner[1:] == owner[:-1]
    far = owner[2:] == owner[:-2]
    keys = np.concatenate([_key(sequence[:-1], sequence[1:])[near], SKIP | _key(sequence[:-2], sequence[2:])[far]])
    belongs = np.concatenate([owner[1:][near], owner[2:][far]])
    order = np.argsort(belongs, kind="stable")
    return keys[order], np.concatenate([[0], np.cumsum(np.bincount(belongs, minlength=texts))])


def _key(first: Indices, second: Indices) -> Indices:
    return first << 20 | second


def _owner(offsets: Indices) -> Indices:
    return np.repeat(np.arange(offsets.size - 1), np.diff(offsets))


def _summary(letters: Indices, ids: Indices, offsets: Indices) -> NDArray[np.float32]:
    counts = np.diff(offsets)
    distinct = [np.unique(ids[a:b]).size for a, b in pairwise(offsets)]
    columns = [np.log1p(counts), letters / np.maximum(counts, 1), 1 - distinct / np.maximum(counts, 1)]
    return np.stack(columns, axis=1).astype(np.float32)


def part(batch: Batch, index: Indices) -> Batch:
    """Return the features of some of the texts, in the order of `index`."""
    arrays = {name: value[index] for name, value in batch.arrays.items() if not _in_segments(name)}
    for values, offsets in (("tokens", "token_offsets"), ("pairs", "pair_offsets")):
        rows, arrays[offsets] = ragged.taken(batch.arrays[offsets], index)
        arrays[values] = batch.arrays[values][rows]
    return Batch(size=index.size, arrays=arrays, summary=batch.summary[index])


def _in_segments(name: str) -> bool:
    return name.startswith(("token", "pair"))
