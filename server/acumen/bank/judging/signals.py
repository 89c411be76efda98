"""What in a trajectory speaks for or against success: a few numbers, each with a reason to matter."""

import re
from collections.abc import Sequence
from math import log1p
from typing import Final

from acumen.bank.judging.steps import Act, Role, signature
from acumen.bank.trajectory import parsed

_REFUSAL = re.compile(
    r"\b(?:unfortunately|cannot|can't|can\u2019t|unable|not able|not eligible|not possible|"
    r"not allowed|not permitted|sorry|non-refundable|"
    r"against (?:our|the) policy)\b",
    re.I,
)
_CLAIM = re.compile(
    r"\b(?:has|have|been|successfully|is now|are now)\b.{0,40}\b(?:booked|cancell?ed|updated|changed|"
    r"upgraded|processed|added|refunded|"
    r"completed|confirmed|created|sent|deleted|removed|returned|exchanged|modified|submitted|fixed|deployed)\b",
    re.I,
)
_YES = re.compile(
    r"\b(?:yes|yeah|confirm\w*|proceed|go ahead|please do|sure|okay|ok|correct|agree\w*|sounds good)\b", re.I
)
_LISTED = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s", re.M)
_NUMBER = re.compile(r"\d+")
_DEMAND = re.compile(
    r"\b(?:cheapest|fastest|lowest|highest|earliest|latest|shortest|longest|most|least|best|all|any|"
    r"every|each|both|total|sum|maximum|"
    r"minimum|only|exactly|same|rest|remaining|balance|how much|how many)\b",
    re.I,
)
_WISH = re.compile(r"\b(?:want|wants|also|then|need|would like)\b", re.I)
_WORD = re.compile(r"[^\W_]+")
DIALOGUE: Final = (
    "refusing",
    "refused_last",
    "listed",
    "payload",
    "demand",
    "wishes",
    "task_length",
    "claimed",
    "named",
    "asking",
    "unconfirmed",
    "errors",
    "repeats",
    "handed",
)
SOLO: Final = (
    "task_length",
    "errors",
    "repeats",
    "calls",
    "failed_share",
    "unfinished",
    "answer_seen",
    "answer_length",
)


def signals(acts: Sequence[Act], task: str, names: Sequence[str]) -> tuple[float, ...]:
    """Return the signals of these names; counts as log(1 + n), shares and flags 0 to 1."""
    said = [a.text for a in acts if a.role is Role.SAY]
    calls = [a for a in acts if a.role in (Role.READ, Role.WRITE, Role.HAND)]
    values = {**_talk(acts, said), **_calls(calls), **_answer(acts), "unconfirmed": float(bool(unconfirmed(acts)))}
    values["demand"] = log1p(len(_DEMAND.findall(task)))
    values["wishes"] = log1p(len(_WISH.findall(task)))
    values["task_length"] = log1p(len(task))
    return tuple(values[name] for name in names)


def _talk(acts: Sequence[Act], said: list[str]) -> dict[str, float]:
    named = (len(_NUMBER.findall(a.text)) for a in acts if a.role is Role.USER)
    end = " ".join(said[-2:])
    return {
        "refusing": sum(bool(_REFUSAL.search(m)) for m in said) / max(1, len(said)),
        "refused_last": float(bool(_REFUSAL.search(end))),
        "listed": log1p(sum(len(_LISTED.findall(m)) for m in said)),
        "claimed": float(bool(_CLAIM.search(end))),
        "named": log1p(sum(named)),
        "asking": sum("?" in m for m in said) / max(1, len(said)),
    }


def _calls(calls: list[Act]) -> dict[str, float]:
    written = [a for a in calls if a.role is Role.WRITE and not a.failed]
    return {
        "payload": log1p(sum(len(a.arguments) for a in written)),
        "errors": log1p(sum(a.failed for a in calls)),
        "failed_share": sum(a.failed for a in calls) / max(1, len(calls)),
        "repeats": log1p(len(calls) - len({signature(a) for a in calls})),
        "handed": float(any(a.role is Role.HAND for a in calls)),
        "calls": log1p(len(calls)),
    }


def _answer(acts: Sequence[Act]) -> dict[str, float]:
    """Return whether it ended at all, and whether the answer it states had been seen in an observation."""
    last = next((a for a in reversed(acts) if a.role is not Role.THINK), None)
    ended = last is not None and last.role in (Role.FINISH, Role.USER, Role.SAY, Role.HAND)
    final = next((a for a in reversed(acts) if a.role is Role.FINISH), None)
    words = _WORD.findall(answer_text(final).lower()) if final else []
    seen = " ".join(a.observation for a in acts).lower() if words else ""
    return {
        "unfinished": float(not ended),
        "answer_seen": sum(w in seen for w in words) / len(words) if words else 0.0,
        "answer_length": log1p(len(words)),
    }


def answer_text(act: Act) -> str:
    """Return the answer that a finishing act states."""
    values = [v for v in parsed(act.arguments).values() if isinstance(v, str)]
    bracketed = act.name.partition("[")[2].removesuffix("]")
    return " ".join(values) or act.arguments or bracketed or act.text


def unconfirmed(acts: Sequence[Act]) -> list[Act]:
    """Return the writes before which the user, who was there to ask, had not last said yes."""
    heard, found = "", []
    for act in acts:
        if act.role is Role.USER:
            heard = act.text
        elif act.role is Role.WRITE and not act.failed and heard and not _YES.search(heard):
            found.append(act)
    return found


def refuses(text: str) -> str:
    """Return the words in which a message refuses, verbatim; empty where it does not."""
    m = _REFUSAL.search(text)
    return m[0] if m else ""
