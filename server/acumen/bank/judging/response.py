"""JUDGE one response by the caller's criteria."""

from collections.abc import Mapping, Sequence

from acumen.bank.judging.criteria import CRITERIA, Case, normalised
from acumen.bank.judging.matter import Similarity
from acumen.bank.judging.shipped import SHIPPED, Weights, logit, sigmoid
from acumen.bank.judging.steps import acts
from acumen.bank.judging.weighing import is_hard, weigh
from acumen.bank.judging.words import read
from acumen.bank.pattern import Pattern
from acumen.bank.trajectory import Trajectory
from acumen.bank.verdict import CriterionScore, Verdict


def judge(
    response: str,
    task: str,
    *,
    reference: str = "",
    criteria: Mapping[str, float],
    grounding: Sequence[Pattern] = (),
    trajectory: Trajectory | None = None,
    similarity: Similarity | None = None,
    weights: Weights = SHIPPED,
) -> Verdict:
    """Return a verdict: each criterion's score with its evidence, and the probability that the response is good.

    The criteria's scores are averaged by weight times confidence, and the mean is calibrated (`calibrated`); only the
    weights' proportions matter. Without `criteria` all count equally. `similarity` maps two texts to 0..1.
    Raises `InvalidInput` for unknown criteria and for weights that are negative, not finite or all zero.
    """
    wanted = normalised(criteria)
    case = Case(
        response=read(response),
        task=read(task),
        reference=reference,
        patterns=grounding,
        acts=acts(trajectory) if trajectory is not None else (),
        similarity=similarity,
    )
    scores = tuple(weigh(name, weight, CRITERIA[name](case)) for name, weight in wanted.items() if weight > 0)
    return _verdict(scores, case.response.cut, weights)


def _verdict(scores: Sequence[CriterionScore], cut: bool, weights: Weights) -> Verdict:
    total = sum(s.weight for s in scores)
    mass = sum(s.weight * s.confidence for s in scores)
    confidence = mass / total
    if not mass:
        return Verdict(score=0.5, confidence=0.0, rationale="no evidence for any criterion", criteria=tuple(scores))
    mean, hard = mean_score(scores)
    p = calibrated(mean, hard, weights)
    found = "; ".join(
        f"{s.name} {s.score:.2f} (confidence {s.confidence:.2f}): {s.rationale}" for s in scores if s.confidence
    )
    none = ", ".join(s.name for s in scores if not s.confidence)
    parts = [
        f"mean {mean:.3f}, calibrated {p:.3f}",
        found,
        f"no evidence for {none}" if none else "",
        "only both ends were read" if cut else "",
    ]
    return Verdict(
        score=p, confidence=confidence, rationale="; ".join(part for part in parts if part), criteria=tuple(scores)
    )


def mean_score(scores: Sequence[CriterionScore]) -> tuple[float, float]:
    """Return the criteria's mean by weight times confidence, and which share of that mass rests on hard evidence."""
    mass = sum(s.weight * s.confidence for s in scores)
    if not mass:
        return 0.5, 0.0
    mean = sum(s.weight * s.confidence * s.score for s in scores) / mass
    hard = sum(s.weight * s.confidence for s in scores if any(is_hard(e.kind) for e in s.evidence))
    return mean, hard / mass


def calibrated(mean: float, hard: float, weights: Weights = SHIPPED) -> float:
    """Return the probability that a response of this mean is good; hard evidence is believed more than soft.

    With x = logit(mean): log-odds = (1 - hard) * slope * x + hard * hard_slope * x, where `slope` is
    `soft_slope_low` for a bad mean and `soft_slope_high` for a good one.
    """
    x = logit(mean)
    slope = weights.soft_slope_low if x < 0 else weights.soft_slope_high
    return sigmoid((1 - hard) * slope * x + hard * weights.hard_slope * x)
