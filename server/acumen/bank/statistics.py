"""Counts and sizes of a namespace, for operators."""

from collections import Counter

from acumen.bank.bank import Bank
from acumen.bank.namespace import Namespace
from acumen.bank.records import Records
from acumen.bank.scoring import COMPONENTS, Doubles
from acumen.neural.rounding import significant
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import PatternState


def statistics(bank: Bank, name: str) -> pb.GetStatsResponse:
    """Return what a namespace holds."""
    namespace = bank.namespace(name)
    response = pb.GetStatsResponse(
        namespaces=sorted(bank.namespaces),
        patterns_by_state=_by_state(namespace.records),
        verdicts=len(namespace.verdicts),
        trajectories=len(namespace.trajectories),
        terms=namespace.lexical.distinct_terms,
        tier=namespace.tier,
        embedder=namespace.embedder,
        dimension=namespace.dimension,
        outcomes=namespace.outcomes,
        weights=_named(namespace.learner.weights),
        shipped_weights=_named(namespace.learner.shipped),
        resident_bytes=resident_bytes(namespace),
    )
    kinds = namespace.vectors.stats() if namespace.vectors is not None else {}
    for kind, held in kinds.items():
        response.segments.add(
            kind=kind,
            segments=held.segments,
            rows=held.rows,
            live_rows=held.live,
            queries=held.queries,
            resident_bytes=held.resident_bytes,
            disk_bytes=held.disk_bytes,
        )
    return response


def resident_bytes(namespace: Namespace) -> dict[str, int]:
    """Return bytes in memory by part: vectors with their graphs, terms, texts, columns."""
    kinds = namespace.vectors.stats().values() if namespace.vectors is not None else ()
    return {
        "vectors": sum(held.resident_bytes for held in kinds),
        "terms": namespace.lexical.size_bytes,
        "texts": sum(map(len, namespace.records.bodies)),
        "columns": namespace.records.columns.nbytes,
    }


def _by_state(records: Records) -> dict[str, int]:
    columns = records.columns
    counts = Counter(columns["state"][columns["live"]].tolist())
    return {PatternState.Name(state).removeprefix("PATTERN_STATE_").lower(): n for state, n in sorted(counts.items())}


def _named(weights: Doubles) -> dict[str, float]:
    return {name: significant(float(weight)) for name, weight in zip(COMPONENTS, weights, strict=True)}
