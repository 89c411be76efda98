"""Bayesian linear regressions with an intercept, one observation at a time, many side by side."""

import numpy as np

WIDTH = 9


# pythran export standardise(float64[:,:] order(C), float64[], int64[], float64[:,:] order(C))
def standardise(context, informed, ends, now):
    """Give the rows of every history mean 0 and deviation 1, in place; a row that is not informed gets 0, the mean.

    `context` (N, 8), `informed` (N,) 1 or 0, `ends` (B + 1,) of the histories, `now` (B, 8) changed alike and kept
    within 4.
    """
    for m in range(ends.shape[0] - 1):
        for c in range(context.shape[1]):
            count = 1e-300
            mean = 0.0
            square = 0.0
            for i in range(ends[m], ends[m + 1]):
                count += informed[i]
                mean += context[i, c] * informed[i]
            mean = mean / count
            for i in range(ends[m], ends[m + 1]):
                square += (context[i, c] - mean) * (context[i, c] - mean) * informed[i]
            spread = np.sqrt(square / count)
            scale = 1.0 / spread if spread > 1e-9 * (1.0 + abs(mean)) else 0.0
            for i in range(ends[m], ends[m + 1]):
                context[i, c] = (context[i, c] - mean) * scale * informed[i]
            now[m, c] = min(max((now[m, c] - mean) * scale, -4.0), 4.0)


def _product(state, r, row, x, q):
    """Return a row of a regression's state times row q of x, an intercept before it."""
    value = state[r, row, 0]
    for k in range(WIDTH - 1):
        value += state[r, row, k + 1] * x[q, k]
    return value


# pythran export regress(int64[], int64[], float64[:,:] order(C), float64[], float64[], float64[],
#     float64[:,:,:] order(C))
def regress(model, at, x, y, noise, predicted, state):
    """Let each observation be predicted and then taken in, by recursive least squares.

    `model` (N,) which regression, `at` (N,) which row of `x` (M, 8), `y` and the variance `noise` (N,). Results:
    `predicted` (N,), and `state` (regressions, 11, 9), given as the prior: nine rows of the covariance of intercept and
    slopes, their means, and scratch. One array, because the compiler follows what is computed from what.
    """
    for i in range(model.shape[0]):
        r = model[i]
        for j in range(WIDTH):
            state[r, 10, j] = _product(state, r, j, x, at[i])
        gain = 1.0 / (noise[i] + _product(state, r, 10, x, at[i]))
        predicted[i] = _product(state, r, 9, x, at[i])
        for j in range(WIDTH):
            state[r, 9, j] += state[r, 10, j] * (y[i] - predicted[i]) * gain
        for j in range(WIDTH):
            for k in range(WIDTH):
                state[r, j, k] -= state[r, 10, j] * state[r, 10, k] * gain


# pythran export running(int64[], float64[], float64[], float64[:,:] order(C), float64[:,:] order(C))
def running(row, weight, y, plain, before):
    """Fill `before` (N, 2): weights and weighted rewards of a row ahead of each event; `plain` (rows, 2) of all."""
    for i in range(row.shape[0]):
        before[i, 0] = plain[row[i], 0]
        before[i, 1] = plain[row[i], 1]
        plain[row[i], 0] += weight[i]
        plain[row[i], 1] += weight[i] * y[i]
