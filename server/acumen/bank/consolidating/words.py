"""A text cut into words, numbers and identifiers, each with the key it is compared by."""

import re
from enum import IntEnum
from typing import NamedTuple

from acumen.bank.consolidating.lexicon import SHORT_UNITS, UNITS, stem


class Kind(IntEnum):
    """What a token is taken for."""

    WORD = 0
    NUMBER = 1  # `key` is the value as written, thousands separators aside; `unit` the unit touching it
    IDENTIFIER = 2  # written as code is: compared exactly as it stands
    NAME = 3  # a capitalised word within a sentence, an acronym, a quoted word: compared without case


class Token(NamedTuple):
    """One token: `key` is what it is compared by, `lower` the word in small letters, `unit` a number's unit.

    `pause` says that a comma or the like follows. A tuple, because it is made for every word of every text.
    """

    kind: Kind
    key: str
    lower: str
    unit: str = ""
    pause: bool = False


_CHUNK = re.compile(r"\S+")
_OUTER = "\"'\u201c\u201d\u2018\u2019`.,;:!?()[]{}<>*\u2026\u2014\u2013|"
_QUOTES = frozenset("\"'\u201c\u201d\u2018\u2019`")
_NUMBER = re.compile(r"([-+]?)([$\u20ac\u00a3]?)(\d[\d,]*(?:\.\d+)*)(%|[A-Za-z]+%?)?")
_DATE_OR_RANGE = re.compile(r"[$]?\d[\d.,]*%?[a-zA-Z]{0,3}(?:[-\u2013/:][$]?\d[\d.,]*%?[a-zA-Z]{0,3})+")
_VERSION = re.compile(r"[vV](\d[\w.\-]*)")
_ORDINAL = frozenset({"st", "nd", "rd", "th"})
_FLAG = re.compile(r"--?[A-Za-z][\w\-]*(?:=\S*)?")
_CAMEL = re.compile(r"[a-z]+\d*[A-Z]\w*|[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+\w*")
_SPLIT = re.compile(r"[-\u2013\u2014/]+")
_ABBREVIATION = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]?")
_SENTENCE_END = (".", "!", "?", ":")
_PAUSES = frozenset(".,;:!?")


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text in order; punctuation is not kept."""
    found: list[Token] = []
    chunks = _CHUNK.findall(text)
    titled = _is_titled(chunks)
    start = True
    for chunk in chunks:
        if chunk.isalpha():
            found.append(_word(chunk, start or titled))
            start = False
            continue
        read = _chunk(chunk, start or titled)
        if read and chunk[-1] in _PAUSES:
            read[-1] = read[-1]._replace(pause=True)
        found += read
        start = chunk.endswith(_SENTENCE_END)
    return found


def _is_titled(chunks: list[str]) -> bool:
    """Whether capitals say nothing here: most words begin with one, as in a headline."""
    capitals = sum(chunk[0].isupper() for chunk in chunks)
    return len(chunks) > 2 and 5 * capitals > 3 * sum(chunk[0].isalpha() for chunk in chunks)


def _word(word: str, start: bool) -> Token:
    lower = word.lower()
    if word == lower:
        return Token(Kind.WORD, stem(lower), lower)
    if word.isupper():
        return Token(Kind.NAME if len(word) > 1 else Kind.WORD, stem(lower), lower)
    if not start or not word[1:].islower():
        return _cased(word, lower)
    return Token(Kind.WORD, stem(lower), lower)


def _cased(word: str, lower: str) -> Token:
    if word[0].islower() and _CAMEL.fullmatch(word):
        return Token(Kind.IDENTIFIER, word, lower)
    return Token(Kind.NAME if len(word) > 1 else Kind.WORD, stem(lower), lower)


def _chunk(chunk: str, start: bool) -> list[Token]:
    """Read what is not all letters."""
    bare = chunk.strip(_OUTER)
    if not bare:
        return []
    quoted = chunk[0] in _QUOTES and chunk.rstrip(".,;:!?")[-1] in _QUOTES
    if bare.isalpha():
        if chunk.rstrip(".,;:!?").endswith("()"):
            return [Token(Kind.IDENTIFIER, bare, bare.lower())]
        token = _word(bare, start)
        return [Token(Kind.NAME, token.key, token.lower) if quoted and token.kind is Kind.WORD else token]
    if bare[0].isdigit() or bare[0] in "+-$\u20ac\u00a3" or bare[0] in "vV":
        number = _number(bare)
        if number:
            return number
    return _mixed(chunk, bare, start)


def _number(bare: str) -> list[Token]:
    version = _VERSION.fullmatch(bare)
    if version:
        return [Token(Kind.NUMBER, version[1], bare.lower())]
    match = _NUMBER.fullmatch(bare)
    if match:
        return _plain_number(match, bare)
    if _DATE_OR_RANGE.fullmatch(bare):
        return [token for part in re.split("[-\u2013/:]", bare) for token in _number(part)]
    head, _, tail = bare.partition("-")
    if head and tail and _NUMBER.fullmatch(head):
        return [*_number(head), *tokens(tail.replace("-", " "))]
    return []


def _plain_number(match: re.Match[str], bare: str) -> list[Token]:
    sign, currency, digits, unit = match[1], match[2], match[3].rstrip(",").replace(",", ""), (match[4] or "")
    value = (digits.lstrip("0") or "0") if digits.isdigit() and not sign else digits
    if unit.lower() in _ORDINAL:
        return [Token(Kind.NUMBER, f"{value}th", bare.lower())]
    known = UNITS.get(unit.lower()) or SHORT_UNITS.get(unit) if unit else ""
    if unit and not known:
        return [Token(Kind.IDENTIFIER, bare, bare.lower())]
    if known == "k":
        value, known = f"{value}000" if value.isdigit() else f"{value}k", ""
    return [Token(Kind.NUMBER, sign.replace("+", "") + value, bare.lower(), known or ("$" if currency else ""))]


def _mixed(chunk: str, bare: str, start: bool) -> list[Token]:
    """Read what has letters and something else: contractions, flags, paths, addresses, compounds."""
    plain = bare.replace("\u2019", "'")
    if "'" in plain and plain.replace("'", "").isalpha():
        return _contraction(plain, start)
    if _ABBREVIATION.fullmatch(bare):
        letters = bare.replace(".", "").lower()
        return [Token(Kind.NAME, letters, letters)]
    if chunk.lstrip("\"'`([{")[:1] == "-" and _FLAG.fullmatch(plain):
        return [Token(Kind.IDENTIFIER, plain, plain.lower())]
    if _is_code(chunk.strip("\"'\u201c\u201d\u2018\u2019`.,;:!?()[]{}<>\u2026"), plain):
        return [
            Token(
                Kind.IDENTIFIER,
                chunk.strip("\"'\u201c\u201d\u2018\u2019`,;:!?()[]{}<>\u2026").rstrip("."),
                plain.lower(),
            )
        ]
    parts = [part for part in re.split(r"[^\w.$#@%]+", plain) if part]
    if len(parts) > 1:
        return [token for part in parts for token in _chunk(part, start)]
    if any(c.isdigit() for c in plain):
        return [Token(Kind.IDENTIFIER, plain, plain.lower())]
    return [_word(part, start) for part in re.findall(r"[^\W_]+", plain)]


def _contraction(plain: str, start: bool) -> list[Token]:
    lower = plain.lower()
    if lower.endswith("n't"):
        return [Token(Kind.WORD, "n't", "n't")]
    head = plain.split("'")[0]
    return [_word(head, start)] if head else []


def _is_code(chunk: str, plain: str) -> bool:
    if "://" in chunk or "::" in chunk or chunk[:1] in ("$", "@", "#", "~") or "@" in plain or "=" in plain:
        return True
    if "_" in plain or "\\" in plain:
        return True
    if "/" in chunk:
        return chunk[0] == "/" or chunk.count("/") > 1 or "." in plain
    if "." in plain.strip("."):
        return all(part and (part[0].isalnum()) for part in plain.strip(".").split("."))
    return chunk[:1] == "." and len(plain) > 1
