"""Sums over the postings of a query's terms, by row; compiled where possible."""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from acumen_accel.levels import load

_KERNELS: Final[Any] = load("postings")
_ALL: Final = np.empty(0, np.uint8)
MOST_TERMS: Final = 64
Floats: TypeAlias = npt.NDArray[np.float32]


class Places:
    """Where a query's terms are in one part: `rows` int32 and `counts` uint8, from a start to an end for each term.

    Each term's rows ascend; a count of 0 is that of a row that was removed. Raises ValueError for what leads outside.
    """

    def __init__(self, rows: Any, counts: Any, starts: list[int], ends: list[int]) -> None:
        if len(rows) != len(counts) or len(starts) != len(ends):
            raise ValueError(f"rows: {len(rows)} for {len(counts)} counts, must be as many; so must starts and ends")
        if starts and (min(starts) < 0 or max(ends) > len(rows)):
            raise ValueError(f"places: {min(starts)} to {max(ends)}, must be within 0 and {len(rows)}")
        self.terms, self.arrays = len(starts), (rows, counts, np.array(starts, np.int64), np.array(ends, np.int64))


class PostingSums:
    """By row `scores` (n,) float32, and `held` (n,) uint64, one bit for each term that is there; zero between uses."""

    def __init__(self, size: int) -> None:
        self.scores, self.held = np.zeros(size, np.float32), np.zeros(size, np.uint64)
        self._touched, self.met = np.empty(size, np.int32), 0

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def touched(self) -> npt.NDArray[np.int32]:
        """The rows met since the last `clear`, each once."""
        return self._touched[: self.met]

    def read(
        self, first: int, last: int, weights: Floats, parts: Sequence[Places], lengths: Any, norms: Floats
    ) -> None:
        """Add weight * count / (count + norms[length]) at every place of the terms from `first` to before `last`.

        There are at most 64 terms; `weights` float32 has one for each, `lengths` (n,) int32 are within `norms` float32.
        Raises ValueError for terms or rows outside.
        """
        self._refuse(first, last, weights, parts, lengths)
        for part in parts:
            met = _KERNELS.read_terms(
                *part.arrays, first, last, weights, lengths, norms, self.scores, self.held, self._touched, self.met
            )
            if met < 0:
                raise ValueError(f"rows: one leads outside, must be from 0 to below {len(self)}")
            self.met = met

    def find(
        self, first: int, last: int, weights: Floats, parts: Sequence[Places], lengths: Any, norms: Floats, at: Any
    ) -> None:
        """Add terms like `read`, at rows (m,) int32 alone; one that has a term already is left as it is."""
        self._refuse(first, last, weights, parts, lengths)
        for part in parts:
            _KERNELS.find_terms(*part.arrays, first, last, weights, lengths, norms, self.scores, self.held, at)

    def covered(self, rows: npt.NDArray[np.int32], weights: Floats, words: Floats) -> tuple[Floats, Floats]:
        """Return, for rows (m,), the sums of the `weights` and of the `words` (t,) float32 of the terms they have."""
        if len(weights) != len(words) or len(weights) > MOST_TERMS:
            raise ValueError(f"weights: {len(weights)}, must be one for each of the {len(words)} words, at most 64")
        if len(rows) and not 0 <= rows.min() <= rows.max() < len(self):
            raise ValueError(f"rows: from {rows.min()} to {rows.max()}, must be from 0 to below {len(self)}")
        found = _KERNELS.covered(self.held, rows, weights, words)
        return found[0], found[1]

    def best(self, k: int, allowed: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.int32]:
        """Return the k best rows met, fewer if there are fewer, best first, ties by row; `allowed` (n,) or longer."""
        mask = _ALL if allowed is None else np.ascontiguousarray(allowed).view(np.uint8)
        if len(mask) < len(self) and allowed is not None:
            raise ValueError(f"allowed: {len(mask)} rows, must be at least {len(self)}")
        found = _KERNELS.best_touched(self._touched, self.met, self.scores, mask, k)
        return np.asarray(found[: min(k, self.met)][found[: min(k, self.met)] >= 0])

    def clear(self, also: npt.NDArray[np.int32]) -> None:
        """Forget the rows met, and others that were looked up."""
        _KERNELS.clear_touched(self._touched, self.met, self.scores, self.held)
        _KERNELS.clear_touched(also, len(also), self.scores, self.held)
        self.met = 0

    def _refuse(self, first: int, last: int, weights: Floats, parts: Sequence[Places], lengths: Any) -> None:
        most = min([MOST_TERMS, len(weights), *(part.terms for part in parts)])
        if not 0 <= first <= last <= most or len(lengths) < len(self):
            text = f"terms: {first} to {last}, must be within 0 and {most}"
            raise ValueError(f"{text}; lengths: {len(lengths)}, must be at least {len(self)}")
