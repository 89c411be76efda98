"""WordPiece tokens of uncased BERT, as numbers.

The rules are those of Devlin et al. 2018 (arXiv:1810.04805) as the `tokenizers` library implements them: control
characters vanish, ideographs and punctuation stand alone, accents are stripped, letters are lowered, and each word is
cut greedily into the longest pieces there are. Words repeat, so their pieces are remembered: an ASCII text costs one
regular expression and a look-up per word.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, islice
from typing import Final, Self

CHARACTERS: Final = 8192  # What is read of a text; 512 tokens of English are some 2,500 characters.
WORD_CHARACTERS: Final = 100  # A longer word is unknown, as in the original.
REMEMBERED: Final = 16_384  # Words; then all are forgotten, which costs time and changes nothing.

_ASCII_WORD = re.compile(r"[a-z0-9]+|[!-/:-@\[-`{-~]")
_ASCII_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNREAD: Final = frozenset(["Cc", "Cf", "Co", "Cs"])  # Control, format, private use, half of a surrogate pair.
_IDEOGRAPH = re.compile(
    "[\u4e00-\u9fff\u3400-\u4dbf\U00020000-\U0002a6df\U0002a700-\U0002b73f\U0002b740-\U0002b81f"
    "\U0002b920-\U0002ceaf\uf900-\ufaff\U0002f800-\U0002fa1f]"
)


class WordPiece:
    """Tokens of texts by one vocabulary: piece to number, a piece inside a word written with `##`.

    `unknown` is the piece that stands for a word that cannot be cut; without it such a word has no tokens.
    """

    def __init__(self, vocabulary: Mapping[str, int], limit: int, unknown: str | None = None) -> None:
        self._vocabulary, self._limit = vocabulary, limit
        self._unknown = () if unknown is None else (vocabulary[unknown],)
        self._remembered = _Remembered(self._cut)

    @classmethod
    def parse(cls, content: bytes, limit: int, unknown: str | None = None) -> Self:
        """Read the vocabulary of a `tokenizer.json`; ValueError, KeyError or TypeError when it is not one."""
        vocabulary = json.loads(content)["model"]["vocab"]
        return cls({str(piece): int(number) for piece, number in vocabulary.items()}, limit, unknown)

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """Return the number of every piece."""
        return self._vocabulary

    def ids(self, text: str) -> list[int]:
        """Return the numbers of the first `limit` tokens within the first `CHARACTERS` characters.

        Never raises, whatever the text holds: a lone surrogate vanishes like a control character.
        """
        found = chain.from_iterable(map(self._remembered.__getitem__, words(text[:CHARACTERS])))
        return list(islice(found, self._limit))

    def _cut(self, word: str) -> tuple[int, ...]:
        if len(word) > WORD_CHARACTERS:
            return self._unknown
        pieces, start = [], 0
        while start < len(word):
            prefix = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if prefix + word[start:end] in self._vocabulary), 0)
            if not end:
                return self._unknown
            pieces.append(self._vocabulary[prefix + word[start:end]])
            start = end
        return tuple(pieces)


class _Remembered(dict[str, tuple[int, ...]]):
    """Words with the numbers of their pieces, found without a call where they are known; forgotten when full."""

    def __init__(self, cut: Callable[[str], tuple[int, ...]]) -> None:
        self._cut = cut

    def __missing__(self, word: str) -> tuple[int, ...]:
        if len(self) >= REMEMBERED:
            self.clear()
        pieces = self[word] = self._cut(word)
        return pieces


def words(text: str) -> list[str]:
    """Return the words and the punctuation of a text, normalised, in order."""
    if text.isascii():
        return _ASCII_WORD.findall(_ASCII_CONTROL.sub("", text).lower())
    spaced = _IDEOGRAPH.sub(r" \g<0> ", "".join(map(_clean, text)))
    return "".join(_letters(unicodedata.normalize("NFD", spaced))).split()


def _letters(text: str) -> Iterator[str]:
    return (_lowered(character) for character in text if unicodedata.category(character) != "Mn")


@lru_cache(maxsize=4096)
def _clean(character: str) -> str:
    """Return a blank for what separates, nothing for what is no character to be read, else the character."""
    if character in "\t\n\r" or (character.isspace() and unicodedata.category(character)[0] == "Z"):
        return " "
    return "" if character == "\ufffd" or unicodedata.category(character) in _UNREAD else character


@lru_cache(maxsize=4096)
def _lowered(character: str) -> str:
    lowered = character.lower()
    alone = unicodedata.category(character)[0] == "P" or (character.isascii() and _ASCII_WORD.fullmatch(lowered))
    return f" {lowered} " if alone and not character.isalnum() else lowered
