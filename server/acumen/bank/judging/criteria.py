"""The criteria by which a response can be judged, under the names callers use for them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

from acumen.bank.judging.constraints import constraints
from acumen.bank.judging.figures import figures
from acumen.bank.judging.manner import clarity, efficiency, safety
from acumen.bank.judging.matter import Similarity, agreement, completeness, grounding, relevance
from acumen.bank.judging.outcomes import outcomes
from acumen.bank.judging.process import process, waste
from acumen.bank.judging.steps import Act
from acumen.bank.judging.words import Reading, lowered
from acumen.bank.pattern import Pattern
from acumen.bank.verdict import Evidence
from acumen.errors import InvalidInput, Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that a criterion may look at."""

    response: Reading
    task: Reading
    reference: str = ""
    patterns: Sequence[Pattern] = ()
    acts: Sequence[Act] = ()
    similarity: Similarity | None = None


def _correctness(case: Case) -> tuple[Evidence, ...]:
    observed = [e for act in case.acts[-3:] if act.observation for e in _observed(act)]
    found = (
        *(observed or outcomes(case.response.text, case.response.lower)),
        *figures(case.response.text, case.task.text),
        *(agreement(case.response, case.reference, case.similarity) if case.reference else ()),
    )
    return _strongest(found)


def _observed(act: Act) -> tuple[Evidence, ...]:
    found = outcomes(act.observation[-20_000:], lowered(act.observation[-20_000:]), act.step)
    return tuple(e for e in found if not e.kind.startswith("words_"))


def _strongest(found: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Evidence outranks words: mere words are left out where anything was executed, counted, computed or compared."""
    firm = tuple(e for e in found if not e.kind.startswith("words_"))
    return firm or tuple(found)


CRITERIA: Final[dict[str, Callable[[Case], tuple[Evidence, ...]]]] = {
    "clarity": lambda case: clarity(case.response),
    "completeness": lambda case: completeness(case.response, case.task),
    "constraints": lambda case: constraints(case.response, case.task),
    "correctness": _correctness,
    "efficiency": lambda case: (*efficiency(case.response), *waste(case.acts)),
    "grounding": lambda case: grounding(case.response, case.task, case.patterns),
    "process": lambda case: process(case.acts),
    "relevance": lambda case: relevance(case.response, case.task, case.similarity),
    "safety": lambda case: safety(case.response),
}
ALIASES: Final = {
    "accuracy": "correctness",
    "accurate": "correctness",
    "correct": "correctness",
    "success": "correctness",
    "validity": "correctness",
    "factuality": "correctness",
    "truthfulness": "correctness",
    "quality": "correctness",
    "complete": "completeness",
    "coverage": "completeness",
    "thoroughness": "completeness",
    "constraint_following": "constraints",
    "constraint": "constraints",
    "instruction_following": "constraints",
    "format": "constraints",
    "readability": "clarity",
    "coherence": "clarity",
    "conciseness": "efficiency",
    "brevity": "efficiency",
    "performance": "efficiency",
    "groundedness": "grounding",
    "faithfulness": "grounding",
    "relevancy": "relevance",
    "helpfulness": "relevance",
    "security": "safety",
    "harmlessness": "safety",
    "reasoning": "process",
}


def normalised(criteria: Mapping[str, float]) -> dict[str, float]:
    """Return the weights by the criteria's own names, sorted, those of aliases added up; none means all, equally.

    Raises `InvalidInput` naming each field that is unknown, negative or not finite, or `criteria` where all are zero.
    """
    if not criteria:
        return dict.fromkeys(CRITERIA, 1.0)
    wrong = [v for name in sorted(criteria) for v in _violations(name, criteria[name])]
    if not wrong and not any(criteria.values()):
        wrong = [Violation(field="criteria", description="all weights are zero")]
    if wrong:
        raise InvalidInput(wrong)
    weights: dict[str, float] = {}
    for name in sorted(criteria):
        known = canonical(name)
        weights[known] = weights.get(known, 0.0) + criteria[name]
    return dict(sorted(weights.items()))


def canonical(name: str) -> str:
    """Return the criterion that a name or alias stands for, in any case and with any separator; else the plain name."""
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    return ALIASES.get(plain, plain)


def _violations(name: str, weight: float) -> list[Violation]:
    field = f'criteria["{name}"]'
    if canonical(name) not in CRITERIA:
        return [Violation(field=field, description=f"no such criterion; there are {', '.join(CRITERIA)}")]
    if not isfinite(weight) or weight < 0:
        return [Violation(field=field, description=f"the weight is {weight}; it must be a finite number of at least 0")]
    return []
