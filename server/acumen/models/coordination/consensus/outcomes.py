"""How right a table came out, in words: the labels of exemplars."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

OUTCOMES = (
    "more than 95 % of the items decided rightly",
    "80 to 95 % of the items decided rightly",
    "60 to 80 % of the items decided rightly",
    "less than 60 % of the items decided rightly",
)
EDGES = (0.95, 0.8, 0.6)


def grade(right: Any) -> NDArray[np.int32]:
    """Return (n,) numbers in `OUTCOMES` of shares (n,) of items decided right."""
    return np.sum([np.asarray(right) <= edge for edge in EDGES], axis=0).astype(np.int32)
