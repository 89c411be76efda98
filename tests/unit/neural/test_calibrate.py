"""Calibration makes probabilities mean what they say; its measures are those of the literature."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from acumen.neural.calibrate import IDENTITY, brier, conformal_shift, ece, fit_isotonic, fit_temperature, nll


def test_isotonic_repairs_overconfidence() -> None:
    """Scores whose squares are the true rates become the true rates, on data it was not fitted on."""
    rng = np.random.default_rng(1)
    fitted = fit_isotonic(*_overconfident(rng, 8000))
    raw, happened = _overconfident(rng, 8000)
    assert ece(raw, happened) > 0.1
    assert ece(fitted(raw), happened) < 0.02


def _overconfident(rng: np.random.Generator, n: int):  # type: ignore[no-untyped-def]
    raw = rng.random(n)
    return raw, rng.random(n) < raw**2


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.booleans()), min_size=1, max_size=400))
def test_isotonic_is_a_probability_and_never_falls(cases: list[tuple[float, bool]]) -> None:
    """Whatever it was fitted on, the map stays within 0..1 and rises with the score."""
    raw, happened = zip(*cases, strict=True)
    mapped = fit_isotonic(raw, happened)(np.linspace(-1e6, 1e6, 101))
    assert (mapped >= 0).all() and (mapped <= 1).all() and (np.diff(mapped) >= 0).all()


def test_unfitted_is_identity_and_says_so() -> None:
    """Without knots scores pass, clipped, and nothing is called calibrated."""
    assert not IDENTITY.calibrated
    assert IDENTITY(np.array([-1.0, 0.4, 2.0])).tolist() == [0.0, 0.4, 1.0]


def test_temperature_is_recovered() -> None:
    """Logits made three times too sharp need a temperature of three."""
    rng = np.random.default_rng(2)
    logits = rng.standard_normal((20_000, 4)) * 1.5
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    target = (rng.random((20_000, 1)) > p.cumsum(axis=1)).sum(axis=1)
    assert abs(fit_temperature(3 * logits, target) - 3) < 0.15


def test_measures_by_hand() -> None:
    """Two certain cases, one of them wrong: error a half, Brier a half."""
    assert ece([1.0, 1.0], [1, 0], bins=1) == 0.5
    assert brier([1.0, 1.0], [1, 0]) == 0.5
    assert abs(nll([0.5, 0.5], [1, 0]) - np.log(2)) < 1e-12


def test_conformal_intervals_cover_new_cases() -> None:
    """Intervals far too narrow are widened until they cover nine of ten new cases."""
    rng = np.random.default_rng(3)
    truth, fresh = rng.standard_normal(4000), rng.standard_normal(4000)
    shift = conformal_shift(np.full(4000, -0.1), np.full(4000, 0.1), truth, 0.9)
    covered = np.mean(np.abs(fresh) <= 0.1 + shift)
    assert 0.88 < covered < 0.92
