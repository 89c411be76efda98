"""Grades of pairs depend on the two texts alone."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from acumen.bank.consolidating.alignment import FEATURES, Alignment
from acumen.bank.consolidating.pairs import Fitted, PairModel
from acumen.text.static import load
from benchmarks.eval.facts import DEVELOPMENT

EMBEDDER = load()
MODEL = PairModel.load(EMBEDDER)
TEXTS = [text for facts in DEVELOPMENT.values() for fact in facts for text in fact] + ["", "...", "a", "\u00e4\u00f6"]
PAIRS = st.lists(st.tuples(st.integers(0, len(TEXTS) - 1), st.integers(0, len(TEXTS) - 1)), min_size=1, max_size=40)


def test_fitted_to_the_shipped_table() -> None:
    """The weights that are shipped were fitted to the vectors that are shipped."""
    assert MODEL.fitted.embedder == EMBEDDER.identity.id
    assert Fitted.parse(MODEL.fitted.dump()) == MODEL.fitted


@settings(max_examples=40, deadline=None)
@given(PAIRS)
def test_a_pair_is_graded_alike_in_any_batch(pairs: list[tuple[int, int]]) -> None:
    """Among other pairs, alone, or turned round: the same features to the last bit."""
    together = Alignment(TEXTS, EMBEDDER).features(pairs)
    for row, (a, b) in zip(together, pairs, strict=True):
        assert row.tobytes() == Alignment([TEXTS[b], TEXTS[a]], EMBEDDER).features([(0, 1)])[0].tobytes()


@settings(max_examples=40, deadline=None)
@given(PAIRS)
def test_features_are_what_they_are_called(pairs: list[tuple[int, int]]) -> None:
    """Each lies in its range, the lesser share below the mean one, and a text is fully matched by itself."""
    found = dict(zip(FEATURES, Alignment(TEXTS, EMBEDDER).features(pairs).T, strict=True))
    assert np.all(found["least_matched"] <= found["matched"] + 1e-12)
    for name in FEATURES[1:]:
        assert np.all((found[name] >= 0) & (found[name] <= 1))
    worded = [n for n, text in enumerate(TEXTS) if any(c.isalnum() for c in text)]
    own = Alignment(TEXTS, EMBEDDER).features([(n, n) for n in worded])
    assert np.allclose(own, 1.0)
