"""JUDGE as the service offers it: the judging functions, fed from a namespace, their values as messages."""

from collections.abc import Callable, Sequence
from itertools import islice

from acumen.bank.convert import trajectory
from acumen.bank.judging.pair import judge_pair
from acumen.bank.judging.response import judge
from acumen.bank.judging.summary import Summary
from acumen.bank.judging.trajectory import judge_trajectory
from acumen.bank.keeping import summary, task_key
from acumen.bank.namespace import Namespace
from acumen.bank.pattern import Pattern
from acumen.bank.trajectory import Outcome, Trajectory
from acumen.bank.verdict import CriterionScore, Evidence
from acumen.neural.rounding import significant
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1 import verdict_pb2
from acumen.text.embedder import Embedder

TASK_CHARACTERS = 256
MOST_ATTEMPTS = 16

Similarity = Callable[[str, str], float]


def similarity_of(embedder: Embedder) -> Similarity:
    """Return the cosine of two texts, from 0; a text without known words is like nothing."""

    def similarity(first: str, second: str) -> float:
        vectors = embedder.embed([first, second])
        return max(0.0, float(vectors[0] @ vectors[1]))

    return similarity


def of_response(request: pb.JudgeRequest, grounding: list[Pattern], similarity: Similarity) -> verdict_pb2.Verdict:
    """Judge a response; raises `InvalidInput` for unknown criteria and impossible weights."""
    verdict = judge(
        request.response,
        request.task,
        reference=request.reference,
        criteria=dict(request.criteria),
        grounding=grounding,
        trajectory=trajectory(request.trajectory) if request.HasField("trajectory") else None,
        similarity=similarity,
    )
    return verdict_pb2.Verdict(
        kind=verdict_pb2.VERDICT_KIND_RESPONSE,
        task=request.task[:TASK_CHARACTERS],
        subject=request.subject,
        score=significant(verdict.score),
        confidence=significant(verdict.confidence),
        rationale=verdict.rationale,
        criteria=_criteria(verdict.criteria),
    )


def of_pair(request: pb.JudgePairRequest, similarity: Similarity) -> verdict_pb2.Verdict:
    """Judge a pair; raises as `of_response`."""
    preference = judge_pair(
        request.first,
        request.second,
        request.task,
        reference=request.reference,
        criteria=dict(request.criteria),
        similarity=similarity,
    )
    return verdict_pb2.Verdict(
        kind=verdict_pb2.VERDICT_KIND_PAIR,
        task=request.task[:TASK_CHARACTERS],
        subject=request.subject,
        score=significant(preference.p_first),
        confidence=significant(abs(2 * preference.p_first - 1)),
        rationale=preference.rationale,
        criteria=_criteria(preference.criteria),
    )


def of_trajectory(judged: Trajectory, known: Sequence[Summary]) -> tuple[verdict_pb2.Verdict, int]:
    """Judge a trajectory beside known attempts at the same task; return how many those were."""
    neighbours = [(one, one.outcome, 1.0) for one in known]
    found = judge_trajectory(judged, neighbours=neighbours)
    verdict = verdict_pb2.Verdict(
        kind=verdict_pb2.VERDICT_KIND_TRAJECTORY,
        task=judged.task[:TASK_CHARACTERS],
        subject=judged.subject,
        trajectory_id=judged.id,
        score=significant(found.p_success),
        confidence=significant(found.confidence),
        rationale=found.rationale,
        criteria=_criteria(found.criteria),
        evidence=[_evidence(one) for one in found.evidence],
    )
    if found.step >= 0:
        verdict.breakage.CopyFrom(verdict_pb2.Breakage(step=found.step, agent=found.agent))
    return verdict, len(neighbours)


def attempts(judged: Trajectory, namespace: Namespace) -> list[Summary]:
    """Return the newest attempts at the same task whose outcome is known, this one aside."""
    ids = reversed(namespace.attempts.get(task_key(judged), []))
    others = (namespace.trajectories[i] for i in ids if i != judged.id)
    known = (summary(one) for one in others if one.outcome != int(Outcome.UNKNOWN))
    return list(islice(known, MOST_ATTEMPTS))


def _criteria(values: Sequence[CriterionScore]) -> list[verdict_pb2.CriterionScore]:
    total = sum(one.weight for one in values)
    return [_criterion(one, total) for one in values]


def _criterion(value: CriterionScore, total: float) -> verdict_pb2.CriterionScore:
    return verdict_pb2.CriterionScore(
        name=value.name,
        weight=significant(value.weight / total),
        score=significant(value.score),
        confidence=significant(value.confidence),
        rationale=value.rationale,
        evidence=[_evidence(one) for one in value.evidence],
    )


def _evidence(value: Evidence) -> verdict_pb2.Evidence:
    message = verdict_pb2.Evidence(kind=value.kind, quote=value.quote, effect=significant(value.effect))
    if value.step >= 0:
        message.step = value.step
    return message
