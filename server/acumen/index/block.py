"""Rows in their one canonical form: int8 codes with a scale each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen_accel import Query, scan_query

Rows: TypeAlias = NDArray[np.int64]
Codes: TypeAlias = NDArray[np.int8]
Scores: TypeAlias = NDArray[np.float32]
Mask: TypeAlias = NDArray[np.bool_]
Found: TypeAlias = tuple[Rows, Scores]
"""Row numbers and scores, best first, ties by the lower row."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """`rows` (n,) ascending, `codes` (n, d) int8 and `scales` (n,) float32: row i stands for scales[i] * codes[i]."""

    rows: Rows
    codes: Codes
    scales: Scores

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return self.rows.nbytes + self.codes.nbytes + self.scales.nbytes

    def kept(self, mask: Mask) -> "Block":
        """Return a copy of the rows of a mask (n,)."""
        return Block(self.rows[mask], self.codes[mask], self.scales[mask])

    def places(self, rows: Rows) -> Rows:
        """Return where such of `rows` as are here are, in the order given."""
        at = np.searchsorted(self.rows, rows)
        here = np.flatnonzero(self.rows[np.minimum(at, len(self) - 1)] == rows) if len(self) else np.empty(0, int)
        return at[here]

    def among(self, allowed: Mask) -> Mask:
        """Return (n,) bool: which rows a mask by row number allows; what lies beyond its end is not allowed."""
        if not len(self):
            return np.zeros(0, np.bool_)
        first, end = int(self.rows[0]), int(self.rows[-1]) + 1
        if end > len(allowed):
            known = int(np.searchsorted(self.rows, len(allowed)))
            return np.concatenate([allowed[self.rows[:known]], np.zeros(len(self) - known, np.bool_)])
        return allowed[first:end] if end - first == len(self) else allowed[self.rows]

    def scan(self, query: Query, k: int, wanted: Mask | None = None) -> Found:
        """Return the best k rows, of those of a mask (n,) or of all."""
        some = None if wanted is None else np.flatnonzero(wanted)
        index, scores = scan_query(self.codes, self.scales, query, k, some)
        return self.rows[index], scores


def joined(blocks: Sequence[Block]) -> Block:
    """Return the rows of at least one block, one after the other, in memory of their own."""
    return Block(
        np.concatenate([block.rows for block in blocks]),
        np.concatenate([block.codes for block in blocks]),
        np.concatenate([block.scales for block in blocks]),
    )


def best(found: Sequence[Found], k: int) -> Found:
    """Return the best k of several findings."""
    if len(found) == 1:
        return found[0][0][:k], found[0][1][:k]
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    rows, scores = np.concatenate([one[0] for one in found]), np.concatenate([one[1] for one in found])
    order = np.lexsort((rows, -scores))[:k]
    return rows[order], scores[order]
