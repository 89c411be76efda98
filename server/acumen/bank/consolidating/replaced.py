"""One thing in another's place: whether two texts are the same sentence about different things.

"Restart the worker after the change" and "restart the server after the change" are as alike, by words and by vectors,
as two wordings of one fact. What tells them apart is that everything else stands still. So where most words are shared
and stand in the same order, what one text says instead of the other must be known synonyms.
"""

from itertools import pairwise

from acumen.bank.consolidating.lexicon import AUXILIARIES, OBLIGATIONS
from acumen.bank.consolidating.reading import Reading
from acumen.bank.consolidating.synonyms import LIGHT, are_synonyms

Sides = tuple[list[str], list[str]]


def replaced(a: Reading, b: Reading) -> Sides | None:
    """Return what stands in the one text instead of what in the other, None when nothing does.

    At least half of the content words of the longer text must be shared: with fewer, it is another sentence. Where an
    auxiliary or a modal differs as well, the sentence was rephrased, and its order proves nothing.
    """
    shared = a.content & b.content
    if 2 * len(shared) < max(len(a.content), len(b.content)) or _auxiliaries(a) != _auxiliaries(b):
        return None
    mine, yours = _alone(a, b), _alone(b, a)
    if not mine or not yours or _first_places(a, shared) != _first_places(b, shared):
        return None
    return mine, yours


def _alone(a: Reading, b: Reading) -> list[str]:
    """Return what the one text says and the other does not: neither so, nor by a synonym, nor in one word for two."""
    only = sorted(a.content - b.content - LIGHT - _parts(a, b) - {x + y for x, y in pairwise(b.words)})
    return [word for word in only if not any(are_synonyms(word, other) for other in b.content)]


def _parts(a: Reading, b: Reading) -> set[str]:
    """Return the words of the one text that the other writes in one with their neighbour: `roll back`, `rollback`."""
    return {word for x, y in pairwise(a.words) if x + y in b.content for word in (x, y)}


def _first_places(a: Reading, shared: frozenset[str]) -> list[str]:
    return list(dict.fromkeys(word for word in a.words if word in shared))


def _auxiliaries(a: Reading) -> set[str]:
    return {word for word in a.words if word in AUXILIARIES or word in OBLIGATIONS}
