"""How the work went: loops, repeated errors, backtracking, wasted calls."""

from collections.abc import Sequence

from acumen.bank.judging.blame import faults
from acumen.bank.judging.steps import Act, Role
from acumen.bank.verdict import Evidence

_OF_PROCESS = ("error", "recovered_error", "loop", "repeated_call", "no_answer")


def process(acts: Sequence[Act]) -> tuple[Evidence, ...]:
    """Return the faults of the way of working; a way without any, of three calls or more, counts for it."""
    calls = [a for a in acts if a.role in (Role.READ, Role.WRITE, Role.HAND, Role.FINISH)]
    found = [f.evidence for f in faults(acts) if f.evidence.kind in _OF_PROCESS]
    found += _backtracking(calls)
    if not found and len(calls) >= 3:
        return (Evidence(kind="straight", quote=calls[-1].name, step=calls[-1].step, effect=0.3),)
    return tuple(found[:8])


def _backtracking(calls: Sequence[Act]) -> list[Evidence]:
    """An act that returns to what the act before last had done: A, B, A, B."""
    found = []
    for i in range(3, len(calls)):
        a, b, c, d = (calls[j] for j in range(i - 3, i + 1))
        if (
            (a.name, a.arguments) == (c.name, c.arguments)
            and (b.name, b.arguments) == (d.name, d.arguments)
            and a.arguments != b.arguments
        ):
            found.append(
                Evidence(kind="backtracking", quote=f"{d.name} {d.arguments}".strip()[:160], step=d.step, effect=-0.15)
            )
    return found[:2]


def waste(acts: Sequence[Act]) -> tuple[Evidence, ...]:
    """Return the calls that could have been spared: exact repetitions whose answer was known."""
    spared = ("repeated_call", "loop")
    return tuple(f.evidence for f in faults(acts) if f.evidence.kind in spared)[:8]
