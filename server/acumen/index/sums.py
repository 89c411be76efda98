"""What the terms of one query add up to, row by row, and which rows can still be among the best."""

from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from acumen.index.postings import Counts, Floats, Rows, saturation

EAGER = 2048  # terms are read whole, so many postings at a time, until the others can only matter to few rows
MOST_READ = 8192  # postings; a query that would need more to be sure is answered from its rarest terms
OVERSAMPLED = 2  # rows for each one wanted, whose common terms are then looked up
SHARED_BY = 3  # a term of at least this many live rows is a word of the bank; a rarer one is a name, a slot's filling
SLACK = np.float32(0.999)  # bounds are loosened by more than float32 sums can be off


@dataclass(slots=True)
class Term:
    """A query's term in an index: its weight, an upper bound of what it can add, and where its rows are."""

    idf: float
    bound: float
    frequency: int
    slices: list[tuple[Rows, Counts]]


class Sums:
    """By row: `scores` BM25 without its constant factor, `shared` and `rare` the idf of the terms found there."""

    def __init__(self, lengths: Floats, mean: float) -> None:
        self.scores, self.shared, self.rare = (np.zeros(lengths.size, np.float32) for _ in range(3))
        self._lengths, self._mean = lengths, mean

    def read(self, terms: list[Term]) -> None:
        """Add terms, the rarest first, at all of their rows."""
        rows = np.concatenate([rows for term in terms for rows, _ in term.slices]).astype(np.int64)
        counts = np.concatenate([counts for term in terms for _, counts in term.slices])
        widths = [sum(rows.size for rows, _ in term.slices) for term in terms]
        weights = np.repeat(np.array([term.idf for term in terms], np.float32), widths)
        weights[counts == 0] = 0
        rare = sum(width for term, width in zip(terms, widths, strict=True) if term.frequency < SHARED_BY)
        np.add.at(self.rare, rows[:rare], weights[:rare])
        np.add.at(self.shared, rows[rare:], weights[rare:])
        weights *= saturation(counts, self._lengths.take(rows), self._mean)
        np.add.at(self.scores, rows, weights)

    def look_up(self, term: Term, rows: NDArray[np.int64]) -> None:
        """Add a term at some rows only, each given once."""
        weight, found = np.float32(term.idf), self.shared if term.frequency >= SHARED_BY else self.rare
        sought = rows.astype(np.int32)
        for places, counts in term.slices:
            at = np.minimum(places.searchsorted(sought), places.size - 1)
            held = ((places.take(at) == sought) & (counts.take(at) > 0)).nonzero()[0]
            if not held.size:
                continue
            here = rows[held]
            found[here] += weight
            self.scores[here] += weight * saturation(counts[at[held]], self._lengths[here], self._mean)


def candidates(
    query: list[Term], k: int, allowed: NDArray[np.bool_] | None, sums: Sums
) -> tuple[NDArray[np.int64], list[Term]]:
    """Read terms until the rest cannot lift a row among the k best; return who can be among them, and the rest.

    Sure up to `MOST_READ` postings, or one term. Beyond, rows that have none of the rarer terms, or too few of them to
    be among the best 2 k so far, are passed over: a bound on the time of a query in a large bank, the same every time.
    """
    if not k:
        return np.empty(0, np.int64), query
    done, threshold, left = 0, 0.0, sum(term.bound for term in query)
    postings = accumulate(term.frequency for term in query)
    most = max(sum(read <= MOST_READ for read in postings), 1)
    while done < min(most, len(query)) and left >= threshold * SLACK:
        start, budget = done, EAGER
        while done < min(most, len(query)) and budget > 0:
            left -= query[done].bound
            budget -= query[done].frequency
            done += 1
        sums.read(query[start:done])
        threshold = max(threshold, _kth(query[:done], k, allowed, sums))
    rest = query[done:]
    if rest and left >= threshold * SLACK:
        touched = _above(sums, 0.0, allowed)
        return np.sort(best(touched, sums.scores[touched], OVERSAMPLED * k)), rest
    return _above(sums, threshold - left if rest else threshold, allowed), rest


def best(rows: NDArray[np.int64], scores: Floats, k: int) -> NDArray[np.int64]:
    """Return the k rows of the highest scores, best first, ties by row."""
    if rows.size > k > 0:
        kept = scores >= np.partition(scores, rows.size - k)[rows.size - k]
        rows, scores = rows[kept], scores[kept]
    return rows[np.lexsort((rows, -scores))[:k]]


def _kth(terms: list[Term], k: int, allowed: NDArray[np.bool_] | None, sums: Sums) -> float:
    """Return a score that at least k rows reach: the k-th best among the rows of a single term."""
    reached = 0.0
    for term in [term for term in terms if term.frequency >= k][:2]:
        rows = np.concatenate([rows[counts > 0] for rows, counts in term.slices])
        values = sums.scores[rows if allowed is None else rows[allowed[rows]]]
        if values.size >= k:
            reached = max(reached, float(np.partition(values, values.size - k)[values.size - k]))
    return reached


def _above(sums: Sums, threshold: float, allowed: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """Return the rows, ascending, whose sum is positive and not below a threshold, a rounding error aside."""
    reached = sums.scores >= threshold * SLACK if threshold > 0 else sums.scores > 0
    if allowed is None:
        return np.flatnonzero(reached)
    size = min(reached.size, allowed.size)  # room for rows to come is in the one, not in the other
    return np.flatnonzero(reached[:size] & allowed[:size])
