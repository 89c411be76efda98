"""Frequent closed subsequences of symbols, gaps allowed.

Bitmaps of positions, one 64-bit word per sequence (SPAM, Ayres et al., 2002), extended one symbol at a time as in
PrefixSpan (Pei et al., 2001); what a longer frequent sequence with the same support contains is not closed and is
dropped (CloSpan, Yan et al., 2003; BIDE, Wang & Han, 2004).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bitmaps = NDArray[np.uint64]
Presence = NDArray[np.bool_]
_ONE = np.uint64(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subsequence:
    """Symbols in their order; `present` (n,) tells which sequences contain them."""

    symbols: tuple[str, ...]
    present: Presence

    @property
    def support(self) -> int:
        """How many sequences contain it."""
        return int(np.count_nonzero(self.present))


def closed(
    sequences: Sequence[Sequence[str]], min_support: int, max_length: int = 5, beam: int = 256
) -> list[Subsequence]:
    """Return the closed subsequences of up to `max_length` symbols that at least `min_support` sequences contain.

    Sequences have at most 64 symbols. Of each length the `beam` best supported are extended, ties by symbols, so that
    time and memory are bounded; nothing is missed where fewer are frequent.
    """
    names, maps = _bitmaps(sequences, min_support)
    level: list[tuple[tuple[int, ...], Bitmaps]] = [((i,), maps[i]) for i in range(len(names))]
    found: list[tuple[tuple[int, ...], Presence]] = []
    for _ in range(max_length):
        level = sorted(level, key=lambda entry: (-int(np.count_nonzero(entry[1])), entry[0]))[:beam]
        found += [(pattern, ends != 0) for pattern, ends in level]
        level = [longer for pattern, ends in level for longer in _extend(pattern, ends, maps, min_support)]
    return [Subsequence(symbols=tuple(names[i] for i in p), present=present) for p, present in _closed(found)]


def _bitmaps(sequences: Sequence[Sequence[str]], min_support: int) -> tuple[list[str], Bitmaps]:
    support: dict[str, int] = {}
    for sequence in sequences:
        for symbol in set(sequence):
            support[symbol] = support.get(symbol, 0) + 1
    names = sorted(symbol for symbol, count in support.items() if count >= min_support)
    number = {name: i for i, name in enumerate(names)}
    rows = [[0] * len(sequences) for _ in names]
    for column, sequence in enumerate(sequences):
        for position, symbol in enumerate(sequence):
            if symbol in number:
                rows[number[symbol]][column] |= 1 << position
    return names, np.array(rows, np.uint64).reshape(len(names), len(sequences))


def _extend(
    pattern: tuple[int, ...], ends: Bitmaps, maps: Bitmaps, min_support: int
) -> list[tuple[tuple[int, ...], Bitmaps]]:
    first = ends & (~ends + _ONE)
    after = np.where(ends == 0, np.uint64(0), ~(first | (first - _ONE)))
    reached = maps & after
    enough = np.flatnonzero(np.count_nonzero(reached, axis=1) >= min_support)
    return [((*pattern, int(i)), reached[i]) for i in enough]


def _closed(found: list[tuple[tuple[int, ...], Presence]]) -> list[tuple[tuple[int, ...], Presence]]:
    """Drop what is a subsequence of a longer one that the same sequences contain."""
    by_support: dict[bytes, list[tuple[int, ...]]] = {}
    for pattern, present in found:
        by_support.setdefault(np.packbits(present).tobytes(), []).append(pattern)
    kept = []
    for pattern, present in found:
        rivals = by_support[np.packbits(present).tobytes()]
        if not any(len(rival) > len(pattern) and contains(rival, pattern) for rival in rivals):
            kept.append((pattern, present))
    return kept


def contains(sequence: Sequence[object], part: Sequence[object]) -> bool:
    """Tell whether the items of `part` occur in the sequence, in their order, with gaps."""
    rest = iter(sequence)
    return all(item in rest for item in part)
