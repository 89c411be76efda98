"""From evidence to a criterion's score, confidence and rationale, each recomputable from the evidence shown."""

from collections.abc import Sequence
from typing import Final

from acumen.bank.verdict import CriterionScore, Evidence

HARD: Final = frozenset(
    [
        "exit_code",
        "tests",
        "build",
        "crash",
        "count",
        "arithmetic",
        "percentage",
        "reference_same",
        "reference_found",
        "reference_differs",
        "reference_overlap",
        "items",
        "include",
        "exclude",
        "start",
        "end",
        "language",
        "error",
        "loop",
    ]
)  # what was executed, counted or compared; also all kinds that begin with `limit_` or `format_`
RELIABILITY: Final = {
    "words_good": 0.3,
    "words_bad": 0.3,
    "off_topic": 0.9,
    "coverage": 0.5,
    "similarity": 0.5,
    "readable": 0.15,
    "no_waste": 0.15,
}
_HARD_RELIABILITY, _OTHER_RELIABILITY = 0.9, 0.4


def is_hard(kind: str) -> bool:
    """Tell whether evidence of a kind was executed, counted or compared, rather than read out of words."""
    return kind in HARD or kind.startswith(("limit_", "format_"))


def weigh(name: str, weight: float, evidence: Sequence[Evidence]) -> CriterionScore:
    """Return the score 0.5 + the sum of effects, clipped to 0.02..0.98; without evidence 0.5 at confidence 0.

    Confidence is one minus the product of the kinds' unreliabilities; evidence without an effect does not count.
    """
    counted = tuple(e for e in evidence if e.effect)
    if not counted:
        return CriterionScore(name=name, weight=weight, score=0.5, confidence=0.0, rationale="no evidence found")
    score = min(0.98, max(0.02, 0.5 + sum(e.effect for e in counted)))
    return CriterionScore(
        name=name,
        weight=weight,
        score=score,
        confidence=_confidence(counted),
        rationale=_told(counted),
        evidence=counted,
    )


def _confidence(evidence: Sequence[Evidence]) -> float:
    doubt = 1.0
    for kind in sorted({e.kind for e in evidence}):
        doubt *= 1 - (_HARD_RELIABILITY if is_hard(kind) else RELIABILITY.get(kind, _OTHER_RELIABILITY))
    return 1 - doubt


def _told(evidence: Sequence[Evidence]) -> str:
    parts = (f'{e.kind} "{e.quote}" {e.effect:+.2f}' + (f" at step {e.step}" if e.step >= 0 else "") for e in evidence)
    return "; ".join(parts)
