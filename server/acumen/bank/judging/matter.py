"""What a response is about: the task, its parts, a reference, the patterns that were retrieved."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from acumen.bank.judging.words import ASKING_WORDS, Reading, content, quote, read, share, words_of
from acumen.bank.pattern import Pattern, Polarity
from acumen.bank.verdict import Evidence

Similarity = Callable[[str, str], float]
MOST_PARTS: Final = 12
OFF_TOPIC_SHARE: Final = 0.1  # of the task's content; a longer response that takes up less answers something else
OFF_TOPIC_WORDS: Final = 12
_PART = re.compile(
    r"(?<=[.!?;])\s+|\n+|,? and (?:then |also |finally )?(?=[a-z]+ )|, then |\bas well as\b|"
    r", (?=[a-z]+ (?:the|a|an|your|its|all|how|why|what)\b)"
)
_LISTED = re.compile(r"^\s*(?:[-*•]|\(?(?:\d{1,2}|[a-z])[.):])\s+(\S.*)$", re.M | re.I)
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_PUNCTUATION = re.compile(r"[^\w\s%.-]|\.(?!\d)")


def relevance(response: Reading, task: Reading, similarity: Similarity | None = None) -> tuple[Evidence, ...]:
    """Return how much of the task's content comes back in the response; by meaning too where `similarity` is given."""
    if not response.words or not task.stems:
        return ()
    reach = share(response.stems, task.stems)
    if reach < OFF_TOPIC_SHARE and len(response.words) >= OFF_TOPIC_WORDS and similarity is None:
        return (Evidence(kind="off_topic", quote=quote(response.text, 0, 120), effect=-0.45),)
    found = [Evidence(kind="coverage", quote=_shared(response, task), effect=0.9 * (min(1.0, reach * 1.6) - 0.5))]
    if similarity is not None:
        found.append(
            Evidence(
                kind="similarity",
                quote=quote(response.text, 0, 120),
                effect=0.9 * (similarity(response.text, task.text) - 0.5),
            )
        )
    return tuple(Evidence(kind=e.kind, quote=e.quote, effect=e.effect / len(found)) for e in found)


def _shared(response: Reading, task: Reading) -> str:
    """Return the response's first sentence that has a word of the task; empty where none has."""
    for sentence in response.sentences[:20]:
        if content(words_of(sentence)) & task.stems:
            return quote(sentence, 0, 120)
    return ""


def completeness(response: Reading, task: Reading) -> tuple[Evidence, ...]:
    """Return one piece of evidence for each part of the task: taken up by the response, or not.

    A task of a single part says nothing about completeness by that, unless nothing of it is taken up.
    """
    if not response.words:
        return ()
    wanted = parts(task.text)
    covered = [share(response.stems, stems) >= 0.34 for _, stems in wanted]
    found = [
        Evidence(
            kind="part" if c else "part_missing", quote=quote(text, 0, 120), effect=(0.45 if c else -0.45) / len(wanted)
        )
        for (text, _), c in zip(wanted, covered, strict=True)
    ]
    if len(wanted) < 2 and all(covered):
        found = []
    return (*found, *_unfinished(response))


def parts(task: str) -> list[tuple[str, frozenset[str]]]:
    """Return the parts of a task with the stems they are known by: its list if it has one, else its clauses."""
    listed = [m[1] for m in _LISTED.finditer(task)]
    pieces = listed if len(listed) > 1 else _PART.split(task[:4000])
    known = [(piece.strip(), content(words_of(piece)) - ASKING_WORDS) for piece in pieces if piece]
    return [(text, stems) for text, stems in known if len(stems) >= (1 if len(listed) > 1 else 2)][:MOST_PARTS]


def _unfinished(response: Reading) -> tuple[Evidence, ...]:
    end = response.text.rstrip()
    cut_off = (len(response.words) > 30 and end[-1:] in ",;:(") or end.endswith(("…", " and", " the", " to", " of"))
    return (Evidence(kind="unfinished", quote=end[-60:], effect=-0.25),) if cut_off else ()


def agreement(response: Reading, reference: str, similarity: Similarity | None = None) -> tuple[Evidence, ...]:
    """Return how far a response agrees with a reference: equal, containing it, the same last number, shared words."""
    known = read(reference)
    if not known.words or not response.words:
        return ()
    ours, theirs = _plain(response.lower), _plain(known.lower)
    if ours == theirs:
        return (Evidence(kind="reference_same", quote=quote(response.text, 0, 120), effect=0.48),)
    short = len(known.words) <= 12
    if short and f" {theirs} " in f" {ours} ":
        start = max(response.lower.find(known.lower.strip()), 0)
        return (
            Evidence(kind="reference_found", quote=quote(response.text, start, start + len(reference)), effect=0.3),
        )
    if short and _NUMBER.fullmatch(known.text.strip()):
        return _same_number(response, known)
    return (_overlap(response, known, similarity),)


def _plain(lower: str) -> str:
    return " ".join(w for w in _PUNCTUATION.sub(" ", lower).split() if w not in ("a", "an", "the"))


def _same_number(response: Reading, known: Reading) -> tuple[Evidence, ...]:
    stated = _NUMBER.findall(response.text)
    if not stated:
        return (Evidence(kind="reference_differs", quote=quote(response.text, 0, 120), effect=-0.35),)
    same = float(stated[-1].replace(",", "")) == float(known.text.strip().replace(",", ""))
    return (
        Evidence(
            kind="reference_same" if same else "reference_differs", quote=stated[-1], effect=0.45 if same else -0.45
        ),
    )


def _overlap(response: Reading, known: Reading, similarity: Similarity | None) -> Evidence:
    """F1 of content stems (Rajpurkar et al., 2016), averaged with the similarity where there is one."""
    both = len(response.stems & known.stems)
    f1 = 2 * both / max(1, len(response.stems) + len(known.stems))
    alike = f1 if similarity is None else (f1 + similarity(response.text, known.text)) / 2
    effect = max(-0.42, min(0.42, 1.6 * (alike - 0.3)))
    return Evidence(kind="reference_overlap", quote=quote(response.text, 0, 120), effect=effect)


def grounding(response: Reading, task: Reading, patterns: Sequence[Pattern]) -> tuple[Evidence, ...]:
    """Return how far a response takes up each retrieved pattern, by the words that the task had not given it.

    What a guardrail's steps name is what went wrong before: repeating them counts against the response.
    """
    found = []
    for pattern in patterns:
        stems = content(words_of(f"{pattern.content} {' '.join(pattern.actions)}".replace("_", " "))) - task.stems
        guards = pattern.polarity is Polarity.GUARDRAIL
        if guards:
            stems = content(words_of(" ".join(pattern.actions).replace("_", " "))) - task.stems
        if len(stems) < 2:
            continue
        taken = min(1.0, 2 * share(response.stems, stems))
        effect = -0.4 * taken if guards else 0.8 * (taken - 0.5)
        if effect:
            found.append(
                Evidence(
                    kind="guardrail" if guards else "pattern",
                    quote=quote(pattern.title or pattern.content, 0, 120),
                    effect=effect,
                )
            )
    return tuple(Evidence(kind=e.kind, quote=e.quote, effect=e.effect / len(found)) for e in found)
