"""The calls that judge, as values. No I/O. See `patterns` for what all calls have in common."""

from collections.abc import Mapping
from typing import Literal

from acumen_client.call import BANK, Call, Defaults, Pages, new_id, unary
from acumen_client.gen.v1 import reasoning_bank_pb2 as pb
from acumen_client.gen.v1.trajectory_pb2 import Trajectory
from acumen_client.gen.v1.verdict_pb2 import Verdict

KindName = Literal["response", "pair", "trajectory"]


def judge(
    defaults: Defaults,
    response: str,
    *,
    task: str = "",
    reference: str = "",
    criteria: Mapping[str, float] | None = None,
    trajectory: Trajectory | None = None,
    grounding_k: int = 0,
    subject: str = "",
    request_id: str = "",
    timeout: float | None = None,
) -> Call[pb.JudgeResponse]:
    """Score a response by weighted criteria, from evidence."""
    request = pb.JudgeRequest(
        namespace=defaults.namespace,
        response=response,
        task=task,
        reference=reference,
        criteria=criteria,
        trajectory=trajectory,
        grounding_k=grounding_k,
        subject=subject,
        request_id=request_id or new_id(),
    )
    return unary(defaults, BANK, "Judge", request, pb.JudgeResponse, timeout)


def judge_pair(
    defaults: Defaults,
    first: str,
    second: str,
    *,
    task: str = "",
    reference: str = "",
    criteria: Mapping[str, float] | None = None,
    subject: str = "",
    request_id: str = "",
    timeout: float | None = None,
) -> Call[pb.JudgePairResponse]:
    """Say which of two responses is better."""
    request = pb.JudgePairRequest(
        namespace=defaults.namespace,
        first=first,
        second=second,
        task=task,
        reference=reference,
        criteria=criteria,
        subject=subject,
        request_id=request_id or new_id(),
    )
    return unary(defaults, BANK, "JudgePair", request, pb.JudgePairResponse, timeout)


def judge_trajectory(
    defaults: Defaults, trajectory: Trajectory, *, request_id: str = "", timeout: float | None = None
) -> Call[pb.JudgeTrajectoryResponse]:
    """Say whether a trajectory succeeded, and where it broke."""
    request = pb.JudgeTrajectoryRequest(
        namespace=defaults.namespace, trajectory=trajectory, request_id=request_id or new_id()
    )
    return unary(defaults, BANK, "JudgeTrajectory", request, pb.JudgeTrajectoryResponse, timeout)


def list_verdicts(
    defaults: Defaults,
    *,
    kind: KindName | None = None,
    page_size: int = 0,
    min_revision: int = 0,
    timeout: float | None = None,
) -> Pages[pb.ListVerdictsResponse, Verdict]:
    """Iterate over the verdicts, newest first, page by page; `timeout` holds for each page."""
    request = pb.ListVerdictsRequest(
        namespace=defaults.namespace,
        kind=None if kind is None else f"VERDICT_KIND_{kind.upper()}",
        page_size=page_size,
        min_revision=min_revision,
    )
    call = unary(defaults, BANK, "ListVerdicts", request, pb.ListVerdictsResponse, timeout)
    return Pages(call=call, items=lambda page: page.verdicts)
