"""The lexical index of one namespace: BM25 over terms, exact over the rows that are there.

Rows are added to a small tail of dictionaries, which is sealed into sorted arrays; sealed parts are merged at geometric
sizes. Document frequencies, the mean length and so every score depend only on the rows that are live, not on how they
came: an index restored from its image answers like the one it was taken from.
"""

import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.index.postings import Counts, Floats, Postings, Rows, Terms, empty, fitting, merge, norms, seal
from acumen.index.sums import SHARED_BY, Sums, Term, candidates
from acumen_accel.postings import Places, PostingSums

TAIL_ROWS = 256
GROWTH = 4  # a part is merged into the one before it when that is not this many times larger
FEW_ROWS = 16  # are weighed one by one; of more, all of the tail at once
MOST_TERMS = 64  # of a query; the rarest are kept


@dataclass(frozen=True, slots=True)
class Hits:
    """Rows (m,) and how they share terms with a query, all float32 (m,) from 0 on.

    `bm25` is the share of the highest BM25 score that a text could reach for this query, 0 to 1. `coverage` is the
    idf-weighted share of the query's terms that the row has. `common` counts those among them that are words of this
    bank, those of at least three rows, and `agreement` is the Dice coefficient of such words: names and numbers that
    fill a slot neither help nor hurt there, so that two wordings of one kind of task agree. `mass` is the idf of all
    the query's terms together, `unseen` the share of it that no live row has.
    """

    rows: NDArray[np.int64]
    bm25: Floats
    coverage: Floats
    agreement: Floats
    common: Floats
    mass: float
    unseen: float


class LexicalIndex:
    """Terms by row; one writer at a time, reads change nothing."""

    def __init__(self) -> None:
        self._parts: list[Postings] = []
        self._held: dict[int, tuple[Terms, Counts]] = {}  # the tail by row
        self._tail: dict[int, tuple[array[int], array[int]]] = {}  # the tail by term: rows and counts
        self._unread: list[int] = []  # rows of the tail that are not in `_tail` yet: it is only for reading
        self._ascending, self._highest = True, -1  # whether the tail's rows came in order, and the last of them
        self._lengths = np.zeros(TAIL_ROWS, np.int32)
        self._shared = np.zeros(TAIL_ROWS, np.float32)  # a row's terms that others share, as of its part's last merge
        self._live = np.zeros(TAIL_ROWS, np.bool_)
        self._count, self._total, self._weighed = 0, 0.0, True  # whether only unread rows lack their shared terms
        self._longest, self._norms = 0, (0.0, np.empty(0, np.float32))
        self._idle: list[PostingSums] = []  # sums that no search is using

    def __len__(self) -> int:
        return self._count

    @property
    def size_bytes(self) -> int:
        """Bytes of the sealed arrays; the tail of at most 256 rows comes on top."""
        arrays = [getattr(part, name) for part in self._parts for name in Postings.__slots__ if name != "mean"]
        return int(sum(a.nbytes for a in arrays) + 9 * self._live.size)

    @property
    def rows(self) -> int:
        """Length that a mask by row must have at least."""
        return int(self._live.size)

    @property
    def distinct_terms(self) -> int:
        """Terms of the rows that are there, each once; looks at all of them."""
        self._weigh_tail()
        sealed = [part.terms[part.frequencies > 0] for part in self._parts]
        return int(np.unique(np.concatenate([*sealed, np.array(list(self._tail), np.uint64)])).size)

    def live_rows(self) -> NDArray[np.int64]:
        """Return the rows that are there, ascending."""
        return np.flatnonzero(self._live)

    # writing

    def add(self, rows: Sequence[int], texts: Sequence[Terms]) -> None:
        """Add rows with the terms of their texts, repetitions and all; a row that is there is replaced."""
        self.remove([row for row in rows if row < self._live.size and self._live[row]])
        self._reserve(max(rows, default=0))
        for row, text, (terms, counts) in zip(rows, texts, _counted(texts), strict=True):
            self._append(int(row), text.size, terms, counts)
            if len(self._held) >= TAIL_ROWS:
                self._seal()

    def remove(self, rows: Sequence[int]) -> None:
        """Take rows out; rows that are not there are none of our business."""
        known = [row for row in dict.fromkeys(map(int, rows)) if 0 <= row < self._live.size and self._live[row]]
        sealed = [row for row in known if row not in self._held]
        for row in known:
            if row in self._held:
                self._drop(row)
        if sealed:
            for part in self._parts:
                part.remove(np.array(sealed, np.int32), self._live.size)
        self._count, self._weighed = self._count - len(known), self._weighed and not known
        self._total -= float(self._lengths[known].sum(dtype=np.float64))
        self._live[known], self._lengths[known] = False, 0

    def _reserve(self, row: int) -> None:
        if row >= self._live.size:
            grown = max(row + 1, self._live.size * 3 // 2)
            self._live = np.concatenate([self._live, np.zeros(grown - self._live.size, np.bool_)])
            self._lengths = np.concatenate([self._lengths, np.zeros(grown - self._lengths.size, np.int32)])
            self._shared = np.concatenate([self._shared, np.zeros(grown - self._shared.size, np.float32)])

    def _append(self, row: int, length: int, terms: Terms, counts: Counts) -> None:
        self._hold(row, terms, counts)
        self._live[row], self._lengths[row], self._shared[row] = True, length, 0
        self._longest = max(self._longest, length)
        self._count, self._total = self._count + 1, self._total + length

    def _hold(self, row: int, terms: Terms, counts: Counts) -> None:
        if terms.size:
            self._held[row] = (terms, counts)
            self._unread.append(row)
            self._ascending, self._highest = self._ascending and row > self._highest, max(row, self._highest)

    def _read_tail(self, row: int) -> "Iterator[tuple[int, array[int]]]":
        """Put a row of the tail where a search finds it; yield each of its terms with the tail's rows that have it."""
        terms, counts = self._held[row]
        for term, count in zip(terms.tolist(), counts.tolist(), strict=True):
            held = self._tail.get(term)
            if held is None:
                held = self._tail[term] = (array("i"), array("B"))
            held[0].append(row)
            held[1].append(count)
            yield term, held[0]

    def _drop(self, row: int) -> None:
        terms = self._held.pop(row)[0].tolist()
        if row in self._unread:
            self._unread.remove(row)
            return
        for term in terms:
            rows, counts = self._tail[term]
            place = rows.index(row)
            del rows[place], counts[place]
            if not rows:
                del self._tail[term]

    def _seal(self) -> None:
        self._parts.append(self._sealed_tail())
        self._held, self._tail, self._unread, self._ascending, self._highest = {}, {}, [], True, -1
        while len(self._parts) > 1 and self._parts[-2].rows.size < GROWTH * self._parts[-1].rows.size:
            last = self._parts.pop()
            self._parts[-1] = merge(self._parts[-1], last, self._lengths, self._mean)
        part = self._parts[-1]
        self._weigh(part.terms, np.repeat(np.arange(part.terms.size), np.diff(part.offsets)), part.rows)

    def _weigh(self, terms: Terms, places: NDArray[Any], rows: Rows) -> None:
        """Count rows' shared terms: `terms` (v,) once each, `places` (n,) term, `rows` (n,) the row, of a posting."""
        frequencies = sum((np.array(part.find(terms)[2]) for part in self._parts), np.zeros(terms.size))
        if self._tail:
            frequencies += [len(self._tail[term][0]) if term in self._tail else 0 for term in terms.tolist()]
        self._shared[rows] = 0
        np.add.at(self._shared, rows, (frequencies >= SHARED_BY).astype(np.float32)[places])

    def _weigh_tail(self) -> None:
        """Bring the tail and its counts of shared terms up to date, once after a write; all that a read sets."""
        unread, self._unread = self._unread, []
        if self._weighed and len(unread) <= FEW_ROWS:
            for row in unread:
                self._weigh_row(row)
            return
        for row in unread:
            for _ in self._read_tail(row):
                pass
        if self._held:
            terms = np.concatenate([terms for terms, _ in self._held.values()])
            rows = np.repeat(np.array(list(self._held), np.int32), [terms.size for terms, _ in self._held.values()])
            self._weigh(*np.unique(terms, return_inverse=True), rows)
        self._weighed = True

    def _weigh_row(self, row: int) -> None:
        """Read a row, and count its shared terms; one that it makes shared counts for the tail's others too."""
        terms = self._held[row][0]
        sealed = [sum(found) for found in zip(*(part.find(terms)[2] for part in self._parts), strict=True)]
        for before, (_, rows) in zip(sealed or [0] * terms.size, self._read_tail(row), strict=True):
            frequency = before + len(rows)
            if frequency == SHARED_BY:
                self._shared[rows] += 1
            elif frequency > SHARED_BY:
                self._shared[row] += 1

    def _sealed_tail(self) -> Postings:
        if not self._held:
            return empty()
        rows = np.repeat(np.array(list(self._held), np.int32), [terms.size for terms, _ in self._held.values()])
        terms = np.concatenate([terms for terms, _ in self._held.values()])
        counts = np.concatenate([counts for _, counts in self._held.values()])
        return seal(terms, rows, counts, self._lengths, self._mean)

    # reading

    @property
    def _mean(self) -> float:
        """Mean length of a live row, at least one term."""
        return max(self._total / self._count, 1.0) if self._count else 1.0

    def search(
        self, terms: Terms, k: int, allowed: NDArray[np.bool_] | None = None, include: Sequence[int] | Any = ()
    ) -> Hits:
        """Return the k best rows by BM25 that share a term with the query, best first, ties by row, then `include`.

        `allowed` is by row and at least `rows` long; `include` are live rows, each once, wanted whether or not they are
        among the best. Exact as `sums.candidates` says. Scores are exact always.
        """
        self._weigh_tail()
        query, parts, mass, unseen = self._query(terms)
        weights = np.array([term.idf for term in query], np.float32)
        sums = Sums(self._sums(), weights, parts, self._lengths, self._norms_now())
        first, done = candidates(query, k, allowed, sums)
        extra = np.sort(np.asarray(include, np.int32))
        extra = _others(extra, np.sort(first))
        sums.look_up(done, len(query), extra)
        rows = np.concatenate([first, extra])
        hits = self._hits(rows, sums, query, mass, unseen)
        sums.sums.clear(rows)
        self._idle.append(sums.sums)
        return hits

    def _sums(self) -> PostingSums:
        """Return sums that are zero, from an earlier search where they are still of the size."""
        while self._idle:
            sums = self._idle.pop()
            if len(sums) == self._live.size:
                return sums
        return PostingSums(self._live.size)

    def _norms_now(self) -> Floats:
        mean, known = self._norms
        if mean != self._mean or len(known) <= self._longest:
            known = norms(self._longest, self._mean)
            self._norms = (self._mean, known)
        return known

    def _hits(self, rows: Rows, sums: Sums, query: list[Term], mass: float, unseen: float) -> Hits:
        whole = np.float32(mass or 1.0)
        words = np.array([term.frequency >= SHARED_BY for term in query], np.float32)
        covered, common = sums.sums.covered(rows, sums.weights, words)
        both = np.maximum(self._shared[rows] + words.sum(), np.float32(1))
        return Hits(
            rows=rows.astype(np.int64),
            bm25=sums.sums.scores[rows] / whole,
            coverage=covered / whole,
            agreement=np.minimum(2 * common / both, np.float32(1)),
            common=common,
            mass=mass,
            unseen=unseen,
        )

    def score(self, rows: Sequence[int] | Any, terms: Terms) -> Hits:
        """Return the scores of these rows alone, in ascending order of rows, each once."""
        return self.search(terms, 0, include=rows)

    def _query(self, terms: Terms) -> tuple[list[Term], list[Places], float, float]:
        """Return the terms that are here, the rarest first, and where; the idf mass of all, and the share unseen."""
        asked = sorted(set(terms.tolist()))  # np.unique costs more on so few
        unique = np.array(asked, np.uint64)
        found = [part.find(unique) for part in self._parts]
        tail = [self._tail.get(term) for term in asked]
        query, mass, unseen = [], 0.0, 0.0
        for term in self._weighted(found, tail):
            mass += term.idf
            if term.frequency:
                query.append(term)
            else:
                unseen += term.idf
        query.sort(key=lambda term: -term.idf)
        del query[MOST_TERMS:]
        order = [term.place for term in query]
        parts = [
            Places(part.rows, part.counts, [starts[i] for i in order], [ends[i] for i in order])
            for part, (starts, ends, _, _) in zip(self._parts, found, strict=True)
        ]
        parts += self._tail_places([tail[i] for i in order])
        return query, parts, mass, unseen / mass if mass else 0.0

    def _weighted(self, found: Sequence[Any], tail: Sequence[Any]) -> Iterator[Term]:
        """Yield the terms asked for, `found` in each part and in the tail."""
        mean = self._mean
        drifts = [max(1.0, mean / part.mean) for part in self._parts]
        for place, held in enumerate(tail):
            frequency, bound = 0, 0.0
            for (_, _, frequencies, peaks), drift in zip(found, drifts, strict=True):
                if frequencies[place]:
                    frequency += frequencies[place]
                    bound = max(bound, peaks[place] * drift)
            if held is not None:
                frequency, bound = frequency + len(held[0]), 1.0
            idf = math.log1p((self._count - frequency + 0.5) / (frequency + 0.5))
            yield Term(place, idf, bound * idf, frequency)

    def _tail_places(self, held: "Sequence[tuple[array[int], array[int]] | None]") -> list[Places]:
        """Return where the terms are in the tail, one after the other; nothing where none of them is."""
        if not any(held):
            return []
        rows, counts, ends = array("i"), array("B"), []
        for one in held:
            if one is not None:
                rows.extend(one[0])
                counts.extend(one[1])
            ends.append(len(rows))
        starts, placed, counted = [0, *ends[:-1]], np.array(rows), np.array(counts)
        if not self._ascending:
            for start, end in zip(starts, ends, strict=True):
                order = placed[start:end].argsort()
                placed[start:end], counted[start:end] = placed[start:end][order], counted[start:end][order]
        return [Places(placed, counted, starts, ends)]

    # persistence

    def image(self) -> dict[str, NDArray[Any]]:
        """Return everything as plain arrays: by live row its length and shared terms, then the parts, the tail last."""
        rows = np.flatnonzero(self._live)
        self._weigh_tail()
        arrays: dict[str, NDArray[Any]] = {"live": rows, "lengths": self._lengths[rows], "shared": self._shared[rows]}
        for place, part in enumerate([*self._parts, self._sealed_tail()]):
            arrays |= {f"{place}.{name}": np.asarray(getattr(part, name)) for name in Postings.__slots__}
        return arrays

    @classmethod
    def restore(cls, image: Mapping[str, NDArray[Any]]) -> "LexicalIndex":
        """Return the index an image was taken of; it answers alike and grows alike.

        Raises `ValueError` if the arrays do not fit each other.
        """
        if "shared" not in image:
            raise ValueError("the arrays of a lexical index are of an older form")
        index = cls()
        rows = image["live"]
        index._reserve(
            max(int(image[name].max(initial=0)) for name in image if name == "live" or name.endswith(".rows"))
        )
        index._live[rows], index._lengths[rows], index._shared[rows] = True, image["lengths"], image["shared"]
        index._longest = int(image["lengths"].max(initial=0))
        index._count, index._total = rows.size, float(image["lengths"].sum(dtype=np.float64))
        parts = []
        for place in range(sum(name.endswith(".terms") for name in image)):
            arrays: dict[str, Any] = {name: np.array(image[f"{place}.{name}"]) for name in Postings.__slots__}
            parts.append(fitting(Postings(**(arrays | {"mean": float(arrays["mean"])})), index._live.size))
        *index._parts, tail = parts
        index._reopen(tail)
        return index

    def _reopen(self, tail: Postings) -> None:
        """Make the mutable tail of its postings."""
        order = np.argsort(tail.rows, kind="stable")
        terms = np.repeat(tail.terms, np.diff(tail.offsets))[order]
        held, starts = np.unique(tail.rows[order], return_index=True)
        pieces = zip(np.split(terms, starts[1:]), np.split(tail.counts[order], starts[1:]), strict=True)
        for row, (own, counts) in zip(held.tolist(), pieces, strict=False):
            self._hold(row, own, counts)
            for _ in self._read_tail(row):  # not to be weighed: the image has that
                pass
        self._unread.clear()


def _counted(texts: Sequence[Terms]) -> Iterator[tuple[Terms, Counts]]:
    """Yield the terms of each text, ascending and each once, with how often it has them, at most 255 times."""
    if not texts:
        return
    sizes = [text.size for text in texts]
    terms, owners = np.concatenate(texts), np.repeat(np.arange(len(texts)), sizes)
    order = np.lexsort((terms, owners))
    terms, owners = terms[order], owners[order]
    new = np.ones(terms.size, np.bool_)
    new[1:] = (terms[1:] != terms[:-1]) | (owners[1:] != owners[:-1])
    starts = np.flatnonzero(new)
    counts = np.minimum(np.diff(starts, append=terms.size), 255).astype(np.uint8)
    ends = np.searchsorted(owners[starts], np.arange(len(texts)), side="right").tolist()
    unique = terms[starts]
    for start, end in zip([0, *ends], ends, strict=False):
        yield unique[start:end], counts[start:end]


def _others(rows: Rows, known: Rows) -> Rows:
    """Return the rows that are not among the known ones, both ascending."""
    if not (rows.size and known.size):
        return rows
    return np.asarray(rows[known[np.minimum(np.searchsorted(known, rows), known.size - 1)] != rows])
