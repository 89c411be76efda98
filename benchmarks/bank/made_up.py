"""Patterns of a seeded grammar over the words of the standard library's documentation, and questions about them.

Words follow each other as they do there (a chain over pairs of words), so that they are as unevenly frequent as words
are, and two patterns have as little in common as two lessons about software have. One in ten is a rewording of an
earlier one, and three in a hundred are look-alikes: an earlier one but for a number, a negation or a name.
"""

import re
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

from acumen.proto.v1.pattern_pb2 import POLARITY_GUARDRAIL, POLARITY_STRATEGY, Pattern
from benchmarks.ann.data import sentences

SEED = 7
REWORDED, LOOK_ALIKE = 0.10, 0.03
VERBS = ("check", "read", "write", "parse", "close", "open", "call", "test", "build", "copy", "retry", "log", "merge")
UNITS = ("seconds", "retries", "files", "bytes", "threads", "entries")
WAYS = (
    (" before ", " prior to "), (" use ", " make use of "), (" check ", " verify "), (" call ", " invoke "),
    (" is not ", " isn't "), (" returns ", " gives back "), (" must ", " has to "), (" the ", " "),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """A pattern; `of` is the id of the earlier one that it is a rewording (`same`) or a look-alike of, or empty."""

    message: Pattern
    of: str = ""
    same: bool = False


class Grammar:
    """A source of phrases; the same again for the same seed and the same interpreter."""

    def __init__(self, seed: int = SEED) -> None:
        self.random = Random(seed)
        words = _documentation()
        self.words = sorted(set(words))
        self._next: dict[str, list[str]] = {}
        for word, following in pairwise(words):
            self._next.setdefault(word, []).append(following)

    def phrase(self, length: int) -> str:
        """Return so many words in a row."""
        draw, word, said = self.random.random, self.random.choice(self.words), []
        for _ in range(length):
            said.append(word)
            following = self._next.get(word, self.words)
            word = following[int(draw() * len(following))]
        return " ".join(said)

    def name(self) -> str:
        """Return an identifier."""
        return f"{self.random.choice(self.words)}_{self.random.choice(self.words)}"

    def pattern(self, number: int) -> Pattern:
        """Return a pattern unlike any other."""
        pick = self.random
        verb, after = pick.choice(VERBS), f"after {pick.randrange(2, 500)} {pick.choice(UNITS)}"
        return Pattern(
            id=f"p{number:07d}",
            title=f"{verb} {self.phrase(4)}",
            context=f"{self.phrase(14)} in {self.name()} when {self.phrase(5)}",
            actions=[f"{pick.choice(VERBS)} {pick.choice(self.words)}" for _ in range(pick.randrange(2, 5))],
            content=f"{verb} {self.phrase(16)}; {pick.choice(VERBS)} {self.phrase(8)} {after}",
            polarity=POLARITY_GUARDRAIL if pick.random() < 0.25 else POLARITY_STRATEGY,
            tags=[f"topic-{pick.randrange(40)}"],
        )

    def patterns(self, count: int) -> Iterator[Made]:
        """Yield so many, rewordings and look-alikes among them."""
        earlier: list[Pattern] = []
        for number in range(count):
            kind = self.random.random()
            if kind < REWORDED + LOOK_ALIKE and earlier:
                old = self.random.choice(earlier)
                same = kind < REWORDED
                yield Made(_named(self._reworded(old) if same else self._look_alike(old), number), old.id, same)
                continue
            new = self.pattern(number)
            if len(earlier) < 10_000:
                earlier.append(new)
            yield Made(new)

    def _reworded(self, old: Pattern) -> Pattern:
        """Say the same with other common words, clauses in the other order."""
        new = Pattern()
        new.CopyFrom(old)
        for way, other in self.random.sample(WAYS, 5):
            new.content, new.context = new.content.replace(way, other), new.context.replace(way, other)
        if self.random.random() < 0.5:
            new.content = "; ".join(reversed(new.content.split("; ")))
        return new

    def _look_alike(self, old: Pattern) -> Pattern:
        """Change what it is about: the number, whether it holds, or the name."""
        new = Pattern()
        new.CopyFrom(old)
        match self.random.randrange(3):
            case 0:
                new.content = re.sub(r"after (\d+)", lambda found: f"after {int(found[1]) + 7}", new.content)
            case 1:
                new.content = f"do not {new.content}"
            case _:
                new.context = re.sub(r"in \w+_\w+ when", f"in {self.name()} when", new.context)
        return new

    def question(self, about: Pattern) -> str:
        """Return a situation like a pattern's: three in five of its words, in order, and three others."""
        kept = [word for word in about.context.split() if self.random.random() < 0.6]
        return f"{' '.join(kept)} {self.phrase(3)}"


class Documentation(Grammar):
    """A source of patterns whose situations are sentences of the documentation that Python packages carry."""

    def patterns(self, count: int) -> Iterator[Made]:
        """Yield so many; ValueError where not so many distinct sentences are installed."""
        situations = sentences(count)
        if len(situations) < count:
            raise ValueError(f"{count:,} patterns wanted, and {len(situations):,} sentences are installed")
        for number, situation in enumerate(situations):
            new = self.pattern(number)
            new.title, new.context = "", situation
            yield Made(new)


TEXTS = {"generated": Grammar, "documentation": Documentation}


def _named(pattern: Pattern, number: int) -> Pattern:
    pattern.id = f"p{number:07d}"
    return pattern


def _documentation() -> list[str]:
    """Return the words of the documentation of the standard library's modules, in order."""
    texts = (path.read_text(errors="replace") for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")))
    written = (found for text in texts for found in re.findall(r'"""(.+?)"""', text, re.DOTALL))
    return [word for text in written for word in re.findall(r"[a-z][a-z0-9]+", text.lower())]
