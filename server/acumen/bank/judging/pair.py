"""JUDGE two responses to one task: which is the better one, and how surely."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from acumen.bank.judging.contrast import NAMES, contrast
from acumen.bank.judging.criteria import CRITERIA, Case, normalised
from acumen.bank.judging.matter import Similarity
from acumen.bank.judging.shipped import SHIPPED, Weights, logit, sigmoid
from acumen.bank.judging.weighing import is_hard, weigh
from acumen.bank.judging.words import read
from acumen.bank.verdict import CriterionScore, Preference

ALL_CRITERIA: Final[Mapping[str, float]] = MappingProxyType({})
_TOLD = 4  # of the differences, the largest


def judge_pair(
    first: str,
    second: str,
    task: str,
    *,
    reference: str = "",
    criteria: Mapping[str, float] = ALL_CRITERIA,
    similarity: Similarity | None = None,
    weights: Weights = SHIPPED,
) -> Preference:
    """Return the probability that the first response is the better one; swapped, exactly one minus it.

    The differences of the two texts are weighed by fitted weights. Hard evidence (a test, an exit code, a reference, a
    recomputed number) adds the difference of its criterion's log-odds; with `criteria` of the caller's so does all
    other evidence. Raises `InvalidInput` as `judge` does.
    """
    wanted = normalised(criteria)
    a, b, asked = read(first), read(second), read(task)
    pairs = [
        tuple(
            weigh(
                name, weight, CRITERIA[name](Case(response=r, task=asked, reference=reference, similarity=similarity))
            )
            for r in (a, b)
        )
        for name, weight in wanted.items()
        if weight > 0
    ]
    differences = contrast(a, b, asked)
    text = weights.pair(differences)
    p = _antisymmetric(text + _evidence(pairs, bool(criteria), weights))
    return Preference(
        p_first=p,
        rationale=_rationale(p, weights.pair.parts(differences), pairs),
        criteria=tuple(_contrasted(x, y) for x, y in pairs),
    )


def _antisymmetric(x: float) -> float:
    """Return the probability of a log-odds so that that of `-x` is exactly one minus it."""
    return sigmoid(x) if x >= 0 else 1 - sigmoid(-x)


def _evidence(pairs: Sequence[tuple[CriterionScore, ...]], chosen: bool, weights: Weights) -> float:
    """Return the weighted difference of the criteria's log-odds."""
    mean = sum(x.weight for x, _ in pairs) / len(pairs)
    total = 0.0
    for x, y in pairs:
        hard = any(is_hard(e.kind) for e in (*x.evidence, *y.evidence))
        counted = hard and (
            chosen or x.name == "correctness"
        )  # the rest of it the differences of the texts hold already
        slope = weights.hard_slope if counted else weights.soft_slope_high if chosen else 0.0
        total += x.weight / mean * slope * (x.confidence * logit(x.score) - y.confidence * logit(y.score))
    return total


def _contrasted(x: CriterionScore, y: CriterionScore) -> CriterionScore:
    told = f"first: {x.rationale}; second: {y.rationale}"
    score = 0.5 + (x.score - y.score) / 2
    return CriterionScore(
        name=x.name,
        weight=x.weight,
        score=score,
        confidence=max(x.confidence, y.confidence),
        rationale=told,
        evidence=(*x.evidence, *y.evidence),
    )


def _rationale(p: float, parts: Mapping[str, float], pairs: Sequence[tuple[CriterionScore, ...]]) -> str:
    """Return the largest differences with what each adds to the log-odds, then the criteria in which the two differ."""
    largest = sorted((name for name in NAMES if parts[name]), key=lambda name: (-abs(parts[name]), name))[:_TOLD]
    differ = [f"{x.name} {x.score:.2f} against {y.score:.2f}" for x, y in pairs if x.score != y.score]
    found = [f"{name} {parts[name]:+.2f}" for name in largest] + differ
    return f"first is better with probability {p:.3f}: " + ("; ".join(found) if found else "no difference found")
