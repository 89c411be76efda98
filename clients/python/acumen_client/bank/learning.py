"""The calls that learn and tidy up, as values. No I/O. Streams are without a timeout unless one is given."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from google.protobuf.message import Message

from acumen_client.call import BANK, Call, Defaults, Dialogue, new_id, unary
from acumen_client.gen.v1 import reasoning_bank_pb2 as pb
from acumen_client.gen.v1.trajectory_pb2 import Trajectory

TierName = Literal["int8", "int4", "binary", "auto"]


def run_pipeline(
    defaults: Defaults,
    query: str = "",
    *,
    k: int = 0,
    response: str = "",
    criteria: Mapping[str, float] | None = None,
    reference: str = "",
    trajectory: Trajectory | None = None,
    consolidate: bool = False,
    request_id: str = "",
    timeout: float | None = None,
) -> Call[pb.RunPipelineResponse]:
    """Retrieve for a query, judge a response, learn from a trajectory, consolidate what was touched: what is given."""
    request = pb.RunPipelineRequest(
        namespace=defaults.namespace,
        query=query,
        k=k,
        response=response,
        criteria=criteria,
        reference=reference,
        trajectory=trajectory,
        consolidate=consolidate,
        request_id=request_id or new_id(),
    )
    return unary(defaults, BANK, "RunPipeline", request, pb.RunPipelineResponse, timeout)


def distill(
    defaults: Defaults,
    *,
    min_support: int = 0,
    dry_run: bool = False,
    request_id: str = "",
    timeout: float | None = None,
) -> Dialogue[pb.DistillResponse]:
    """Learn from trajectories: receipts, then the patterns that settled, at the end a report.

    The first argument of the client's method is the iterator of trajectories; it is read as fast as the server takes
    them. A stream that broke is not sent again by itself: with the same `request_id` and trajectories it may be.
    """
    start = pb.DistillStart(
        namespace=defaults.namespace, min_support=min_support, dry_run=dry_run, request_id=request_id or new_id()
    )
    call = Call(
        service=BANK,
        method="Distill",
        request=pb.DistillRequest(start=start),
        response=pb.DistillResponse,
        timeout_s=timeout,
    )
    return Dialogue(call=call, say=_say)


def consolidate(
    defaults: Defaults,
    *,
    dry_run: bool = False,
    tier: TierName | None = None,
    recall_floor: float = 0.0,
    half_life: timedelta | None = None,
    request_id: str = "",
    timeout: float | None = None,
) -> Call[pb.ConsolidateResponse]:
    """Merge, link contradictions, expire and compress: steps and progress, at the end a report."""
    request = pb.ConsolidateRequest(
        namespace=defaults.namespace,
        dry_run=dry_run,
        tier=None if tier is None else f"COMPRESSION_TIER_{tier.upper()}",
        recall_floor=recall_floor,
        half_life=half_life,
        request_id=request_id or new_id(),
    )
    return Call(service=BANK, method="Consolidate", request=request, response=pb.ConsolidateResponse, timeout_s=timeout)


def reembed(defaults: Defaults, *, request_id: str = "", timeout: float | None = None) -> Call[pb.ReembedResponse]:
    """Embed the namespace anew with the server's embedder, with progress."""
    request = pb.ReembedRequest(namespace=defaults.namespace, request_id=request_id or new_id())
    return Call(service=BANK, method="Reembed", request=request, response=pb.ReembedResponse, timeout_s=timeout)


def _say(trajectory: Message) -> pb.DistillRequest:
    if not isinstance(trajectory, Trajectory):
        raise TypeError(f"distill learns from trajectories, not from {trajectory.DESCRIPTOR.full_name}")
    return pb.DistillRequest(trajectory=trajectory)
