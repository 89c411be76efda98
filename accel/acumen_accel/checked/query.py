"""A query made integer once, for every scan and graph it is put to."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from acumen_accel.checked.arguments import Floats, finite, vector

COLUMNS: Final = (2**31 - 1) // (128 * 127)  # Beyond, int32 would not hold the sums of even seven bits.
WIDEST: Final = 32767  # What the multiply-and-add-pairs instruction takes: int16.


@dataclass(frozen=True, slots=True)
class Query:
    """A vector as `code` (d,) int16 times `step`; made by `of`, which sees to it that no product leaves int32."""

    code: npt.NDArray[np.int16]
    step: np.float32

    @classmethod
    def of(cls, value: ArrayLike) -> "Query":
        """Return (d,) float32 scaled to its largest magnitude, like a row of `quantise_int8` but finer.

        Of 256 columns 15 bits: |int8| <= 128 and |code| <= 32767 sum to at most 2**30 there. From 513 columns on the
        code is held to (2**31 - 1) / (128 d), so that int32 still holds every sum. Raises ValueError for a vector that
        is not finite, or has more than 132104 columns.
        """
        query = vector(value, "query")
        finite(query, "query")
        most = min(WIDEST, (2**31 - 1) // (128 * max(len(query), 1)))
        if len(query) > COLUMNS:
            raise ValueError(f"query length: {len(query)}, must be at most {COLUMNS}")
        top = np.abs(query).max(initial=np.float32(0))
        step = np.float32(top / np.float32(most))
        return cls(_rounded(query, step, most), step)


def _rounded(query: Floats, step: np.float32, most: int) -> npt.NDArray[np.int16]:
    if step == 0:
        return np.zeros(len(query), np.int16)
    whole = np.rint(query / step)
    if step < np.finfo(np.float32).tiny:  # A denormal step is too coarse to keep the quotient within range.
        whole = np.clip(whole, -most, most)
    return whole.astype(np.int16)
