"""Unusual inputs are told from usual ones, each by itself."""

import numpy as np

from acumen.neural.reference import fit_reference, outside, unusualness


def _training(n: int, seed: int = 0):  # type: ignore[no-untyped-def]
    x = np.random.default_rng(seed).standard_normal((n, 3)).astype(np.float32)
    x[:, 1] += 2 * x[:, 0]
    return x


def test_score_is_the_share_of_training_that_was_more_usual() -> None:
    """Fresh inputs of the same kind are spread evenly over 0..1; inputs that break a correlation score above .99."""
    weights = fit_reference(_training(20_000))
    fresh = unusualness(weights, _training(5_000, seed=1))
    assert abs(np.mean(fresh < 0.5) - 0.5) < 0.03 and abs(np.mean(fresh > 0.99) - 0.01) < 0.006
    assert unusualness(weights, np.array([[2.0, -4.0, 0.0]], np.float32))[0] > 0.99


def test_an_input_is_scored_by_itself() -> None:
    """Alone or among others, the score has the same bits."""
    weights, x = fit_reference(_training(500)), _training(37, seed=2)
    together = unusualness(weights, x)
    alone = np.array([unusualness(weights, row[None])[0] for row in x])
    np.testing.assert_array_equal(together, alone)


def test_features_outside_the_training_range_are_named() -> None:
    """Only the column that left the range is reported, with the range."""
    weights = fit_reference(_training(500))
    found = outside(weights, np.array([0.0, 0.0, 50.0], np.float32))
    assert [column for column, *_ in found] == [2] and found[0][1] == 50.0 and found[0][3] < 10
