"""Sums over the postings of a query's terms, by row; compiled where possible."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from acumen_accel.levels import load

_KERNELS: Final[Any] = load("postings")
_ALL: Final = np.empty(0, np.uint8)


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

    def read(self, term: int, weight: float, slices: list[tuple[Any, Any]], lengths: Any, norms: Any) -> None:
        """Add weight * count / (count + norms[length]) at every place of a term's slices, each ascending in its rows.

        `term` is 0 to 63; rows int32 and counts uint8, 0 where a row was removed; `lengths` (n,) int32 within `norms`
        float32. Raises ValueError for a term or a row outside.
        """
        bit = self._bit(term, slices, lengths)
        for rows, counts in slices:
            self.met = _KERNELS.read_postings(
                rows, counts, len(rows), np.float32(weight), bit, lengths, norms, self.scores, self.held,
                self._touched, self.met,
            )  # fmt: skip

    def find(self, term: int, weight: float, slices: list[tuple[Any, Any]], lengths: Any, norms: Any, at: Any) -> None:
        """Add a term like `read`, at rows (m,) int32 alone; one that has it already is left as it is."""
        bit = self._bit(term, slices, lengths)
        for rows, counts in slices:
            _KERNELS.find_postings(
                rows, counts, len(rows), np.float32(weight), bit, lengths, norms, self.scores, self.held, at
            )

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

    def _bit(self, term: int, slices: list[tuple[Any, Any]], lengths: Any) -> np.uint64:
        if not 0 <= term < 64 or len(lengths) < len(self):
            raise ValueError(f"term: {term}, must be 0 to 63; lengths: {len(lengths)}, must be at least {len(self)}")
        for rows, counts in slices:
            if len(rows) != len(counts) or (len(rows) and not 0 <= rows[0] <= rows[-1] < len(self)):
                raise ValueError(f"rows: {len(rows)} for {len(counts)} counts, must rise from 0 to below {len(self)}")
        return np.uint64(1 << term)
