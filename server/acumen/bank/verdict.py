"""A verdict: a score by criteria, each with the evidence it rests on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A fact found in what was judged, which anyone can look up again.

    `kind` is a stable name such as `exit_code`, `tests`, `reference`, `repetition`; `quote` is verbatim; `step` is the
    trajectory's step it was found in, -1 for a response; `effect` is what it adds to the criterion's score, -1 to 1.
    """

    kind: str
    quote: str = ""
    step: int = -1
    effect: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionScore:
    """One criterion: score and confidence from 0 to 1; without evidence the confidence is 0 and it counts nothing."""

    name: str
    weight: float
    score: float
    confidence: float
    rationale: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A judged response: `score` is the probability that it is good, `confidence` how much evidence there was."""

    score: float
    confidence: float
    rationale: str
    criteria: tuple[CriterionScore, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """A judged pair: `p_first` is the probability that the first response is the better one."""

    p_first: float
    rationale: str
    criteria: tuple[CriterionScore, ...] = ()  # scores are first minus second, mapped to 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """A judged trajectory: probability of success, and where it broke if it did (`step` -1: nowhere found)."""

    p_success: float
    confidence: float
    rationale: str
    step: int = -1
    agent: str = ""
    evidence: tuple[Evidence, ...] = ()
    criteria: tuple[CriterionScore, ...] = ()
