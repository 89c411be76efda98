"""From forecasts to a plan: replay what could still win, choose a size, order the policies."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.neural.rounding import significant_array

Doubles: TypeAlias = NDArray[np.float64]

POLICIES = ("FIFO", "LRU", "LFU", "SIEVE", "S3-FIFO", "ARC", "MRU", "W-TinyLFU", "LIRS")
"""Names by column; a column's number in `CachePolicy` is one more."""

TOLERANCE = 0.001
"""Hit ratio below which two sizes count as equally good, so that an unused larger cache is not recommended."""

DROPS_ONCE_SEEN = frozenset({4, 7, 8})
"""Columns of S3-FIFO, W-TinyLFU and LIRS: most of their cache is out of reach of a key seen once."""

MANY_ONCE_SEEN = 0.5
MOSTLY_LOOPS = 0.5
REGRET = 0.01
TTL_SHARE = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a plan costs: `accesses` of which misses cost `miss_ms` each, and `entry_ms` for an entry held."""

    accesses: int
    miss_ms: float
    entry_ms: float

    def choose(self, capacities: NDArray[np.int64], ratios: Doubles) -> int:
        """Return the smallest size whose cost is within `TOLERANCE` of the least; `ratios` (sizes,) hit ratios."""
        cost = self.miss_ms * (1 - ratios) + self.entry_ms * (capacities / self.accesses)
        return int(np.argmax(cost <= cost.min() + TOLERANCE * self.miss_ms))


@dataclass(slots=True, kw_only=True)
class Forecasts:
    """Quantiles .1, .5, .9 (sizes, 9, 3) of hit ratios, ordered, and the ratios known exactly (sizes, 9), else NaN."""

    quantiles: Doubles
    exact: Doubles

    @classmethod
    def of(cls, low: Any, median: Any, high: Any, exact: Doubles, bound: float) -> "Forecasts":
        """Return forecasts from any scores (sizes, 9): clipped to 0 .. bound, put in order, overruled where exact."""
        raw = np.stack([low, median, high], axis=2).astype(np.float64)
        quantiles = significant_array(np.sort(np.clip(np.nan_to_num(raw), 0.0, bound), axis=2))
        printed = significant_array(exact)
        known = ~np.isnan(exact)
        quantiles[known] = printed[known, None]
        return cls(quantiles=quantiles, exact=printed)

    def best(self) -> Doubles:
        """Return (sizes,) the highest median of each size."""
        return np.asarray(self.quantiles[:, :, 1].max(axis=1))

    def ranked(self, size: int) -> NDArray[np.intp]:
        """Return the columns of the policies at a size, highest median first, ties by column."""
        return np.argsort(-self.quantiles[size, :, 1], kind="stable")

    def settle(self, price: Price, capacities: NDArray[np.int64], replay: Callable[[int, int], float]) -> int:
        """Replay the most promising policy of the size chosen until no other's 90th percentile reaches the best known.

        `replay(size, column)` returns an exact hit ratio. What is found may change the size; returns the last choice.
        """
        while True:
            size = price.choose(capacities, self.best())
            unknown = np.isnan(self.exact[size])
            known = np.where(unknown, -1.0, self.exact[size]).max()
            hope = np.where(unknown, self.quantiles[size, :, 2], -1.0)
            column = int(hope.argmax())
            if not unknown.any() or hope[column] < known:
                return size
            self.exact[size, column] = replay(size, column)
            self.quantiles[size, column] = self.exact[size, column]

    def certainty(self, size: int) -> float:
        """Return the log odds that no policy left unreplayed beats the chosen one by `REGRET` of its hits.

        Each is taken as logistic about its median with its own 90th percentile, and as independent.
        """
        quantiles, unknown = self.quantiles[size], np.isnan(self.exact[size])
        limit = quantiles[:, 1].max() * (1 + REGRET)
        spread = np.maximum(quantiles[:, 2] - quantiles[:, 1], 1e-4) / np.log(9)
        below = 0.5 * (1 + np.tanh(0.5 * (limit - quantiles[:, 1]) / spread))
        p = np.clip(np.where(unknown, below, 1.0).prod(), 1e-6, 1 - 1e-6)
        return float(np.log(p / (1 - p)))

    def certain(self, size: int) -> bool:
        """Return whether every policy's hit ratio at a size is known, so that the best is."""
        return not bool(np.isnan(self.exact[size]).any())


def time_to_live(key_hash: NDArray[np.uint64], t_ms: Doubles) -> float:
    """Return the 99th percentile (nearest rank) of the times between accesses to the same key, ms; 0 without any."""
    order = np.argsort(key_hash, kind="stable")
    same = key_hash[order[1:]] == key_hash[order[:-1]]
    gaps = (t_ms[order[1:]] - t_ms[order[:-1]])[same]
    if not gaps.size:
        return 0.0
    rank = int(np.ceil(TTL_SHARE * gaps.size)) - 1
    return float(np.partition(gaps, rank)[rank])
