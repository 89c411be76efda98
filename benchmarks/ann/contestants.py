"""What is measured: each is built once and then searched at a breadth that can be set."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import faiss
import hnswlib
import nmslib
import numpy as np
from usearch.index import Index as Usearch

from acumen.index.cache import GraphCache
from acumen.index.sizes import Sizes
from acumen.index.vectors import VectorIndex
from acumen_accel import quantise_int8
from benchmarks.ann.data import Vectors

LINKS, BUILD_WIDTH = Sizes().links, Sizes().build_width
Search = Callable[[Vectors, int], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """`search` (query, k) gives row numbers; `widen` sets the breadth, or is None where there is none to set."""

    name: str
    search: Search
    widen: Callable[[int], object] | None
    bytes_per_row: float | None = None


OWN = {"one": "acumen, one graph", "added": "acumen, as added", "bits": "acumen, as added, without graphs"}


class Acumen:
    """The index as rows streamed in leave it (also before a graph is built), or as consolidation does: one graph.

    To be widened it is restored from its own image, its graphs from the cache, as a server with another width would be.
    """

    def __init__(self, rows: Vectors, form: str, folder: Path) -> None:
        self._graphs, self._build = GraphCache(folder), ThreadPoolExecutor(1)
        self._sizes = replace(Sizes(), graph_rows=len(rows) + 1) if form == "bits" else Sizes()
        self.index = VectorIndex(rows.shape[1], self._build, self._sizes, self._graphs)
        self.index.add(np.arange(len(rows)), *quantise_int8(rows))
        if form == "one":
            self.index.compact("int8")
        self.index.settle()
        self._name = OWN[form]

    def widen(self, width: int) -> None:
        """Search this broadly."""
        sizes = replace(self._sizes, widths=(width,), recall=0)
        index = VectorIndex(self.index.dimension, self._build, sizes, self._graphs)
        index.restore(self.index.image())
        index.settle()
        self.index = index

    def contestant(self) -> Contestant:
        """Return it as one among others."""
        size = sum(kind.resident_bytes for kind in self.index.stats().values()) / len(self.index)
        return Contestant(
            name=self._name,
            search=lambda q, k: self.index.search(q, k)[0],
            widen=self.widen if self.index.stats()["hnsw"].rows else None,
            bytes_per_row=size,
        )


def brute(rows: Vectors) -> Contestant:
    """Return one product with NumPy and a selection."""

    def search(query: Vectors, k: int) -> Any:
        scores = rows @ query
        best = np.argpartition(-scores, k)[:k]
        return best[np.argsort(-scores[best])]

    return Contestant(name="NumPy, exact", search=search, widen=None, bytes_per_row=4.0 * rows.shape[1])


def hnswlib_index(rows: Vectors) -> Contestant:
    """Return hnswlib, one thread."""
    index = hnswlib.Index(space="ip", dim=rows.shape[1])
    index.init_index(len(rows), M=LINKS, ef_construction=BUILD_WIDTH)
    index.set_num_threads(1)
    index.add_items(rows)
    return Contestant(name="hnswlib", search=lambda q, k: index.knn_query(q, k)[0][0], widen=index.set_ef)


def faiss_index(rows: Vectors) -> Contestant:
    """Return faiss's HNSW over float32, one thread."""
    faiss.omp_set_num_threads(1)
    index = faiss.IndexHNSWFlat(rows.shape[1], LINKS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = BUILD_WIDTH
    index.add(rows)

    def widen(width: int) -> None:
        index.hnsw.efSearch = width

    return Contestant(name="faiss HNSW", search=lambda q, k: index.search(q[np.newaxis], k)[1][0], widen=widen)


def usearch_index(rows: Vectors) -> Contestant:
    """Return usearch over float32, one thread."""
    index = Usearch(
        ndim=rows.shape[1], metric="ip", dtype="f32", connectivity=LINKS, expansion_add=BUILD_WIDTH, expansion_search=64
    )
    index.add(np.arange(len(rows)), rows, threads=1)

    def widen(width: int) -> None:
        index.expansion_search = width

    return Contestant(name="usearch", search=lambda q, k: index.search(q, k, threads=1).keys, widen=widen)


def nmslib_index(rows: Vectors) -> Contestant:
    """Return nmslib's own search, one thread."""
    index = nmslib.init(method="hnsw", space="cosinesimil")
    index.addDataPointBatch(rows)
    index.createIndex({"M": LINKS, "efConstruction": BUILD_WIDTH, "indexThreadQty": 1}, print_progress=False)

    def widen(width: int) -> None:
        index.setQueryTimeParams({"efSearch": width})

    return Contestant(name="nmslib", search=lambda q, k: index.knnQuery(q, k)[0], widen=widen)


RIVALS: dict[str, Callable[[Vectors], Contestant]] = {
    "hnswlib": hnswlib_index,
    "faiss": faiss_index,
    "usearch": usearch_index,
    "nmslib": nmslib_index,
    "numpy": brute,
}
