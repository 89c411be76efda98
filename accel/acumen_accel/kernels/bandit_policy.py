"""From scores of actions to a policy, valid for any scores, NaN and infinities included."""

import numpy as np

EXPLORE = 0.01
LARGEST = 700.0


def _within(x, low, high, instead):
    """Return x kept between two numbers, and another one for NaN."""
    if x != x:
        return instead
    return min(max(x, low), high)


def _softmax(x, a, b):
    """Turn x[a:b] into its softmax."""
    top = x[a]
    for row in range(a, b):
        top = max(top, x[row])
    total = 0.0
    for row in range(a, b):
        x[row] = np.exp(x[row] - top)
        total += x[row]
    for row in range(a, b):
        x[row] /= total


# pythran export decide(float64[], float64[], float64[], float64[], float64[], int64[], float64[], float64[],
#     float64[], float64[:,:] order(C))
def decide(mean, low, high, sharpness, reach, ends, risk, odds, policy, estimates):
    """Decide for histories whose rows begin at `ends` (B + 1,).

    The policy is a softmax of `sharpness` times an optimistic estimate: the mean, and `reach` times what q90 is above
    it. As far as risk is shunned it is a careful one instead: the mean less what q10 is below it. `mean`, `low`,
    `high` (rows,) and `sharpness`, `reach` (B,) any numbers, `risk` (B,). `odds` (rows,) is given as log probabilities
    of being best up to a constant and becomes probabilities; `policy` (rows,) has the floor in it; `estimates` (rows,
    3): mean, q10, q90, in order within 0 and 1.
    """
    for m in range(ends.shape[0] - 1):
        a = ends[m]
        b = ends[m + 1]
        for row in range(a, b):
            middle = _within(mean[row], 0.0, 1.0, 0.5)
            estimates[row, 0] = middle
            estimates[row, 1] = max(middle - _within(low[row], 0.0, 1.0, 0.0), 0.0)
            estimates[row, 2] = min(middle + _within(high[row], 0.0, 1.0, 0.0), 1.0)
            odds[row] = _within(odds[row], -LARGEST, LARGEST, -LARGEST)
        _softmax(odds, a, b)
        sharp = _within(sharpness[m], 0.0, 1e3, 1.0)
        far = _within(reach[m], 0.0, 1e2, 0.0)
        for row in range(a, b):
            hope = (1.0 - risk[m]) * far * (estimates[row, 2] - estimates[row, 0])
            fear = risk[m] * (estimates[row, 0] - estimates[row, 1])
            policy[row] = sharp * (estimates[row, 0] + hope - fear)
        _softmax(policy, a, b)
        for row in range(a, b):
            policy[row] = (1.0 - EXPLORE) * policy[row] + EXPLORE / (b - a)


# pythran export recommend(float64[:,:] order(C), float64[], float64[], int64[], int64[])
def recommend(estimates, policy, risk, ends, best):
    """Fill `best` (B,): the actions of the largest mean, or between mean and q10; ties go to the likelier, then first.

    `estimates` (rows, 3) and `policy` (rows,) as printed, `risk` (B,).
    """
    for m in range(best.shape[0]):
        top = -1.0
        likely = -1.0
        for row in range(ends[m], ends[m + 1]):
            worth = (1.0 - risk[m]) * estimates[row, 0] + risk[m] * estimates[row, 1]
            if worth > top or (worth == top and policy[row] > likely):
                top = worth
                likely = policy[row]
                best[m] = row - ends[m]
