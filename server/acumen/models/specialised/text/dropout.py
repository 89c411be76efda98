"""Which parts of an example are left out in a step of learning.

The choice is a hash of the example's number and of the bits of the output's bias, which every step changes. So there is
no state to checkpoint, a resumed job draws what an uninterrupted one draws, and two batches of 16 draw what one of 32
does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.neural.spec import Batch

Words: TypeAlias = NDArray[np.uint64]

TOKENS: Final = 0.1
PAIRS: Final = 0.3
UNITS: Final = 0.3
STEP: Final = np.uint64(0x9E3779B97F4A7C15)  # of SplitMix64 (Steele, Lea and Flood, 2014), as are the factors below


@dataclass(frozen=True, slots=True, kw_only=True)
class Drops:
    """The draws of one step: `seeds` (n,), one an example."""

    seeds: Words

    @classmethod
    def of(cls, weights: Mapping[str, Any], batch: Batch) -> "Drops | None":
        """Return the draws for a batch for learning; None for any other."""
        if "example" not in batch.arrays:
            return None
        bias = np.ascontiguousarray(_value(weights["net/output/b"]), np.float32)
        salt = np.bitwise_xor.reduce(_mixed(bias.view(np.uint32).astype(np.uint64) + _count(bias.size)), keepdims=True)
        return cls(seeds=_mixed(batch.arrays["example"].astype(np.uint64) * STEP ^ salt))

    def units(self, width: int) -> NDArray[np.float32]:
        """Return (n, width): 0 for what is left out, else what makes up for it."""
        return _kept(self.seeds[:, None] + _count(width), UNITS) * np.float32(1 / (1 - UNITS))

    def kept(self, values: NDArray[np.int64], offsets: NDArray[np.int64], rate: float) -> NDArray[np.bool_]:
        """Return (values,) which stay; equal values of a text go together."""
        owner = np.repeat(self.seeds, np.diff(offsets))
        return _kept(owner + (values.astype(np.uint64) << np.uint64(9)) * STEP, rate)


def _value(weight: Any) -> Any:
    return getattr(weight, "value", weight)


def _count(size: int) -> Words:
    return (np.arange(size, dtype=np.uint64) + np.uint64(1)) * STEP


def _mixed(x: Words) -> Words:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _kept(x: Words, rate: float) -> NDArray[np.bool_]:
    return _mixed(x) >= np.uint64(int(rate * 2**64))
