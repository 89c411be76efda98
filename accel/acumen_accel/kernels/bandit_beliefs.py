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
    for g in range(likelihood.shape[0]):
        if weight == 1.0 and y == 1.0:
            likelihood[g] = grid[0, g]
        elif weight == 1.0 and y == 0.0:
            likelihood[g] = 1.0 - grid[0, g]
        else:
            likelihood[g] = np.exp(weight * (y * grid[1, g] + (1.0 - y) * grid[2, g]))


def _step(belief, row, f, keep, grid, likelihood):
    """Let a filter keep a share of its belief, then see a likelihood; return the logarithm of what it expected.

    Four sums are kept, because each waits for itself; the grid's size is a multiple of four.
    """
    rest = 1.0 - keep
    total0 = 1e-300
    total1 = 0.0
    total2 = 0.0
    total3 = 0.0
    for g in range(0, grid.shape[1], 4):
        belief[row, f, g] = (keep * belief[row, f, g] + rest * grid[3, g]) * likelihood[g]
        belief[row, f, g + 1] = (keep * belief[row, f, g + 1] + rest * grid[3, g + 1]) * likelihood[g + 1]
        belief[row, f, g + 2] = (keep * belief[row, f, g + 2] + rest * grid[3, g + 2]) * likelihood[g + 2]
        belief[row, f, g + 3] = (keep * belief[row, f, g + 3] + rest * grid[3, g + 3]) * likelihood[g + 3]
        total0 += belief[row, f, g]
        total1 += belief[row, f, g + 1]
        total2 += belief[row, f, g + 2]
        total3 += belief[row, f, g + 3]
    total = (total0 + total1) + (total2 + total3)
    scale = 1.0 / total
    for g in range(grid.shape[1]):
        belief[row, f, g] *= scale
    return np.log(total)


def _forget(tally, row, d, keep):
    """Let a forgetting posterior keep a share of its counts."""
    tally[row, d, 0] *= keep
    tally[row, d, 1] *= keep


def _surprise(mean, y):
    """Return the Bernoulli log-likelihood of a reward, that of a share where it is neither 0 nor 1."""
    return y * np.log(mean) + (1.0 - y) * np.log(1.0 - mean)


def _learn(tally, row, d, weight, y):
    """Take a reward into a forgetting posterior; return the log-likelihood that it expected."""
    mean = (1.0 + tally[row, d, 1]) / (2.0 + tally[row, d, 0])
    tally[row, d, 0] += weight
    tally[row, d, 1] += weight * y
    return weight * _surprise(mean, y)


# pythran export believe(int64[], float64[], int64[], int64[], float64[], float64[], float64[:,:] order(C),
#     float64[:,:,:] order(C), float64[:,:] order(C), float64[], float64[:,:,:] order(C), int64[], float64[], float64[])
def believe(
    action, reward, event_ends, row_ends, log_keep, log_retain, grid, belief, evidence, exactness, tally, seen,
    previous, likelihood,
):  # fmt: skip
    """Run the bank over the events of every history, in order, and on to the next choice.

    `action` (N,) numbers within a history, `reward` (N,), `event_ends` and `row_ends` (B + 1,), `log_keep` (H,) and
    `log_retain` (D,) logarithms of what is kept an event, `grid` (4, G): means, their logarithms, those of the rest,
    the prior. Results: `belief` (rows, H, G), `evidence` (B, H + D or more) log-likelihoods, `exactness` (B,), `tally`
    (rows, D, 2) sums of weights and of weighted rewards, `seen` (rows,) events since the action's last one or since the
    first. `previous` (64,) and `likelihood` (G,) are scratch.
    """
    hazards = log_keep.shape[0]
    rates = log_retain.shape[0]
    for m in range(event_ends.shape[0] - 1):
        first = event_ends[m]
        last = event_ends[m + 1]
        weight = _exactness(action, reward, first, last, previous)
        exactness[m] = weight
        for row in range(row_ends[m], row_ends[m + 1]):
            seen[row] = first
            for f in range(hazards):
                for g in range(grid.shape[1]):
                    belief[row, f, g] = grid[3, g]
        for i in range(first, last):
            row = row_ends[m] + action[i]
            gap = 1.0 * (i - seen[row])
            seen[row] = i
            _likelihoods(grid, reward[i], weight, likelihood)
            for f in range(hazards):
                evidence[m, f] += _step(belief, row, f, np.exp(gap * log_keep[f]), grid, likelihood)
            for d in range(rates):
                _forget(tally, row, d, np.exp(gap * log_retain[d]))
                evidence[m, hazards + d] += _learn(tally, row, d, weight, reward[i])
        for g in range(grid.shape[1]):
            likelihood[g] = 1.0
        for row in range(row_ends[m], row_ends[m + 1]):
            gap = 1.0 * (last - seen[row])
            for f in range(hazards):
                _step(belief, row, f, np.exp(gap * log_keep[f]), grid, likelihood)
            for d in range(rates):
                _forget(tally, row, d, np.exp(gap * log_retain[d]))
            seen[row] = last - seen[row]
