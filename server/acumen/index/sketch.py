"""A query as segments are asked it, and its sketch of two bits a column for those that hold bits."""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from acumen_accel import Query, hadamard

SEED: Final = 20
LOST: Final = 1 - 2 / np.pi  # of a row's squared length, what its signs do not show, on average after a random turn


@cache
def flips_of(dimension: int) -> NDArray[np.int8]:
    """Return (d,) random signs, 1 or -1: with them a Hadamard transform is a random rotation, but for its length."""
    return (1 - 2 * np.random.default_rng(SEED).integers(0, 2, dimension)).astype(np.int8)


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """A turned query (p,) int32 of two bits a column: its `signs`, and where it is `strong`, (p / 64,) uint64 each.

    It is `unit` times these signs, times 3 where strong; `top` is the most that they and a row's signs can add up to,
    `spread` the standard deviation of the estimate, in the same count. `unit` is 0 for a query of zeros.
    """

    turned: NDArray[np.int32]
    signs: NDArray[np.uint64]
    strong: NDArray[np.uint64]
    top: int
    unit: float
    spread: float

    @classmethod
    def of(cls, query: Query) -> "Sketch":
        """Return the sketch of a query; all of its figures come of whole sums."""
        turned = hadamard(query.code, flips_of(len(query.code)))
        sizes = np.abs(turned.astype(np.int64))
        square = int((sizes * sizes).sum())
        strong = sizes * sizes * len(turned) > square
        product, top = int((sizes * (1 + 2 * strong)).sum()), len(turned) + 2 * int(strong.sum())
        unit = square / product if product else 0.0
        error = max(unit * unit * (top + 6 * int(strong.sum())) - square, 0.0)
        spread = float(np.sqrt(LOST * square + error)) / unit if unit else 0.0
        return cls(turned, _packed(turned >= 0), _packed(strong), top, unit, spread)


def _packed(bits: NDArray[np.bool_]) -> NDArray[np.uint64]:
    return np.packbits(bits, bitorder="little").view("<u8").astype(np.uint64)


class Question:
    """A query as segments are asked it, one after the other: `code`, and the sketch of it, made when first needed.

    `floor` is the k-th best score found so far: a segment may leave out what is behind it.
    """

    def __init__(self, code: Query) -> None:
        self.code, self.floor = code, -np.inf

    @cached_property
    def sketch(self) -> Sketch:
        """Return the sketch."""
        return Sketch.of(self.code)
