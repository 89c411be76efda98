"""Graphs: built alike, saved whole, never trusted."""

import os
from pathlib import Path
from threading import get_native_id

import numpy as np
import pytest

from acumen.index.block import Block
from acumen.index.builds import builder
from acumen.index.cache import GraphCache, decode, encode, key_of
from acumen.index.graph import build
from acumen.index.sizes import Sizes
from acumen.index.vectors import VectorIndex

from .bank import SMALL, AtOnce, clustered, coded, pairs

D = 64
VECTORS = clustered(1500, D, seed=8)
BLOCK = Block(np.arange(1500), *coded(VECTORS))


def test_the_same_rows_give_the_same_graph() -> None:
    """Byte for byte, also after another graph was built in between: nothing of one build reaches the next."""
    first = encode(b"k" * 32, build(BLOCK, SMALL))
    other = encode(b"k" * 32, build(BLOCK.kept(BLOCK.rows % 2 == 0), SMALL))
    assert encode(b"k" * 32, build(BLOCK, SMALL)) == first != other


def test_keys_tell_apart_all_a_graph_is_made_from() -> None:
    """Another row number, code, scale or parameter is another key; the same again is the same."""
    blocks = [Block(BLOCK.rows.copy(), BLOCK.codes.copy(), BLOCK.scales.copy()) for _ in range(4)]
    blocks[1].rows[-1] += 1
    blocks[2].codes[7, 7] ^= 1
    blocks[3].scales[9] *= 2
    keys = [key_of(block, SMALL) for block in blocks] + [key_of(BLOCK, Sizes(links=5)), key_of(BLOCK, Sizes())]
    assert len(set(keys)) == 6 and key_of(BLOCK, SMALL) == keys[0]


def test_any_damage_to_a_file_is_noticed(tmp_path: Path) -> None:
    """A bit flipped or the end missing, at a thousand places; another key's file; another count of rows; no file."""
    key, cache = key_of(BLOCK, SMALL), GraphCache(tmp_path)
    cache.save(key, build(BLOCK, SMALL))
    whole = cache.path(key).read_bytes()
    random = np.random.default_rng(3)
    assert decode(whole, key, 1500) is not None
    for at in [*range(150), *random.integers(0, len(whole), 500).tolist()]:
        flipped = bytearray(whole)
        flipped[at] ^= 1 << int(random.integers(8))
        assert decode(bytes(flipped), key, 1500) is None
    for end in [*range(150), *random.integers(0, len(whole), 350).tolist()]:
        assert decode(whole[:end], key, 1500) is None
    assert decode(whole + b"\0", key, 1500) is None
    assert decode(whole, bytes(32), 1500) is None and decode(whole, key, 1499) is None
    assert cache.load(bytes(32), 1500) is None


def test_a_damaged_file_is_built_anew(tmp_path: Path) -> None:
    """An index over a cache of nonsense answers as without, and mends the cache."""
    cache = GraphCache(tmp_path)
    index = VectorIndex(D, AtOnce(), SMALL, cache)
    index.add(BLOCK.rows, BLOCK.codes, BLOCK.scales)
    files = {path: path.read_bytes() for path in tmp_path.iterdir()}
    used = max((cache.path(key) for key in index.graph_keys()), key=lambda path: len(files[path]))
    used.write_bytes(files[used][:-5])
    again = VectorIndex(D, AtOnce(), SMALL, cache)
    again.restore(index.image())
    assert used.read_bytes() == files[used]
    for query in VECTORS[::100]:
        assert pairs(again.search(query, 7)) == pairs(index.search(query, 7))


def test_a_restored_index_builds_nothing_that_is_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the cache present a restart reads graphs only; it then answers like the original, by the same segments."""
    index = VectorIndex(D, AtOnce(), SMALL, GraphCache(tmp_path))
    index.add(BLOCK.rows, BLOCK.codes, BLOCK.scales)
    index.remove(np.arange(0, 1500, 11))
    monkeypatch.setattr("acumen.index.builds.build", None)
    again = VectorIndex(D, AtOnce(), SMALL, GraphCache(tmp_path))
    again.restore(index.image())
    assert again.settle() and again.stats()["hnsw"].rows == index.stats()["hnsw"].rows > 0
    for query in VECTORS[::100]:
        assert pairs(again.search(query, 7)) == pairs(index.search(query, 7))


def test_graphs_are_built_with_what_others_leave_of_the_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that builds, and the one in which nmslib does, yield to all others; who waits for them does not."""

    def niceness(*_: object) -> int:
        return os.getpriority(os.PRIO_PROCESS, get_native_id())

    monkeypatch.setattr("acumen.index.graph._build", niceness)
    own = niceness()
    with builder() as executor:
        assert executor.submit(niceness).result() == executor.submit(build, BLOCK, SMALL).result() == 19
    assert niceness() == own < 19


def test_forgetting_deletes_what_is_no_longer_used(tmp_path: Path) -> None:
    """Graphs of merged segments stay until they are forgotten; half-written files are gone at the next start."""
    cache = GraphCache(tmp_path)
    index = VectorIndex(D, AtOnce(), SMALL, cache)
    index.add(BLOCK.rows, BLOCK.codes, BLOCK.scales)
    assert index.graph_keys() < set(cache.keys())
    cache.forget(set(cache.keys()) - index.graph_keys())
    assert set(cache.keys()) == index.graph_keys()
    cache.forget([bytes(32)])
    (tmp_path / "x.partial").write_bytes(b"half")
    assert GraphCache(tmp_path).keys() == cache.keys() and not list(tmp_path.glob("*.partial"))


def test_a_full_disk_costs_the_cache_and_not_the_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a graph cannot be saved it serves all the same, and the log says what went wrong."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("acumen.index.cache.os.fsync", full)
    index = VectorIndex(D, AtOnce(), SMALL, GraphCache(tmp_path))
    index.add(BLOCK.rows[:128], BLOCK.codes[:128], BLOCK.scales[:128])
    assert list(tmp_path.iterdir()) == []
    (segment,) = [segment for segment in index.segments if segment.rows == 128]
    assert segment.kind == "hnsw"
