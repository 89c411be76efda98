"""Rounding at the edge: what is printed is the same on every worker, restart and batch."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

DIGITS = 6


def significant(value: float) -> float:
    """Round a number to six significant digits."""
    return float(f"{value:.6g}")


def significant_array(values: NDArray[Any]) -> NDArray[np.float64]:
    """Round an array of any shape to six significant digits; zeros, infinities and NaN stay."""
    values = np.asarray(values, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        exponent = np.floor(np.log10(np.abs(values)))
    exponent = np.where(np.isfinite(exponent), exponent, 0.0)
    scale = 10.0 ** (DIGITS - 1 - exponent)
    rounded = np.round(values * scale) / scale
    return np.where(np.isfinite(rounded), rounded, values)
