"""Turning scores into a distribution plan: speeds, drained servers, weights and latencies, for any scores whatever."""

import numpy as np


# pythran export plan_loads(float64[], int64[], float64[], float64[], float32[:,:] order(C), float32[:,:] order(C),
#     int64[], float64[:,:] order(C), float64[:,:] order(C))
def plan_loads(arrivals, offsets, first, unit, scores, fleet, drained, plan, expected):
    """Fill `drained` (rows,), `plan` (rows, 3) and `expected` (B, 5).

    `arrivals` (B,) a second; `offsets` (B + 1,) the rows of each message; `first` (rows,) estimates of speed and `unit`
    (B,) as `load_features` makes them; `scores` (rows, 2): the logarithms of the factor on `first` and of the odds of
    being down; `fleet` (B, 3): the logarithms of the median and 90th percentile of the latency to expect, in units of 1
    / `unit`, and of the odds that the servers carry the arrivals. `plan`: weight, speed, utilisation; `expected`: the
    two latencies, ms, 1 if overloaded else 0, the serving servers' speed, the probability that overloaded is right.

    Servers that are more likely down than not are drained, unless all are; the others' weights are their shares of
    speed.
    """
    for m in range(arrivals.shape[0]):
        a = offsets[m]
        b = offsets[m + 1]
        total = 0.0
        whole = 0.0
        for s in range(a, b):
            plan[s, 1] = first[s] * np.exp(min(max(float(scores[s, 0]), -7.0), 7.0))
            whole += plan[s, 1]
            if scores[s, 1] > 0:
                drained[s] = 1
            else:
                total += plan[s, 1]
        if total == 0.0:
            total = whole
            for s in range(a, b):
                drained[s] = 0
        for s in range(a, b):
            plan[s, 0] = 0.0 if drained[s] == 1 else plan[s, 1] / total
            plan[s, 2] = plan[s, 0] * arrivals[m] / plan[s, 1]
        median = min(max(float(fleet[m, 0]), -12.0), 24.0)
        upper = min(max(float(fleet[m, 1]), median), 24.0)
        expected[m, 0] = 1e3 / unit[m] * np.exp(median)
        expected[m, 1] = 1e3 / unit[m] * np.exp(upper)
        expected[m, 2] = 1.0 if arrivals[m] >= total else 0.0
        expected[m, 3] = total
        odds = min(max(float(fleet[m, 2]), -30.0), 30.0)
        expected[m, 4] = 1.0 / (1.0 + np.exp(odds if expected[m, 2] > 0 else -odds))


def _kept(want, low, high, factor, filled):
    """Fill `filled` with `want` times a factor, kept within its bounds; return the sum."""
    total = 0.0
    for s in range(len(want)):
        filled[s] = min(max(want[s] * factor, low[s]), high[s])
        total += filled[s]
    return total


# pythran export fill(float64[], float64[], float64[])
def fill(want, low, high):
    """Return (n,) `want` times the one factor that makes it sum to 1 when kept within `low` and `high`.

    The sum does not decrease with the factor, so bisection of its logarithm finds it; what rounding leaves goes where
    there is room. Needs sum(low) <= 1 <= sum(high) but for rounding, and want above 0.
    """
    filled = np.empty(len(want), dtype=np.float64)
    below = -100.0
    above = 100.0
    for _ in range(64):
        middle = 0.5 * (below + above)
        if _kept(want, low, high, np.exp(middle), filled) < 1.0:
            below = middle
        else:
            above = middle
    total = _kept(want, low, high, np.exp(below), filled)
    for s in range(len(want)):
        more = min(max(1.0 - total, low[s] - filled[s]), high[s] - filled[s])
        filled[s] += more
        total += more
    return filled
