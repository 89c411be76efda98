"""Sentences to distil an embedder from: what installed packages say about themselves, and words put together.

Nothing here is read from an evaluation set. Sentences of documentation (docstrings, service descriptions of botocore,
one-line descriptions of a distribution's packages), passages and parts of them; frames of questions and requests filled
with phrases of documentation and words of the vocabulary; and words side by side. The last two reach words that
documentation never uses. All is drawn by seed and ordered by hash: the same packages give the same texts.
"""

import ast
import gzip
import hashlib
import html
import json
import random
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n\s*\n")
_MARKUP = re.compile(r"<[^>]+>")
_ROLE = re.compile(r":\w+(?::\w+)?:`~?([^`<]*)[^`]*`_*|``?([^`]*)``?_*|\*\*?([^*]+)\*\*?")
_TERM = re.compile(r"(?<![A-Za-z_.])[A-Za-z]?[a-z]{4,17}(?![A-Za-z_])")
_BLANK = re.compile(r"\s+")
_NO_END: Final = re.compile(
    r"an?|the|of|in|on|to|for|and|or|is|are|be|was|by|with|from|as|at|that|this|its?|if|when|which|not|can|will|may|must"
    r"|should|has|have|into|than|then|so|but|such|each|any|all|no", re.I
)  # fmt: skip
_FRAMES: Final = (
    "what is {}", "what is the {} of {}", "what are the {}", "how do i {}", "how can i {} the {}", "how many {}",
    "how much {} does {} need", "how long does {} take", "why is the {} {}", "why does {} fail", "where is the {}",
    "where can i find {}", "when does {}", "when is the {}", "who is the {}", "which {} is {}", "can you {}",
    "can you {} the {} for me", "could you please {}", "please {}", "please {} my {}", "i want to {}", "i need {}",
    "i need to {} a {}", "i would like {}", "tell me about {}", "tell me the {} for {}", "show me {}", "show {}",
    "give me a {}", "find {}", "find a {} near {}", "is there a {}", "is {} a {}", "are there any {}", "do i have {}",
    "does {} have {}", "did the {} {}", "will {} {}", "should i {}", "set {}", "set the {} to {}", "change my {}",
    "change {} to {}", "remove {}", "add {} to {}", "add a {}", "turn {} on", "turn off the {}", "stop the {}",
    "start {}", "cancel my {}", "fix the {}", "fix {} in {}", "write a {}", "write tests for {}", "check {}",
    "check the {} of my {}", "let me know {}", "i lost my {}", "my {} is {}", "the {} is {}", "the {} {} fails with {}",
    "{} and {}", "{} or {}", "{} increases {}", "{} reduces the risk of {}", "{} is associated with {}", "{} in {}",
    "{} of {} in {}", "effects of {} on {}", "{} {}", "{} {} {}", "the {} said {}", "a {} is {} in the {}",
)  # fmt: skip


def documentation(folder: Path) -> Iterator[str]:
    """Yield the sentences of every docstring and service description below a folder of installed packages."""
    for path in sorted(folder.rglob("*.py")):
        for text in _docstrings(path):
            yield from sentences(text)
    for path in sorted(folder.rglob("service-2.json.gz")):
        for text in _descriptions(json.loads(gzip.decompress(path.read_bytes()))):
            yield from sentences(html.unescape(_MARKUP.sub(" ", text)))


def _docstrings(path: Path) -> Iterator[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


def _descriptions(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "documentation" and isinstance(value, str):
                yield value
            else:
                yield from _descriptions(value)
    elif isinstance(node, list):
        for value in node:
            yield from _descriptions(value)


def descriptions(catalogue: Path) -> Iterator[str]:
    """Yield the sentences of a catalogue of packages in Debian's format, as `apt-cache dumpavail` prints it."""
    text = re.sub(r"\n \.\n", "\n\n", catalogue.read_text(errors="ignore"))
    for found in re.finditer(r"^Description(?:-en)?: (.*\n(?:(?: .*)?\n)*?)(?=\S)", text, re.M):
        yield from sentences(found.group(1).replace("\n", "\n\n", 1))


def sentences(text: str) -> Iterator[str]:
    """Yield what reads like a sentence of 3 to 40 words, on one line and without markup."""
    for part in _SENTENCE_END.split(text):
        line = _BLANK.sub(" ", _ROLE.sub(lambda m: next(filter(None, m.groups()), ""), part)).strip(" -*#=~")
        letters = sum(map(str.isalpha, line))
        if 3 <= len(line.split()) <= 40 and letters >= 0.7 * len(line) and ">>>" not in line and line.isprintable():
            yield line


def distinct(found: Iterable[str]) -> list[str]:
    """Return sentences that differ in more than case, in the order of their hashes, whatever order they came in."""
    lines = {line.lower(): line for line in found}
    ordered = sorted(lines, key=lambda line: hashlib.blake2b(line.encode(), digest_size=8).digest())
    return [lines[line] for line in ordered]


def parts(lines: list[str], draw: random.Random, count: int) -> Iterator[str]:
    """Yield runs of 2 to 9 words out of sentences, beginning and ending with a word that carries meaning."""
    while count:
        split = draw.choice(lines).split()
        start = draw.randrange(len(split))
        phrase = [word.strip(".,;:()\"'") for word in split[start : start + draw.randint(2, 9)]]
        while phrase and _NO_END.fullmatch(phrase[-1]):
            phrase.pop()
        if len(phrase) > 1 and all(map(str.strip, phrase)):
            count -= 1
            yield " ".join(phrase)


def framed(lines: list[str], words: list[str], draw: random.Random, count: int) -> Iterator[str]:
    """Yield questions and requests about phrases of documentation and words of the vocabulary."""
    phrases = list(parts(lines, draw, min(count, 20_000)))
    for _ in range(count):
        frame = draw.choice(_FRAMES)
        yield frame.format(*(_filling(phrases, words, draw) for _ in range(frame.count("{}"))))


def _filling(phrases: list[str], words: list[str], draw: random.Random) -> str:
    if draw.random() < 0.3:
        return " ".join(draw.choice(phrases).lower().split()[:4])
    return " ".join(_word(words, draw) for _ in range(draw.choice((1, 1, 2))))


def beside(words: list[str], draw: random.Random, count: int) -> Iterator[str]:
    """Yield 2 to 7 words of the vocabulary in a row."""
    for _ in range(count):
        yield " ".join(_word(words, draw) for _ in range(draw.randint(2, 7)))


def among(terms: list[str], words: list[str], draw: random.Random, count: int) -> Iterator[str]:
    """Yield 2 to 6 words in a row, nearly half of them terms, all drawn evenly."""
    for _ in range(count):
        drawn = (draw.choice(terms if draw.random() < 0.45 else words) for _ in range(draw.randint(2, 6)))
        yield " ".join(drawn)


def passages(lines: list[str], draw: random.Random, count: int) -> Iterator[str]:
    """Yield 3 to 8 sentences in the order in which the documentation has them."""
    for _ in range(count):
        start = draw.randrange(len(lines) - 8)
        yield " ".join(lines[start : start + draw.randint(3, 8)])


def vocabulary_words(vocabulary: Mapping[str, int]) -> list[str]:
    """Return the whole words of a vocabulary, of three letters and more, in its order, which is that of frequency."""
    return [w for w in sorted(vocabulary, key=lambda w: vocabulary[w]) if w.isascii() and w.isalpha() and len(w) > 2]


def technical_terms(lines: Iterable[str], vocabulary: Mapping[str, int]) -> list[str]:
    """Return the words that sentences have three times and the vocabulary has only in pieces."""
    counts = Counter(word for line in lines for word in _TERM.findall(line))
    return sorted(word for word, count in counts.items() if count > 2 and word.lower() not in vocabulary)


def _word(words: list[str], draw: random.Random) -> str:
    """Draw half of the words evenly and half by rank, so that the frequent are met often and the rare at all."""
    position = draw.random() if draw.random() < 0.5 else draw.random() ** 3
    return words[int(position * len(words))]
