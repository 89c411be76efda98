"""A text read once: its words, the stems that carry its content, its sentences."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from acumen.text.stem import stem

READ_CHARS: Final = 65_536  # of a longer text the first and the last half of this are read
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")
# Words that carry no content of their own: function words, and the verbs and nouns with which any task is asked.
FUNCTION_WORDS: Final = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "but",
        "if",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "with",
        "from",
        "by",
        "as",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "am",
        "do",
        "does",
        "did",
        "have",
        "has",
        "had",
        "i",
        "you",
        "he",
        "she",
        "it",
        "we",
        "they",
        "me",
        "him",
        "them",
        "my",
        "your",
        "his",
        "her",
        "its",
        "our",
        "their",
        "this",
        "that",
        "these",
        "those",
        "what",
        "which",
        "who",
        "whom",
        "how",
        "why",
        "when",
        "where",
        "can",
        "could",
        "would",
        "should",
        "will",
        "may",
        "might",
        "must",
        "not",
        "no",
        "yes",
        "so",
        "than",
        "then",
        "there",
        "here",
        "about",
        "into",
        "out",
        "up",
        "down",
        "over",
        "under",
        "more",
        "most",
        "some",
        "any",
        "each",
        "other",
        "such",
        "only",
        "own",
        "same",
        "too",
        "very",
        "just",
        "also",
        "i'm",
        "it's",
        "don't",
        "let's",
        "us",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "please",
    ]
)
ASKING_WORDS: Final = frozenset(
    [
        "give",
        "make",
        "write",
        "create",
        "provide",
        "generate",
        "describe",
        "explain",
        "list",
        "tell",
        "name",
        "find",
        "use",
        "using",
        "used",
        "based",
        "following",
        "given",
        "suggest",
        "propose",
        "come",
        "help",
        "show",
        "want",
        "need",
        "like",
        "get",
        "good",
        "best",
        "text",
        "sentence",
        "question",
        "answer",
        "way",
        "thing",
    ]
)
_SKIPPED = FUNCTION_WORDS | ASKING_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A text with its lower-case words, the set of its content stems, its sentences and lines; `cut`: only its ends."""

    text: str
    lower: str
    words: tuple[str, ...]
    stems: frozenset[str]
    sentences: tuple[str, ...]
    cut: bool


def read(text: str) -> Reading:
    """Read a text; beyond `READ_CHARS` only its two ends, so that the time is bounded."""
    cut = len(text) > READ_CHARS
    kept = f"{text[: READ_CHARS // 2]}\n{text[-READ_CHARS // 2 :]}" if cut else text
    lower = lowered(kept)
    words = tuple(_WORD.findall(lower))
    sentences = tuple(part for part in _SENTENCE_END.split(kept) if part.strip())
    return Reading(text=kept, lower=lower, words=words, stems=content(words), sentences=sentences, cut=cut)


def lowered(text: str) -> str:
    """Return the text in lower case and of the same length; the few letters that would grow stay as they are."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def words_of(text: str) -> tuple[str, ...]:
    """Return the lower-case words of a text, in order."""
    return tuple(_WORD.findall(text.lower()))


def content(words: tuple[str, ...]) -> frozenset[str]:
    """Return the stems of the words that carry content."""
    return frozenset(map(root, set(words) - _SKIPPED))


@lru_cache(1 << 15)
def root(word: str) -> str:
    """Return a word's stem; words with other than the letters a to z are their own."""
    return stem(word) if word.isascii() and word.isalpha() and len(word) < 40 else word[:40]


def share(found: frozenset[str], wanted: frozenset[str]) -> float:
    """Return which share of what is wanted was found; 0 where nothing is wanted."""
    return len(found & wanted) / len(wanted) if wanted else 0.0


def copied(words: tuple[str, ...], source: tuple[str, ...], run: int = 4) -> float:
    """Return the share of a text's words that begin a run of `run` words found in the source."""
    runs = set(zip(*(source[i:] for i in range(run)), strict=False))
    own = [words[i:] for i in range(run)]
    return sum(map(runs.__contains__, zip(*own, strict=False))) / len(own[-1]) if own[-1] else 0.0


def repeated(words: tuple[str, ...]) -> float:
    """Return the share of adjacent word pairs that had occurred before; text that says things once is near 0."""
    return 1 - len(set(pairwise(words))) / (len(words) - 1) if len(words) > 1 else 0.0


def quote(text: str, start: int, end: int, limit: int = 120) -> str:
    """Return the verbatim piece, stripped and cut to a limit."""
    return text[start : min(end, start + limit)].strip()


def sentence_at(text: str, start: int) -> str:
    """Return the sentence or line a position lies in, verbatim, at most 300 characters each way."""
    left = max(text.rfind("\n", max(0, start - 300), start), text.rfind(". ", max(0, start - 300), start), start - 300)
    ends = [e for e in (text.find("\n", start, start + 300), text.find(". ", start, start + 300)) if e >= 0]
    return text[max(left + 1, 0) : min(ends, default=start + 300)]
