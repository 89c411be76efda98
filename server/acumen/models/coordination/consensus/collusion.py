"""Agents that err together more often than the items explain."""

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.consensus.table import Doubles, Integers, Table

ALONE = -1
MOST_AGENTS = 200
LEVEL = 0.01
FEWEST_SHARED_ERRORS = 3
PRIOR_VOTES = 2.0


def groups_of(table: Table, decided: Integers) -> Integers:
    """Return (agents,) the number of each agent's group of likely copies, or `ALONE`; groups by first agent.

    A *shared error* of two agents is an item on which both voted the same option, and not the `decided` (items,) one.
    Were agents independent given the item, agent b would repeat an error of agent a as often as the item's other voters
    made it (their votes joined by `PRIOR_VOTES` at b's own rate), or as b votes that option where it is not
    decided, whichever is more. Two agents are linked when Chernoff's bound on
    the Poisson tail at that expectation, the larger of both directions, is below `LEVEL` over the number of pairs
    with a shared error (Bonferroni), and there are `FEWEST_SHARED_ERRORS`. Groups are the links' connected components.
    Only the `MOST_AGENTS` most active agents are compared.
    """
    agents, seat = _most_active(table)
    shared, expected = _shared_errors(table, decided, seat, agents.size)
    linked = _improbable(shared, expected)
    group = np.full(table.agents, ALONE)
    group[agents] = _components(linked)
    return _numbered(group)


def _most_active(table: Table) -> tuple[Integers, Integers]:
    """Return the compared agents in table order, and each agent's place among them or -1."""
    votes = np.bincount(table.agent, minlength=table.agents)
    agents = np.sort(np.argsort(-votes, kind="stable")[:MOST_AGENTS])
    seat = np.full(table.agents, -1)
    seat[agents] = np.arange(agents.size)
    return agents, seat


def _shared_errors(table: Table, decided: Integers, seat: Integers, size: int) -> tuple[Doubles, Doubles]:
    """Return (size, size) shared errors, and how many were to be expected of a's errors repeated by b."""
    wrong = table.option != decided[table.item]
    rate = _wrong_rates(table, decided)
    votes = np.flatnonzero(seat[table.agent] >= 0)
    votes = votes[np.argsort(table.item[votes], kind="stable")]
    first, second = _meetings(table.item[votes], wrong[votes])
    first, second = votes[first], votes[second]
    same = table.option[first] == table.option[second]
    counts, item = table.counts(), table.item[first]
    others = counts[item, table.option[first]] - 1 - same
    total = counts.sum(axis=1)[item] - 2
    own = rate[table.agent[second], table.option[first]]
    chance = np.maximum((others + PRIOR_VOTES * own) / (total + PRIOR_VOTES), own)
    cell = seat[table.agent[first]] * size + seat[table.agent[second]]
    shared, expected = (np.asarray(np.bincount(cell, x, size * size), np.float64) for x in (same, chance))
    return shared.reshape(size, size), expected.reshape(size, size)


def _wrong_rates(table: Table, decided: Integers) -> Doubles:
    """Return (agents, options) how often an agent votes an option where another is decided, smoothed by two votes."""
    size = table.agents * table.options
    own, right = table.agent * table.options, decided[table.item]
    wrong = table.option != right
    errors = np.bincount(own + table.option, wrong, size).reshape(table.agents, -1)
    votes = np.bincount(table.agent, minlength=table.agents)
    open_to = votes[:, None] - np.bincount(own + right, minlength=size).reshape(table.agents, -1)
    mean = errors.sum() / max(open_to.sum(), 1)
    return np.asarray((errors + 2 * mean) / (open_to + 2))


def _meetings(item: Integers, wrong: NDArray[np.bool_]) -> tuple[Integers, Integers]:
    """Return positions (first, second) of every wrong vote beside every other vote on its item; `item` is sorted."""
    sizes = np.bincount(item)
    starts = np.append(0, np.cumsum(sizes))
    errors = np.flatnonzero(wrong)
    repeats = sizes[item[errors]]
    first = np.repeat(errors, repeats)
    within = np.arange(first.size) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    second = starts[item[first]] + within
    return first[first != second], second[first != second]


def _improbable(shared: Doubles, expected: Doubles) -> NDArray[np.bool_]:
    mean = np.maximum(np.maximum(expected, expected.T), 1e-12)
    seen = np.maximum(shared, 1e-12)
    bound = np.where(shared > mean, shared - mean - shared * np.log(seen / mean), 0.0)
    tested = max(1, int((shared > 0).sum()) // 2)
    return np.asarray((bound < np.log(LEVEL / tested)) & (shared >= FEWEST_SHARED_ERRORS))


def _components(linked: NDArray[np.bool_]) -> Integers:
    """Return each row's smallest connected row, or `ALONE` without links."""
    label = np.arange(linked.shape[0])
    while True:
        nearest = np.where(linked, label, linked.shape[0]).min(axis=1, initial=linked.shape[0])
        new = np.minimum(label, nearest)
        if np.array_equal(new, label):
            return np.where(linked.any(axis=1), label, ALONE)
        label = new


def _numbered(group: Integers) -> Integers:
    distinct = np.unique(group[group != ALONE])
    return np.where(group == ALONE, ALONE, np.searchsorted(distinct, group))


def copies(table: Table, group: Integers) -> Doubles:
    """Return (v,) how many votes of the same group name the same option on the same item, the vote itself included."""
    member = group[table.agent]
    key = (table.item * table.options + table.option) * (group.max(initial=0) + 1) + np.maximum(member, 0)
    among = member != ALONE
    same = np.ones(key.size)
    if among.any():
        _, place, count = np.unique(key[among], return_inverse=True, return_counts=True)
        same[among] = count[place]
    return same
