"""Stated sums and percentages, computed again."""

import re
from collections.abc import Iterator
from typing import Final

from acumen.bank.judging.words import quote
from acumen.bank.verdict import Evidence

RIGHT, WRONG = 0.2, -0.42
MOST_FIGURES: Final = 64
_NUMBER = r"[-\u2212]?[$€£]?\d[\d,]*(?:\.\d+)?"
_SUM = re.compile(
    rf"(?<![\w.)\]^*/+=-])({_NUMBER}(?:\s*[-+*/\u00d7\u00f7x\u2212]\s*{_NUMBER}){{1,40}})\s*(?:=|"
    rf"equals|is equal to)\s*({_NUMBER})(?![\w^%]|\s*[-+*/\u00d7\u00f7^(]|\.\d)"
)
_PERCENT_OF = re.compile(rf"(\d+(?:\.\d+)?)\s?% of ({_NUMBER}) (?:is|=|equals|are|comes to|makes) ({_NUMBER})(?![\d%])")
_RATIO = re.compile(
    r"(?<![\d.])(\d[\d,]*)\s?(?:/|out of|of the|of) ?(\d[\d,]*)(?: [a-z]{1,20}){0,3}\s?(?:\(|, |=|or|"
    r"is)\s?(?:about |roughly |~|≈)?(\d+(?:\.\d+)?)\s?%"
)
_TERM = re.compile(rf"\s*([-+*/\u00d7\u00f7x\u2212])\s*|({_NUMBER})")
_OTHER_BASE = re.compile(r"\bbase[- ]?(?!10\b|ten\b)\d+|\bbinary\b|\boctal\b|\bhex|\bmod(?:ulo|ular)?\b|0x", re.I)


def figures(text: str, task: str = "") -> tuple[Evidence, ...]:
    """Return one piece of evidence for each stated calculation, right or wrong to its own printed precision.

    Nothing is judged where other bases or modular arithmetic are at play.
    """
    if not any(mark in text for mark in ("=", "%", "equal")) or _OTHER_BASE.search(text) or _OTHER_BASE.search(task):
        return ()
    found = [*_sums(text), *_shares(text)][:MOST_FIGURES]
    wrong = [e for e in found if e.effect < 0]
    return tuple(wrong[:4]) if wrong else tuple(_scaled(found))


def _scaled(found: list[Evidence]) -> Iterator[Evidence]:
    for e in found[:4]:
        yield Evidence(kind=e.kind, quote=e.quote, effect=RIGHT / min(len(found), 4))


def _sums(text: str) -> Iterator[Evidence]:
    for m in _SUM.finditer(text):
        value = _value(m[1])
        if value is not None:
            yield _evidence("arithmetic", m, _agrees(value, m[2]))


def _shares(text: str) -> Iterator[Evidence]:
    for m in _PERCENT_OF.finditer(text):
        yield _evidence("percentage", m, _agrees(float(m[1]) / 100 * _plain(m[2]), m[3]))
    for m in _RATIO.finditer(text):
        whole = _plain(m[2])
        if whole >= _plain(m[1]) and whole > 0:
            yield _evidence("percentage", m, _agrees(100 * _plain(m[1]) / whole, m[3]))


def _evidence(kind: str, m: re.Match[str], right: bool) -> Evidence:
    return Evidence(kind=kind, quote=quote(m.string, *m.span()), effect=RIGHT if right else WRONG)


def _plain(number: str) -> float:
    return float(re.sub(r"[$€£,]", "", number).replace("\u2212", "-"))


def _agrees(value: float, stated: str) -> bool:
    """Tell whether a value is what is stated, within one unit of the last digit that is printed."""
    decimals = len(stated.partition(".")[2])
    return (
        abs(value - _plain(stated)) <= 1.0000001 * 10.0**-decimals
        if decimals or value != int(value)
        else value == _plain(stated)
    )


def _value(expression: str) -> float | None:
    """Evaluate numbers joined by + - * /, products first; None where it has no value."""
    parts = [m[1] or m[2] for m in _TERM.finditer(expression)]
    total, product, sign = 0.0, _plain(parts[0]), 1.0
    if len(parts) % 2 == 0:
        return None
    for operator, number in zip(parts[1::2], parts[2::2], strict=True):
        value = _plain(number)
        if operator in "*\u00d7x":
            product *= value
        elif operator in "/\u00f7":
            if value == 0:
                return None
            product /= value
        else:
            total, product, sign = total + sign * product, value, 1.0 if operator == "+" else -1.0
    return total + sign * product
