"""Pooling the distributions of several models over the same options; pure functions.

Arrays of votes have the shape (..., members, options); each member's row sums to 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.neural.calibrate import Doubles

FEWEST, MOST = 3, 16
FEWEST_EXAMPLES = 10
FLOOR = 1e-6
_STEPS = 500
_SHRINKAGE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """A pooled distribution `p` (k,), the number of its `choice`, and the `order` of options, best first."""

    p: Doubles
    order: NDArray[np.int64]

    @property
    def choice(self) -> int:
        """The number of the best option."""
        return int(self.order[0])

    @property
    def confidence(self) -> float:
        """The probability of the best option."""
        return float(self.p[self.order[0]])


def aligned(options: Sequence[str], names: Sequence[str], p: Any) -> Doubles:
    """Return the probabilities `p` of options called `names` in the order of `options`."""
    place = {name: i for i, name in enumerate(names)}
    return np.asarray(p, np.float64)[[place[option] for option in options]]


def pooled(p: Doubles, votes: Doubles) -> Pooled:
    """Return a distribution with its order; ties go to the larger mean probability among `votes`, then to the first."""
    return Pooled(p=p, order=np.lexsort((np.arange(p.size), -votes.mean(axis=0), -p)))


def majority(votes: Doubles) -> Doubles:
    """Return each option's share of the members' first choices."""
    first = votes.argmax(axis=-1)
    return np.asarray((first[..., None] == np.arange(votes.shape[-1])).mean(axis=-2))


def log_linear(votes: Doubles, weights: Doubles) -> Doubles:
    """Return the normalised product of the members' probabilities, each to the power of its weight (Genest, 1984).

    Probabilities count as at least 1e-6, so that no member has a veto.
    """
    logs = np.einsum("m,...mk->...k", weights, np.log(np.maximum(votes, FLOOR)))
    odds = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True))


def equal_weights(members: int) -> Doubles:
    """Return weights that make a log-linear pool the geometric mean."""
    return np.full(members, 1 / members)


def fit_weights(votes: Doubles, right: NDArray[np.int64]) -> Doubles:
    """Return the weights (m,) >= 0 of the log-linear pool that best predicts the right options (n,) of votes (n, m, k).

    Minimises the summed log loss plus five times the squared distance from equal weights, which is convex, by projected
    gradient steps that halve until they descend. The weights' sum is free: it sharpens or softens the pool.
    """
    logs = np.log(np.maximum(votes, FLOOR))
    hit = np.take_along_axis(logs, right[:, None, None], axis=2)[:, :, 0]
    start = equal_weights(votes.shape[1])
    weights, rate = start, 1.0 / len(votes)
    value = _loss(weights, votes, right, start)
    for _ in range(_STEPS):
        mean = np.einsum("nk,nmk->nm", log_linear(votes, weights), logs)
        gradient = (mean - hit).sum(axis=0) + _SHRINKAGE * (weights - start)
        trial, rate = weights, rate * 2
        while rate > 1e-12:
            trial = np.maximum(weights - rate * gradient, 0.0)
            moved = trial - weights
            if _loss(trial, votes, right, start) <= value + gradient @ moved + (moved @ moved) / (2 * rate) + 1e-12:
                break
            rate /= 2
        if np.abs(trial - weights).max() < 1e-9:
            break
        weights, value = trial, _loss(trial, votes, right, start)
    return weights


def _loss(weights: Doubles, votes: Doubles, right: NDArray[np.int64], start: Doubles) -> float:
    p = log_linear(votes, weights)[np.arange(len(right)), right]
    return float(-np.log(np.maximum(p, 1e-300)).sum() + 0.5 * _SHRINKAGE * np.square(weights - start).sum())


def weights_of_records(right: Sequence[int], total: Sequence[int], options: int) -> Doubles:
    """Return weights that sum to 1 from how often each member was right, among so many options.

    A member weighs the logarithm of its odds against a guess, (k - 1) a / (1 - a) with a = (right + 1) / (total + 2),
    which is what an independent vote of that accuracy is worth (Nitzan and Paroush, 1982), and 0 when no better than a
    guess; all weigh the same when none is.
    """
    accuracy = (np.asarray(right, np.float64) + 1) / (np.asarray(total, np.float64) + 2)
    worth = np.maximum(np.log((options - 1) * accuracy / (1 - accuracy)), 0.0)
    return worth / worth.sum() if worth.sum() > 0 else equal_weights(len(worth))


def disagreement(votes: Doubles) -> float:
    """Return the Jensen-Shannon divergence (Lin, 1991) of votes (m, k) over its largest value, 0 to 1."""
    largest = np.log(min(votes.shape))
    if largest == 0:
        return 0.0
    divergence = _entropy(votes.mean(axis=0)) - _entropy(votes).mean()
    return float(np.clip(divergence / largest, 0.0, 1.0))


def _entropy(p: Doubles) -> Doubles:
    return np.asarray(-(p * np.log(np.maximum(p, 1e-300))).sum(axis=-1))
