"""Checkpoints come often at first and then every two seconds, and where they are slow, more rarely."""

import pytest

from acumen.training.lesson import pause_s


@pytest.mark.parametrize(
    ("ran_s", "saving_s", "expected"), [(0.0, 0.001, 0.2), (1.0, 0.001, 0.5), (100.0, 0.001, 2.0), (100.0, 0.3, 6.0)]
)
def test_the_pause_grows_with_what_is_done(ran_s: float, saving_s: float, expected: float) -> None:
    """Half of it, within bounds, and never so that saving takes more than a twentieth."""
    assert pause_s(ran_s, saving_s) == pytest.approx(expected)
