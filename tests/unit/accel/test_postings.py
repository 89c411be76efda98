"""Sums over postings are the same bytes at every level, and only the rows met are touched."""

from typing import Any

import numpy as np
import pytest

from acumen_accel import postings
from acumen_accel.levels import RUNNABLE, UNCOMPILED, load
from acumen_accel.postings import PostingSums

LENGTHS = np.arange(1, 41, dtype=np.int32)
NORMS = np.linspace(0.5, 3, 42).astype(np.float32)
LEVELS = (*RUNNABLE, UNCOMPILED)


def _slices(seed: int) -> list[tuple[Any, Any]]:
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.choice(40, 17, replace=False)).astype(np.int32)
    return [(rows[:9], rng.integers(0, 4, 9).astype(np.uint8)), (rows[9:], rng.integers(0, 4, 8).astype(np.uint8))]


def _by_hand(terms: int) -> Any:
    scores = np.zeros(40, np.float32)
    for term in range(terms):
        for rows, counts in _slices(term):
            share = np.float32(1.5 + term) * counts.astype(np.float32)
            scores[rows] += share / (counts.astype(np.float32) + NORMS[LENGTHS[rows]])
    return scores


@pytest.mark.parametrize("level", LEVELS)
def test_sums_are_the_formula(level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read or looked up, each row has the sum of the formula, once, and the best are those of a full sort."""
    monkeypatch.setattr(postings, "_KERNELS", load("postings", level))
    sums = PostingSums(40)
    for term in range(3):
        sums.read(term, 1.5 + term, _slices(term), LENGTHS, NORMS)
    sums.find(3, 4.5, _slices(3), LENGTHS, NORMS, np.arange(40, dtype=np.int32))
    sums.find(3, 4.5, _slices(3), LENGTHS, NORMS, np.arange(40, dtype=np.int32))
    expected = sums.scores.copy()
    np.testing.assert_allclose(expected, _by_hand(4), rtol=1e-6)
    allowed = np.arange(40) % 3 > 0
    met = [row for row in sums.touched.tolist() if allowed[row]]
    assert sums.best(5, allowed).tolist() == sorted(met, key=lambda row: (-expected[row], row))[:5]
    sums.clear(np.arange(40, dtype=np.int32))
    assert not sums.scores.any() and not sums.held.any() and not len(sums.touched)


def test_compiled_levels_agree_to_the_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever processor level is in use, a sum is the same bytes."""
    found = set()
    for level in RUNNABLE:
        monkeypatch.setattr(postings, "_KERNELS", load("postings", level))
        sums = PostingSums(40)
        for term in range(4):
            sums.read(term, 1.5 + term, _slices(term), LENGTHS, NORMS)
        found.add(sums.scores.tobytes())
    assert len(found) <= 1


def test_what_leads_outside_is_refused() -> None:
    """Rows beyond the sums, terms beyond the bits and masks too short raise instead of being read."""
    sums, one = PostingSums(40), np.ones(1, np.uint8)
    for term, row in ((0, 40), (0, -1), (64, 3)):
        with pytest.raises(ValueError, match="must"):
            sums.read(term, 1.0, [(np.array([row], np.int32), one)], LENGTHS, NORMS)
    with pytest.raises(ValueError, match="allowed"):
        sums.best(3, np.ones(39, np.bool_))
