"""The vector index against brute force."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acumen.errors import InvalidInput
from acumen.index.inputs import query_of
from acumen.index.recall import measured_recall, recall_of_tier
from acumen.index.sizes import Sizes
from acumen.index.vectors import VectorIndex

from .bank import SMALL, AtOnce, Brute, Later, clustered, coded, pairs

D = 64
VECTORS = clustered(4000, D, seed=5)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 40)),
        st.tuples(st.just("remove"), st.integers(0, 9)),
        st.tuples(st.sampled_from(["purge", "restore", "int8", "int4", "binary"]), st.just(0)),
    ),
    min_size=1,
    max_size=12,
)
EXACT = Sizes(seal_rows=16, factor=2)


def walk(index: VectorIndex, brute: Brute, steps: Any) -> VectorIndex:
    """Do the same to both; the row numbers leave gaps."""
    row = 0
    for what, size in steps:
        if what == "add":
            rows = row + np.cumsum(np.arange(size) % 3 + 1)
            codes, scales = coded(VECTORS[rows])
            for one in (index, brute):
                one.add(rows, codes, scales)
            row = int(rows[-1])
        elif what == "remove":
            rows = np.arange(size, row + 1, 3 + size)
            known = [one for one in rows.tolist() if one in brute.held]
            assert index.remove(rows) == len(known)
            brute.remove(rows)
        elif what == "purge":
            index.purge()
        elif what == "restore":
            fresh = VectorIndex(D, AtOnce(), index.sizes)
            fresh.restore(index.image())
            index = fresh
        else:
            index.compact(what)
    return index


@settings(deadline=None, max_examples=60)
@given(STEPS, st.integers(1, 60), st.integers(0, 3))
def test_answers_like_brute_force_where_it_scans(steps: Any, k: int, mask: int) -> None:
    """Whatever was added, removed, merged, compacted, purged and restored: rows and scores to the last bit."""
    brute = Brute(D)
    index = walk(VectorIndex(D, AtOnce(), EXACT), brute, steps)
    allowed = None if mask == 0 else np.arange(VECTORS.shape[0] // 60) % (mask + 1) == 0
    assert len(index) == len(brute.held)
    for query in VECTORS[-3:]:
        assert pairs(index.search(query, k, allowed)) == brute.search(query, k, allowed)


@settings(deadline=None, max_examples=60)
@given(STEPS, st.one_of(st.integers(1, 3), st.integers(1, 60)), st.integers(0, 3))
def test_finds_k_true_scores_by_graph_and_bits(steps: Any, k: int, mask: int) -> None:
    """With graphs as narrow as they go: still k live, allowed rows, each with its exact score, best first."""
    brute = Brute(D)
    index = walk(VectorIndex(D, AtOnce(), SMALL), brute, steps)
    allowed = None if mask == 0 else np.arange(VECTORS.shape[0] // 60) % (mask + 1) == 0
    for query in VECTORS[-3:]:
        found, every = pairs(index.search(query, k, allowed)), dict(brute.search(query, 10**6, allowed))
        assert len(found) == min(k, len(every)) == len({row for row, _ in found})
        assert all(every[row] == score for row, score in found)
        assert found == sorted(found, key=lambda one: (-one[1], one[0]))


def test_segments_follow_from_the_calls_alone() -> None:
    """One row at a time with graphs built at once, or all in one call with graphs never built: the same segments."""
    codes, scales = coded(VECTORS[:200])
    singly, together = VectorIndex(D, AtOnce(), SMALL), VectorIndex(D, Later(), SMALL)
    for row in range(200):
        singly.add([row], codes[row : row + 1], scales[row : row + 1])
    together.add(np.arange(200), codes, scales)
    shapes = [[(s.level, s.block.rows.tolist()) for s in one.segments] for one in (singly, together)]
    assert shapes[0] == shapes[1]
    assert [len(rows) for _, rows in shapes[0]] == [128, 64, 8]


def test_merging_and_half_dead_segments_drop_the_dead() -> None:
    """A merge leaves dead rows behind, and so does a segment once most of it is dead."""
    codes, scales = coded(VECTORS[:64])
    index = VectorIndex(D, AtOnce(), Sizes(seal_rows=16, factor=2))
    index.add(np.arange(16), codes[:16], scales[:16])
    index.remove([3, 4])
    assert [s.rows for s in index.segments] == [16, 0]
    index.add(np.arange(16, 32), codes[16:32], scales[16:32])
    assert [s.rows for s in index.segments] == [30, 0]
    index.remove(np.arange(20))
    assert [s.rows for s in index.segments] == [12, 0]
    index.remove(np.arange(40))
    assert [s.rows for s in index.segments] == [0]
    assert len(index) == 0 and len(index.search(VECTORS[0], 5)[0]) == 0


def test_purge_leaves_nothing_of_the_dead_in_an_image() -> None:
    """A removed row is in the image, marked dead, until the purge."""
    codes, scales = coded(VECTORS[:40])
    index = VectorIndex(D, AtOnce(), SMALL)
    index.add(np.arange(40), codes, scales)
    index.remove([1, 35])
    assert sum((~one.alive).sum() for one in index.image()) == 2
    index.purge()
    held = np.concatenate([one.rows for one in index.image()])
    assert sorted(set(range(40)) - set(held.tolist())) == [1, 35]


def test_vectors_come_back_as_they_were_given() -> None:
    """Codes and scales by row, from every kind of segment, in the order asked; a row that is not live is a KeyError."""
    codes, scales = coded(VECTORS[:90])
    index = VectorIndex(D, AtOnce(), SMALL)
    index.add(np.arange(60), codes[:60], scales[:60])
    index.compact("binary")
    index.add(np.arange(60, 90), codes[60:], scales[60:])
    wanted = np.array([89, 0, 70, 3, 3])
    got = index.vectors(wanted)
    assert got[0].tobytes() == codes[wanted].tobytes() and got[1].tobytes() == scales[wanted].tobytes()
    index.remove([70])
    for missing in (70, 90, -1):
        with pytest.raises(KeyError, match=str(missing)):
            index.vectors([0, missing])


BAD: dict[str, tuple[Any, int, str]] = {
    "short": (np.ones(D - 1, np.float32), 1, "vector"),
    "matrix": (np.ones((1, D), np.float32), 1, "vector"),
    "nan": (np.full(D, np.nan, np.float32), 1, "vector"),
    "infinite": (np.full(D, np.inf), 1, "vector"),
    "too large for float32": (np.full(D, 1e300), 1, "vector"),
    "text": (["a"] * D, 1, "vector"),
    "ragged": ([[1.0], [1.0, 2.0]], 1, "vector"),
    "none": (np.ones(D), 0, "k"),
}


@pytest.mark.parametrize("name", BAD)
def test_refuses_a_query_by_its_field(name: str) -> None:
    """A query that no segment could answer truly is InvalidInput, whatever the index holds."""
    query, k, field = BAD[name]
    index = VectorIndex(D, AtOnce(), SMALL)
    index.add(np.arange(60), *coded(VECTORS[:60]))
    with pytest.raises(InvalidInput) as caught:
        index.search(query, k)
    assert [violation.field for violation in caught.value.violations] == [field]


@pytest.mark.parametrize(
    ("rows", "width", "scale"),
    [
        ([0, 2], D, 1.0),
        ([6, 5], D, 1.0),
        ([6, 6], D, 1.0),
        ([6, 7], D - 1, 1.0),
        ([6, 7], D, np.nan),
        ([6, 7], D, -1.0),
    ],
)
def test_refuses_rows_that_do_not_fit_and_keeps_none(rows: Any, width: int, scale: float) -> None:
    """Rows that do not rise, another dimension, a scale that is no scale: InvalidInput, and nothing was added."""
    index = VectorIndex(D, AtOnce(), SMALL)
    index.add(np.arange(5), *coded(VECTORS[:5]))
    with pytest.raises(InvalidInput):
        index.add(rows, np.ones((2, width), np.int8), np.full(2, scale, np.float32))
    assert len(index) == 5


def test_a_query_of_zeros_scores_zero_with_every_row() -> None:
    """It has no direction, so nothing is nearer than anything else."""
    index = VectorIndex(D, AtOnce(), SMALL)
    index.add(np.arange(10), *coded(VECTORS[:10]))
    rows, scores = index.search(np.zeros(D), 3)
    assert rows.tolist() == [0, 1, 2] and scores.tolist() == [0, 0, 0]


def test_rows_are_found_while_their_graph_is_being_built() -> None:
    """Before, during and after the build every row finds itself; the graph takes over when it is there."""
    later, codes = Later(), coded(VECTORS[:300])
    index = VectorIndex(D, later, Sizes(seal_rows=16, factor=2, graph_rows=25, widths=(10,), recall=0, rows_per_step=1))
    index.add(np.arange(300), *codes)
    before = [pairs(index.search(VECTORS[row], 1))[0][0] for row in range(300)]
    assert index.stats()["hnsw"].segments == 0 and not index.settle(0)
    later.run()
    after = [pairs(index.search(VECTORS[row], 1))[0][0] for row in range(0, 300, 10)]
    assert index.settle(0) and index.stats()["hnsw"].segments > 0
    assert before == list(range(300)) and after == list(range(0, 300, 10))


def test_searches_beside_additions_see_whole_rows() -> None:
    """Threads that search while rows are added and removed: every score is that of its row, none is torn."""
    codes, scales = coded(VECTORS)
    brute, done = Brute(D), Event()
    brute.add(np.arange(len(VECTORS)), codes, scales)
    truth = dict(brute.search(VECTORS[7], len(VECTORS)))
    with ThreadPoolExecutor(1) as build, ThreadPoolExecutor(2) as readers:
        sizes = Sizes(seal_rows=256, factor=2, graph_rows=256, links=4, build_width=10, widths=(2,), recall=0)
        index = VectorIndex(D, build, replace(sizes, rows_per_step=12))

        def read() -> int:
            count = 0
            while not done.is_set():
                found = pairs(index.search(VECTORS[7], 20))
                assert all(truth[row] == score for row, score in found)
                count += 1
            return count

        reading = [readers.submit(read) for _ in range(2)]
        for row in range(0, len(VECTORS), 7):
            end = min(row + 7, len(VECTORS))
            index.add(np.arange(row, end), codes[row:end], scales[row:end])
            index.remove([row + 1])
        done.set()
        assert all(future.result() > 0 for future in reading) and index.settle(30)
    assert len(index) == len(VECTORS) - len(range(1, len(VECTORS), 7))


def test_recall_of_tiers_is_measured_and_leaves_the_index_alone() -> None:
    """The measure is 1 for an exact index, less for one bit a column without a margin, more with it."""
    index = VectorIndex(D, AtOnce(), Sizes(seal_rows=8192, seeds=1, deviations=-2, least_candidates=1))
    index.add(np.arange(3000), *coded(VECTORS[:3000]))
    queries = VECTORS[3000:3050]
    assert measured_recall(index, queries) == 1
    assert recall_of_tier(index, "int4", queries, AtOnce()) >= 0.99
    poor = recall_of_tier(index, "binary", queries, AtOnce())
    wide = VectorIndex(D, AtOnce(), Sizes(seal_rows=8192))
    wide.restore(index.image())
    assert poor < recall_of_tier(wide, "binary", queries, AtOnce())
    assert [segment.kind for segment in index.segments] == ["exact"]


def test_stats_say_where_the_bytes_are() -> None:
    """A compact row keeps bits in memory and its bytes in the file; queries are counted by kind."""
    index = VectorIndex(D, AtOnce(), Sizes(seal_rows=4096))
    index.add(np.arange(4000), *coded(VECTORS))
    index.search(VECTORS[0], 1)
    index.compact("binary")
    index.search(VECTORS[0], 1)
    compact = index.stats()["compact"]
    assert (compact.rows, compact.queries, compact.disk_bytes) == (4000, 1, 4000 * (D + 4))
    assert compact.resident_bytes / 4000 < 8 + 8 + 4 + 1 + 5 and index.stats()["exact"].queries == 1


def test_rows_are_scored_as_a_search_scores_them() -> None:
    """From every kind of segment, in the order asked, to the byte; a row that is not live is a KeyError."""
    codes, scales = coded(VECTORS[:90])
    index = VectorIndex(D, AtOnce(), SMALL)
    index.add(np.arange(60), codes[:60], scales[:60])
    index.compact("binary")
    index.add(np.arange(60, 90), codes[60:], scales[60:])
    rows, scored = index.search(VECTORS[99], 90)
    order = np.random.default_rng(1).permutation(90)
    assert index.scores(rows[order], query_of(VECTORS[99], D)).tobytes() == scored[order].tobytes()
    index.remove([70])
    for missing in (70, 90, -1):
        with pytest.raises(KeyError, match=str(missing)):
            index.scores(np.array([3, missing]), query_of(VECTORS[99], D))


@pytest.mark.slow
def test_recall_of_graphs() -> None:
    """At 8,192 clustered vectors of 256 columns two graphs find at least 99 % of the true ten nearest."""
    rows = clustered(8_392, 256, seed=1)
    index = VectorIndex(256, AtOnce(), Sizes(graph_rows=4096, rows_per_step=12))
    index.add(np.arange(8_192), *coded(rows[:8_192]))
    assert index.stats()["hnsw"].rows == 8_192
    assert measured_recall(index, rows[8_192:]) >= 0.99
