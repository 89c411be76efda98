"""From posteriors to decisions: pure functions, valid for any posteriors."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.consensus import collusion
from acumen.models.coordination.consensus.reading import Reading
from acumen.models.coordination.consensus.table import Doubles, Integers, Table

UNDECIDED = -1
PRIOR_VOTES = 2.0
LARGEST_LOGIT = 1e4


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was decided.

    `posterior` (items, options); `decided` (items,) option or `UNDECIDED`; `votes` and `margin` (items,);
    `reliability` (agents,), `bias` (agents, options); `open_items` the items one more vote could overturn, in order;
    `unanimous` and `protected` (items,) bool: all votes name one option, and that one may not be overturned.
    """

    posterior: Doubles
    decided: Integers
    votes: Integers
    margin: Doubles
    reliability: Doubles
    bias: Doubles
    open_items: Integers
    unanimous: NDArray[np.bool_]
    protected: NDArray[np.bool_]


def outcome_of(reading: Reading, posterior: Doubles) -> Outcome:
    """Decide every item of a table."""
    table = reading.table
    counts = table.counts()
    votes = counts.sum(axis=1).astype(np.int64)
    unanimous = (counts > 0).sum(axis=1) == 1
    protected = unanimous & ~_all_below_chance(table)
    q = _protect(posterior, counts, protected)
    decided = np.where(votes < reading.quorum, UNDECIDED, least_loss(q, reading.loss, counts))
    reliability = reliability_of(table, q)
    margin = margin_of(q)
    return Outcome(
        posterior=q,
        decided=decided,
        votes=votes,
        margin=margin,
        reliability=reliability,
        bias=bias_of(table, q),
        open_items=open_items(q, decided, margin, float(reliability.mean()), reading.loss, counts),
        unanimous=unanimous,
        protected=protected,
    )


def softmax(logits: NDArray[np.generic]) -> Doubles:
    """Return the softmax of each row of any numbers: NaN counts as 0, infinities as very large."""
    x = np.nan_to_num(np.asarray(logits, np.float64), nan=0.0, posinf=LARGEST_LOGIT, neginf=-LARGEST_LOGIT)
    x = np.clip(x, -LARGEST_LOGIT, LARGEST_LOGIT)
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def _all_below_chance(table: Table) -> NDArray[np.bool_]:
    """Return (items,) whether every voter was right in less than 1 / options of its checked answers, and has some."""
    below = (table.gold_total > 0) & (table.gold_correct * table.options < table.gold_total)
    return np.asarray(np.bincount(table.item, ~below[table.agent], table.items) == 0)


def _protect(posterior: Doubles, counts: Doubles, protected: NDArray[np.bool_]) -> Doubles:
    """Swap the largest posterior onto the option that a protected item's votes all name."""
    rows = np.flatnonzero(protected)
    named, top = counts[rows].argmax(axis=1), posterior[rows].argmax(axis=1)
    q = posterior.copy()
    q[rows, named], q[rows, top] = posterior[rows, top], posterior[rows, named]
    return q


def least_loss(q: Doubles, loss: Doubles | None, counts: Doubles) -> Integers:
    """Return (items,) the options of least expected loss; ties fall to the more voted, then to the first."""
    cost = -q if loss is None else q @ loss
    tied = cost == cost.min(axis=1, keepdims=True)
    return np.asarray(np.where(tied, counts, -1.0).argmax(axis=1))


def margin_of(q: Doubles) -> Doubles:
    """Return (items,) the first probability minus the second, 1 where there is one option only."""
    if q.shape[1] == 1:
        return np.ones(q.shape[0])
    two = np.partition(q, q.shape[1] - 2, axis=1)[:, -2:]
    return np.asarray(two[:, 1] - two[:, 0])


def reliability_of(table: Table, q: Doubles) -> Doubles:
    """Return (agents,) the expected share of right votes, checked answers included.

    Two votes at the table's mean are added to every agent's, so that one vote proves little.
    """
    right = q[table.item, table.option]
    hits = np.bincount(table.agent, right, table.agents) + table.gold_correct + PRIOR_VOTES * right.mean()
    total = np.bincount(table.agent, minlength=table.agents) + table.gold_total + PRIOR_VOTES
    return np.asarray(np.clip(hits / total, 0.0, 1.0))


def bias_of(table: Table, q: Doubles) -> Doubles:
    """Return (agents, options): shares of an agent's votes minus the mean posterior of the items it voted on."""
    cell = table.agent * table.options
    size = table.agents * table.options
    cast = np.bincount(cell + table.option, minlength=size).reshape(table.agents, -1)
    columns = [np.bincount(table.agent, q[table.item, k], table.agents) for k in range(table.options)]
    votes = np.bincount(table.agent, minlength=table.agents)[:, None]
    return np.asarray((cast - np.stack(columns, axis=1)) / votes)


def open_items(
    q: Doubles, decided: Integers, margin: Doubles, mean: float, loss: Doubles | None, counts: Doubles
) -> Integers:
    """Return the decided items that one more vote of an agent of `mean` reliability could overturn, least margin first.

    Such a vote multiplies the posterior of the option it names by `mean` and every other by (1 - mean) / (options - 1).
    """
    if q.shape[1] == 1:
        return np.empty(0, np.int64)
    miss = (1 - mean) / (q.shape[1] - 1)
    turned = _turned(q, decided, mean, miss) if loss is None else _turned_by_loss(q, decided, mean, miss, loss, counts)
    rows = np.flatnonzero(turned & (decided != UNDECIDED))
    return rows[np.argsort(margin[rows], kind="stable")]


def _turned(q: Doubles, decided: Integers, hit: float, miss: float) -> NDArray[np.bool_]:
    rows = np.arange(decided.size)
    own = q[rows, decided]
    rest = q.copy()
    rest[rows, decided] = 0.0
    return np.asarray(rest.max(axis=1) * max(hit, miss) > own * min(hit, miss))


def _turned_by_loss(
    q: Doubles, decided: Integers, hit: float, miss: float, loss: Doubles, counts: Doubles
) -> NDArray[np.bool_]:
    turned = np.zeros(decided.size, bool)
    for option in range(q.shape[1]):
        factor = np.full(q.shape[1], miss)
        factor[option] = hit
        turned |= least_loss(q * factor, loss, counts) != decided
    return turned


def agreement_of(table: Table, members: Integers) -> float:
    """Return the share of items with votes of two or more `members` on which all those votes name one option."""
    among = np.isin(table.agent, members)
    counts = np.bincount(table.item[among] * table.options + table.option[among], minlength=table.items * table.options)
    counts = counts.reshape(table.items, -1)
    met = counts.sum(axis=1) >= 2
    return float(((counts > 0).sum(axis=1)[met] == 1).mean()) if met.any() else 0.0


def group_members(group: Integers) -> list[Integers]:
    """Return the agents of each group of likely copies, in table order."""
    return [np.flatnonzero(group == g) for g in range(group.max(initial=collusion.ALONE) + 1)]
