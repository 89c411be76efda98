"""The calls that read and write patterns, as values. No I/O.

`defaults` comes from the client, the rest from the caller. Writes get a request id of their own when none is given, so
that they can be retried. `timeout` is in seconds; None takes the client's.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from acumen_client.call import BANK, Call, Defaults, Pages, new_id, unary
from acumen_client.gen.v1 import reasoning_bank_pb2 as pb
from acumen_client.gen.v1.pattern_pb2 import FloatVector, Pattern, PatternFilter, Vector

OutcomeName = Literal["success", "failure"]


def retrieve(
    defaults: Defaults,
    query: str | Vector | Sequence[float],
    *,
    k: int = 0,
    filter: PatternFilter | None = None,  # noqa: A002
    min_p_relevant: float | None = None,
    relevance_weight: float | None = None,
    min_revision: int = 0,
    timeout: float | None = None,
) -> Call[pb.RetrieveResponse]:
    """Find the `k` (1 unless stated) patterns for a situation, in words or as a vector, or hear why there are none."""
    request = pb.RetrieveRequest(
        namespace=defaults.namespace,
        k=k,
        filter=filter,
        min_p_relevant=min_p_relevant,
        relevance_weight=relevance_weight,
        min_revision=min_revision,
    )
    if isinstance(query, str):
        request.text = query
    else:
        request.vector.CopyFrom(vector(query))
    return unary(defaults, BANK, "Retrieve", request, pb.RetrieveResponse, timeout)


def record_outcome(
    defaults: Defaults,
    shown: Iterable[str | pb.RetrievedPattern | pb.ShownPattern],
    outcome: OutcomeName | None = None,
    *,
    reward: float | None = None,
    request_id: str = "",
    timeout: float | None = None,
) -> Call[pb.ReasoningBankRecordOutcomeResponse]:
    """Say how a task went, or a `reward` from 0 to 1, for the patterns that were shown.

    As `retrieve` returned them, they move the ranking and their statistics; by id alone, their statistics only.
    """
    request = pb.ReasoningBankRecordOutcomeRequest(
        namespace=defaults.namespace,
        shown=[_shown(one) for one in shown],
        outcome=None if outcome is None else f"OUTCOME_{outcome.upper()}",
        reward=reward,
        request_id=request_id or new_id(),
    )
    return unary(defaults, BANK, "RecordOutcome", request, pb.ReasoningBankRecordOutcomeResponse, timeout)


def put_patterns(
    defaults: Defaults,
    patterns: Iterable[Pattern],
    *,
    create_only: bool = False,
    request_id: str = "",
    timeout: float | None = None,
) -> Call[pb.PutPatternsResponse]:
    """Write up to 256 patterns, new or in place of old ones: all or none."""
    request = pb.PutPatternsRequest(
        namespace=defaults.namespace, patterns=patterns, create_only=create_only, request_id=request_id or new_id()
    )
    return unary(defaults, BANK, "PutPatterns", request, pb.PutPatternsResponse, timeout)


def get_pattern(
    defaults: Defaults,
    pattern_id: str,
    *,
    with_vector: bool = False,
    min_revision: int = 0,
    timeout: float | None = None,
) -> Call[pb.GetPatternResponse]:
    """Read one pattern."""
    request = pb.GetPatternRequest(
        namespace=defaults.namespace, id=pattern_id, with_vector=with_vector, min_revision=min_revision
    )
    return unary(defaults, BANK, "GetPattern", request, pb.GetPatternResponse, timeout)


def list_patterns(
    defaults: Defaults,
    *,
    filter: PatternFilter | None = None,  # noqa: A002
    page_size: int = 0,
    min_revision: int = 0,
    timeout: float | None = None,
) -> Pages[pb.ListPatternsResponse, Pattern]:
    """Iterate over the patterns by id, page by page; `timeout` holds for each page."""
    request = pb.ListPatternsRequest(
        namespace=defaults.namespace, filter=filter, page_size=page_size, min_revision=min_revision
    )
    call = unary(defaults, BANK, "ListPatterns", request, pb.ListPatternsResponse, timeout)
    return Pages(call=call, items=lambda page: page.patterns)


def delete_patterns(
    defaults: Defaults, ids: Iterable[str], *, request_id: str = "", timeout: float | None = None
) -> Call[pb.DeletePatternsResponse]:
    """Delete up to 256 patterns, all of which must exist: all or none."""
    request = pb.DeletePatternsRequest(namespace=defaults.namespace, ids=ids, request_id=request_id or new_id())
    return unary(defaults, BANK, "DeletePatterns", request, pb.DeletePatternsResponse, timeout)


def purge(
    defaults: Defaults,
    *,
    subject: str | None = None,
    everything: bool = False,
    request_id: str = "",
    timeout: float | None = None,
) -> Call[pb.PurgeResponse]:
    """Remove all of a subject, or everything of the namespace, down to the bytes on disk; `ValueError` unless one."""
    if (subject is None) != everything:
        raise ValueError("say what to purge: either a subject or everything")
    request = pb.PurgeRequest(namespace=defaults.namespace, subject=subject, request_id=request_id or new_id())
    if everything:
        request.everything = True
    return unary(defaults, BANK, "Purge", request, pb.PurgeResponse, timeout)


def unmerge(
    defaults: Defaults,
    pattern_id: str,
    *,
    request_id: str = "",
    timeout: float | None = None,
) -> Call[pb.UnmergeResponse]:
    """Bring a superseded pattern back as it was."""
    request = pb.UnmergeRequest(namespace=defaults.namespace, id=pattern_id, request_id=request_id or new_id())
    return unary(defaults, BANK, "Unmerge", request, pb.UnmergeResponse, timeout)


def get_stats(defaults: Defaults, *, min_revision: int = 0, timeout: float | None = None) -> Call[pb.GetStatsResponse]:
    """Count and measure the namespace, by part."""
    request = pb.GetStatsRequest(namespace=defaults.namespace, min_revision=min_revision)
    return unary(defaults, BANK, "GetStats", request, pb.GetStatsResponse, timeout)


def vector(given: Vector | Sequence[float]) -> Vector:
    """Return components as a message."""
    return given if isinstance(given, Vector) else Vector(floats=FloatVector(values=given))


def _shown(one: str | pb.RetrievedPattern | pb.ShownPattern) -> pb.ShownPattern:
    if isinstance(one, str):
        return pb.ShownPattern(id=one)
    return one if isinstance(one, pb.ShownPattern) else pb.ShownPattern(id=one.pattern.id, score=one.score)
