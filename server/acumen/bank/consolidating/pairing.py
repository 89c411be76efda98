"""What two patterns have to do with each other: the guards' finding and the probability that they state the same."""

from collections.abc import Sequence

import numpy as np

from acumen.bank.consolidating.guards import Difference, compare
from acumen.bank.consolidating.pairs import PairModel
from acumen.bank.consolidating.reading import Reading, read
from acumen.bank.pattern import Pattern

Pair = tuple[int, int]


class Pairing:
    """Pairs of patterns by number; every pair is judged once, whichever comes first.

    Patterns are compared as a whole (title, context, content), and where both have a context besides, by their contexts
    and by their contents too: the least probability counts, so that two lessons for one situation stay two.
    """

    def __init__(self, patterns: Sequence[Pattern], model: PairModel) -> None:
        self.patterns = patterns
        texts: dict[str, int] = {}
        self._parts = [
            tuple(texts.setdefault(text, len(texts)) for text in (whole(p), p.context, p.content)) for p in patterns
        ]
        self._texts = list(texts)
        self._grades = model.over(self._texts)
        self._p: dict[Pair, float] = {}
        self._readings: dict[int, Reading] = {}
        self._found: dict[Pair, Difference | None] = {}

    def difference(self, i: int, j: int) -> Difference | None:
        """Return what the guards find between two patterns, as seen from the first."""
        a, b = self._parts[i][0], self._parts[j][0]
        if a == b:
            return None
        if (a, b) not in self._found:
            self._found[a, b] = compare(self._reading(a), self._reading(b))
        return self._found[a, b]

    def p_same(self, i: int, j: int) -> float:
        """Return the probability that two patterns state the same, leaving the guards aside."""
        return min((self._p_texts(a, b) for a, b in self._compared(i, j)), default=1.0)

    def is_negated(self, i: int) -> bool:
        """Whether a pattern's text holds a negation."""
        return self._reading(self._parts[i][0]).negations > 0

    def grade(self, pairs: Sequence[Pair]) -> None:
        """Work out the probabilities of many pairs at once."""
        wanted = {_ordered(a, b) for i, j in pairs for a, b in self._compared(i, j)}
        todo = sorted(wanted - self._p.keys())
        self._p.update(zip(todo, np.round(self._grades.p_same(todo), 9).tolist(), strict=True))

    def _compared(self, i: int, j: int) -> list[Pair]:
        first, second = self._parts[i], self._parts[j]
        detailed = all(self.patterns[n].context and self.patterns[n].content for n in (i, j))
        return [(a, b) for a, b in zip(first, second, strict=True) if a != b][: 3 if detailed else 1]

    def _p_texts(self, a: int, b: int) -> float:
        pair = _ordered(a, b)
        if pair not in self._p:
            self._p[pair] = round(float(self._grades.p_same([pair])[0]), 9)
        return self._p[pair]

    def _reading(self, text: int) -> Reading:
        if text not in self._readings:
            self._readings[text] = read(self._texts[text])
        return self._readings[text]


def whole(pattern: Pattern) -> str:
    """Return what a pattern says, its actions aside."""
    return "\n".join(part for part in (pattern.title, pattern.context, pattern.content) if part)


def are_nested(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether one sequence of actions is the other with some left out, or either is empty."""
    shorter, longer = sorted((a, b), key=len)
    rest = iter(longer)
    return all(action in rest for action in shorter)


def _ordered(a: int, b: int) -> Pair:
    return (a, b) if a <= b else (b, a)
