"""Plain statistics of the feedback on actions: counts, recent means, inverse propensities, changes."""

import numpy as np

FLOOR = 0.02
THRESHOLD = 7.0
LEAST = 3


def _divergence(p, q):
    """Return the Kullback-Leibler divergence of two Bernoulli distributions, q strictly between 0 and 1."""
    total = 0.0
    if p > 0.0:
        total += p * np.log(p / q)
    if p < 1.0:
        total += (1.0 - p) * np.log((1.0 - p) / (1.0 - q))
    return total


def _split(rewards, a, b, weight, found):
    """Find the best place to split rewards[a:b] in two means: found[0], with the log-likelihood ratio found[1].

    The generalised likelihood ratio of sub-Bernoulli rewards (Besson et al., 2022, section 3), times `weight`.
    """
    total = 0.0
    for i in range(a, b):
        total += rewards[i]
    n = 1.0 * (b - a)
    mean = total / max(n, 1.0)
    found[0] = a
    found[1] = 0.0
    left = 0.0
    if mean > 0.0 and mean < 1.0:
        for i in range(a, b - LEAST):
            left += rewards[i]
            k = i + 1.0 - a
            if k >= LEAST:
                rest = min(max((total - left) / (n - k), 0.0), 1.0)
                ratio = k * _divergence(min(left / k, 1.0), mean) + (n - k) * _divergence(rest, mean)
                if ratio * weight > found[1]:
                    found[1] = ratio * weight
                    found[0] = i + 1.0


def _latest(rewards, a, b, weight, found):
    """Return where the last stretch of one mean begins: split, then split what follows, while the ratio is high."""
    begin = a
    _split(rewards, begin, b, weight, found)
    while found[1] > THRESHOLD:
        begin = int(found[0])
        _split(rewards, begin, b, weight, found)
    return begin


def _all_known(chances, a, b):
    """Return 1 when there are events and all their propensities are known, else 0."""
    known = 1 if b > a else 0
    for i in range(a, b):
        if chances[i] <= 0.0:
            known = 0
    return known


def _weigh(chances, rewards, a, b, known, found):
    """Fill Kish's effective number of events, found[0], and their mean, found[1], by inverse propensities if known."""
    total = 0.0
    square = 0.0
    sum_of_rewards = 0.0
    for i in range(a, b):
        w = 1.0 / max(chances[i], FLOOR) if known == 1 else 1.0
        total += w
        square += w * w
        sum_of_rewards += w * rewards[i]
    found[0] = total * total / square if b > a else 0.0
    found[1] = sum_of_rewards / total if b > a else 0.5


def _mean_of_last(rewards, a, b, n):
    """Return the mean of the last n rewards, .5 when there are none."""
    first = b - n if b - n > a else a
    total = 0.0
    for i in range(first, b):
        total += rewards[i]
    return total / (b - first) if b > first else 0.5


def _sort(action, reward, propensity, first, last, starts, rewards, chances, places):
    """Lay the events of a history out by action; starts[k] becomes where action k's list ends, from 0."""
    for k in range(starts.shape[0]):
        starts[k] = 0
    for i in range(first, last):
        starts[action[i] + 1] += 1
    for k in range(1, starts.shape[0]):
        starts[k] += starts[k - 1]
    for i in range(first, last):
        at = first + starts[action[i]]
        starts[action[i]] += 1
        rewards[at] = reward[i]
        chances[at] = propensity[i]
        places[at] = i - first


# pythran export summarise(int64[], float64[], float64[], int64[], int64[], float64[], int64[], float64[],
#     float64[], int64[], float64[], float64[:,:] order(C), int64[])
def summarise(
    action, reward, propensity, event_ends, row_ends, exactness, starts, rewards, chances, places, found, stats, changed
):
    """Summarise every action of every history.

    `action`, `reward`, `propensity` (N,), `event_ends`, `row_ends` (B + 1,), `exactness` (B,). Results: `changed`
    (rows,) the event, counted from 0 within its history, from which the mean is the present one, -1 where no change is
    found; `stats` (rows, 9): events; effective number of those since the change; the ratio at the last test; means of
    the last 1, 5 and 20; mean weighed by inverse propensity; share of its effective number in the events; whether all
    propensities are known. Scratch: `starts` (65,), `rewards`, `chances`, `places` (N,) the events in order of action,
    `found` (2,).
    """
    for m in range(event_ends.shape[0] - 1):
        first = event_ends[m]
        _sort(action, reward, propensity, first, event_ends[m + 1], starts, rewards, chances, places)
        a = first
        for row in range(row_ends[m], row_ends[m + 1]):
            b = first + starts[row - row_ends[m]]
            begin = _latest(rewards, a, b, exactness[m], found)
            changed[row] = places[begin] if begin > a else -1
            stats[row, 2] = found[1]
            _weigh(chances, rewards, begin, b, _all_known(chances, begin, b), found)
            stats[row, 1] = found[0]
            known = _all_known(chances, a, b)
            _weigh(chances, rewards, a, b, known, found)
            stats[row, 0] = b - a
            stats[row, 3] = _mean_of_last(rewards, a, b, 1)
            stats[row, 4] = _mean_of_last(rewards, a, b, 5)
            stats[row, 5] = _mean_of_last(rewards, a, b, 20)
            stats[row, 6] = found[1]
            stats[row, 7] = found[0] / (b - a) if b > a else 1.0
            stats[row, 8] = known
            a = b
