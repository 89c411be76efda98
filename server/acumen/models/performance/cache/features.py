"""What is measured of a trace, or read off a summary, for each candidate size."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen_accel import cache_replay

Doubles: TypeAlias = NDArray[np.float64]
Keys: TypeAlias = NDArray[np.int32]

BINS = 16
REUSE_EDGES = 2 ** np.arange(1, BINS) - 1
GLOBAL_NAMES = (
    "log2_accesses", "log2_unique", "unique_ratio", "popularity_alpha", "one_hit_ratio", "scan_score", "loop_score",
    *(f"reuse_distance_{i}" for i in range(BINS)),
)  # fmt: skip
LRU_AT = (0.25, 0.5, 1.0, 2.0, 4.0)
SIZE_NAMES = ("log2_entries", "log2_share", "bound", "popular_share", *(f"lru_at_{m:g}" for m in LRU_AT))
SUMMARY_NAMES = (*GLOBAL_NAMES, "log2_smallest", "log2_largest", "has_trace")
BASE_WIDTH = len(GLOBAL_NAMES) + len(SIZE_NAMES)
EXTRA_WIDTH = 43
LRU = 2
FREE = (1, LRU, 7)
"""FIFO, LRU and MRU: replayed for every size, they cost less than other features."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What `AccessSummary` says; measured from a trace, it is exact."""

    reuse: Doubles
    alpha: float
    one_hit: float
    scan: float
    loop: float
    unique: int
    accesses: int

    @property
    def bound(self) -> float:
        """The share of accesses that are not first ones: no cache can hit more."""
        return float(min(1.0, self.reuse.sum()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A numbered trace, its reuse distances, and the counts that do not depend on a size."""

    keys: Keys
    unique: int
    distance: Keys
    near: NDArray[np.int64]
    counts: NDArray[np.int64]
    runs: NDArray[np.int64]
    stable: NDArray[np.int64]

    @classmethod
    def of(cls, key_hash: Any) -> "Trace":
        """Measure a trace; `key_hash` (n,) uint64."""
        keys, unique = cache_replay.number(key_hash)
        half = np.bincount(keys[: keys.size // 2], minlength=unique)
        counts = np.bincount(keys, minlength=unique)
        distance = cache_replay.distances(keys, unique)
        # The keys by popularity in the first half, and how often the second half asks for them.
        stable = np.cumsum((counts - half)[np.argsort(-half, kind="stable")])
        return cls(
            keys=keys,
            unique=unique,
            distance=distance,
            # How many distances are at most 0, 1, ...: the LRU hits of 1, 2, ... entries.
            near=np.cumsum(np.bincount(distance[distance >= 0], minlength=unique)),
            counts=np.sort(counts)[::-1],
            runs=cache_replay.runs(keys, unique),
            stable=stable,
        )

    def hits(self, capacity: int, policy: int) -> int:
        """Return the exact hits of a policy from an empty cache; those of LRU are known from the distances."""
        if policy == LRU:
            return int(self.near[min(capacity, self.unique) - 1])
        return cache_replay.replay(self.keys, self.unique, capacity, policy)

    def summary(self) -> Summary:
        """Return what a summary of this trace says."""
        n = self.keys.size
        edges = self.near[np.minimum(np.append(REUSE_EDGES, self.unique), self.unique) - 1]
        reuse = np.diff(edges, prepend=0) / n
        return Summary(
            reuse=reuse,
            alpha=zipf_exponent(self.counts),
            one_hit=float(self.runs[3] / self.unique),
            scan=float(self.runs[0] / n),
            loop=float(self.runs[1] / n),
            unique=self.unique,
            accesses=n,
        )


def zipf_exponent(counts: Any) -> float:
    """Return minus the slope of log count over log rank, 0 to 5: least squares at ranks 1, 2, 4, ...

    `counts` descend.
    """
    ranks = 2 ** np.arange(int(counts.size).bit_length())
    if ranks.size < 2:
        return 0.0
    x, y = np.log(ranks), np.log(counts[ranks - 1])
    x = x - x.mean()
    return float(np.clip(-(x * y).sum() / (x * x).sum(), 0.0, 5.0))


def lru_curve(summary: Summary, entries: Doubles) -> Doubles:
    """Return the LRU hit ratio at each size, linear between those the histogram tells exactly (c = 2^i - 1)."""
    sizes = np.concatenate([[0.0], REUSE_EDGES, [max(float(summary.unique), 2.0**BINS)]])
    return np.asarray(np.interp(entries, sizes, np.concatenate([[0.0], np.cumsum(summary.reuse)])))


def _popular_share(alpha: float, entries: int, unique: int) -> float:
    """Return the share of accesses that go to the most popular keys under a Zipf law, by integrals for the sums."""

    def mass(x: float) -> float:
        return float(np.log1p(x)) if abs(alpha - 1) < 1e-6 else ((1 + x) ** (1 - alpha) - 1) / (1 - alpha)

    return min(1.0, mass(float(entries)) / mass(float(unique)))


def global_row(summary: Summary) -> Doubles:
    """Return the features of the pattern as a whole, columns `GLOBAL_NAMES`."""
    n, u = summary.accesses, summary.unique
    head = [np.log2(n), np.log2(u), u / n, summary.alpha, summary.one_hit, summary.scan, summary.loop]
    return np.concatenate([head, summary.reuse])


def base_rows(summary: Summary, capacities: list[int]) -> Doubles:
    """Return (sizes, BASE_WIDTH): what a summary tells about each size; `GLOBAL_NAMES` then `SIZE_NAMES`."""
    whole = global_row(summary)
    rows = []
    for c in capacities:
        curve = lru_curve(summary, c * np.array(LRU_AT))
        popular = _popular_share(summary.alpha, c, summary.unique)
        rows.append(np.concatenate([whole, [np.log2(c), np.log2(c / summary.unique), summary.bound, popular], curve]))
    return np.array(rows)


def extra_rows(trace: Trace, capacities: list[int], free: Doubles) -> Doubles:
    """Return (sizes, EXTRA_WIDTH): what only the trace itself tells; `free` (sizes, 3) exact hit ratios of `FREE`."""
    return np.array([_extra(trace, min(c, trace.unique), exact) for c, exact in zip(capacities, free, strict=True)])


def _extra(trace: Trace, c: int, exact: Doubles) -> Doubles:
    n, u = trace.keys.size, trace.unique
    shape = cache_replay.shape(trace.keys, trace.distance, u, c).astype(np.float64)
    eighths = shape[24:48].reshape(3, 8) * (8 / n)
    halves = eighths[:, 4:].mean(axis=1) - eighths[:, :4].mean(axis=1)
    known = [eighths[2, :4].mean(), eighths[2, 4:].mean()]
    second = max(1, n - n // 2)
    popular = [trace.counts[:c].sum() / n - c / n, trace.stable[c - 1] / second]
    order = [trace.runs[2] / n, *(trace.runs[3:6] / u), shape[48] / n]
    return np.concatenate([shape[:24] / n, eighths.std(axis=1), halves, known, popular, order, exact, [float(c) / n]])
