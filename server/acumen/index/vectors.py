"""The vector index of one namespace: a mutable end, and sealed segments that are merged at geometric sizes.

Which rows form which segment follows from the sequence of calls alone, never from timing. What is being built in the
background only decides which rows a search looks at; all are scored from the same bytes, in integers.
"""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acumen import log
from acumen.errors import InvalidInput, StorageFull
from acumen.index.block import Block, Codes, Found, Mask, Scores, best, joined
from acumen.index.builds import Builds
from acumen.index.cache import GraphCache
from acumen.index.coarse import COARSE
from acumen.index.compact import CompactSegment
from acumen.index.exact import ExactSegment
from acumen.index.hnsw import GraphSegment
from acumen.index.image import KindStats, SegmentImage
from acumen.index.inputs import block_of, query_of
from acumen.index.segment import Segment, vectors
from acumen.index.sizes import Sizes, due
from acumen.index.sketch import Question
from acumen_accel import Query, scan_query

TIERS = {"int8": "hnsw", "int4": "int4", "binary": "compact"}  # the kind of their segments

_log = log.logger("index")


class VectorIndex:
    """Nearest rows by cosine. One thread changes it; any thread searches, and sees a state between two changes.

    `folder` is where compact segments map their bytes from (a file without a name, gone with the segment); without it,
    the system's folder for temporary files.
    """

    def __init__(
        self,
        dimension: int,
        build: Executor,
        sizes: Sizes | None = None,
        graphs: GraphCache | None = None,
        folder: Path | None = None,
    ) -> None:
        self.dimension, self.sizes = dimension, sizes or Sizes()
        self._builds = Builds(build, self.sizes, graphs)
        self._cache, self._folder = graphs, folder
        self._tail = ExactSegment(dimension)
        self._segments: tuple[Segment, ...] = (self._tail,)  # in the order of their rows, the tail last
        self._last = -1
        self._answered: Counter[str] = Counter()
        self._counting = Lock()

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The segments as of now, in the order of their rows."""
        return self._segments

    def __len__(self) -> int:
        return sum(segment.live for segment in self._segments)

    def add(self, rows: ArrayLike, codes: ArrayLike, scales: ArrayLike) -> None:
        """Add rows (n,) int64, above all before them, with codes (n, d) int8 and scales (n,) as of quantise_int8.

        Raises InvalidInput of 'rows' or 'vector', and then adds none.
        """
        block = block_of(rows, codes, scales, self.dimension, self._last)
        start = 0
        while start < len(block):
            end = min(len(block), start + self.sizes.seal_rows - self._tail.rows)
            part = slice(start, end)
            self._tail.add(Block(block.rows[part], block.codes[part], block.scales[part]))
            self._last = int(block.rows[end - 1])
            start = end
            if self._tail.rows == self.sizes.seal_rows:
                self._seal()

    def remove(self, rows: ArrayLike) -> int:
        """Make rows dead, from this moment on, and return how many were live; those not here are passed over.

        A segment more than half dead is rewritten.
        """
        wanted = np.ascontiguousarray(rows, np.int64)
        count = 0
        for segment in self._segments:
            removed = segment.remove(wanted)
            count += removed
            if removed and segment is not self._tail and 2 * segment.live < segment.rows:
                self._tidy(segment)
        return count

    def _tidy(self, segment: Segment) -> None:
        """Rewrite a segment that is mostly dead; where the disk refuses, it stays as it is until the next time."""
        try:
            self._rewrite(segment)
        except StorageFull as error:
            _log.warning("segment not rewritten", cause=str(error))

    def search(self, query: ArrayLike | Query, k: int, allowed: Mask | None = None) -> Found:
        """Return (rows int64, scores float32), best first, ties by the lower row.

        query (d,) float32, of any length, or made by `query_of` already; a score is the cosine, as far as int8 holds
        it. `allowed` (m,) bool by row number leaves the rows it marks. There are k results wherever there are k live,
        allowed rows. Raises InvalidInput of 'vector', 'k' or 'allowed'.
        """
        if k < 1:
            raise InvalidInput.of("k", f"is {k}, must be at least 1")
        if allowed is not None and (allowed.dtype != np.bool_ or allowed.ndim != 1):
            raise InvalidInput.of("allowed", f"has {allowed.dtype} {allowed.shape}, must be bool by row")
        question = Question(query if isinstance(query, Query) else query_of(query, self.dimension))
        segments = sorted((segment for segment in self._segments if segment.live), key=lambda one: -one.rows)
        with self._counting:
            self._answered.update({segment.kind for segment in segments})
        found = best([], k)
        for segment in segments:
            found = best([found, segment.search(question, k, allowed)], k)
            question.floor = float(found[1][-1]) if len(found[1]) == k else question.floor
        return found

    def vectors(self, rows: ArrayLike) -> tuple[Codes, Scores]:
        """Return codes (n, d) int8 and scales (n,) float32 of live rows, in the order asked; KeyError for another."""
        wanted = np.ascontiguousarray(rows, np.int64)
        parts = [vectors(segment, wanted) for segment in self._segments]
        there, codes, scales = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        order = np.argsort(there, kind="stable")
        at = np.searchsorted(there, wanted, sorter=order)
        known = at < len(there)
        known[known] = there[order[at[known]]] == wanted[known]
        if not known.all():
            raise KeyError(int(wanted[~known][0]))
        return codes[order[at]], scales[order[at]]

    def scores(self, rows: NDArray[np.int64], query: Query) -> Scores:
        """Return what a search scores live rows (n,) with; KeyError for another row."""
        codes, scales = np.empty((len(rows), self.dimension), np.int8), np.empty(len(rows), np.float32)
        known = np.zeros(len(rows), np.bool_)
        for segment in self._segments:
            own = segment.block
            if len(own):
                inside = np.flatnonzero((rows >= own.rows[0]) & (rows <= own.rows[-1]))
                at = np.searchsorted(own.rows, rows[inside])
                there = (own.rows[at] == rows[inside]) & segment.alive[at]
                known[inside] |= there
                codes[inside], scales[inside] = own.codes[at], own.scales[at]
        if not known.all():
            raise KeyError(int(rows[~known][0]))
        found = np.empty(len(rows), np.float32)
        if len(rows):
            places, best = scan_query(codes, scales, query, len(rows))
            found[places] = best
        return found

    def compact(self, tier: str) -> None:
        """Turn all live rows into one segment: `int8` with a graph, `int4` or `binary` with the bytes in a file.

        What is added afterwards is held as before, until the next time. Raises InvalidInput of 'tier' for another.
        """
        old, new = self._segments, self._formed(tier)
        self._tail = ExactSegment(self.dimension)
        self._replace(old, new)

    def compacted(self, tier: str, build: Executor) -> "VectorIndex":
        """Return another index of the same live rows, as `compact` would leave this one, which is not changed.

        It shares the cache of graphs: what is built for it need not be built again.
        """
        other = VectorIndex(self.dimension, build, self.sizes, self._cache, self._folder)
        other._replace((), self._formed(tier))
        return other

    def _formed(self, tier: str) -> list[Segment]:
        if tier not in TIERS:
            raise InvalidInput.of("tier", f"is '{tier}', must be one of {', '.join(TIERS)}")
        live, level = self._live_block(), max(segment.level for segment in self._segments)
        alive = np.ones(len(live), np.bool_)
        if not len(live):
            return []
        if tier == "int8":
            return [GraphSegment(live, alive, level, self.sizes, self._segments)]
        return [CompactSegment.write(TIERS[tier], live, alive, self.sizes, self._folder)]

    def purge(self) -> None:
        """Rewrite every segment that has dead rows, so that nothing is left of them in memory or in an image."""
        for segment in self._segments[:-1]:
            if segment.live < segment.rows:
                self._rewrite(segment)
        tail = ExactSegment(self.dimension)
        tail.add(self._tail.block.kept(self._tail.alive))
        self._tail = tail
        self._segments = (*self._segments[:-1], tail)

    def settle(self, timeout_s: float | None = None) -> bool:
        """Wait for graphs being built and return whether all are done; raises what a build raised."""
        return self._builds.settle(timeout_s)

    def graph_keys(self) -> set[bytes]:
        """Return the keys under which the graphs now in use are cached; others may be forgotten."""
        return {segment.key for segment in self._graphs() if segment.key is not None}

    def stats(self) -> dict[str, KindStats]:
        """Return what each kind of segment holds: `exact`, `bits`, `hnsw`, `compact`, `int4`."""
        return {kind: self._stats(kind) for kind in ("exact", "bits", "hnsw", "compact", "int4")}

    def _stats(self, kind: str) -> KindStats:
        own = [segment for segment in self._segments if segment.kind == kind]
        return KindStats(
            segments=len(own),
            rows=sum(segment.rows for segment in own),
            live=sum(segment.live for segment in own),
            queries=self._answered[kind],
            resident_bytes=sum(segment.resident_bytes for segment in own),
            disk_bytes=sum(segment.disk_bytes for segment in own),
        )

    def image(self) -> list[SegmentImage]:
        """Return all segments as values, which later changes leave as they are."""
        return [
            SegmentImage(
                kind="hnsw" if isinstance(segment, GraphSegment) else segment.kind,
                level=segment.level,
                rows=segment.block.rows,
                alive=segment.alive.copy(),
                codes=segment.block.codes,
                scales=segment.block.scales,
            )
            for segment in self._segments
        ]

    def restore(self, image: Sequence[SegmentImage]) -> None:
        """Become what an image shows: the same answers, once settled, and the same segments from then on."""
        tail = ExactSegment(self.dimension)
        sealed: list[Segment] = []
        for one in image:
            block = block_of(one.rows, one.codes, one.scales, self.dimension, -1)
            alive = one.alive.copy()
            if one.kind == "exact":
                tail.add(block)
                tail.remove(block.rows[~alive])
            elif one.kind in COARSE:
                sealed.append(CompactSegment.write(one.kind, block, alive, self.sizes, self._folder))
            else:
                sealed.append(GraphSegment(block, alive, one.level, self.sizes))
        self._tail, old = tail, self._segments
        self._replace(old, sealed)
        self._last = max((int(one.rows[-1]) for one in image if len(one.rows)), default=-1)

    def _live_block(self) -> Block:
        return joined([segment.block.kept(segment.alive) for segment in self._segments])

    def _seal(self) -> None:
        old, self._tail = self._tail, ExactSegment(self.dimension)
        block = old.block.kept(old.alive)
        self._replace((old,), [GraphSegment(block, np.ones(len(block), np.bool_), 0, self.sizes)] if len(block) else [])
        while (level := due([s.level for s in self._graphs()], self.sizes.factor)) is not None:
            self._merge([s for s in self._graphs() if s.level == level])

    def _graphs(self) -> list[GraphSegment]:
        return [segment for segment in self._segments if isinstance(segment, GraphSegment)]

    def _merge(self, old: Sequence[GraphSegment]) -> None:
        block = joined([segment.block.kept(segment.alive) for segment in old])
        new = GraphSegment(block, np.ones(len(block), np.bool_), old[0].level + 1, self.sizes, old)
        self._replace(old, [new] if len(block) else [])

    def _rewrite(self, old: Segment) -> None:
        block, alive = old.block.kept(old.alive), np.ones(old.live, np.bool_)
        new: list[Segment] = []
        if len(block) and isinstance(old, GraphSegment):
            new.append(GraphSegment(block, alive, old.level, self.sizes, (old,)))
        elif len(block):
            new.append(CompactSegment.write(old.kind, block, alive, self.sizes, self._folder))
        self._replace((old,), new)

    def _replace(self, old: Sequence[Segment], new: Sequence[Segment]) -> None:
        """Put new segments in the place of old ones, in one assignment: a search sees the ones or the others."""
        gone = set(map(id, old))
        kept = [segment for segment in self._segments if id(segment) not in gone and segment is not self._tail]
        for segment in old:
            if isinstance(segment, GraphSegment):
                segment.abandon()
        sealed = sorted((*kept, *new), key=lambda segment: int(segment.block.rows[0]))
        self._segments = (*sealed, self._tail)
        for segment in new:
            if isinstance(segment, GraphSegment):
                self._builds.start(segment)
