"""What two patterns have to do with each other: the guards' finding and the probability that they state the same."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from acumen.bank.consolidating.guards import Difference, compare
from acumen.bank.consolidating.pairs import PairModel
from acumen.bank.consolidating.reading import Reading, read
from acumen.bank.pattern import Pattern

Pair = tuple[int, int]
PARTS: Final = 3  # content, context and the whole


class Pairing:
    """Pairs of patterns by number; every pair is judged once, whichever comes first.

    Patterns are compared as a whole (title, context, content), and where both have a context besides, by their contexts
    and by their contents too: the least probability counts, so that two lessons for one situation stay two.
    """

    def __init__(self, patterns: Sequence[Pattern], model: PairModel) -> None:
        self.patterns = patterns
        texts: dict[str, int] = {}
        self._parts = [
            tuple(texts.setdefault(text, len(texts)) for text in (p.content, p.context, whole(p))) for p in patterns
        ]
        self._detailed = [bool(p.context and p.content) for p in patterns]
        self._texts = list(texts)
        self._grades = model.over(self._texts)
        self._p: dict[Pair, float] = {}
        self._readings: dict[int, Reading] = {}
        self._found: dict[Pair, Difference | None] = {}

    def difference(self, i: int, j: int) -> Difference | None:
        """Return what the guards find between two patterns, as seen from the first."""
        a, b = self._parts[i][-1], self._parts[j][-1]
        if a == b:
            return None
        if (a, b) not in self._found:
            self._found[a, b] = compare(self._reading(a), self._reading(b))
        return self._found[a, b]

    def p_same(self, i: int, j: int) -> float:
        """Return the probability that two patterns state the same, leaving the guards aside."""
        parts = self._compared(i, j)
        self._grade(parts)
        return min((self._p[part] for part in parts), default=1.0)

    def is_negated(self, i: int) -> bool:
        """Whether a pattern's text holds a negation."""
        return self._reading(self._parts[i][-1]).negations > 0

    def likely(self, pairs: Iterable[Pair], least: float) -> list[Pair]:
        """Return the pairs with at least a probability of stating the same, leaving the guards aside.

        What one part of two patterns rules out is not looked at in the others; contents, which tell most, come first.
        """
        left = list(pairs)
        for part in range(PARTS):
            compared = [(pair, self._compared(*pair)[part : part + 1]) for pair in left]
            able = self._able({text_pair for _, found in compared for text_pair in found}, least)
            self._grade(able)
            left = [p for p, found in compared if all(t in able and self._p[t] >= least for t in found)]
        return left

    def _able(self, pairs: set[Pair], least: float) -> set[Pair]:
        """Return the pairs of texts whose vectors do not rule the probability out."""
        ordered = sorted(pairs)
        return {pair for pair, able in zip(ordered, self._grades.may_reach(ordered, least), strict=True) if able}

    def _compared(self, i: int, j: int) -> list[Pair]:
        """Return the pairs of texts that two patterns are compared by, those of equal texts left out."""
        first = 0 if self._detailed[i] and self._detailed[j] else PARTS - 1
        parts = zip(self._parts[i][first:], self._parts[j][first:], strict=True)
        return [(a, b) if a < b else (b, a) for a, b in parts if a != b]

    def _grade(self, pairs: Iterable[Pair]) -> None:
        """Work out the probabilities of those pairs of texts that were not asked for before."""
        todo = sorted({pair for pair in pairs if pair not in self._p})
        if todo:
            self._p.update(zip(todo, np.round(self._grades.p_same(todo), 9).tolist(), strict=True))

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
