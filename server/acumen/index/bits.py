"""Rows by their signs: a bit a column tells which rows can be among the best, and their bytes decide.

Rows less their mean are turned at random, after which every column says as much as any other; a row's product with a
query is then estimated from the row's signs, without bias and with a known error, whatever the rows are (Gao & Long
2024, arXiv:2405.12497, "RaBitQ", sections 3.1 to 3.3). A row is passed over where the estimate, raised by a number of
standard deviations, falls short of the k-th best score that is known already.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from acumen.index.block import Block, Mask, Rows, Scores
from acumen.index.sizes import Sizes
from acumen.index.sketch import Question, Sketch, flips_of
from acumen_accel import bound_bits, hadamard, highest, scan_query, sign_bits

MEAN_ROWS: Final = 4096  # of which the mean is taken, at equal distances
MEAN_BITS: Final = 12
WORTH: Final = 64  # rows for each one wanted, and a fourth of all: of fewer, the bytes are scanned as quickly


class Bits:
    """A bit a column of a block's rows, turned about their mean, and a factor a row."""

    kind = "compact"

    def __init__(self, block: Block, sizes: Sizes) -> None:
        flips = flips_of(block.codes.shape[1])
        mean, self._mean_unit = _mean(block)
        self._centre = hadamard(mean, flips)
        self._words, self._factors = sign_bits(block.codes, block.scales, flips, mean, self._centre, self._mean_unit)
        self._deviations, self._seeds = sizes.deviations, sizes.seeds

    @property
    def nbytes(self) -> int:
        """Bytes of bits, factors and the mean."""
        return self._words.nbytes + self._factors.nbytes + self._centre.nbytes

    def search(
        self, block: Block, question: Question, k: int, wanted: Mask | None, count: int
    ) -> tuple[Rows, Scores] | None:
        """Return the places and scores of the best k of `count` wanted rows; None where a scan is as quick.

        Rows of high bounds are scored first, so that there is a k-th best to compare the others with, unless a better
        one is known. They are among what is scored in the end: k rows are found, or all that reach the floor.
        """
        sketch = question.sketch
        if count < max(WORTH * k, len(block) // 4) or not sketch.unit:
            return None
        bounds = self.bounds(sketch, self._deviations)
        if wanted is not None:
            bounds[~wanted] = -np.inf
        seeds = np.sort(highest(bounds, self._seeds * k))
        seeds = seeds[bounds[seeds] > -np.inf]
        if len(seeds) < k:
            return None
        own = float(scan_query(block.codes, block.scales, question.code, k, seeds)[1][-1])
        if own > question.floor:
            least = min(self.bound_of(own, question), bounds[seeds].min())
        else:
            least = self.bound_of(question.floor, question)
        return scan_query(block.codes, block.scales, question.code, k, np.flatnonzero(bounds >= least))

    def bounds(self, sketch: Sketch, deviations: float) -> Scores:
        """Return the estimate of each row's product with a query (n,), raised by so many standard deviations."""
        raised = sketch.top + int(np.ceil(deviations * sketch.spread))
        return bound_bits(self._words, self._factors, sketch.signs, sketch.strong, raised)

    def bound_of(self, score: float, question: Question) -> np.float32:
        """Return the bound that stands for a score: less the mean's part, in the unit of the bounds."""
        sketch, step = question.sketch, float(question.code.step) / len(self._centre)
        base = float(self._centre.astype(np.float64) @ sketch.turned.astype(np.float64)) * self._mean_unit
        return np.float32((score - base * step) / (sketch.unit * step))


def _mean(block: Block) -> tuple[NDArray[np.int16], float]:
    """Return the mean of rows as whole numbers (d,) of at most 13 bits, and what 1 of them stands for, a power of 2."""
    every = slice(None, None, max(1, len(block) // MEAN_ROWS))
    rows = block.codes[every] * block.scales[every, np.newaxis].astype(np.float64)
    mean = rows.sum(axis=0) / max(len(rows), 1)
    unit = float(2.0 ** (int(np.frexp(np.abs(mean).max(initial=0.0))[1]) - MEAN_BITS))
    return np.rint(mean / unit).astype(np.int16), unit


def bytes_of(rows: int, dimension: int) -> int:
    """Return the bytes that `Bits` of so many rows take."""
    columns = len(hadamard(np.zeros(dimension, np.int16), flips_of(dimension)))
    return rows * (columns // 8 + 4) + 4 * columns
