"""What the terms of one query add up to, row by row, and which rows can still be among the best."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acumen.index.postings import Floats, Rows
from acumen_accel.postings import Places, PostingSums

EAGER = 4096  # postings; so many are read before it is looked whether the rest can matter
MOST_READ = 16384  # postings; a query that would need more to be sure is answered from its rarest terms
OVERSAMPLED = 2  # rows for each one wanted, whose common terms are then looked up
PROBES = 8  # places read in the time in which one row is looked up
SHARED_BY = 3  # a term of at least this many live rows is a word of the bank; a rarer one is a name, a slot's filling
SLACK = np.float32(0.999)  # bounds are loosened by more than float32 sums can be off
Mask = NDArray[np.bool_] | None


@dataclass(slots=True)
class Term:
    """A query's term in an index: its weight, an upper bound of what it can add, and how many rows have it."""

    place: int  # among the terms asked for
    idf: float
    bound: float
    frequency: int


@dataclass(frozen=True, slots=True)
class Sums:
    """Where the terms of a query are added: `sums` by row, with the `lengths` of rows and the BM25 `norms` of these.

    `weights` are the terms', in the order in which they are read, `parts` say where they are.
    """

    sums: PostingSums
    weights: Floats
    parts: Sequence[Places]
    lengths: NDArray[np.int32]
    norms: Floats

    def read(self, first: int, last: int) -> None:
        """Add the terms from `first` to before `last` at all of their rows."""
        self.sums.read(first, last, self.weights, self.parts, self.lengths, self.norms)

    def look_up(self, first: int, last: int, rows: Rows) -> None:
        """Add terms at some rows only."""
        self.sums.find(first, last, self.weights, self.parts, self.lengths, self.norms, rows)


def candidates(query: list[Term], k: int, allowed: Mask, sums: Sums) -> tuple[Rows, int]:
    """Return the k best rows and how many terms, the rarest first, were read whole; the others were looked up there.

    Sure up to `MOST_READ` postings, or one term. Beyond, rows that have none of the rarer terms, or too few of them to
    be among the best 2 k so far, are passed over: a bound on the time of a query in a large bank, the same every time.
    Terms that could not lift a row among the k best are looked up (MaxScore, Turtle and Flood 1995).
    """
    if not (k and query):
        return np.empty(0, np.int32), 0
    done, threshold, left = _read(query, k, allowed, sums)
    found = sums.sums
    if done == len(query):
        return found.best(k, allowed), done
    sure = left < threshold * SLACK
    rivals = found.touched if sure else found.best(OVERSAMPLED * k, allowed)
    if sure and allowed is not None:
        rivals = rivals[allowed[rivals]]
    for place in range(done, len(query)):
        if sure:
            rivals = rivals[found.scores[rivals] >= (threshold - left) * SLACK]
        left -= query[place].bound
        if PROBES * len(rivals) > query[place].frequency:
            sums.read(place, place + 1)
        else:
            sums.look_up(place, place + 1, rivals)
    return best(rivals, found.scores[rivals], k), done


def _read(query: list[Term], k: int, allowed: Mask, sums: Sums) -> tuple[int, float, float]:
    """Read terms until the rest cannot lift a row among the k best; return how many, the k-th best, and the rest."""
    done, added, read, budget, threshold, left = 0, 0, 0, EAGER, 0.0, sum(term.bound for term in query)
    while done < len(query) and (not done or read + query[done].frequency <= MOST_READ):
        left -= query[done].bound
        read += query[done].frequency
        done += 1
        if read >= budget:
            sums.read(added, done)
            added, budget = done, read + EAGER
            reached = sums.sums.best(k, allowed)
            threshold = float(sums.sums.scores[reached[-1]]) if len(reached) == k else 0.0
            if left < threshold * SLACK:
                break
    sums.read(added, done)
    return done, threshold, left


def best(rows: Rows, scores: Floats, k: int) -> Rows:
    """Return the k rows of the highest scores, best first, ties by row."""
    if rows.size > k:
        kept = scores >= np.partition(scores, rows.size - k)[rows.size - k]
        rows, scores = rows[kept], scores[kept]
    return rows[np.lexsort((rows, -scores))[:k]]
