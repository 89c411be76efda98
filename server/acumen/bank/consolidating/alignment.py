"""How well the words of two texts match each other, by the vectors of single words.

Each word takes the most similar word of the other text, in the spirit of the monolingual word alignment of Sultan et
al. (2014), "DLS@CU: Sentence Similarity from Word Alignment", SemEval; vectors stand in for their paraphrase database.

Vectors are rounded to whole numbers so small that float32 holds every sum of products exactly, and matches to
fractions of `FINENESS`: a pair's features are the same in any batch and on any processor.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.bank.consolidating.lexicon import FUNCTION_WORDS, stem
from acumen.text.embedder import Embedder

Doubles: TypeAlias = NDArray[np.float64]
Floats: TypeAlias = NDArray[np.float32]
Numbers: TypeAlias = NDArray[np.int64]
FEATURES: Final = ("cosine", "matched", "least_matched")
FUNCTION_WEIGHT: Final = 3  # of a function word beside a content word's 20; chosen on STS 2012-2014 among 3 and 6
CONTENT_WEIGHT: Final = 20  # whole numbers, so that sums are exact
LONGEST: Final = 128  # words read of a text
FINENESS: Final = 2.0**20
PAIRS_AT_ONCE: Final = 1 << 14  # some 10 MB of matched words
_WORD = re.compile(r"[^\W_]+")


class Alignment:
    """Some texts, ready to be compared in pairs; each is read when a pair asks for it first, and once."""

    def __init__(self, texts: Sequence[str], embedder: Embedder) -> None:
        self._texts, self._embedder = texts, embedder
        self._row = np.full(len(texts), -1, np.int64)  # of a text among those that were embedded
        self._words: dict[int, Numbers] = {}
        self._numbers: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        width = embedder.identity.dimension
        self._whole = np.empty((0, width), np.float32)
        self._vectors = np.empty((0, width), np.float32)
        self._lengths = np.empty(0, np.float32)
        self._stem_of = np.empty(0, np.int64)
        self._weights = np.empty(0)

    def cosines(self, pairs: Sequence[tuple[int, int]] | NDArray[Any]) -> Doubles:
        """Return the first feature (n,) alone, which costs least."""
        wanted = np.asarray(pairs, np.int64).reshape(-1, 2)
        numbers = np.unique(wanted)
        new = numbers[self._row[numbers] < 0]
        self._row[new] = np.arange(len(self._whole), len(self._whole) + len(new))
        if new.size:
            self._whole = np.concatenate([self._whole, _coded(self._embedder.embed([self._texts[n] for n in new]))])
        found = np.empty(len(wanted))
        for start in range(0, len(wanted), PAIRS_AT_ONCE):
            first, second = (self._whole[rows] for rows in self._row[wanted[start : start + PAIRS_AT_ONCE]].T)
            dots = np.einsum("ij,ij->i", first, second).astype(np.float64)
            found[start : start + PAIRS_AT_ONCE] = dots * (_inverse_lengths(first) * _inverse_lengths(second))
        return found

    def features(self, pairs: Sequence[tuple[int, int]] | NDArray[Any]) -> Doubles:
        """Return the features (n, 3), named by `FEATURES`, of n pairs of text numbers; symmetric in a pair.

        All but the first are 0 where a text has no words. A pair's features do not depend on the other pairs.
        """
        wanted = np.sort(np.asarray(pairs, np.int64).reshape(-1, 2), axis=1)
        self._read(np.unique(wanted).tolist())
        sizes = np.array([[len(self._words[a]), len(self._words[b])] for a, b in wanted.tolist()], np.int64)
        order = np.lexsort((wanted[:, 1], wanted[:, 0]))
        order = order[sizes.reshape(-1, 2)[order].all(axis=1)]
        rows = np.zeros((len(wanted), len(FEATURES)))
        rows[:, 0] = self.cosines(wanted)
        for start in range(0, len(order), PAIRS_AT_ONCE):
            some = order[start : start + PAIRS_AT_ONCE]
            rows[some, 1:] = self._matched(wanted[some], sizes[some])
        return rows

    def _read(self, numbers: list[int]) -> None:
        """Take in the words of the texts that were not read before."""
        known, number = len(self._numbers), self._numbers.setdefault
        for n in numbers:
            if n not in self._words:
                words = _WORD.findall(self._texts[n].lower())[:LONGEST]
                self._words[n] = np.array([number(word, len(self._numbers)) for word in words], np.int64)
        if len(self._numbers) > known:
            self._take_in(list(self._numbers)[known:])

    def _take_in(self, words: list[str]) -> None:
        stems = [self._stems.setdefault(stem(word), len(self._stems)) for word in words]
        weights = [FUNCTION_WEIGHT if word in FUNCTION_WORDS else CONTENT_WEIGHT for word in words]
        codes = _coded(self._embedder.embed(words))
        self._vectors = np.concatenate([self._vectors, codes])
        self._lengths = np.concatenate([self._lengths, _inverse_lengths(codes).astype(np.float32)])
        self._stem_of = np.concatenate([self._stem_of, np.array(stems, np.int64)])
        self._weights = np.concatenate([self._weights, np.array(weights, np.float64)])

    def _matched(self, pairs: Numbers, sizes: Numbers) -> Doubles:
        """Return (n, 2): the mean and the lesser share of the words' weight that is matched in the other text."""
        sides = [np.concatenate(parts) for parts in zip(*self._best(pairs.tolist()), strict=True)]
        shares = []
        for side, best in enumerate(sides):
            starts = np.concatenate([[0], np.cumsum(sizes[:-1, side])])
            weights = self._weights[np.concatenate([self._words[n] for n in pairs[:, side].tolist()])]
            matched = np.add.reduceat(weights * np.rint(best.astype(np.float64) * FINENESS), starts)
            shares.append(matched / FINENESS / np.add.reduceat(weights, starts))
        return np.column_stack([(shares[0] + shares[1]) / 2, np.minimum(*shares)])

    def _best(self, pairs: list[list[int]]) -> Iterator[tuple[Floats, Floats]]:
        """Yield, for each first text and those it is paired with, how well the words of either side are matched."""
        for first, group in groupby(pairs, key=lambda pair: pair[0]):
            a, others = self._words[first], [self._words[second] for _, second in group]
            b = others[0] if len(others) == 1 else np.concatenate(others)
            starts = np.cumsum([0, *(len(other) for other in others[:-1])])
            alike = self._vectors[a] @ self._vectors[b].T
            alike *= self._lengths[a][:, None] * self._lengths[b]
            np.copyto(alike, 1.0, where=self._stem_of[a][:, None] == self._stem_of[b])
            np.clip(alike, 0.0, 1.0, out=alike)
            yield np.maximum.reduceat(alike, starts, axis=1).T.ravel(), alike.max(axis=0)


def _coded(vectors: Floats) -> Floats:
    """Return rows of whole numbers of a length below 2^12, so that no sum of their products exceeds 2^24."""
    return np.asarray(np.rint(vectors * np.float32(4080)), np.float32)


def _inverse_lengths(codes: Floats) -> Doubles:
    """Return one over the lengths (n,) of rows of whole numbers, 0 for a row of zeros."""
    squares = np.einsum("ij,ij->i", codes, codes).astype(np.float64)
    return 1 / np.sqrt(np.where(squares > 0, squares, np.inf))
