"""What a retrieved pattern is worth: components, one score, and the probability that the best result is relevant.

Pure functions of arrays over the candidates of one query, at most a hundred or so. The shipped numbers are written by
`tools/fit_retrieval.py` into `scoring_weights.json`; nothing in it is typed by hand but the two weights that no
public set can tell, those of outcomes and of age.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.index.lexical import Hits

Doubles: TypeAlias = NDArray[np.float64]

COMPONENTS = ("similarity", "lexical", "reliability", "recency")
EVIDENCE = ("similarity", "coverage", "lead")
CHANCE, SURE = 0.1, 0.25  # of the best BM25 that a text could reach: what chance words reach, what is no chance
ALIKE = 16  # words in common from which agreement counts in full
SHARPENED = 4  # agreement's power: two thirds of the words in common are little, all of them are much
HALF_LIFE_MS = 90 * 24 * 3600 * 1000  # of recency
SHIPPED_FILE = Path(__file__).with_name("scoring_weights.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How components become a score, and evidence a probability.

    `components` (4,) in the order of `COMPONENTS`, sum 1; `agreement` is its weight beside BM25;
    `relevance` (4,) a constant and one coefficient for each of `EVIDENCE`; results below `threshold` are withheld.
    """

    components: Doubles
    agreement: float
    relevance: Doubles
    threshold: float


def load(path: Path = SHIPPED_FILE) -> Weights:
    """Read weights as `tools/fit_retrieval.py` writes them."""
    content = json.loads(path.read_text())
    return Weights(
        components=np.array([content["components"][name] for name in COMPONENTS]),
        agreement=content["lexical"]["agreement"],
        relevance=np.array([content["relevance"][name] for name in ("constant", *EVIDENCE)]),
        threshold=content["threshold"],
    )


def lexical(hits: Hits, weights: Weights) -> Doubles:
    """Return the lexical component (m,), 0 to 1: BM25 and, where many words are common, agreement.

    It fades out for a query of which not even the best text has much: then common words are chance, and similarity
    decides. The constants above were chosen by hand, where the sets of fit and evaluation alike are on a plateau.
    """
    best = float(hits.bm25.max(initial=0))
    clear = min(max((best - CHANCE) / (SURE - CHANCE), 0.0), 1.0)
    agreement = hits.agreement.astype(np.float64) ** SHARPENED * np.minimum(hits.common / ALIKE, 1)
    return np.asarray(clear * (hits.bm25 + weights.agreement * agreement) / (1 + weights.agreement), np.float64)


def reliability(successes: Any, failures: Any) -> Doubles:
    """Return the mean of the Beta(1 + successes, 1 + failures) posterior (m,): .5 without outcomes."""
    successes = np.asarray(successes, np.float64)
    return np.asarray((1 + successes) / (2 + successes + failures))


def recency(age_ms: Any) -> Doubles:
    """Return 1 for what was made or used just now, halved every 90 days (m,)."""
    return np.asarray(np.exp2(-np.maximum(np.asarray(age_ms, np.float64), 0) / HALF_LIFE_MS))


def score(components: Doubles, weights: Doubles) -> Doubles:
    """Return the weighted sums (m,) of components (m, 4) that are added in their order, so alike in any batch."""
    total = components[:, 0] * weights[0]
    for column in range(1, len(COMPONENTS)):
        total += components[:, column] * weights[column]
    return np.asarray(total)


def order(scores: Doubles, exact: NDArray[np.bool_], ids: NDArray[Any]) -> NDArray[np.int64]:
    """Return the candidates best first (m,): exact text before all, then by score, ties by id."""
    return np.lexsort((ids, -scores, ~exact))


def evidence(similarity: Doubles, coverage: Any, scores: Doubles, places: Any) -> Doubles:
    """Return what speaks for the relevance of the candidates at `places` (n, 3), in the order of `EVIDENCE`.

    `similarity`, `coverage` and `scores` (m,) are over the same candidates. `similarity` is that of the nearest of all,
    less what this one lacks of the best's: whether the bank knows the topic is told by the nearest, wherever words
    have put it. `lead` is how far its score is ahead of the next, or behind the best. Further evidence was
    fitted and carried less from set to set.
    """
    places = np.asarray(places, np.int64)
    top = int(np.argmax(scores))
    behind = np.maximum(similarity[top] - similarity[places], 0.0)
    if scores.size > 1:
        second = np.partition(scores, -2)[-2]
        lead = scores[places] - np.where(places == top, second, scores[top])
    else:
        lead = np.zeros(len(places))
    return np.column_stack([similarity.max() - behind, coverage[places], lead])


def p_relevant(evidence: Doubles, weights: Weights) -> Doubles:
    """Return the calibrated probabilities (n,) that the results that evidence (n, 3) is of are relevant."""
    constant, *others = weights.relevance.tolist()
    odds = (constant + sum(own * each for own, each in zip(row, others, strict=True)) for row in evidence.tolist())
    return np.array([1 / (1 + math.exp(-one)) for one in odds])


def reason(probability: float, threshold: float, candidates: int) -> str:
    """Return why nothing is returned, or nothing where something is."""
    if not candidates:
        return "this bank has nothing that could be compared with the query"
    if probability >= threshold:
        return ""
    return f"nothing in this bank is likely enough: best p_relevant {probability:.3g} < {threshold:.3g}"
