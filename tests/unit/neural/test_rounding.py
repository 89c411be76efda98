"""Six significant digits, for one number or many, alike."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from acumen.neural.rounding import significant, significant_array


@given(st.lists(st.floats(-1e12, 1e12).filter(lambda x: x == 0 or abs(x) > 1e-12), min_size=1, max_size=20))
def test_array_rounds_like_the_printed_number(values: list[float]) -> None:
    """Both ways agree to the last printed digit."""
    rounded = significant_array(np.array(values))
    for value, got in zip(values, rounded, strict=True):
        assert abs(got - significant(value)) <= 1.1e-5 * abs(value)
        assert float(f"{got:.6g}") == got or abs(got - float(f"{got:.6g}")) < 1e-15 * abs(got)


def test_zero_and_infinities_stay() -> None:
    """What has no digits is returned as it is."""
    assert significant_array(np.array([0.0, np.inf, -np.inf])).tolist() == [0.0, np.inf, -np.inf]
