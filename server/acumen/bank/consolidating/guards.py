"""Guards: what forbids merging two texts, however alike they are.

A guard never says that two texts agree. It names the first thing in which they differ: a number, a negation, an
identifier, a name, a word of an opposed pair, a quantity, an obligation, who does what to whom, or a
word that stands in another's place.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from acumen.bank.consolidating.direction import turned
from acumen.bank.consolidating.lexicon import PREFIXES
from acumen.bank.consolidating.reading import Classes, Reading, read
from acumen.bank.consolidating.replaced import replaced


class Guard(IntEnum):
    """Which guard forbids a merge, in the order in which they are asked."""

    NUMBER = 1
    NEGATION = 2
    IDENTIFIER = 3
    NAME = 4
    OPPOSITE = 5
    QUANTITY = 6
    OBLIGATION = 7
    DIRECTION = 8
    REPLACED = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What forbids a merge: `first` is what only the one text says, `second` only the other; either may be empty."""

    guard: Guard
    first: str = ""
    second: str = ""


def differs(a: str, b: str) -> Difference | None:
    """Return the first difference that forbids merging two texts, None when no guard finds one.

    Symmetric: the texts exchanged, `first` and `second` are exchanged.
    """
    return compare(read(a), read(b))


def compare(a: Reading, b: Reading) -> Difference | None:
    """Return the first difference between two texts that were read; `differs` for what is read already."""
    for guard, check in _CHECKS:
        found = check(a, b)
        if found is not None:
            return Difference(guard=guard, first=" ".join(found[0]), second=" ".join(found[1]))
    return None


Sides: TypeAlias = tuple[list[str], list[str]]


def _numbers(a: Reading, b: Reading) -> Sides | None:
    if a.numbers == b.numbers:
        return None
    first, second = a.numbers - b.numbers - b.loose_numbers, b.numbers - a.numbers - a.loose_numbers
    return _sides(first, second) if first or second else None


def _negation(a: Reading, b: Reading) -> Sides | None:
    if a.negations == b.negations:
        return None
    return [f"{a.negations} negations"], [f"{b.negations} negations"]


def _identifiers(a: Reading, b: Reading) -> Sides | None:
    first, second = a.identifiers - b.said, b.identifiers - a.said
    return _sides(first, second) if first or second else None


def _names(a: Reading, b: Reading) -> Sides | None:
    """Both name what the other does not, or one has a name more and all else is the same."""
    first, second = a.names - b.said, b.names - a.said
    if (first and second) or ((first or second) and a.content - first == b.content - second):
        return _sides(first, second)
    return None


def _opposites(a: Reading, b: Reading) -> Sides | None:
    return _opposed(a.contrasts, b.contrasts, a, b) or _prefixed(a, b)


def _quantities(a: Reading, b: Reading) -> Sides | None:
    return _opposed(a.quantities, b.quantities, a, b) or _narrowed(a, b)


def _obligations(a: Reading, b: Reading) -> Sides | None:
    if a.negations:  # what must not be done may not be done
        return None
    return _opposed(a.obligations, b.obligations, a, b)


def _opposed(first: Classes, second: Classes, a: Reading, b: Reading) -> Sides | None:
    """Return the words when each text has a class of one row that the other has not."""
    for row in sorted(first.keys() & second.keys()):
        mine, yours = first[row], second[row]
        if mine - yours and yours - mine:
            return _sides(a.said - b.said, b.said - a.said)
    return None


def _narrowed(a: Reading, b: Reading) -> Sides | None:
    """Return the words when all else is the same and one text alone is narrowed by `only`, `some` or `rarely`."""
    if a.content != b.content:
        return None
    narrowing = [{number for numbers in r.quantities.values() for number in numbers if number} for r in (a, b)]
    return _sides(a.said - b.said, b.said - a.said) if narrowing[0] != narrowing[1] else None


def _prefixed(a: Reading, b: Reading) -> Sides | None:
    """Return the words when one text has a word and the other the same word with a negating prefix."""
    first, second = a.content - b.content, b.content - a.content
    for mine, yours in ((first, second), (second, first)):
        for word in sorted(mine):
            if len(word) > 3 and any(prefix + word in yours for prefix in PREFIXES):
                return _sides(first, second)
    return None


def _sides(first: Iterable[str], second: Iterable[str]) -> Sides:
    return sorted(first), sorted(second)


_CHECKS: tuple[tuple[Guard, Callable[[Reading, Reading], Sides | None]], ...] = (
    (Guard.NUMBER, _numbers),
    (Guard.NEGATION, _negation),
    (Guard.IDENTIFIER, _identifiers),
    (Guard.NAME, _names),
    (Guard.OPPOSITE, _opposites),
    (Guard.QUANTITY, _quantities),
    (Guard.OBLIGATION, _obligations),
    (Guard.DIRECTION, turned),
    (Guard.REPLACED, replaced),
)
