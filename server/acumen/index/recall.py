"""Recall measured on the bank itself: of the true nearest rows, how many a search finds."""

from concurrent.futures import Executor

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acumen.index.block import joined
from acumen.index.inputs import query_of
from acumen.index.vectors import VectorIndex


def measured_recall(index: VectorIndex, queries: ArrayLike, k: int = 10) -> float:
    """Return the mean share of the exact best k live rows that the index finds, over queries (q, d) float32.

    Of rows that score alike any will do.
    """
    block = joined([segment.block.kept(segment.alive) for segment in index.segments])
    shares = []
    for query in np.asarray(queries, np.float32):
        exact = block.scan(query_of(query, index.dimension), k)[1]
        found = index.search(query, k)[1]
        shares.append(np.count_nonzero(found >= exact[-1:]) / max(len(exact), 1))
    return float(np.mean(shares)) if shares else 1.0


def recall_of_tier(index: VectorIndex, tier: str, queries: NDArray[np.float32], build: Executor, k: int = 10) -> float:
    """Return what `measured_recall` would be if the index were compacted to a tier; the index itself is left alone."""
    trial = index.compacted(tier, build)
    trial.settle()
    return measured_recall(trial, queries, k)
