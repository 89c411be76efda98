"""Contradictions: two patterns for one situation of which at most one can be right."""

from dataclasses import replace

from acumen.bank.consolidating.guards import Guard
from acumen.bank.consolidating.pairing import Pairing
from acumen.bank.consolidating.step import Change, Evidence, Kind, Step
from acumen.bank.pattern import Pattern, State

OPPOSING = frozenset({Guard.NEGATION, Guard.OPPOSITE})


def contradict(pairing: Pairing, i: int, j: int) -> bool:
    """Whether two patterns that are likely the same differ in their polarity or in one negation or opposed word.

    A strategy and a guardrail that both say "never" agree, and are left alone.
    """
    a, b = pairing.patterns[i], pairing.patterns[j]
    if a.subject != b.subject:
        return False
    difference = pairing.difference(i, j)
    if difference is None:
        return a.polarity != b.polarity and not pairing.is_negated(i)
    return difference.guard in OPPOSING


def linked(a: Pattern, b: Pattern, evidence: Evidence) -> Step | None:
    """Return the step that links two patterns and demotes the one with the lower success rate; None when it is done.

    Without a difference in their outcomes neither is demoted.
    """
    weaker = min((a, b), key=lambda p: p.statistics.success_rate)
    tied = a.statistics.success_rate == b.statistics.success_rate
    changes = tuple(
        Change(before=p, after=_linked(p, other.id, demote=p is weaker and not tied)) for p, other in ((a, b), (b, a))
    )
    if all(change.before == change.after for change in changes):
        return None
    return Step(kind=Kind.CONTRADICT, changes=changes, evidence=evidence)


def _linked(pattern: Pattern, other: str, *, demote: bool) -> Pattern:
    contradicts = tuple(dict.fromkeys((*pattern.contradicts, other)))
    return replace(pattern, contradicts=contradicts, state=State.DEMOTED if demote else pattern.state)
