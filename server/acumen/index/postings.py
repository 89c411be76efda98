"""Sealed postings: for each term, the rows it occurs in and how often, in compressed sparse rows."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Terms: TypeAlias = NDArray[np.uint64]
Rows: TypeAlias = NDArray[np.int32]
Counts: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.float32]
Lengths: TypeAlias = NDArray[np.int32]

K1, B = 1.2, 0.75  # Robertson and Zaragoza 2009, section 3.2: the usual values; nothing is gained by tuning them


@dataclass(frozen=True, slots=True)
class Postings:
    """`terms` (v,) ascending; of term i, `rows` and `counts` from `offsets[i]` to `offsets[i + 1]`, rows ascending.

    A removed row keeps its place with a count of 0. `frequencies` (v,) counts the rows still there. `peaks` (v,) bounds
    a term's saturation (the BM25 factor, 0 to 1) over its rows at the mean length `mean`.
    """

    terms: Terms
    offsets: NDArray[np.int64]
    rows: Rows
    counts: Counts
    frequencies: NDArray[np.int32]
    peaks: Floats
    mean: float

    def find(self, terms: Terms) -> tuple[list[int], list[int], list[int], list[float]]:
        """Return for each term its start, its end, its live rows and its peak; an unknown term has none."""
        if not self.terms.size:
            return [0] * terms.size, [0] * terms.size, [0] * terms.size, [0.0] * terms.size
        at = np.minimum(np.searchsorted(self.terms, terms), self.terms.size - 1)
        known = self.terms[at] == terms
        starts, ends = self.offsets[at], self.offsets[at + 1]
        frequencies, peaks = self.frequencies[at] * known, self.peaks[at] * known
        return starts.tolist(), np.where(known, ends, starts).tolist(), frequencies.tolist(), peaks.tolist()

    def remove(self, rows: Rows, capacity: int) -> None:
        """Take rows out: their counts become 0 and their terms' frequencies fall."""
        gone = np.zeros(capacity, np.bool_)
        gone[rows] = True
        places = np.flatnonzero(gone[self.rows])
        places = places[self.counts[places] > 0]
        self.counts[places] = 0
        held = np.searchsorted(self.offsets, places, side="right") - 1
        np.subtract.at(self.frequencies, held, 1)


def empty() -> Postings:
    """Return postings without terms."""
    return seal(np.empty(0, np.uint64), np.empty(0, np.int32), np.empty(0, np.uint8), np.zeros(1, np.int32), 1.0)


def seal(terms: Terms, rows: Rows, counts: Counts, lengths: Lengths, mean: float) -> Postings:
    """Return the postings of triples (n,) in any order, each pair of term and row once; `lengths` is by row."""
    order = np.lexsort((rows, terms))
    terms, rows, counts = terms[order], rows[order], counts[order]
    starts = np.flatnonzero(np.concatenate([[True], terms[1:] != terms[:-1]])) if terms.size else np.empty(0, np.int64)
    offsets = np.append(starts, terms.size).astype(np.int64)
    return _complete(terms[starts], offsets, rows, counts, lengths, mean)


def merge(first: Postings, second: Postings, lengths: Lengths, mean: float) -> Postings:
    """Return two as one, without what was removed. In order of size: rows stay sorted if the second's come later."""
    first, second = _swept(first), _swept(second)
    terms = np.union1d(first.terms, second.terms)
    widths, places = np.zeros(terms.size, np.int64), []
    for part in (first, second):
        at = np.searchsorted(terms, part.terms)
        places.append((at, widths[at]))
        widths[at] += np.diff(part.offsets)
    offsets = np.concatenate([[0], np.cumsum(widths)]).astype(np.int64)
    rows, counts = np.empty(offsets[-1], np.int32), np.empty(offsets[-1], np.uint8)
    for part, (at, shift) in zip((first, second), places, strict=True):
        moved = np.repeat(offsets[at] + shift - part.offsets[:-1], np.diff(part.offsets)) + np.arange(part.rows.size)
        rows[moved], counts[moved] = part.rows, part.counts
    if first.rows.size and second.rows.size and first.rows.max() > second.rows.min():
        order = np.lexsort((rows, np.repeat(np.arange(terms.size), widths)))
        rows, counts = rows[order], counts[order]
    return _complete(terms, offsets, rows, counts, lengths, mean)


def _swept(part: Postings) -> Postings:
    """Return the postings without the places of removed rows and without terms that have none left."""
    kept = part.counts > 0
    if kept.all():
        return part
    terms = part.frequencies > 0
    offsets = np.concatenate([[0], np.cumsum(part.frequencies[terms])]).astype(np.int64)
    rows, counts = part.rows[kept], part.counts[kept]
    return Postings(part.terms[terms], offsets, rows, counts, part.frequencies[terms], part.peaks[terms], part.mean)


def _complete(terms: Terms, offsets: Any, rows: Rows, counts: Counts, lengths: Lengths, mean: float) -> Postings:
    frequencies = np.diff(offsets).astype(np.int32)
    part = saturation(counts, lengths[rows], mean)
    peaks = np.maximum.reduceat(part, offsets[:-1]) if terms.size else np.empty(0, np.float32)
    return Postings(terms, offsets, rows, counts, frequencies, peaks, mean)


def saturation(counts: Counts, lengths: Lengths, mean: float) -> Floats:
    """Return tf / (tf + k1 (1 - b + b length / mean)) (n,), what of BM25 is a text's own; 0 for a count of 0."""
    return np.asarray(counts / (norms(int(lengths.max(initial=0)), mean)[lengths] + counts), np.float32)


def norms(longest: int, mean: float) -> Floats:
    """Return k1 (1 - b + b length / mean) for every length from 0 to the longest (longest + 1,)."""
    return (K1 * (1 - B) + K1 * B / mean * np.arange(longest + 1)).astype(np.float32)


def fitting(part: Postings, capacity: int) -> Postings:
    """Return postings read from elsewhere; raises `ValueError` when their arrays cannot be one another's."""
    widths = np.diff(part.offsets)
    fits = (
        part.offsets.size == part.terms.size + 1
        and part.terms.size == part.frequencies.size == part.peaks.size
        and part.rows.size == part.counts.size == int(part.offsets[-1])
        and int(part.offsets[0]) == 0
        and bool((widths > 0).all() and (part.terms[1:] > part.terms[:-1]).all())
        and (not part.rows.size or 0 <= int(part.rows.min()) <= int(part.rows.max()) < capacity)
    )
    if not fits:
        raise ValueError("the arrays of a lexical part do not fit each other")
    return part
