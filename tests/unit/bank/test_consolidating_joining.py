"""Near pairs of a whole bank: exact where it is small, nearly complete where it is large, the same on every run."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acumen.bank import consolidation
from acumen.bank.consolidating import joining
from acumen.bank.consolidating.joining import Join
from acumen.proto.v1.pattern_pb2 import Pattern
from benchmarks.eval.facts import DEVELOPMENT
from tests.banks import worker


def expected(codes: np.ndarray, k: int, least: float) -> dict[tuple[int, int], float]:
    """Compare every row with every other, one by one."""
    rows = codes.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1)
    found = {}
    for i, row in enumerate(rows):
        cosines = [
            (-float(row @ other) / (lengths[i] * lengths[j]), j)
            for j, other in enumerate(rows)
            if i != j and lengths[i] and lengths[j]
        ]
        found |= {(i, j): -cosine for cosine, j in sorted(cosines)[:k] if -cosine >= least}
    return found


def pairs(found: Join) -> dict[tuple[int, int], float]:
    first, second, cosines = (array.tolist() for array in found)
    return dict(zip(zip(first, second, strict=True), cosines, strict=True))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 40), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_small_banks_are_joined_exactly(count: int, k: int, seed: int) -> None:
    """Every row gets its k nearest others from the least cosine on, with their cosines."""
    codes = np.random.default_rng(seed).integers(-127, 128, (count, 7)).astype(np.int8)
    found, wanted = pairs(joining.near(codes, k, 0.3)), expected(codes, k, 0.3)
    assert found.keys() == wanted.keys()
    assert all(found[pair] == pytest.approx(wanted[pair], abs=1e-5) for pair in wanted)


def test_equal_rows_are_near_the_first_of_them() -> None:
    """Of many equal rows each has k nearest, the lowest in number; rows of zeros have none."""
    codes = np.ones((50, 4), np.int8)
    codes[7] = 0
    found = pairs(joining.near(codes, 3, 0.5))
    assert {j for i, j in found if i == 49} == {0, 1, 2}
    assert {j for i, j in found if i == 0} == {1, 2, 3}
    assert not any(7 in pair for pair in found)


def test_large_banks_miss_hardly_a_close_pair() -> None:
    """Beyond one cell at least 99 of 100 planted close pairs are found, and nothing is found that is not near."""
    rng = np.random.default_rng(5)
    codes = rng.normal(0, 40, (joining.EXACT_ROWS + 2000, 64)).clip(-127, 127).astype(np.int8)
    codes[-1000:] = (codes[:1000] + rng.normal(0, 12, (1000, 64))).clip(-127, 127).astype(np.int8)
    found = pairs(joining.near(codes, 4, 0.6))
    planted = [(i, len(codes) - 1000 + i) for i in range(1000)]
    assert sum(pair in found and pair[::-1] in found for pair in planted) >= 990
    rows = codes / np.linalg.norm(codes.astype(np.float64), axis=1, keepdims=True)
    assert all(cosine == pytest.approx(rows[i] @ rows[j], abs=1e-5) for (i, j), cosine in found.items())


def test_no_order_of_products_changes_a_pair() -> None:
    """Rows in another order are near the same others with the very same cosines."""
    rng = np.random.default_rng(3)
    codes = rng.integers(-127, 128, (600, 16)).astype(np.int8)
    order = rng.permutation(600)
    there, back = pairs(joining.near(codes, 600, 0.4)), pairs(joining.near(codes[order], 600, 0.4))
    assert {(int(order[i]), int(order[j])): cosine for (i, j), cosine in back.items()} == there


async def test_a_bank_is_joined_as_it_would_be_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows at once or each by itself: the same near pairs, cosines as far as the index holds them."""
    texts = [text for facts in DEVELOPMENT.values() for fact in facts for text in fact]
    async with worker(tmp_path) as one:
        await one.put([Pattern(id=f"p{i}", content=text) for i, text in enumerate(texts)])
        namespace = one.kept.state.bank.namespace("default")
        work = one.consolidation._all("default")
        searched = consolidation._near_pairs(namespace, work, 0.6)
        monkeypatch.setattr(consolidation, "SEARCHED_ALONE", 0)
        joined = consolidation._near_pairs(namespace, work, 0.6)
    assert {(i, j): c for i, j, c in joined} == pytest.approx({(i, j): c for i, j, c in searched}, abs=2e-3)
