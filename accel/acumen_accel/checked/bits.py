"""Rows of one bit a column, and how high they can score."""

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from acumen_accel.checked.arguments import Bytes, Floats, Indices, Words, int8_matrix, numbers, same, vector, words
from acumen_accel.checked.raw import Bound


class Bits(Bound):
    """Signs of rotated rows (Gao & Long 2024, arXiv:2405.12497, "RaBitQ")."""

    def hadamard(self, values: npt.NDArray[np.int16], flips: Bytes) -> npt.NDArray[np.int32]:
        """Return (p,) int32: values (d,) int16 times flips (d,) int8, turned; p is the least power of 2 >= d and 64.

        The transform is Walsh and Hadamard's in Sylvester's order, not scaled: exact where no sum of the magnitudes
        leaves int32. Raises ValueError for other types and lengths.
        """
        _typed("values", values, np.int16)
        _typed("flips", flips, np.int8)
        same("flips length", len(flips), "the values", len(values))
        return self._raw.hadamard(np.ascontiguousarray(values), np.ascontiguousarray(flips), turned_size(len(values)))

    def sign_bits(
        self,
        codes: ArrayLike,
        scales: ArrayLike,
        flips: Bytes,
        mean: npt.NDArray[np.int16],
        centre: npt.NDArray[np.int32],
        unit: float,
    ) -> tuple[Words, Floats]:
        """Return (words (n, p / 64) uint64, factors (n,) float32) of rows codes (n, d) int8 times scales (n,).

        A bit is set where the row less the mean, turned as by `hadamard`, is above 0. The mean is `unit` times
        mean (d,) int16, turned `unit` times centre (p,) int32. With x a row less the mean, turned, the factor is
        |x|^2 / |x|_1, 0 where x or the scale is 0. Raises ValueError for other types and shapes, and for a unit that is
        not above 0.
        """
        rows, scales = int8_matrix(codes, "codes"), vector(scales, "scales")
        _typed("flips", flips, np.int8)
        _typed("mean", mean, np.int16)
        _typed("centre", centre, np.int32)
        same("scales length", len(scales), "the rows", len(rows))
        same("flips length", len(flips), "the columns of codes", rows.shape[1])
        same("mean length", len(mean), "the columns of codes", rows.shape[1])
        same("centre length", len(centre), "the columns once turned", turned_size(rows.shape[1]))
        if not unit > 0:
            raise ValueError(f"unit: {unit}, must be above 0")
        return self._raw.sign_bits(rows, scales, flips, mean, centre, np.float32(unit))

    def bound_bits(self, codes: ArrayLike, factors: ArrayLike, signs: Words, strong: Words, most: int) -> Floats:
        """Return (n,) float32: factor * (most - 2 d - 4 e), of codes (n, w) uint64 with factors (n,).

        d are the bits in which a row differs from signs (w,) uint64, e those of them that are set in strong (w,): with
        the columns and twice the strong ones for `most`, what is multiplied is the product of the row's signs with the
        query's, three times as heavy where strong. Raises ValueError for shapes that do not fit.
        """
        rows, factors = words(codes, "codes", 2), vector(factors, "factors")
        signs, strong = words(signs, "signs", 1), words(strong, "strong", 1)
        same("factors length", len(factors), "the rows", len(rows))
        same("signs length", len(signs), "the columns of codes", rows.shape[1])
        same("strong length", len(strong), "the columns of codes", rows.shape[1])
        return self._raw.bound_bits(rows, factors, signs, strong, most)

    def highest(self, values: ArrayLike, k: int) -> Indices:
        """Return (m,) int64, m = min(k, n): the place of the highest of every m-th value, from the first m on.

        Many of the best m of values (n,) are among them; the last n modulo m are left out, of equal ones the first is
        taken. Raises ValueError for NaN and for k below 1.
        """
        found = vector(values, "values")
        numbers(found, "values")
        if k < 1:
            raise ValueError(f"k: {k}, must be at least 1")
        return self._raw.highest(found, min(k, len(found))) if len(found) else np.empty(0, np.int64)


def turned_size(dimension: int) -> int:
    """Return the least power of 2 that is at least the dimension and 64."""
    return max(64, 1 << max(dimension - 1, 0).bit_length())


def _typed(name: str, array: npt.NDArray[np.generic], dtype: type[np.generic]) -> None:
    if array.dtype != dtype or array.ndim != 1:
        raise ValueError(f"{name}: {array.dtype} of {array.ndim} dimensions, must be {np.dtype(dtype)} of 1")
