"""Two Bayesian experts with priors by empirical Bayes: a tempered one-coin model and hierarchical confusion matrices.

Both are fitted by collapsed variational inference of order zero: a vote is weighed by parameters that leave it out
(CVB0: Asuncion et al., 2009, section 3), which keeps agents of few votes from believing themselves. The prior's
strength is fitted to each table from the overdispersion of agents' rates (Kleinman, 1973).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.consensus.baselines import majority
from acumen.models.coordination.consensus.structure import Structure, segment_sums, softmax
from acumen.models.coordination.consensus.table import Doubles, Table

TEMPER = 0.5
POOLED_VOTES = 4.0
CLASS_ITEMS = 2.0
SHRINKING_VOTES = 5.0
ONE_COIN_CORRELATION, MATRIX_CORRELATION = 0.2, 0.1
LOWEST, HIGHEST = 0.005, 0.9
TOLERANCE = 1e-3
FLOOR = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What an expert makes of a table.

    `posterior` (items, options); `surprise`, the mean over votes of minus the log of a vote's probability given all
    other votes (the conditional predictive ordinate of Geisser and Eddy, 1979); `strength` of the prior in votes.
    """

    posterior: Doubles
    surprise: float
    strength: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrices(Belief):
    """The same of confusion matrices, with `said` and `total` (pairs, options).

    For each pair of an agent with an option it voted: how often it did, and how often it voted at all, by true option;
    `mean` is the prior's mean of their ratio.
    """

    said: Doubles
    total: Doubles
    mean: Doubles


def tempered_one_coin(table: Table, s: Structure, weight: Doubles, rounds: int) -> Belief:
    """Return the belief of one accuracy an agent, with votes on an item tempered, as they are seldom independent.

    `weight` (v,) is what each vote counts, in the order of `s`.
    """
    q, agent, option = majority(table), table.agent[s.order], s.pair_option[s.pair]
    total = np.bincount(agent, weight, table.agents) + table.gold_total
    cell, wrong = s.item * table.options + option, 1 / max(table.options - 1, 1)
    for _ in range(rounds):
        hit = q[s.item, option] * weight
        right = np.asarray(np.bincount(agent, hit, table.agents), np.float64)
        mean = min(max(float(right.sum() / weight.sum()), 0.02), 0.995)
        right += table.gold_correct
        strength = _strength_of_rates(right, total, mean)
        rate = (right[agent] - hit + strength * mean) / (total[agent] - weight + strength)
        rate = np.minimum(np.maximum(rate, 1e-3), 1 - 1e-3)
        gain = weight * np.log(rate / (wrong * (1 - rate)))
        logits = np.bincount(cell, gain, table.items * table.options).reshape(q.shape)
        new = softmax(TEMPER * logits)
        moved, q = np.abs(new - q).max(), new
        if moved < TOLERANCE:
            break
    here = q[s.item, option]
    ratio = here / rate + (1 - here) / (wrong * (1 - rate))
    return Belief(posterior=q, surprise=float(np.log(ratio).mean()), strength=strength)


def confusion_matrices(table: Table, s: Structure, weight: Doubles, start: Doubles, rounds: int) -> Matrices:
    """Return the belief of one confusion matrix an agent, each row with a Dirichlet prior around the table's habits.

    The prior's mean has the agent's own accuracy, moved by the pooled ease of the true option, on the diagonal and
    the pooled shares of errors elsewhere; its strength is common to all rows (hierarchical iBCC: Kim and Ghahramani,
    2012; Venanzi et al., 2014).
    """
    q, column, agent = start, weight[:, None], table.agent[s.order]
    share = _log_share(q)
    for done in range(rounds):
        vote = q[s.item] * column
        said = segment_sums(vote, s.pair_offsets)
        total = segment_sums(said, s.agent_offsets)
        if done in (0, 1, 3, 7):
            mean, square = _prior_mean(table, s, said, total)
            strength = _strength_of_rows(said, total, mean, square, s)
        top = (said + strength * mean)[s.pair] - vote
        likelihood = np.maximum(top / ((total + strength)[agent] - vote), FLOOR)
        logits = segment_sums((column * np.log(likelihood))[s.by_item], s.item_offsets)
        new = softmax(logits + share)
        share = _log_share(new)
        moved, q = np.abs(new - q).max(), new
        if moved < TOLERANCE:
            break
    return Matrices(
        posterior=q,
        surprise=float(np.log((q[s.item] / likelihood).sum(axis=1)).mean()),
        strength=strength,
        said=said,
        total=total[s.pair_agent],
        mean=mean,
    )


def _log_share(q: Doubles) -> Doubles:
    return np.asarray(np.log(q.sum(axis=0) + CLASS_ITEMS))


def _strength(excess: float, trials: float, expected: float) -> float:
    """Return the votes a prior is worth from its intra-class correlation, itself drawn to an expected one."""
    correlation = (max(excess, 0.0) + SHRINKING_VOTES * expected) / (max(trials, 0.0) + SHRINKING_VOTES)
    return 1 / min(max(correlation, LOWEST), HIGHEST) - 1


def _strength_of_rates(right: Doubles, total: Doubles, mean: float) -> float:
    spread = float((np.square(right - total * mean) / total).sum()) / (mean * (1 - mean))
    return _strength(spread - total.size, float((total - 1).sum()), ONE_COIN_CORRELATION)


def _strength_of_rows(said: Doubles, total: Doubles, mean: Doubles, square: Doubles, s: Structure) -> float:
    """Fit the overdispersion of rows (agents, options); E sum n (p - m)^2 = (1 - sum m^2) (1 + (n - 1) rho)."""
    rows = np.maximum(total, FLOOR)
    spread = segment_sums(said * (said / rows[s.pair_agent] - 2 * mean), s.agent_offsets) + total * square
    seen, free = total > 1, 1 - square
    return _strength(
        float(((spread - free) * seen).sum()), float(((total - 1) * free * seen).sum()), MATRIX_CORRELATION
    )


def _prior_mean(table: Table, s: Structure, said: Doubles, total: Doubles) -> tuple[Doubles, Doubles]:
    """Return (pairs, options) prior means of voting a pair's option by true option, (agents, options) their squares."""
    options = table.options
    voted = np.stack([np.bincount(s.pair_option, x, options) for x in said.T])
    overall = min(max(float(np.trace(voted) / voted.sum()), 0.05), 0.99)
    eye = np.eye(options, dtype=bool)
    base = np.where(eye, overall, (1 - overall) / max(options - 1, 1))
    pooled = voted + POOLED_VOTES * options * base
    pooled /= pooled.sum(axis=1, keepdims=True) if options > 1 else 1 + pooled.sum()
    ease = np.diag(pooled)
    own = segment_sums(said[np.arange(s.pair_option.size), s.pair_option], s.agent_offsets) + table.gold_correct
    cast = total.sum(axis=1) + table.gold_total
    strength = _strength_of_rates(own, cast, overall)
    rate = np.clip((own + strength * overall) / (cast + strength), 0.01, 0.995)
    odds = (rate / (1 - rate))[:, None] * (ease / (1 - ease) * ((1 - overall) / overall))
    diagonal = odds / (1 + odds)
    error = np.where(eye, 0.0, pooled) / (1 - ease)[:, None]
    own_diagonal = diagonal[s.pair_agent]
    mean = np.where(eye[s.pair_option], own_diagonal, (1 - own_diagonal) * error.T[s.pair_option])
    square = np.square(diagonal) + np.square(1 - diagonal) * np.square(error).sum(axis=1)
    return mean, square


def vote_weights(copied: NDArray[np.float64]) -> Doubles:
    """Return (v,) what votes count when `copied` (v,) of one group name the same: together as much as one."""
    return np.asarray(1 / copied)
