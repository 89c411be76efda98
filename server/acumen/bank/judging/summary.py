"""What a bank keeps of a judged attempt, so that a later attempt at the same task can be held against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from acumen.bank.judging.signals import answer_text
from acumen.bank.judging.steps import Act, Role, acts, signature
from acumen.bank.trajectory import Outcome, Trajectory

MOST_EFFECTS: Final = 256
DIGEST_BYTES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """An attempt by what it changed: digests of its effects, the names of its acts, its outcome.

    An effect is a successful write with its arguments, a hand-over, or the stated answer; `effects` are their sorted
    digests without repetition (16 hexadecimal digits each), `names` the names of the acting steps in order.
    """

    effects: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    outcome: Outcome = Outcome.UNKNOWN


def summarise(trajectory: Trajectory) -> Summary:
    """Return the summary of a trajectory; at most `MOST_EFFECTS` effects and names are kept."""
    found = acts(trajectory)
    names = [a.name for a in found if a.name and a.role not in (Role.SAY, Role.THINK)]
    digests = sorted({digest(text) for text in effects(found)})
    return Summary(effects=tuple(digests[:MOST_EFFECTS]), names=tuple(names[:MOST_EFFECTS]), outcome=trajectory.outcome)


def effects(found: Sequence[Act]) -> list[str]:
    """Return the texts that say what an attempt changed or answered, in order."""
    return [text for act in found if (text := effect(act))]


def effect(act: Act) -> str:
    """Return what one act changed or answered; empty where it did neither."""
    if act.role is Role.WRITE and not act.failed:
        return signature(act)
    if act.role is Role.HAND and not act.failed:
        return act.name.lower()
    if act.role is Role.FINISH:
        return "answer " + " ".join(answer_text(act).lower().split())
    return ""


def digest(text: str) -> str:
    """Return the fixed digest of an effect."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).hexdigest()


def agreement(first: Summary, second: Summary) -> float:
    """Return the share of all effects of two attempts that both have (Jaccard); two that changed nothing agree."""
    a, b = frozenset(first.effects), frozenset(second.effects)
    return len(a & b) / len(a | b) if a or b else 1.0
