"""What a task demands of the form of its answer, and whether the answer keeps to it."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Final

from acumen.bank.judging.words import Reading, quote, words_of
from acumen.bank.verdict import Evidence

KEPT, BROKEN = 0.3, -0.4
_NUMBERS: Final = {
    w: n
    for n, w in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
    )
} | {"a single": 1, "single": 1, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100, "a hundred": 100}
_N = r"(\d[\d,]*|a single|single|a hundred|" + "|".join(w for w in _NUMBERS if " " not in w and w != "single") + ")"
_AMOUNT = re.compile(
    rf"\b(at most|no more than|not more than|under|less than|fewer than|maximum(?: of)?|max|up to|"
    rf"within|limit(?:ed)?(?: \w+){{0,2}} to|"
    rf"at least|no fewer than|no less than|minimum(?: of)?|more than|over|exactly|in|using|of|about|"
    rf"around|approximately)?[ \-]?{_N}[ \-]"
    rf"(?:or (?:less|fewer|more) )?(words?|sentences?|paragraphs?|lines?|characters?|"
    rf"letters?)\b(?: or (less|fewer|more)| (max(?:imum)?|minimum|at most))?"
)
_ITEMS = re.compile(
    rf"\b(?:list|give|name|suggest|provide|write|generate|create|describe|identify|mention|propose|"
    rf"find|come up with|tell me|share|recommend|"
    rf"brainstorm|state|what are|include|offer|produce|compose|with)(?: me| us| at least| the|"
    rf" exactly| some| up| down| out){{0,3}} {_N} "
    rf"(?:[\w-]+ ){{0,4}}?([a-z]+s)\b"
)
_NOT_ITEMS: Final = frozenset(
    [
        "words",
        "sentences",
        "paragraphs",
        "lines",
        "characters",
        "letters",
        "years",
        "hours",
        "minutes",
        "days",
        "weeks",
        "months",
        "pages",
        "times",
        "as",
        "is",
        "was",
        "has",
        "plus",
        "across",
        "less",
    ]
)
_INCLUDE = re.compile(
    r"(?<!not )(?<!n't )(?<!n\u2019t )(?<!never )(?<!avoid )(?<!without )\b(?:include|including|"
    r"mention|contain|containing|use|using|incorporate|with) (?:the )?(?:(?:exact )?(?:word|phrase|"
    r"keyword|term|title|line|text|string|"
    r"name)s?:? )[\"'\u201c\u2018]([^\"'\u201d\u2019\n]{1,80})[\"'\u201d\u2019]"
)
_EXCLUDE = re.compile(
    r"\b(?:do not|don't|don\u2019t|never|without|avoid) (?:use|using|mention|mentioning|include|"
    r"including|say|saying|contain|containing)?(?: the)?(?: (?:word|phrase|term|"
    r"letter)s?)? ?[\"'\u201c\u2018]([^\"'\u201d\u2019\n]{1,80})[\"'\u201d\u2019]"
)
_START = re.compile(
    r"\b(?:start|begin|starting|beginning) (?:your (?:answer|response|reply) )?(?:with|"
    r"by) (?:the (?:word|phrase) )?[\"\u201c\u2018']([^\"\u201d\u2019'\n]{1,80})[\"\u201d\u2019']"
)
_END = re.compile(
    r"\b(?:end|finish|ending|finishing) (?:your (?:answer|response|reply) |the (?:answer|"
    r"response) )?(?:with|by) (?:the (?:word|"
    r"phrase) )?[\"\u201c\u2018']([^\"\u201d\u2019'\n]{1,80})[\"\u201d\u2019']"
)
_FORMATS: Final = (
    (
        re.compile(
            r"\b(?:in|as|return|output|valid|respond with|produce)(?: \w+){0,3}? json\b|\bjson (?:format|"
            r"object|array|only)\b"
        ),
        "json",
    ),
    (re.compile(r"\b(?:bullet(?:ed)?(?: points?| list)?|bullets)\b"), "bullets"),
    (re.compile(r"\bnumbered list\b"), "numbers"),
    (re.compile(r"\bmarkdown table\b|\b(?:in|as) a table\b|\btable format\b"), "table"),
    (
        re.compile(
            r"\b(?:answer|respond|reply)(?: only| just)? (?:with |by )?(?:only |"
            r"just )?[\"']?yes[\"']? or [\"']?no\b|\b(?:yes/no|true/false) (?:answer|only)"
        ),
        "yes_no",
    ),
    (re.compile(r"\b(?:one|a single)[- ]word\b(?! at)"), "one_word"),
    (
        re.compile(
            r"\b(?:all|only)(?: in)? (?:capital letters|caps|uppercase|upper case)\b|\bin (?:all caps|"
            r"uppercase|capital letters)\b"
        ),
        "upper",
    ),
    (
        re.compile(r"\b(?:all|only)(?: in)? (?:lowercase|lower case)\b|\bin (?:all )?(?:lowercase|lower case)\b"),
        "lower",
    ),
    (re.compile(r"\bcode block\b|\bfenced\b"), "code"),
)
_LANGUAGE = re.compile(
    r"\b(?:in|into|to|auf|en) (english|french|german|spanish|italian|portuguese|dutch|chinese|"
    r"japanese|russian|korean|arabic)\b"
)
_COMMON: Final = {
    "english": "the and of to is in that it with for are was this on as be",
    "french": "le la les des et est une dans pour que qui avec sur pas du un",
    "german": "der die das und ist nicht ein eine mit für auf den zu von im sich",
    "spanish": "el la los las y es una en para que con por del un su se",
    "italian": "il la che di e un una per non con sono della nel le i gli",
    "portuguese": "o a os as e que em um uma para com não do da por se",
    "dutch": "de het een en is van dat niet met voor op te zijn in aan die",
}
_SCRIPTS: Final = {
    "chinese": r"[\u4e00-\u9fff]",
    "japanese": r"[\u3040-\u30ff\u4e00-\u9fff]",
    "russian": r"[\u0400-\u04ff]",
    "korean": r"[\uac00-\ud7af]",
    "arabic": r"[\u0600-\u06ff]",
}
_BULLET = re.compile(r"^\s*(?:[-*•+‣]|\(?(?:\d{1,3}|[a-z])[.):])\s+\S", re.M | re.I)
_NUMBERED = re.compile(r"^\s*\(?\d{1,3}[.):]\s*\S", re.M)
_STRICT_UPPER: Final = (
    "at most",
    "no more than",
    "not more than",
    "under",
    "less than",
    "fewer than",
    "max",
    "up to",
    "within",
    "limit",
)
_STRICT_LOWER: Final = ("at least", "no fewer than", "no less than", "minimum", "more than", "over")


def constraints(response: Reading, task: Reading) -> tuple[Evidence, ...]:
    """Return a piece of evidence for each demand found in the task, quoted from it: kept or broken."""
    found = [
        *_amounts(response, task),
        *_items(response, task),
        *_strings(response, task),
        *_formats(response, task),
        *_language(response, task),
    ]
    return tuple(
        Evidence(kind=e.kind, quote=e.quote, effect=e.effect / (1 if e.effect < 0 else len(found))) for e in found
    )


def _held(kind: str, m: re.Match[str], source: str, kept: bool) -> Evidence:
    return Evidence(kind=kind, quote=quote(source, *m.span()), effect=KEPT if kept else BROKEN)


def number(text: str) -> int:
    """Return the value of a number as a task writes it, in digits or in words."""
    return _NUMBERS.get(text) or int(text.replace(",", "") or 0)


def _amounts(response: Reading, task: Reading) -> Iterator[Evidence]:
    for m in _AMOUNT.finditer(task.lower):
        how, unit = m[1] or "", m[3].rstrip("s")
        if not how and not (m[4] or m[5]) and unit not in ("word", "sentence", "paragraph"):
            continue
        if how == "of" or (m[2] == "one" and not how) or (unit in ("letter", "line") and how in ("", "in", "using")):
            continue
        yield _held("limit_" + unit, m, task.text, _within(_size(response, unit), number(m[2]), how, m[0]))


def _size(response: Reading, unit: str) -> int:
    if unit == "word":
        return len(response.text.split())
    if unit == "sentence":
        return len([s for s in re.split(r"(?<=[.!?])[\"')\]]?\s+", response.text.strip()) if s.strip()])
    if unit == "paragraph":
        return len([p for p in re.split(r"\n\s*\n", response.text) if p.strip()])
    if unit == "line":
        return len([p for p in response.text.splitlines() if p.strip()])
    return len(response.text)


def _within(size: int, limit: int, how: str, phrase: str) -> bool:
    if (
        how.startswith(_STRICT_UPPER)
        or phrase.endswith(("less", "fewer", "max", "maximum", "at most"))
        or " or less" in phrase
        or " or fewer" in phrase
    ):
        return size <= limit
    if how.startswith(_STRICT_LOWER) or phrase.endswith(("more", "minimum")) or " or more" in phrase:
        return size >= limit
    if how == "exactly" or limit <= 10:
        return size == limit
    return 0.75 * limit <= size <= 1.25 * limit


def _items(response: Reading, task: Reading) -> Iterator[Evidence]:
    for m in list(_ITEMS.finditer(task.lower))[:3]:
        wanted = number(m[1])
        given = len(_BULLET.findall(response.text))
        if m[2] in _NOT_ITEMS or not 2 <= wanted <= 50 or given < 2:
            continue
        yield _held("items", m, task.text, given == wanted or ("at least" in m[0] and given > wanted))


def _strings(response: Reading, task: Reading) -> Iterator[Evidence]:
    checks: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
        ("include", _INCLUDE, lambda s: s in response.lower),
        ("exclude", _EXCLUDE, lambda s: s not in response.lower),
        ("start", _START, lambda s: response.lower.lstrip(" \n\"'").startswith(s)),
        ("end", _END, lambda s: response.lower.rstrip(" \n\"'.!?").endswith(s.rstrip(".!?"))),
    )
    if any(mark in task.lower for mark in "\"'\u201c\u2018"):
        for kind, pattern, holds in checks:
            for m in pattern.finditer(task.lower):
                yield _held(kind, m, task.text, holds(m[1].strip()))


def _formats(response: Reading, task: Reading) -> Iterator[Evidence]:
    for pattern, name in _FORMATS:
        m = pattern.search(task.lower)
        if m:
            yield _held("format_" + name, m, task.text, _formed(response, name))


def _formed(response: Reading, name: str) -> bool:
    text = response.text.strip()
    letters = [c for c in text if c.isalpha()]
    checks: dict[str, Callable[[], bool]] = {
        "json": lambda: _is_json(text),
        "bullets": lambda: len(_BULLET.findall(text)) >= 2,
        "numbers": lambda: len(_NUMBERED.findall(text)) >= 2,
        "table": lambda: text.count("|") >= 4 or "\t" in text,
        "yes_no": lambda: response.words[:1] in (("yes",), ("no",), ("true",), ("false",)),
        "one_word": lambda: len(response.words) == 1,
        "upper": lambda: bool(letters) and all(not c.islower() for c in letters),
        "lower": lambda: bool(letters) and all(not c.isupper() for c in letters),
        "code": lambda: "```" in text,
    }
    return checks[name]()


def _is_json(text: str) -> bool:
    fenced = re.search(r"```(?:json)?\s*\n(.*?)```", text, re.S)
    try:
        json.loads(fenced[1] if fenced else text)
    except (ValueError, RecursionError):
        return False
    return True


def _language(response: Reading, task: Reading) -> Iterator[Evidence]:
    m = _LANGUAGE.search(task.lower)
    if m and (len(response.words) >= 4 or m[1] in _SCRIPTS) and response.words:
        spoken = language(response)
        if spoken or m[1] in _SCRIPTS:
            yield _held("language", m, task.text, spoken == m[1])


def language(response: Reading) -> str:
    """Return the language most of the words or letters belong to; empty where that cannot be told."""
    letters = max(1, sum(c.isalpha() for c in response.text[:4000]))
    for name, script in _SCRIPTS.items():
        if len(re.findall(script, response.text[:4000])) > 0.3 * letters:
            return name
    words = response.words[:1000]
    hits = {name: sum(w in common for w in words) for name, common in _SETS.items()}
    best = max(hits, key=lambda name: (hits[name], name))
    return best if hits[best] >= max(2, 0.08 * len(words)) else ""


_SETS: Final = {name: frozenset(words_of(common)) for name, common in _COMMON.items()}
