"""Limits from an inferred capacity: clamps, caps and chances that hold whatever was inferred."""

import numpy as np

ROWS = 32
BURST_SHARE = 0.5
QUOTA_SHARE = 0.05
BUSY = 0.8
CARRIED = 0.95
ODDS = 2.1972245773362196
NARROWEST = 1e-3
MOST_IN_FLIGHT = 1e9
LONGEST_BACKOFF_MS = 60000.0


def _below(at, low, high):
    """Return the probability that a quantity is below `at` (a log distance from its median).

    Log odds are linear between the quantiles .1 (`low` under the median), .5 and .9 (`high` above) and beyond.
    """
    width = max(low if at < 0.0 else high, NARROWEST)
    return 1.0 / (1.0 + np.exp(-min(max(ODDS * at / width, -30.0), 30.0)))


# pythran export plan(float64[:,:,:] order(C), float64[:,:] order(C), float64[:,:] order(C), float64[],
#     float64[:,:] order(C), float64[:,:] order(C))
def plan(windows, numbers, inferred, edges, out, chances):
    """Fill `out` (B, 6) and `chances` (B, edges + 1).

    `windows` and `numbers` as in `throttle_features`; `inferred` (B, 5): quantiles .1, .5, .9 of the capacity, limit
    wanted, all a second, and p95 ms, each above 0. `out`: limit, burst, concurrency, backoff ms, regime (1 under, 2 at,
    3 over capacity), probability that the capacity is at least CARRIED x limit. `chances`: of the best limit lying
    between `edges`, logarithms of multiples of the limit in force.
    """
    for b in range(numbers.shape[0]):
        now = numbers[b, 0]
        remaining = numbers[b, 1]
        known = now
        for k in range(ROWS):
            known = max(known, windows[b, k, 2])
        limit = min(max(inferred[b, 3], now / numbers[b, 6]), known * numbers[b, 5])
        burst = max(np.ceil(limit * numbers[b, 4] * BURST_SHARE), 1.0)
        if remaining < np.inf:
            burst = min(burst, max(np.floor(QUOTA_SHARE * remaining), min(np.floor(remaining), 1.0)))
            limit = min(limit, (remaining - burst) / numbers[b, 2]) if remaining >= 1.0 else 0.0
        concurrency = min(max(np.ceil(limit * inferred[b, 4] * 1e-3), 1.0), MOST_IN_FLIGHT)
        excess = max(windows[b, ROWS - 1, 7] - concurrency, 0.0)
        backoff = min(excess / inferred[b, 1] * 1e3, LONGEST_BACKOFF_MS)
        sent = windows[b, ROWS - 1, 1]
        median = np.log(inferred[b, 1])
        low = median - np.log(inferred[b, 0])
        high = np.log(inferred[b, 2]) - median
        out[b, 0] = limit
        out[b, 1] = burst
        out[b, 2] = concurrency
        out[b, 3] = numbers[b, 2] * 1e3 if remaining < 1.0 else backoff
        out[b, 4] = 3.0 if sent > inferred[b, 1] else (1.0 if sent < BUSY * inferred[b, 1] else 2.0)
        out[b, 5] = 1.0 - _below(np.log(max(CARRIED * limit, 1e-300)) - median, low, high)
        moved = np.log(now) - np.log(inferred[b, 3])
        before = 0.0
        for j in range(edges.shape[0]):
            chance = _below(edges[j] + moved, low, high)
            chances[b, j] = chance - before
            before = chance
        chances[b, edges.shape[0]] = 1.0 - before
