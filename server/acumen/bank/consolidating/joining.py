"""Near pairs of a whole bank at once: rows are compared within cells, by matrix products.

A search of the index for every row costs some hundred microseconds a row; a product of all rows with all rows of a cell
costs as much for hundreds of them. A row belongs to the cells of its nearest pivots, as with the overlapping clusters
of canopies (McCallum et al. 2000), so near rows share one almost surely. Products of codes are whole numbers that
float32 holds exactly: the same pairs on any processor.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acumen.bank.consolidating.alignment import Floats, Numbers

EXACT_ROWS: Final = 4096  # so many are one cell
CELLS: Final = 4  # that a row belongs to
ROWS_PER_PIVOT: Final = 128
ROWS_AT_ONCE: Final = 512

Cosines = NDArray[np.float32]
Join = tuple[Numbers, Numbers, Cosines]


def near(codes: NDArray[np.int8], k: int, least: float, exact_rows: int = EXACT_ROWS) -> Join:
    """Return (from, to, cosine) of each row's `k` nearest others of a cosine of at least `least`, equal ones by number.

    `codes` (n, d) int8, up to 1,024 wide; a row of zeros is near none. Exact up to `exact_rows` rows; beyond, a pair
    that shares no cell is missed.
    """
    rows = codes.astype(np.float32)
    squares = np.einsum("ij,ij->i", rows, rows)
    inverse = np.where(squares > 0, 1 / np.sqrt(np.maximum(squares, 1)), 0).astype(np.float32)
    cells = [np.arange(len(rows))] if len(rows) <= exact_rows else _cells(rows, inverse)
    parts = [_within(rows, inverse, cell, k, least) for cell in cells]
    first, second, cosines = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return _best(first, second, cosines, k)


def _cells(rows: Floats, inverse: Floats) -> list[Numbers]:
    """Return the row numbers of each cell, ascending; pivots are rows at even distances."""
    count = len(rows)
    pivots = np.arange(0, count, ROWS_PER_PIVOT)
    cells, members = [], []
    for start in range(0, count, ROWS_AT_ONCE):
        cosines = rows[start : start + ROWS_AT_ONCE] @ rows[pivots].T * inverse[pivots]
        member, cell = np.nonzero(_nearest(cosines, CELLS))
        cells.append(cell)
        members.append(start + member)
    cell = np.concatenate(cells)
    order = np.argsort(cell, kind="stable")
    ends = np.cumsum(np.bincount(cell, minlength=len(pivots)))
    return list(np.split(np.concatenate(members)[order], ends[:-1]))


def _within(rows: Floats, inverse: Floats, cell: Numbers, k: int, least: float) -> Join:
    """Return the nearest of each row of a cell within it."""
    nothing = np.empty(0, np.int64)
    found: list[Join] = [(nothing, nothing, np.empty(0, np.float32))]
    own, scales = rows[cell], inverse[cell]
    for start in range(0, len(cell), ROWS_AT_ONCE):
        end = min(start + ROWS_AT_ONCE, len(cell))
        cosines = own[start:end] @ own.T
        cosines *= scales
        cosines *= scales[start:end, None]
        cosines[np.arange(end - start), np.arange(start, end)] = -2.0
        wanted = cosines >= least
        crowded = np.flatnonzero(np.count_nonzero(wanted, axis=1) > k)
        wanted[crowded] = _nearest(cosines[crowded], k)
        at, other = np.nonzero(wanted)
        found.append((cell[start + at], cell[other], cosines[at, other]))
    first, second, cosines = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
    return first, second, cosines


def _nearest(cosines: Cosines, k: int) -> NDArray[Any]:
    """Return (n, m) bool: the k greatest of each row, of equal ones the first."""
    if cosines.shape[1] <= k:
        return np.ones(cosines.shape, np.bool_)
    kth = -np.partition(-cosines, k - 1, axis=1)[:, k - 1, None]
    over, tied = cosines > kth, cosines == kth
    return np.asarray(over | (tied & (np.cumsum(tied, axis=1) <= k - over.sum(axis=1, keepdims=True))))


def _best(first: Numbers, second: Numbers, cosines: Cosines, k: int) -> Join:
    """Return the k best of each row, what several cells found once."""
    order = np.lexsort((second, -cosines, first))
    first, second, cosines = first[order], second[order], cosines[order]
    new = np.ones(len(first), np.bool_)
    new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
    first, second, cosines = first[new], second[new], cosines[new]
    rank = np.arange(len(first)) - np.searchsorted(first, first)
    return first[rank < k], second[rank < k], cosines[rank < k]
