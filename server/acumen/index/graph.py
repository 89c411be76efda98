"""Building a graph with nmslib and reading it out of the file nmslib saves.

nmslib 2.1.2 builds; the search is our own kernel, over the int8 rows: nmslib's would keep a float32 copy of them
(1,180 B a row) and its wheel is compiled for SSE2. So a graph here is its links alone, 0.2 kB a row.
"""

import os
import struct
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acumen.errors import StorageFull
from acumen.index.block import Block
from acumen.index.sizes import Sizes
from acumen_accel import Graph

_HEADER: Final = struct.Struct("<iIQQQiiQQiQ")  # method/hnsw.cc, SaveOptimizedIndex
_IMPORTING: Final = Lock()


def build(block: Block, sizes: Sizes) -> Graph:
    """Return the graph of a block's rows, the same for the same rows whenever and wherever it is built.

    nmslib draws the rows' levels from a generator of the thread's own with a fixed seed: hence a new thread for each
    graph, and one only. The metric is the Euclidean one, which ranks rows of one length like the cosine and builds
    twice as fast. Raises `StorageFull` where the system's folder for temporary files refuses nmslib's.
    """
    vectors = block.codes * block.scales[:, np.newaxis]
    with ThreadPoolExecutor(1, thread_name_prefix="graph") as thread:
        return thread.submit(_build, vectors, sizes).result()


def _build(vectors: NDArray[np.float32], sizes: Sizes) -> Graph:
    index = _nmslib().init(method="hnsw", space="l2")
    index.addDataPointBatch(vectors)
    parameters = {"M": sizes.links, "efConstruction": sizes.build_width, "indexThreadQty": 1, "post": 0}
    index.createIndex(parameters, print_progress=False)
    with tempfile.TemporaryDirectory(prefix="acumen-graph-") as folder:
        path = Path(folder) / "graph"
        try:
            index.saveIndex(str(path), save_data=False)
        except RuntimeError as error:
            raise StorageFull(f"the graph of {len(vectors)} rows was not written: {error}") from error
        return read(np.memmap(path, np.uint8, "r"))


def _nmslib() -> Any:
    """Import nmslib without the three lines on standard error in which it recommends building it from source."""
    with _IMPORTING:
        if "nmslib" not in sys.modules:
            kept = os.dup(2)
            with Path(os.devnull).open("wb") as nowhere:
                os.dup2(nowhere.fileno(), 2)
            try:
                import nmslib  # noqa: F401
            finally:
                os.dup2(kept, 2)
                os.close(kept)
        return sys.modules["nmslib"]


def read(data: NDArray[np.uint8]) -> Graph:
    """Return the graph in the bytes of a file that nmslib saved for rows added in order."""
    _, n, size, links_at, _, level, start, wide, widest, _, _ = _HEADER.unpack(data[: _HEADER.size].tobytes())
    end = _HEADER.size + n * size
    nodes = data[_HEADER.size : end].reshape(n, size)
    lists = np.ascontiguousarray(nodes[:, links_at : links_at + 4 * (widest + 1)]).view(np.int32)
    towers, upper = _towers(data[end:].view(np.int32), n, wide + 1)
    return Graph(links=_links(lists), towers=towers, upper=_links(upper), start=start, level=level)


def _links(lists: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return links without the count in front, filled up with -1."""
    links = np.ascontiguousarray(lists[:, 1:])
    links[np.arange(links.shape[1]) >= lists[:, :1]] = -1
    return links


def _towers(words: NDArray[np.int32], n: int, line: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Split n entries, each a length in bytes, mostly 0, and so many bytes of lines."""
    towers, lines = np.full(n, -1, np.int32), []
    filled = np.flatnonzero(words)
    at = row = count = 0
    while (next_filled := int(np.searchsorted(filled, at))) < len(filled):
        row, at = row + int(filled[next_filled]) - at, int(filled[next_filled])
        length = int(words[at]) // 4
        towers[row] = count
        lines.append(words[at + 1 : at + 1 + length].reshape(-1, line))
        count, at, row = count + length // line, at + 1 + length, row + 1
    return towers, np.concatenate([np.empty((0, line), np.int32), *lines])
