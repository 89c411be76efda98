"""Diversity trades a little relevance for results that differ, and nothing when not asked to."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from acumen.bank.diversity import diversify

TWINS = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])


def test_a_twin_makes_room_for_something_else() -> None:
    """Of three results of which two are the same, the different one comes second."""
    assert diversify(TWINS, np.array([0.9, 0.89, 0.6]), 2, 0.7).tolist() == [0, 2]


@given(st.integers(0, 12), st.integers(1, 12), st.sampled_from([0.7, 0.85, 1.0]))
def test_it_returns_k_different_places(count: int, k: int, relevance: float) -> None:
    """However many there are, each place comes once, the best first; pure relevance keeps the order."""
    rng = np.random.default_rng(count)
    vectors = rng.normal(size=(count, 3))
    scores = np.sort(rng.random(count))[::-1]
    places = diversify(vectors, scores, k, relevance).tolist()
    assert len(places) == len(set(places)) == min(k, count) and places[:1] == [0][: len(places)]
    if relevance == 1.0:
        assert places == list(range(min(k, count)))
