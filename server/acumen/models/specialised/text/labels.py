"""The names of the labels, which travel with the weights as bytes: `text/labels`, and where each ends."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray


def packed(names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Return the arrays that hold the names, in their order."""
    encoded = [name.encode() for name in names]
    return {
        "text/labels": np.frombuffer(b"".join(encoded), np.uint8).copy(),
        "text/label_ends": np.cumsum([len(one) for one in encoded], dtype=np.int64),
    }


def names_of(weights: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names that the weights hold."""
    return _names(weights["text/labels"].tobytes(), weights["text/label_ends"].tobytes())


@lru_cache(maxsize=16)
def _names(joined: bytes, ends: bytes) -> tuple[str, ...]:
    borders = [0, *np.frombuffer(ends, np.int64).tolist()]
    return tuple(joined[a:b].decode() for a, b in pairwise(borders))
