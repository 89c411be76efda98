"""How two responses to one task differ, as numbers that change sign when the two are swapped."""

import re
from dataclasses import dataclass
from math import log1p, sqrt
from typing import Final

from acumen.bank.judging.constraints import constraints
from acumen.bank.judging.words import FUNCTION_WORDS, Reading, copied, repeated, root

_LISTED = re.compile(r"^\s*(?:[-*•+]|\(?\d{1,2}[.):]|[a-z][.)])\s*\S", re.M)
_REFUSES = re.compile(
    r"\b(?:as an ai|language model|i'm sorry|i am sorry|i cannot|i can't|i do not have|i don't have|unable to)\b"
)
_OPENER = re.compile(r"\s*(?:sure|certainly|absolutely|of course|yes|no|here)\b")
_BRIEF = re.compile(
    r"\b(?:brief|short|concise|one sentence|single|one word|summar|title|headline|rewrite|edit|"
    r"classify|translate|correct|name|identify|combine)"
)
_HEAD_WORDS: Final = 40
OWN: Final = (
    "length",
    "coverage",
    "echo",
    "head_coverage",
    "head_echo",
    "listed",
    "sentence_length",
    "repeated",
    "copied",
    "refuses",
    "opener",
    "questions",
    "figures",
    "kept",
)
CONTEXTS: Final = ("agreement", "shorter", "gap", "task_length", "brief")
CROSSED: Final = ("length",)
NAMES: Final = (*OWN, *(f"{own} x {context}" for own in CROSSED for context in CONTEXTS))


@dataclass(frozen=True, slots=True)
class Centres:
    """Typical values of the contexts, so that a weight of a crossed feature speaks of a departure from the usual."""

    agreement: float = 0.2
    shorter: float = 3.5
    gap: float = 0.7
    task_length: float = 3.2
    brief: float = 0.2


def contrast(first: Reading, second: Reading, task: Reading) -> tuple[float, ...]:
    """Return the differences in the order of `NAMES`; swapping the responses negates each exactly.

    A crossed feature is a difference times a context that is the same for both orders: how far the two agree in what
    the task had not said, how long the shorter is, how far they differ in length, how long the task is, whether it
    asks to be brief.
    """
    a, b = own(first, task), own(second, task)
    plain = tuple(x - y for x, y in zip(a, b, strict=True))
    around = contexts(first, second, task)
    by_name = dict(zip(OWN, plain, strict=True))
    return (*plain, *(by_name[name] * value for name in CROSSED for value in around))


def contexts(first: Reading, second: Reading, task: Reading) -> tuple[float, ...]:
    """Return the contexts in the order of `CONTEXTS`, each less its typical value."""
    a, b = first.stems - task.stems, second.stems - task.stems
    agree = len(a & b) / sqrt(max(1, len(a)) * max(1, len(b)))
    lengths = sorted((log1p(len(first.words)), log1p(len(second.words))))
    usual = Centres()
    return (
        agree - usual.agreement,
        lengths[0] - usual.shorter,
        lengths[1] - lengths[0] - usual.gap,
        log1p(len(task.words)) - usual.task_length,
        float(bool(_BRIEF.search(task.lower))) - usual.brief,
    )


def own(response: Reading, task: Reading) -> tuple[float, ...]:
    """Return what a response is by itself, against its task, in the order of `OWN`."""
    words = response.words
    roots = [root(w) for w in words if w not in FUNCTION_WORDS]
    head = [root(w) for w in words[:_HEAD_WORDS] if w not in FUNCTION_WORDS]
    stems = task.stems
    return (
        log1p(len(words)),
        len(response.stems & stems) / max(1, len(stems)),
        sum(r in stems for r in roots) / max(1, len(roots)),
        len(set(head) & stems) / max(1, min(len(stems), 10)),
        sum(r in stems for r in head) / max(1, len(head)),
        log1p(len(_LISTED.findall(response.text))),
        log1p(len(words) / max(1, len(response.sentences))),
        repeated(words),
        copied(words, task.words),
        float(bool(_REFUSES.search(response.lower[:300]))),
        float(bool(_OPENER.match(response.lower))),
        log1p(response.text.count("?")),
        log1p(sum(c.isdigit() for c in response.text)),
        sum(e.effect for e in constraints(response, task)),
    )
