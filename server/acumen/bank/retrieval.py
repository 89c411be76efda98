"""RETRIEVE: candidates of both indexes, united, scored, and returned where they are likely enough."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acumen.bank import scoring
from acumen.bank.diversity import diversify
from acumen.bank.namespace import Namespace
from acumen.bank.prepare import CALLER, floats
from acumen.bank.records import hash_of
from acumen.bank.scoring import Doubles, Weights
from acumen.bank.selection import Mask, allowed
from acumen.errors import InvalidInput
from acumen.index.inputs import query_of
from acumen.index.lexical import Hits
from acumen.index.vectors import VectorIndex
from acumen.neural.rounding import significant_array
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.text.embedder import Embedder
from acumen.text.terms import terms
from acumen_accel import Query as Code

CANDIDATES = 32  # of each index, at least; the union is scored
OVERSAMPLED = 2  # candidates for each result wanted
SCORES = (*scoring.COMPONENTS, "score", "p_relevant")  # as the message has them


@dataclass(frozen=True, slots=True)
class Query:
    """A situation as the indexes take it: a unit vector (d,), terms (none of a caller's vector), the text's hash."""

    vector: NDArray[np.float32]
    terms: NDArray[np.uint64]
    exact: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates, best first: rows (m,), components (m, 4), scores (m,), exact (m,) bool, p_relevant (n,) of some.

    Without terms nothing is known of relevance: p_relevant is then empty.
    """

    rows: NDArray[np.int64]
    components: Doubles
    scores: Doubles
    exact: NDArray[np.bool_]
    p_relevant: Doubles


class Retrieval:
    """Finds patterns with the server's embedder."""

    def __init__(self, embedder: Embedder, weights: Weights) -> None:
        self._embedder, self._weights = embedder, weights

    def retrieve(self, namespace: Namespace, request: pb.RetrieveRequest, now_ms: int) -> pb.RetrieveResponse:
        """Return the patterns for a request; raises `InvalidInput` for a vector that the namespace cannot compare."""
        return self.answer(namespace, self.query(namespace, request), request, now_ms)

    def answer(
        self, namespace: Namespace, query: Query, request: pb.RetrieveRequest, now_ms: int
    ) -> pb.RetrieveResponse:
        """Return the patterns for a request whose query was made before; where the namespace is changed, not beside."""
        response = pb.RetrieveResponse(embedder=namespace.embedder)
        if namespace.vectors is None:
            response.abstained, response.reason = True, f"namespace '{namespace.name}' holds no patterns yet"
            return response
        k = request.k or 1
        relevance = request.relevance_weight if request.HasField("relevance_weight") else 1.0
        depth = k if relevance == 1.0 else OVERSAMPLED * k
        ranked = self._ranked(namespace, query, allowed(namespace, request.filter, now_ms), depth, now_ms)
        threshold = self._threshold(request)
        likely = _likely(ranked, threshold, depth)
        chosen = _diverse(namespace, ranked, likely, k, relevance)
        response.results.extend(_results(namespace, ranked, chosen))
        response.abstained = not len(chosen)
        if len(chosen) < k:
            best = float(ranked.p_relevant[:1].sum()) if len(ranked.p_relevant) else 1.0
            response.reason = scoring.reason(best, threshold, len(ranked.rows)) or _short(len(chosen), k)
        return response

    def _threshold(self, request: pb.RetrieveRequest) -> float:
        if request.WhichOneof("query") == "vector":
            if request.min_p_relevant:
                raise InvalidInput.of("min_p_relevant", "cannot be had of a vector: its relevance is not estimated")
            return 0.0
        return request.min_p_relevant if request.HasField("min_p_relevant") else self._weights.threshold

    def query(self, namespace: Namespace, request: pb.RetrieveRequest) -> Query:
        """Return what the indexes are asked; any thread may call. Raises `InvalidInput` as `retrieve`."""
        if request.WhichOneof("query") == "vector":
            return Query(floats(request.vector, "vector"), np.empty(0, np.uint64), 0)
        if namespace.embedder.startswith(f"{CALLER}:"):
            text = f"is text, and namespace '{namespace.name}' holds callers' vectors; send a vector"
            raise InvalidInput.of("text", text)
        return Query(self._embedder.embed([request.text])[0], terms(request.text), hash_of(request.text))

    def _ranked(self, namespace: Namespace, query: Query, mask: Mask | None, depth: int, now_ms: int) -> Ranked:
        """Return the united candidates in order of their scores, the first `depth` with their probabilities."""
        assert namespace.vectors is not None
        wanted = max(CANDIDATES, OVERSAMPLED * depth)
        code = query_of(query.vector, namespace.dimension)
        dense = namespace.vectors.search(code, wanted, mask)
        hits = namespace.lexical.search(query.terms, wanted, mask, include=dense[0])
        columns = namespace.records.columns[hits.rows]
        components = np.column_stack(
            [
                _similarity(namespace.vectors, code, hits.rows, dense),
                scoring.lexical(hits, self._weights),
                scoring.reliability(columns["successes"], columns["failures"]),
                scoring.recency(now_ms - np.maximum(columns["created_ms"], columns["last_used_ms"])),
            ]
        )
        scores = scoring.score(components, namespace.learner.weights)
        exact = (columns["exact"] == np.uint64(query.exact)).any(axis=1) & bool(query.exact)
        order = scoring.order(scores, exact, hits.rows)
        first = order[: depth if query.terms.size else 0]
        known = np.where(exact[first], 1.0, self._probabilities(components, hits, scores, first))
        return Ranked(hits.rows[order], components[order], scores[order], exact[order], known)

    def _probabilities(self, components: Doubles, hits: Hits, scores: Doubles, places: NDArray[np.int64]) -> Doubles:
        if not len(places):
            return np.empty(0)
        found = scoring.evidence(components[:, 0], hits.coverage, scores, places)
        return scoring.p_relevant(found, self._weights)


def _similarity(
    vectors: VectorIndex, code: Code, rows: NDArray[np.int64], dense: tuple[NDArray[np.int64], NDArray[np.float32]]
) -> NDArray[np.float32]:
    """Return the cosines (m,) of the candidates, by the kernel that searches; of `dense` ones they are known."""
    known = dict(zip(dense[0].tolist(), dense[1].tolist(), strict=True))
    found = np.array([known.get(row, np.nan) for row in rows.tolist()], np.float32)
    missing = np.flatnonzero(np.isnan(found))
    if len(missing):
        found[missing] = vectors.scores(rows[missing], code)
    return found


def _likely(ranked: Ranked, threshold: float, depth: int) -> NDArray[np.int64]:
    """Return the places of those among the first that are likely enough to be relevant."""
    if not len(ranked.p_relevant):
        return np.arange(min(depth, len(ranked.rows)))
    return np.flatnonzero(ranked.p_relevant >= threshold)


def _diverse(
    namespace: Namespace, ranked: Ranked, likely: NDArray[np.int64], k: int, relevance: float
) -> NDArray[np.int64]:
    if relevance == 1.0 or len(likely) <= 1:
        return likely[:k]
    assert namespace.vectors is not None
    codes, scales = namespace.vectors.vectors(ranked.rows[likely])
    vectors = codes.astype(np.float32) * scales[:, np.newaxis]
    return likely[diversify(vectors, ranked.scores[likely], k, relevance)]


def _results(namespace: Namespace, ranked: Ranked, places: NDArray[np.int64]) -> Iterator[pb.RetrievedPattern]:
    known = ranked.p_relevant[places] if len(ranked.p_relevant) else np.zeros(len(places))
    table = significant_array(np.column_stack([ranked.components[places], ranked.scores[places], known]))
    rows, exact = ranked.rows[places].tolist(), ranked.exact[places].tolist()
    for row, same, values in zip(rows, exact, table.tolist(), strict=True):
        message = namespace.records.message(row)
        message.ClearField("vector")
        score = pb.RetrievalScore(**dict(zip(SCORES, values, strict=True)), exact=same)
        yield pb.RetrievedPattern(pattern=message, score=score)


def _short(found: int, k: int) -> str:
    return f"{found} of {k} results: no others are there, let through by the filter and likely enough"
