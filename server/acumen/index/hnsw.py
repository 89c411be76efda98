"""Sealed rows: searched by their bits, or scanned, until their graph is built, then by it."""

from collections.abc import Sequence
from concurrent.futures import Future

import numpy as np

from acumen.index.bits import Bits
from acumen.index.block import Block, Found, Mask, Rows, best
from acumen.index.segment import Segment, drop
from acumen.index.sizes import Sizes
from acumen.index.sketch import Question
from acumen_accel import Graph, search_graph


class GraphSegment:
    """Rows that no longer change, but for dying.

    `parts` are the segments it was merged from: where one of them has a graph, they answer in its stead until its own
    is there, which is searched `width` wide; in memory they stand beside it that long. `building` is the work on that
    graph, `key` what it is cached under. Every row is scored exactly, whether a graph, bits or a scan led to it; these
    only decide which rows are looked at.
    """

    disk_bytes = 0

    def __init__(self, block: Block, alive: Mask, level: int, sizes: Sizes, parts: Sequence[Segment] = ()) -> None:
        self.block, self.alive, self.level = block, alive, level
        self.live = int(np.count_nonzero(alive))
        self.graph: Graph | None = None
        self.width = 0
        self.building: Future[None] | None = None
        self.key: bytes | None = None
        self._sizes = sizes
        self._bits = Bits(block, sizes) if len(block) >= sizes.bits_rows else None
        quick = self.wants_graph and any(part.kind == "hnsw" for part in parts)
        self._parts = tuple(parts) if quick else ()

    @property
    def kind(self) -> str:
        """Return `hnsw` once the graph is there, before that `bits` or, of few rows, `exact`."""
        if self.graph is not None:
            return "hnsw"
        return "exact" if self._bits is None else "bits"

    @property
    def rows(self) -> int:
        """Rows, dead ones included."""
        return len(self.block)

    @property
    def resident_bytes(self) -> int:
        """Bytes of rows, marks, bits and graph, and of the parts still needed."""
        own = self.block.nbytes + self.alive.nbytes + (self.graph.nbytes if self.graph else 0)
        own += self._bits.nbytes if self._bits else 0
        return own + sum(part.resident_bytes for part in self._parts)

    @property
    def wants_graph(self) -> bool:
        """Whether it has so many rows that a graph is tried."""
        return self.rows >= self._sizes.graph_rows

    def adopt(self, graph: Graph, width: int | None, key: bytes) -> None:
        """Search by a graph from now on, or by none where no width was found; searches under way end as they began."""
        self.key = key
        if width is not None:
            self.width = width
            self.graph = graph
        self._parts = ()

    def abandon(self) -> None:
        """Leave off building: another segment has taken over."""
        if self.building is not None:
            self.building.cancel()

    def remove(self, rows: Rows) -> int:
        """Make rows dead, in the parts too."""
        for part in self._parts:
            part.remove(rows)
        count = drop(self.block, self.alive, rows)
        self.live -= count
        return count

    def search(self, question: Question, k: int, allowed: Mask | None) -> Found:
        """Search the graph, or by bits where that is quicker or the graph did not lead to enough wanted rows."""
        graph, parts = self.graph, self._parts
        if graph is None and parts:
            return best([part.search(question, k, allowed) for part in parts], k)
        wanted = self.alive if allowed is None else self.alive & self.block.among(allowed)
        count = self.live if allowed is None else int(np.count_nonzero(wanted))
        if graph is not None and not self._sizes.scans(k, self.width, self.rows, count):
            width, block = self._sizes.breadth(k, self.width, self.rows, count), self.block
            index, scores, floor = search_graph(block.codes, block.scales, graph, question.code, k, width, wanted)
            if len(index) >= min(k, count) and scores[-1] >= floor:
                return block.rows[index], scores
        return self._without_graph(question, k, None if count == self.rows else wanted, count)

    def _without_graph(self, question: Question, k: int, wanted: Mask | None, count: int) -> Found:
        """Search by bits, or scan where that is as quick."""
        found = self._bits.search(self.block, question, k, wanted, count) if self._bits else None
        if found is None:
            return self.block.scan(question.code, k, wanted)
        return self.block.rows[found[0]], found[1]
