"""Diversity among results: maximal marginal relevance (Carbonell and Goldstein, 1998, equation 1)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.bank.scoring import Doubles


def diversify(vectors: NDArray[Any], scores: Doubles, k: int, relevance: float) -> NDArray[np.int64]:
    """Return the places (k,) of results, each the best by `relevance` x score - (1 - relevance) x likeness.

    The likeness is to the most alike of those taken before. Unit `vectors` (m, d) and `scores` (m,) are
    of candidates, best first; `relevance` is .7 to 1. The first is always taken first, ties keep the order, and 1 keeps
    the order altogether.
    """
    left = list(range(len(scores)))
    if relevance >= 1 or not left:
        return np.arange(min(k, len(left)))
    chosen = [left.pop(0)]
    alike = vectors @ vectors[0]
    while left and len(chosen) < k:
        worth = relevance * scores[left] - (1 - relevance) * alike[left]
        chosen.append(left.pop(int(np.argmax(worth))))
        alike = np.maximum(alike, vectors @ vectors[chosen[-1]])
    return np.array(chosen[:k], np.int64)
