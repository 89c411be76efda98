"""Bits: near the truth by as much as they say, and never the last word."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from acumen.index.bits import Bits, bytes_of
from acumen.index.block import Block
from acumen.index.inputs import query_of
from acumen.index.sizes import Sizes
from acumen.index.sketch import Question
from acumen.index.vectors import VectorIndex

from .bank import AtOnce, Later, clustered, coded

N, K = 20_000, 10


def gaussian(n: int, d: int) -> NDArray[np.float32]:
    """Rows that no direction tells apart: nothing to be had from their distribution."""
    rows = np.random.default_rng(11).standard_normal((n, d))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def leaning(n: int, d: int) -> NDArray[np.float32]:
    """Rows whose columns are unequal and whose mean is far from 0."""
    rows = gaussian(n, d) * np.linspace(3, 0.2, d) + np.linspace(0.2, 0, d)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


SETS: dict[str, NDArray[np.float32]] = {
    "clustered": clustered(N + 60, 256, seed=4),
    "gaussian": gaussian(N + 60, 256),
    "leaning": leaning(N + 60, 200),
}


@pytest.fixture(params=SETS)
def held(request: pytest.FixtureRequest) -> tuple[Block, Bits, list[Question]]:
    vectors = SETS[request.param]
    block = Block(np.arange(N), *coded(vectors[:N]))
    return block, Bits(block, Sizes()), [Question(query_of(one, vectors.shape[1])) for one in vectors[N:]]


def test_estimates_are_off_by_as_much_as_they_say(held: tuple[Block, Bits, list[Question]]) -> None:
    """Without bias, and with the standard deviation by which bounds are raised, whatever the rows are."""
    block, bits, questions = held
    away = []
    for question in questions:
        truth = np.empty(N, np.float32)
        places, scores = block.scan(question.code, N)
        truth[places] = scores
        one, none = bits.bounds(question.sketch, 1.0), bits.bounds(question.sketch, 0.0)
        expected = np.array([bits.bound_of(float(score), question) for score in truth[:400]])
        away.append((none[:400] - expected) / (one[:400] - none[:400]))
    assert abs(np.mean(away)) < 0.1 and 0.9 < np.std(away) < 1.1


def test_finds_the_nearest_and_scores_few(
    held: tuple[Block, Bits, list[Question]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least .98 of the ten nearest of any rows, scored as by a scan; most rows' bytes are not looked at."""
    block, bits, questions = held
    looked: list[int] = []

    def counted(codes: Any, scales: Any, query: Any, k: int, some: Any) -> Any:
        looked.append(len(some))
        return Block(block.rows, codes, scales).scan(query, k, np.isin(block.rows, some))

    monkeypatch.setattr("acumen.index.bits.scan_query", counted)
    hits = 0
    for question in questions:
        found = bits.search(block, question, K, None, N)
        exact, scores = block.scan(question.code, K)
        assert found is not None and len(found[0]) == K
        hits += len(np.intersect1d(found[0], exact))
        known = dict(zip(exact.tolist(), scores.tolist(), strict=True))
        pairs = zip(found[0].tolist(), found[1].tolist(), strict=True)
        assert all(known.get(row, score) == score for row, score in pairs)
    assert hits >= 0.98 * K * len(questions) and np.mean(looked) < N / 6


def test_looks_among_wanted_rows_alone() -> None:
    """Half of the rows: the ten nearest of those, as a scan of them finds; of too few, nothing is said."""
    vectors = SETS["clustered"]
    block, wanted = Block(np.arange(N), *coded(vectors[:N])), np.arange(N) % 2 == 0
    bits, question = Bits(block, Sizes(deviations=9)), Question(query_of(vectors[N], 256))
    found = bits.search(block, question, K, wanted, N // 2)
    assert found is not None and found[0].tolist() == block.scan(question.code, K, wanted)[0].tolist()
    assert bits.search(block, question, K, np.arange(N) < 100, 100) is None
    assert bits.search(block, question, N, None, N) is None


def test_leaves_out_what_is_behind_the_floor() -> None:
    """With the k-th best known from elsewhere, rows that reach it are found and hardly any others are looked at."""
    vectors = SETS["clustered"]
    block = Block(np.arange(N), *coded(vectors[:N]))
    bits, question = Bits(block, Sizes()), Question(query_of(vectors[N], 256))
    rows, scores = block.scan(question.code, K)
    question.floor = float(scores[2])
    found = bits.search(block, question, K, None, N)
    assert found is not None and found[0][:3].tolist() == rows[:3].tolist()
    question.floor = 2.0
    none = bits.search(block, question, K, None, N)
    assert none is not None and len(none[0]) == 0


def test_equal_rows_come_in_their_order() -> None:
    """Copies of one row are as good as each other: the first ten, and no copy is passed over for its estimate."""
    block = Block(np.arange(N), *coded(np.tile(SETS["gaussian"][:20], (N // 20, 1))))
    question = Question(query_of(SETS["gaussian"][3], 256))
    found = Bits(block, Sizes()).search(block, question, K, None, N)
    assert found is not None and found[0].tolist() == list(range(3, 203, 20))


def test_a_query_of_zeros_is_left_to_a_scan() -> None:
    """It estimates nothing."""
    block = Block(np.arange(N), *coded(SETS["gaussian"][:N]))
    assert Bits(block, Sizes()).search(block, Question(query_of(np.zeros(256), 256)), K, None, N) is None


@pytest.mark.parametrize("dimension", [3, 64, 200, 256])
def test_bytes_are_those_counted(dimension: int) -> None:
    """A bit a column, of the least power of two, a factor a row, and the mean."""
    block = Block(np.arange(100), *coded(clustered(100, dimension)))
    assert Bits(block, Sizes()).nbytes == bytes_of(100, dimension)


def test_an_index_is_searched_by_bits_and_says_so() -> None:
    """Two sealed segments by bits and a scanned end: the nearest of all, of what is left, and of what is allowed."""
    vectors, rows = SETS["clustered"], 10_000
    index = VectorIndex(256, AtOnce(), Sizes(bits_rows=4096))
    index.add(np.arange(rows), *coded(vectors[:rows]))
    whole, odd = Block(np.arange(rows), *coded(vectors[:rows])), np.arange(rows) % 2 == 1
    for removed, allowed in ((False, None), (True, None), (True, odd)):
        if removed:
            index.remove(np.arange(0, rows, 7))
        left = (np.arange(rows) % 7 > 0 if removed else np.ones(rows, np.bool_)) & (
            True if allowed is None else allowed
        )
        hits = 0
        for query in vectors[N:]:
            found, exact = index.search(query, K, allowed), whole.scan(query_of(query, 256), K, left)
            assert len(found[0]) == K and left[found[0]].all()
            hits += int(np.count_nonzero(found[1] >= exact[1][-1]))
        assert hits >= 0.98 * K * 60
    stats = index.stats()
    assert (stats["bits"].rows, stats["bits"].queries, stats["exact"].rows) == (8192, 180, rows - 8192)


def test_what_bits_answer_is_not_held_twice_while_a_graph_is_built() -> None:
    """A merged segment has bits of its own: what it was merged from is let go at once."""
    index = VectorIndex(256, Later(), Sizes(seal_rows=256, factor=2, graph_rows=512, bits_rows=256))
    index.add(np.arange(512), *coded(SETS["clustered"][:512]))
    merged = index.segments[0]
    assert merged.rows == 512 and merged.kind == "bits"
    assert merged.resident_bytes == merged.block.nbytes + merged.alive.nbytes + bytes_of(512, 256)
