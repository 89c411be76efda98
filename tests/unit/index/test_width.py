"""Graphs are searched as widely as they were measured to need, and not at all where a scan is as quick."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from acumen.index.block import Block
from acumen.index.cache import GraphCache
from acumen.index.graph import build
from acumen.index.sizes import Sizes
from acumen.index.vectors import VectorIndex
from acumen.index.width import K, measured_width, moved
from acumen_accel import search_graph

from .bank import AtOnce, clustered, coded

D, N = 64, 4000
BLOCK = Block(np.arange(N), *coded(clustered(N, D, seed=2)))
SIZES = Sizes(graph_rows=N, links=8, build_width=40, widths=(10, 20, 40, 80, 160, 320), rows_per_step=10)


def recall(width: int) -> float:
    """Return the share of the ten nearest of the questions that a search so wide finds, by the definition."""
    graph, everything, shares = build(BLOCK, SIZES), np.ones(N, np.bool_), []
    for query in moved(BLOCK):
        exact = np.argsort(-(BLOCK.codes.astype(np.int64) @ query.code) * BLOCK.scales, kind="stable")[:K]
        found = search_graph(BLOCK.codes, BLOCK.scales, graph, query, K, width, everything)[0]
        shares.append(len(np.intersect1d(exact, found)) / K)
    return float(np.mean(shares))


def test_the_width_is_the_least_that_finds_enough() -> None:
    """The one found reaches the recall wanted, and the one before it does not."""
    width = measured_width(BLOCK, build(BLOCK, SIZES), SIZES)
    assert width is not None and width > SIZES.widths[0]
    before = SIZES.widths[SIZES.widths.index(width) - 1]
    assert recall(width) >= SIZES.recall > recall(before)


def test_rows_asked_for_are_moved_to_a_cosine_of_seven_tenths() -> None:
    """Their cosine to the nearest row is that of a row with as much noise as it has length: .71."""
    nearest = [BLOCK.scan(query, 1)[1][0] for query in moved(BLOCK)]
    assert np.mean(nearest) == pytest.approx(np.sqrt(0.5), abs=0.02)


@pytest.mark.parametrize("change", [{"rows_per_step": 1000}, {"widths": (1, 2)}])
def test_rows_are_scanned_where_no_width_is_worth_it(tmp_path: Path, change: dict[str, object]) -> None:
    """Exactly, by their kind `exact`, and the next start neither builds the graph again nor searches it."""
    sizes = replace(SIZES, **change)  # type: ignore[arg-type]
    index = VectorIndex(D, AtOnce(), sizes, GraphCache(tmp_path))
    index.add(BLOCK.rows, BLOCK.codes, BLOCK.scales)
    index.compact("int8")
    (key,) = index.graph_keys()
    saved = index_files(tmp_path)
    assert index.stats()["exact"].rows == N and f"{key.hex()}.graph" in saved
    again = VectorIndex(D, AtOnce(), sizes, GraphCache(tmp_path))
    again.restore(index.image())
    assert again.stats()["exact"].rows == N and again.graph_keys() == {key} and index_files(tmp_path) == saved
    for query in moved(BLOCK)[:20]:
        assert again.search(query, K)[0].tolist() == BLOCK.scan(query, K)[0].tolist()


def index_files(folder: Path) -> dict[str, int]:
    """Return the cached graphs and when each was written."""
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
