"""How well the words of two texts match each other, by the vectors of single words.

Each word takes the most similar word of the other text, in the spirit of the monolingual word alignment of Sultan et
al. (2014), "DLS@CU: Sentence Similarity from Word Alignment", SemEval; vectors stand in for their paraphrase database.
"""

import re
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.bank.consolidating.lexicon import FUNCTION_WORDS, stem
from acumen.text.embedder import Embedder

Doubles: TypeAlias = NDArray[np.float64]
FEATURES: Final = ("cosine", "matched", "least_matched", "unmatched_word", "length_ratio")
FUNCTION_WEIGHT: Final = 0.15  # of a function word beside a content word; chosen on STS 2012-2014 among .15 and .3
LONGEST: Final = 128  # words read of a text
_WORD = re.compile(r"[^\W_]+")


class Alignment:
    """Some texts with the vectors of their words, ready to be compared in pairs."""

    def __init__(self, texts: Sequence[str], embedder: Embedder) -> None:
        numbers: dict[str, int] = {}
        self._texts = [
            np.array([numbers.setdefault(w, len(numbers)) for w in _WORD.findall(text.lower())[:LONGEST]], np.int64)
            for text in texts
        ]
        words = list(numbers)
        stems: dict[str, int] = {}
        self._whole = embedder.embed(texts)
        self._vectors = embedder.embed(words)
        self._stems = np.array([stems.setdefault(stem(word), len(stems)) for word in words], np.int64)
        self._weights = np.array([FUNCTION_WEIGHT if word in FUNCTION_WORDS else 1.0 for word in words], np.float32)

    def features(self, pairs: Sequence[tuple[int, int]] | NDArray[Any]) -> Doubles:
        """Return the features (n, 5), named by `FEATURES`, of n pairs of text numbers; symmetric in a pair.

        All but the first are 0 where a text has no words. A pair's features do not depend on the other pairs.
        """
        rows = np.zeros((len(pairs), len(FEATURES)))
        for row, (a, b) in zip(rows, pairs, strict=True):
            low, high = (int(a), int(b)) if a <= b else (int(b), int(a))
            row[0] = self._whole[low] @ self._whole[high]
            row[1:] = self._matched(self._texts[low], self._texts[high])
        return rows

    def _matched(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> tuple[float, float, float, float]:
        """Return the mean and the lesser share of matched weight, what the worst word misses, and the ratio."""
        if not a.size or not b.size:
            return 0.0, 0.0, 0.0, 0.0
        alike = self._vectors[a] @ self._vectors[b].T
        alike[self._stems[a][:, None] == self._stems[b]] = 1.0
        best_a, best_b = alike.max(1).clip(0.0), alike.max(0).clip(0.0)
        weights_a, weights_b = self._weights[a], self._weights[b]
        sum_a, sum_b = float(weights_a.sum()), float(weights_b.sum())
        share_a, share_b = float(weights_a @ best_a) / sum_a, float(weights_b @ best_b) / sum_b
        worst = max(float((weights_a * (1 - best_a)).max()), float((weights_b * (1 - best_b)).max()))
        return (share_a + share_b) / 2, min(share_a, share_b), worst, min(sum_a, sum_b) / max(sum_a, sum_b)
