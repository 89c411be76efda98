"""Rounding at the edge: what is printed is the same on every worker, restart and batch."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen_accel.levels import load

_KERNEL = load("rounding")


def significant(value: float) -> float:
    """Round a number to six significant digits."""
    return float(f"{value:.6g}")


def significant_array(values: NDArray[Any]) -> NDArray[np.float64]:
    """Round an array of any shape to six significant digits; zeros, infinities and NaN stay."""
    flat = np.ascontiguousarray(values, np.float64).reshape(-1)
    rounded: NDArray[np.float64] = _KERNEL.round_significant(flat)
    return rounded.reshape(values.shape)
