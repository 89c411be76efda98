"""Where a trajectory broke: the failures found in its steps, the gravest first."""

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from acumen.bank.judging.signals import refuses, unconfirmed
from acumen.bank.judging.steps import Act, Role, signature
from acumen.bank.trajectory import parsed
from acumen.bank.verdict import Evidence

GRAVE: Final = 0.3  # from here on a fault is named whatever the probability of success
_UNHAPPY = re.compile(
    r"\b(?:that(?:'s| is) (?:not|wrong)|not what i|you (?:didn't|did not|forgot|missed)|wrong|"
    r"incorrect|mistake|still (?:not|doesn't|does not)|"
    r"unacceptable|disappointed|didn't work|doesn't work|does not work)\b",
    re.I,
)
_CALLS: Final = (Role.READ, Role.WRITE, Role.HAND, Role.FINISH)
_INVENTED_MIN: Final = 4  # characters; shorter values are options and counts, not things that must have been seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Evidence that a step went wrong, and the agent whose step it was."""

    agent: str
    evidence: Evidence

    @property
    def gravity(self) -> float:
        """How much it counts against success, 0 to 1."""
        return -self.evidence.effect


def faults(acts: Sequence[Act]) -> tuple[Fault, ...]:
    """Return every fault found, the gravest first, of equal ones the earliest."""
    found = [
        *_errors(acts),
        *_loops(acts),
        *_invented(acts),
        *_complaints(acts),
        *_unasked(acts),
        *_unended(acts),
        *_refusals(acts),
    ]
    order = sorted(range(len(found)), key=lambda i: (-found[i].gravity, found[i].evidence.step, i))
    return tuple(found[i] for i in order)


def _fault(act: Act, kind: str, quote: str, effect: float) -> Fault:
    return Fault(agent=act.agent, evidence=Evidence(kind=kind, quote=quote[:160], step=act.step, effect=effect))


def _errors(acts: Sequence[Act]) -> list[Fault]:
    """A failed act; grave if no later act of its name succeeded, graver still if it ends the trajectory."""
    later = {a.name: i for i, a in enumerate(acts) if a.role in _CALLS and not a.failed}
    wrong = Counter(a.name for a in acts if a.failed)
    found, seen = [], set()
    for index, act in enumerate(acts):
        if not act.failed or act.role is Role.USER:
            continue
        recovered = later.get(act.name, -1) > index
        effect = -0.1 if recovered else -0.5 if act.name in seen else -0.55 - 0.01 * min(wrong[act.name], 5)
        seen.add(act.name)
        found.append(_fault(act, "recovered_error" if recovered else "error", act.quote, effect))
    return found


def _loops(acts: Sequence[Act]) -> list[Fault]:
    """The same act with the same arguments again, with the same answer, although nothing was written since."""
    found: list[Fault] = []
    seen: dict[str, tuple[str, int]] = {}
    for act in acts:
        if act.role is Role.WRITE and not act.failed:
            seen = {k: v for k, v in seen.items() if k == signature(act)}
        if act.role not in _CALLS:
            continue
        key = signature(act)
        before, times = seen.get(key, ("", 0))
        same = times > 0 and before == act.observation
        seen[key] = (act.observation, times + 1 if same or not times else 1)
        if same:
            found.append(
                _fault(
                    act,
                    "loop" if times >= 2 else "repeated_call",
                    key,
                    -0.6 if times == 2 else -0.12 if times < 2 else -0.3,
                )
            )
    return _first_of_loop(found)


def _first_of_loop(found: list[Fault]) -> list[Fault]:
    """Move the blame of a loop to its first repetition, where it began."""
    grave = {f.evidence.quote for f in found if f.evidence.kind == "loop"}
    kept, begun = [], set()
    for fault in found:
        key = fault.evidence.quote
        if key in grave:
            if key in begun:
                continue
            begun.add(key)
            evidence = Evidence(kind="loop", quote=key, step=fault.evidence.step, effect=-0.6)
            fault = Fault(agent=fault.agent, evidence=evidence)
        kept.append(fault)
    return kept


def _invented(acts: Sequence[Act]) -> list[Fault]:
    """A write whose identifier-like argument had been neither said nor observed before."""
    found = []
    heard: list[str] = []
    for act in acts:
        if act.role is Role.WRITE and heard and not act.failed:
            known = "\n".join(heard).lower()
            strange = [v for v in _identifiers(act.arguments) if v.lower() not in known]
            if strange:
                found.append(_fault(act, "invented_argument", strange[0], -0.32))
        heard.extend(t for t in (act.text, act.observation) if t)
        if act.role is Role.WRITE:
            heard.append(act.arguments)
    return found


def _identifiers(arguments: str) -> list[str]:
    """Return the values that look like ids and codes: letters with a digit, no space; they must come from somewhere."""
    values, found = list(parsed(arguments).values()), []
    while values:
        value = values.pop(0)
        if isinstance(value, dict):
            values.extend(value.values())
        elif isinstance(value, list):
            values.extend(value)
        elif (
            isinstance(value, str)
            and len(value) >= _INVENTED_MIN
            and " " not in value
            and any(c.isdigit() for c in value)
        ):
            found.append(value)
    return [v for v in found if re.fullmatch(r"[A-Za-z]+[_-]?\w*\d\w*|\d+[A-Za-z]\w*", v)]


def _complaints(acts: Sequence[Act]) -> list[Fault]:
    """A user who says that the step before was wrong."""
    found = []
    for before, act in itertools.pairwise(acts):
        unhappy = _UNHAPPY.search(act.text) if act.role is Role.USER else None
        if unhappy and before.role is not Role.USER:
            found.append(_fault(before, "complaint", unhappy[0], -0.25))
    return found


def _unasked(acts: Sequence[Act]) -> list[Fault]:
    return [_fault(act, "unconfirmed_write", act.name, -0.2) for act in unconfirmed(acts)]


def _unended(acts: Sequence[Act]) -> list[Fault]:
    """A trajectory that stops in the middle: its last act neither answers, nor speaks, nor hands over, nor writes."""
    if acts and acts[-1].role in (Role.READ, Role.THINK):
        return [_fault(acts[-1], "no_answer", acts[-1].name or acts[-1].text[:80], -0.35)]
    return []


def _refusals(acts: Sequence[Act]) -> list[Fault]:
    last = next((a for a in reversed(acts) if a.role is Role.SAY), None)
    words = refuses(last.text) if last else ""
    return [_fault(last, "refusal", words, -0.1)] if last and words else []
