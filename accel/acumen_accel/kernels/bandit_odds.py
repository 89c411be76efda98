"""Which action is best, by every filter of a bank and by their mixture, on a grid of means."""

import numpy as np

SMALL = 1e-9
ABSENT = -1e3
STRENGTH = 4.0


def _beta(grid, won, lost, own, row):
    """Fill the posterior of a mean under the grid's prior after so many (fractional) rewards and missed ones."""
    top = -1e300
    for g in range(grid.shape[1]):
        own[row, g] = won * grid[1, g] + lost * grid[2, g]
        top = max(top, own[row, g])
    total = 0.0
    for g in range(grid.shape[1]):
        own[row, g] = np.exp(own[row, g] - top) * grid[3, g]
        total += own[row, g]
    for g in range(grid.shape[1]):
        own[row, g] /= total


def _normal(grid, mean, variance, own, row):
    """Fill a normal distribution kept within 0 and 1, at least as wide as the grid resolves."""
    middle = min(max(mean, 0.0), 1.0)
    scale = 0.5 / max(variance, 4e-4)
    least = 1e300
    for g in range(grid.shape[1]):
        least = min(least, (grid[0, g] - middle) * (grid[0, g] - middle))
    total = 0.0
    for g in range(grid.shape[1]):
        own[row, g] = np.exp(-scale * ((grid[0, g] - middle) * (grid[0, g] - middle) - least)) * grid[3, g]
        total += own[row, g]
    for g in range(grid.shape[1]):
        own[row, g] /= total


def _member(f, belief, tally, plain, expected, grid, own, row):
    """Fill what member f of the bank believes of one action."""
    d = f - belief.shape[1]
    if d < 0:
        for g in range(grid.shape[1]):
            own[row, g] = belief[row, f, g]
    elif d < tally.shape[1]:
        _beta(grid, tally[row, d, 1], tally[row, d, 0] - tally[row, d, 1], own, row)
    elif d == tally.shape[1]:
        _normal(grid, expected[row, 0], expected[row, 1], own, row)
    else:
        won = STRENGTH * expected[row, 2] + plain[row, 1]
        _beta(grid, won, STRENGTH + plain[row, 0] - won, own, row)


def _best(own, a, b, product, odds):
    """Fill odds[a:b] with each row's probability of the largest mean, rows independent, ties shared by halves."""
    size = own.shape[1]
    for g in range(size):
        product[g] = 1.0
    for row in range(a, b):
        below = 1e-12
        for g in range(size):
            product[g] *= below + 0.5 * own[row, g]
            below += own[row, g]
    whole = 1e-300
    for row in range(a, b):
        below = 1e-12
        total = 1e-300 / (b - a)
        for g in range(size):
            total += own[row, g] * product[g] / (below + 0.5 * own[row, g])
            below += own[row, g]
        odds[row] = total
        whole += total
    for row in range(a, b):
        odds[row] /= whole


def _mix(evidence, prior, share, m):
    """Fill the shares of the bank's members in one history: a softmax of evidence and prior."""
    top = -1e300
    for f in range(share.shape[1]):
        share[m, f] = evidence[m, f] + prior[m, f]
        top = max(top, share[m, f])
    total = 0.0
    for f in range(share.shape[1]):
        share[m, f] = np.exp(share[m, f] - top)
        total += share[m, f]
    for f in range(share.shape[1]):
        share[m, f] /= total


def _moments(mixed, row, edges, grid, moments):
    """Fill mean, deviation, 10 % and 90 % quantile of a distribution on the grid; cells are cut linearly."""
    mean = 0.0
    square = 0.0
    below = 0.0
    low = 0.0
    high = 1.0
    for g in range(grid.shape[1]):
        mass = mixed[row, g]
        mean += mass * grid[0, g]
        square += mass * grid[0, g] * grid[0, g]
        width = edges[g + 1] - edges[g]
        if below < 0.1 and below + mass >= 0.1:
            low = edges[g] + width * (0.1 - below) / mass
        if below < 0.9 and below + mass >= 0.9:
            high = edges[g] + width * (0.9 - below) / mass
        below += mass
    moments[row, 0] = mean
    moments[row, 1] = np.sqrt(max(square - mean * mean, 0.0))
    moments[row, 2] = min(low, mean)
    moments[row, 3] = max(high, mean)


# pythran export compare(int64[], float64[:,:,:] order(C), float64[:,:] order(C), float64[:,:,:] order(C),
#     float64[:,:] order(C), float64[:,:] order(C), float64[:,:] order(C), float64[:,:] order(C), float64[],
#     float64[:,:] order(C), float64[:,:] order(C), float64[:,:] order(C), float64[:,:] order(C), float64[],
#     float64[], float64[:,:] order(C))
def compare(
    row_ends, belief, evidence, tally, plain, expected, prior, grid, edges, share, best, mixed, moments, odds, product,
    own,
):  # fmt: skip
    """Compare the actions of every history.

    The first arguments are what `bandit_beliefs.believe` and `bandit_regression.regress` leave, `evidence` (B, F) of
    both; `prior` (B, F) logarithms for the bank's members, below -1000 for those that do not run; `edges` (G + 1,) of
    the grid's cells. Results: `share` (B, F) of the members, `best` (rows, F + 1) log probabilities to be best by each
    member and, last, by the mixture, at least 1e-9; `mixed` (rows, G); `moments` (rows, 4): mean, deviation, 10 % and
    90 % quantile. `odds` (rows,), `product` (G,) and `own` (rows, G) are scratch.
    """
    count = share.shape[1]
    for m in range(row_ends.shape[0] - 1):
        a = row_ends[m]
        b = row_ends[m + 1]
        _mix(evidence, prior, share, m)
        for f in range(count):
            if prior[m, f] > ABSENT:
                for row in range(a, b):
                    _member(f, belief, tally, plain, expected, grid, own, row)
                _best(own, a, b, product, odds)
                for row in range(a, b):
                    best[row, f] = np.log(max(odds[row], SMALL))
                    best[row, count] += share[m, f] * odds[row]
                    for g in range(grid.shape[1]):
                        mixed[row, g] += share[m, f] * own[row, g]
        for row in range(a, b):
            best[row, count] = np.log(max(best[row, count], SMALL))
            for f in range(count):
                if prior[m, f] <= ABSENT:
                    best[row, f] = best[row, count]
            _moments(mixed, row, edges, grid, moments)
