"""Compact segments: little of a row in memory, its bytes in a file, and the bytes decide."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from acumen.errors import InvalidInput, StorageFull
from acumen.index.block import Block
from acumen.index.cache import GraphCache
from acumen.index.coarse import resident_bytes
from acumen.index.recall import measured_recall
from acumen.index.sizes import Sizes
from acumen.index.vectors import TIERS, VectorIndex

from .bank import SMALL, AtOnce, Later, clustered, coded

VECTORS = clustered(6050, 256, seed=4)
BLOCK = Block(np.arange(6000), *coded(VECTORS[:6000]))


def test_binary_recall_reaches_the_floor_with_bits_alone_in_memory(tmp_path: Path) -> None:
    """At least .99 of the exact ten nearest; 45 bytes a row stay in memory."""
    index = VectorIndex(256, AtOnce(), folder=tmp_path)
    index.add(BLOCK.rows, BLOCK.codes, BLOCK.scales)
    index.compact("binary")
    assert measured_recall(index, VECTORS[6000:]) >= 0.99
    stats = index.stats()["compact"]
    assert stats.resident_bytes == 6000 * 45 + 4 * 256 and stats.disk_bytes == 6000 * 260


def test_int4_recall_is_all_but_whole_with_half_bytes_alone_in_memory(tmp_path: Path) -> None:
    """At the default oversampling at least .995 of the exact ten nearest, and every nearest; 141 bytes a row."""
    index = VectorIndex(256, AtOnce(), folder=tmp_path)
    index.add(BLOCK.rows, BLOCK.codes, BLOCK.scales)
    index.compact("int4")
    assert measured_recall(index, VECTORS[6000:]) >= 0.995 and measured_recall(index, VECTORS[6000:], 1) == 1
    stats = index.stats()["int4"]
    assert stats.resident_bytes == 6000 * 141 and stats.disk_bytes == 6000 * 260
    assert recall_without_scan(index) < 1


def recall_without_scan(index: VectorIndex) -> float:
    """Return the recall at an oversampling of 1: below the whole, so half bytes really choose the candidates."""
    poor = VectorIndex(256, AtOnce(), Sizes(oversample_int4=1, least_candidates=1))
    poor.restore(index.image())
    return measured_recall(poor, VECTORS[6000:])


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize(("rows", "dimension"), [(40, 33), (500, 64), (700, 256)])
def test_the_bytes_a_tier_would_take_are_those_it_takes(tier: str, rows: int, dimension: int) -> None:
    """The figure by which the smallest is chosen is that of the index once it is compacted."""
    index = VectorIndex(dimension, AtOnce())
    index.add(np.arange(rows), *coded(clustered(rows, dimension, seed=9)))
    index.compact(tier)
    assert sum(held.resident_bytes for held in index.stats().values()) - empty_bytes(dimension) == resident_bytes(
        tier, rows, dimension
    )


def empty_bytes(dimension: int) -> int:
    """Return the bytes of an index without rows."""
    return sum(held.resident_bytes for held in VectorIndex(dimension, AtOnce()).stats().values())


def test_a_mapped_file_has_no_name(tmp_path: Path) -> None:
    """Nothing is left in the folder to be found, trusted or forgotten."""
    index = VectorIndex(256, AtOnce(), folder=tmp_path)
    index.add(BLOCK.rows, BLOCK.codes, BLOCK.scales)
    index.compact("binary")
    assert list(tmp_path.iterdir()) == [] and len(index) == 6000


def test_a_full_disk_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    """When the file cannot be written, StorageFull says so and every row is still found."""
    index = VectorIndex(256, AtOnce(), Sizes(seal_rows=64), folder=tmp_path / "missing")
    index.add(BLOCK.rows[:100], BLOCK.codes[:100], BLOCK.scales[:100])
    with pytest.raises(StorageFull, match="100 rows was not written"):
        index.compact("binary")
    assert len(index) == 100 and index.search(VECTORS[99], 1)[0].tolist() == [99]
    index.add([100], BLOCK.codes[:1], BLOCK.scales[:1])
    assert len(index) == 101
    with pytest.raises(InvalidInput, match="tier"):
        index.compact("two bits")


def test_a_tier_is_tried_without_building_what_it_replaces() -> None:
    """Of rows whose graph is not there yet, another index is compacted at once; the first one is left as it was."""
    later = Later()
    index = VectorIndex(256, later, replace(SMALL, graph_rows=1000))
    index.add(np.arange(1024), *coded(VECTORS[:1024]))
    assert len(later.kept) == 1
    other = index.compacted("binary", later)
    assert len(later.kept) == 1 and other.settle(0)
    assert {name for name, kind in other.stats().items() if kind.rows} == {"compact"}
    assert index.stats()["compact"].rows == 0 and len(other) == len(index) == 1024


def test_a_graph_built_for_a_trial_is_not_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The trial's is cached, and compacting finds it there."""
    index = VectorIndex(256, AtOnce(), replace(SMALL, graph_rows=1000), GraphCache(tmp_path))
    index.add(np.arange(1000), *coded(VECTORS[:1000]))
    other = index.compacted("int8", AtOnce())
    monkeypatch.setattr("acumen.index.builds.build", None)
    index.compact("int8")
    assert index.stats()["hnsw"].rows == other.stats()["hnsw"].rows == 1000
