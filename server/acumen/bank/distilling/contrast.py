"""What separates success from failure: attempts that took some steps against attempts that did not, task by task."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from acumen.bank.distilling.record import Record

Doubles = NDArray[np.float64]
_ROWS = 64  # patterns scored at a time, which bounds the memory


def strata(records: Sequence[Record]) -> list[int]:
    """Return a stratum for each record: attempts at one task share one; tasks attempted once share another.

    Comparing within a task keeps a task's difficulty from being taken for the merit of the steps it needs.
    """
    attempts: dict[str, int] = {}
    for record in records:
        if record.task_id:
            attempts[record.task_id] = attempts.get(record.task_id, 0) + 1
    paired = {task: number for number, task in enumerate(sorted(t for t, n in attempts.items() if n > 1), 1)}
    return [paired.get(record.task_id, 0) for record in records]


def z_scores(present: NDArray[np.bool_], success: Doubles, stratum: Sequence[int]) -> Doubles:
    """Return how many standard deviations each row's successes lie above what its strata let expect.

    The signed square root of the Cochran-Mantel-Haenszel statistic with continuity correction (Mantel & Haenszel,
    1959); `present` (k, n), `success` (n,) probabilities. Nothing to compare gives 0.
    """
    order = np.argsort(np.asarray(stratum), kind="stable")
    _, starts, sizes = np.unique(np.asarray(stratum)[order], return_index=True, return_counts=True)
    ordered = success[order]
    parts = [_z(present[i : i + _ROWS][:, order], ordered, starts, sizes) for i in range(0, len(present), _ROWS)]
    return np.concatenate(parts) if parts else np.zeros(0)


def _z(present: NDArray[np.bool_], success: Doubles, starts: NDArray[np.intp], n: NDArray[np.intp]) -> Doubles:
    took = np.add.reduceat(present.astype(np.float64), starts, axis=1)
    both = np.add.reduceat(present * success, starts, axis=1)
    successes = np.add.reduceat(success, starts)
    scale = np.where(n > 1, n * n * (n - 1.0), 1.0)
    variance = (took * (n - took) * successes * (n - successes) / scale).sum(axis=1)
    excess = (both - took * successes / n).sum(axis=1)
    corrected = np.sign(excess) * np.maximum(np.abs(excess) - 0.5, 0.0)
    return np.divide(corrected, np.sqrt(variance), out=np.zeros_like(excess), where=variance > 1e-12)


def rate(present: NDArray[np.bool_], success: Doubles) -> tuple[float, int]:
    """Return the successes among the attempts that are present, and how many they are."""
    return math.fsum(success[present]), int(np.count_nonzero(present))
