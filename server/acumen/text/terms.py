"""The terms of a text: what the lexical index finds it by.

- A word counts as its stem, whatever its case or accents.
- What is written as one name is found whole *and* by its parts: `parse_config`, `HttpClient`, `src/app/main.py`,
  `E0382`, `v1.2.3`. The whole keeps its separators, so that `parse_config` and `parse-config` differ as wholes and
  agree in parts.
- Numbers stay as they are written, thousands separators aside: `1,000` is `1000`.
- A contraction is one word: `don't` is `dont`.

A term is the first eight bytes of the BLAKE2b digest of its spelling, the same on every machine and in every process.
"""

import re
import unicodedata
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from acumen.text.stem import stem

CACHED_NAMES = 1 << 16  # distinct words and names kept with their terms, about 25 MB when full
LONGEST_NAME = 200  # characters; a longer run without spaces is data, found by its parts alone

_NAME = re.compile(r"[^\W_]+(?:(?:[_.\-/:@#+&'\u2019]+|(?<=\d),(?=\d))[^\W_]+)*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d\d\d(?!\d))")
_SEGMENT = re.compile(r"[^\W_]+")
_PART = re.compile(r"\d+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")
_LETTERS = re.compile(r"[a-z]+")


def terms(text: str) -> NDArray[np.uint64]:
    """Return the terms of a text (n,), in order and with repetitions."""
    return np.frombuffer(b"".join(map(_NAMES.__getitem__, _NAME.findall(text))), "<u8")


def spelled(text: str) -> list[str]:
    """Return the spelling of each term of a text, for explanations and tests."""
    return [spelling for name in _NAME.findall(text) for spelling in _spellings(name)]


class _Names(dict[str, bytes]):
    """Names with their terms one after the other, found without a call where they are known; forgotten when full."""

    def __missing__(self, name: str) -> bytes:
        if len(self) >= CACHED_NAMES:
            self.clear()
        found = self[name] = b"".join(blake2b(s.encode(), digest_size=8).digest() for s in _spellings(name))
        return found


_NAMES = _Names()


def _spellings(name: str) -> list[str]:
    """Return a name's spellings: the whole, then its segments, then their parts, each once."""
    if name.isascii() and name.isalpha() and (name.islower() or name[1:].islower()):
        return [stem(name.lower())]
    plain = _THOUSANDS.sub("", _unaccented(name).replace("'", "").replace("\u2019", ""))
    found: dict[str, None] = {}
    if len(plain) <= LONGEST_NAME:
        found[_folded(plain)] = None
    for segment in _SEGMENT.findall(plain):
        found[_folded(segment)] = None
        parts = _PART.findall(segment)
        if len(parts) > 1:
            found.update((_folded(part), None) for part in parts if len(part) > 1)
    return list(found)


def _folded(spelling: str) -> str:
    lower = spelling.casefold()
    return stem(lower) if _LETTERS.fullmatch(lower) else lower


def _unaccented(name: str) -> str:
    if name.isascii():
        return name
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
