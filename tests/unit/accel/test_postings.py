"""Sums over postings are the same bytes at every level, and only the rows met are touched."""

from typing import Any

import numpy as np
import pytest

from acumen_accel import postings
from acumen_accel.levels import RUNNABLE, UNCOMPILED, load
from acumen_accel.postings import Places, PostingSums

LENGTHS = np.arange(1, 41, dtype=np.int32)
NORMS = np.linspace(0.5, 3, 42).astype(np.float32)
LEVELS = (*RUNNABLE, UNCOMPILED)


def _places(seed: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.choice(40, 17, replace=False)).astype(np.int32)
    return rows, rng.integers(0, 4, 17).astype(np.uint8)


def _parts(terms: int) -> list[Places]:
    """Return the terms in two parts, of the first twenty rows and of the others."""
    parts = []
    for first in (0, 20):
        found = [(rows, counts, (rows >= first) & (rows < first + 20)) for rows, counts in map(_places, range(terms))]
        ends = np.cumsum([inside.sum() for _, _, inside in found]).tolist()
        rows, counts = (np.concatenate([one[i][one[2]] for one in found]) for i in (0, 1))
        parts.append(Places(rows, counts, [0, *ends[:-1]], ends))
    return parts


WEIGHTS = np.arange(1.5, 9, dtype=np.float32)
ALL = np.arange(40, dtype=np.int32)


def _by_hand(terms: int) -> Any:
    scores = np.zeros(40, np.float32)
    for term in range(terms):
        rows, counts = _places(term)
        share = WEIGHTS[term] * counts.astype(np.float32)
        scores[rows] += share / (counts.astype(np.float32) + NORMS[LENGTHS[rows]])
    return scores


@pytest.mark.parametrize("level", LEVELS)
def test_sums_are_the_formula(level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read or looked up, each row has the sum of the formula, once, and the best are those of a full sort."""
    monkeypatch.setattr(postings, "_KERNELS", load("postings", level))
    sums, parts = PostingSums(40), _parts(4)
    sums.read(0, 1, WEIGHTS[:4], parts, LENGTHS, NORMS)
    sums.read(1, 3, WEIGHTS[:4], parts, LENGTHS, NORMS)
    for _ in range(2):
        sums.find(3, 4, WEIGHTS[:4], parts, LENGTHS, NORMS, ALL)
    expected = sums.scores.copy()
    np.testing.assert_allclose(expected, _by_hand(4), rtol=1e-6)
    allowed = np.arange(40) % 3 > 0
    met = [row for row in sums.touched.tolist() if allowed[row]]
    assert sums.best(5, allowed).tolist() == sorted(met, key=lambda row: (-expected[row], row))[:5]
    words = np.array([0, 1, 0, 1], np.float32)
    weighed, common = sums.covered(ALL, WEIGHTS[:4], words)
    has = np.array([[row in rows[counts > 0] for row in range(40)] for rows, counts in map(_places, range(4))])
    assert weighed.tolist() == (WEIGHTS[:4] @ has).tolist() and common.tolist() == (words @ has).tolist()
    sums.clear(ALL)
    assert not sums.scores.any() and not sums.held.any() and not len(sums.touched)


def test_looking_up_all_rows_is_reading_them() -> None:
    """The same bytes, one term at a time or all at once."""
    read, found, single = PostingSums(40), PostingSums(40), PostingSums(40)
    read.read(0, 5, WEIGHTS[:5], _parts(5), LENGTHS, NORMS)
    found.find(0, 5, WEIGHTS[:5], _parts(5), LENGTHS, NORMS, ALL)
    for term in range(5):
        single.read(term, term + 1, WEIGHTS[:5], _parts(5), LENGTHS, NORMS)
    assert read.scores.tobytes() == found.scores.tobytes() == single.scores.tobytes()
    assert read.held.tobytes() == found.held.tobytes() == single.held.tobytes()


def test_compiled_levels_agree_to_the_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever processor level is in use, a sum is the same bytes."""
    seen = set()
    for level in RUNNABLE:
        monkeypatch.setattr(postings, "_KERNELS", load("postings", level))
        sums = PostingSums(40)
        sums.read(0, 4, WEIGHTS[:4], _parts(4), LENGTHS, NORMS)
        seen.add(sums.scores.tobytes())
    assert len(seen) <= 1


def test_what_leads_outside_is_refused() -> None:
    """Places beyond a part, rows beyond the sums, terms beyond the bits and masks too short raise."""
    sums, one = PostingSums(40), np.ones(1, np.uint8)
    for starts, ends in (([0], [2]), ([-1], [1]), ([0], [])):
        with pytest.raises(ValueError, match="must"):
            Places(np.zeros(1, np.int32), one, starts, ends)
    for row in (40, -1):
        part = Places(np.array([row], np.int32), one, [0], [1])
        with pytest.raises(ValueError, match="leads outside"):
            sums.read(0, 1, WEIGHTS[:1], [part], LENGTHS, NORMS)
        sums.find(0, 1, WEIGHTS[:1], [part], LENGTHS, NORMS, np.array([row], np.int32))
        assert not sums.scores.any()
        with pytest.raises(ValueError, match="rows: from"):
            sums.covered(np.array([row], np.int32), WEIGHTS[:1], WEIGHTS[:1])
    many = Places(np.zeros(1, np.int32), one, [0] * 65, [1] * 65)
    with pytest.raises(ValueError, match="terms: 0 to 65, must be within 0 and 64"):
        sums.read(0, 65, np.ones(65, np.float32), [many], LENGTHS, NORMS)
    with pytest.raises(ValueError, match="allowed"):
        sums.best(3, np.ones(39, np.bool_))
