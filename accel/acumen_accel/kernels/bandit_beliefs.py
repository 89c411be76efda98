"""What feedback on actions says of their mean rewards now, by a bank of Bayesian filters.

Filters of a mean that is drawn anew with a fixed hazard at every event run on a grid of means, which makes them exact
(Adams and MacKay, 2007, with the run length summed out). Beside them run Beta posteriors that forget (discounted
Thompson sampling: Raj and Kalyani, 2017).
"""

import numpy as np


def _exactness(action, reward, first, last, previous):
    """Return how much more exact a reward is than a yes or no, 1 to 20: a Bernoulli's variance over the one seen.

    The variance is that of successive rewards of one action (von Neumann, 1941), which changes of the mean hardly move;
    `previous` is scratch. Rewards of 0 and 1 alone give 1.
    """
    odd = 0
    seen = 0.5
    bernoulli = 0.5
    for k in range(previous.shape[0]):
        previous[k] = -1.0
    for i in range(first, last):
        y = reward[i]
        if y > 0.0 and y < 1.0:
            odd += 1
        before = previous[action[i]]
        if before >= 0.0:
            mean = 0.5 * (y + before)
            seen += 0.5 * (y - before) * (y - before)
            bernoulli += 2.0 * mean * (1.0 - mean)
        previous[action[i]] = y
    ratio = bernoulli / seen
    if odd == 0 or ratio < 1.0:
        ratio = 1.0
    if ratio > 20.0:
        ratio = 20.0
    return ratio


def _likelihoods(grid, y, weight, likelihood):
    """Fill the likelihood of a reward at each mean of the grid, to the power of its weight."""
    if weight == 1.0 and y == 1.0:
        for g in range(likelihood.shape[0]):
            likelihood[g] = grid[0, g]
    elif weight == 1.0 and y == 0.0:
        for g in range(likelihood.shape[0]):
            likelihood[g] = 1.0 - grid[0, g]
    else:
        for g in range(likelihood.shape[0]):
            likelihood[g] = np.exp(weight * (y * grid[1, g] + (1.0 - y) * grid[2, g]))


def _step(belief, row, f, keep, prior, likelihood):
    """Let a filter keep a share of its belief, then see a likelihood; return how likely it held that."""
    belief[row, f] = (keep * belief[row, f] + (1.0 - keep) * prior) * likelihood
    total = np.sum(belief[row, f]) + 1e-300
    belief[row, f] *= 1.0 / total
    return total


def _kept(keeps, log_keep, f, gap):
    """Return what is kept over a gap, from the table where it is short."""
    if gap < keeps.shape[1]:
        return keeps[f, gap]
    return np.exp(gap * log_keep[f])


def _forget(tally, row, d, keep):
    """Let a forgetting posterior keep a share of its counts."""
    tally[row, d, 0] *= keep
    tally[row, d, 1] *= keep


def _learn(tally, row, d, weight, y):
    """Take a reward into a forgetting posterior; return how likely it held that, to the power of the weight."""
    mean = (1.0 + tally[row, d, 1]) / (2.0 + tally[row, d, 0])
    tally[row, d, 0] += weight
    tally[row, d, 1] += weight * y
    if weight == 1.0 and y == 1.0:
        return mean
    if weight == 1.0 and y == 0.0:
        return 1.0 - mean
    return np.exp(weight * (y * np.log(mean) + (1.0 - y) * np.log(1.0 - mean)))


# pythran export believe(int64[], float64[], int64[], int64[], float64[], int, float64[:,:] order(C),
#     float64[:,:,:] order(C), float64[:,:] order(C), float64[], float64[:,:,:] order(C), int64[], float64[], float64[],
#     float64[], float64[:,:] order(C))
def believe(
    action, reward, event_ends, row_ends, log_keep, hazards, grid, belief, evidence, exactness, tally, seen,
    previous, likelihood, product, keeps,
):  # fmt: skip
    """Run the bank over the events of every history, in order, and on to the next choice.

    `action` (N,) numbers within a history, `reward` (N,), `event_ends` and `row_ends` (B + 1,), `log_keep` (H + D,)
    logarithms of what is kept an event by `hazards` H filters and by D posteriors, `grid` (4, G): means, their
    logarithms, those of the rest, the prior. Results: `belief` (rows, H, G), `evidence` (B, H + D or more)
    log-likelihoods, `exactness` (B,), `tally` (rows, D, 2) sums of weights and of weighted rewards, `seen` (rows,)
    events since the action's last one or since the first. Scratch: `previous` (64,), `likelihood` (G,), `product`
    (H + D,), `keeps` (H + D, any number of gaps).
    """
    rates = log_keep.shape[0] - hazards
    prior = grid[3]
    for f in range(keeps.shape[0]):
        for gap in range(keeps.shape[1]):
            keeps[f, gap] = np.exp(gap * log_keep[f])
    for m in range(event_ends.shape[0] - 1):
        first = event_ends[m]
        last = event_ends[m + 1]
        weight = _exactness(action, reward, first, last, previous)
        exactness[m] = weight
        for f in range(hazards + rates):
            product[f] = 1.0
        for row in range(row_ends[m], row_ends[m + 1]):
            seen[row] = first
            for f in range(hazards):
                for g in range(grid.shape[1]):
                    belief[row, f, g] = grid[3, g]
        for i in range(first, last):
            row = row_ends[m] + action[i]
            gap = i - seen[row]
            seen[row] = i
            _likelihoods(grid, reward[i], weight, likelihood)
            for f in range(hazards):
                product[f] *= _step(belief, row, f, _kept(keeps, log_keep, f, gap), prior, likelihood)
            for d in range(rates):
                _forget(tally, row, d, _kept(keeps, log_keep, hazards + d, gap))
                product[hazards + d] *= _learn(tally, row, d, weight, reward[i])
            # Logarithms are costly: one is taken when a product runs low.
            for f in range(hazards + rates):
                if product[f] < 1e-150:
                    evidence[m, f] += np.log(max(product[f], 1e-300))
                    product[f] = 1.0
        for f in range(hazards + rates):
            evidence[m, f] += np.log(product[f])
        for g in range(grid.shape[1]):
            likelihood[g] = 1.0
        for row in range(row_ends[m], row_ends[m + 1]):
            gap = last - seen[row]
            seen[row] = gap
            for f in range(hazards):
                _step(belief, row, f, _kept(keeps, log_keep, f, gap), prior, likelihood)
            for d in range(rates):
                _forget(tally, row, d, _kept(keeps, log_keep, hazards + d, gap))
