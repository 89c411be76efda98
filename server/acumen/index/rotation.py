"""Signs of rotated rows: the bits of a compact segment, and queries to put to them.

After a random rotation about the mean every column says as much as any other, and a row is told by its signs (Gao &
Long 2024, arXiv:2405.12497, "RaBitQ"). The rotation here is a Hadamard matrix with random signs, cut to size: all
of its products are sums of whole numbers, exact in any order, so that bits are the same wherever they are made.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acumen.index.block import Block
from acumen_accel import Query, binarise

SEED: Final = 20
ROWS_AT_ONCE: Final = 8192
MEAN_STEP: Final = 2.0**-20


@dataclass(frozen=True, slots=True, eq=False)
class Rotation:
    """`signs` (b, d) of +1 and -1, b a multiple of 64; `centre` (b,) is the rotated mean of the rows it is for."""

    signs: NDArray[np.float32]
    centre: NDArray[np.float64]

    @classmethod
    def about(cls, block: Block) -> "Rotation":
        """Return the rotation about the mean of a block's rows, whole multiples of 2**-20."""
        signs = signs_of(block.codes.shape[1])
        total = np.zeros(block.codes.shape[1])
        for part in parts_of(len(block)):
            total += np.sum(block.codes[part] * block.scales[part, np.newaxis], axis=0, dtype=np.float64)
        mean = np.rint(total / max(len(block), 1) / MEAN_STEP)
        return cls(signs, signs.astype(np.float64) @ mean * MEAN_STEP)

    def bits(self, block: Block) -> tuple[NDArray[np.uint64], NDArray[np.float32]]:
        """Return (n, b / 64) uint64 codes and (n,) factors: the factor times signs . query estimates the product.

        With x a row less the mean, rotated, the estimate of x . q is |x|^2 / |x|_1 times sign(x) . q (section 3.2).
        """
        codes = np.empty((len(block), len(self.signs) // 64), np.uint64)
        factors = np.zeros(len(block), np.float32)
        for part in parts_of(len(block)):
            # Below 2**24, so exact in float32 whatever the order.
            turned = (block.codes[part].astype(np.float32) @ self.signs.T).astype(np.float64)
            turned = turned * block.scales[part, np.newaxis] - self.centre
            codes[part] = binarise(turned.astype(np.float32))
            length = np.sum(np.abs(turned), axis=1)
            np.divide(np.sum(turned * turned, axis=1), length, out=factors[part], where=length > 0, casting="same_kind")
        return codes, factors

    def query(self, query: Query) -> NDArray[np.int64]:
        """Return (b,) whole numbers from -7 to 7 in proportion to the rotated query."""
        turned = self.signs.astype(np.float64) @ query.code.astype(np.float64)
        top = np.abs(turned).max(initial=0.0)
        return np.rint(turned * (7 / top if top else 0)).astype(np.int64)


def signs_of(dimension: int) -> NDArray[np.float32]:
    """Return (b, d): the first b rows of Sylvester's Hadamard matrix, its columns given random signs, b >= d."""
    bits = -(-dimension // 64) * 64
    rows, columns = np.arange(bits)[:, np.newaxis], np.arange(dimension)
    flips = np.random.default_rng(SEED).integers(0, 2, dimension)
    return (1 - 2 * ((np.bitwise_count(rows & columns) + flips) % 2).astype(np.float32)).astype(np.float32)


def parts_of(n: int) -> list[Any]:
    """Return slices of bounded length that cover n rows."""
    return [slice(start, min(start + ROWS_AT_ONCE, n)) for start in range(0, n, ROWS_AT_ONCE)]
