"""One call of one kernel, and what it must answer."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
HUGE = np.float32(1e30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One call of one kernel, and what it must answer."""

    kernel: str
    label: str
    arguments: tuple[Any, ...]
    expected: tuple[Array, ...]
    tolerance: float = 2e-5

    def __str__(self) -> str:
        return f"{self.kernel}-{self.label}"


def matrix(random: np.random.Generator, *shape: int) -> Array:
    """Return standard normal float32 numbers."""
    return random.standard_normal(shape).astype(np.float32)
