"""A bank without a server: texts embedded and indexed, queries answered by the functions that the server calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from acumen.bank import scoring
from acumen.index.lexical import Hits, LexicalIndex
from acumen.text.terms import terms
from benchmarks.eval.retrieval_sets import RetrievalSet

CANDIDATES = 32  # of each kind


class Embedder(Protocol):
    """What makes vectors of texts."""

    def embed(self, texts: Sequence[str]) -> Any:
        """Return unit vectors (n, d)."""


@dataclass(frozen=True, slots=True)
class Found:
    """A query's candidates: `rows`, `similarity`, `relevant` (m,), with what the lexical index says of them."""

    rows: NDArray[np.int64]
    similarity: NDArray[np.float64]
    hits: Hits
    relevant: NDArray[np.bool_]


class TextBank:
    """Texts by row."""

    def __init__(self, texts: Sequence[str], embedder: Embedder) -> None:
        self.embedder, self.vectors = embedder, np.asarray(embedder.embed(texts), np.float32)
        self.index = LexicalIndex()
        for start in range(0, len(texts), 1000):
            some = range(start, min(start + 1000, len(texts)))
            self.index.add(some, [terms(texts[row]) for row in some])

    def find(self, query: str, vector: Any, hidden: frozenset[int], relevant: frozenset[int]) -> Found:
        """Return the nearest and the lexically best texts, with exact scores of both kinds."""
        similarity = self.vectors @ vector
        allowed = np.ones(max(len(self.vectors), self.index.rows), np.bool_)
        allowed[list(hidden)], similarity[list(hidden)] = False, -2
        k = min(CANDIDATES, len(similarity) - len(hidden))
        nearest = np.argpartition(-similarity, k - 1)[:k]
        hits = self.index.search(terms(query), CANDIDATES, allowed, include=nearest)
        own = np.array([row in relevant for row in hits.rows.tolist()], np.bool_)
        return Found(hits.rows, similarity[hits.rows].astype(np.float64), hits, own)

    def answer(self, questions: RetrievalSet) -> list[Found]:
        """Return the candidates of every query of a set."""
        vectors = np.asarray(self.embedder.embed(questions.queries), np.float32)
        asked = zip(questions.queries, vectors, questions.hidden, questions.relevant, strict=True)
        return [self.find(*one) for one in asked]


@dataclass(frozen=True, slots=True)
class Answer:
    """The scores of a query's candidates, their order, and the evidence for the best."""

    scores: NDArray[np.float64]
    ranking: NDArray[np.int64]
    evidence: NDArray[np.float64]


def judged(found: Found, weights: scoring.Weights) -> Answer:
    """Score candidates that have no outcomes yet."""
    words = scoring.lexical(found.hits, weights)
    even = np.full(found.rows.size, 0.5)
    table = np.column_stack([found.similarity, words, even, even])
    scores = scoring.score(table, weights.components)
    ranking = scoring.order(scores, np.zeros(scores.size, np.bool_), found.rows)
    proof = scoring.evidence(found.similarity, found.hits.coverage.astype(np.float64), scores, ranking[:1])
    return Answer(scores, ranking, proof[0])
