"""The best that can be done: posteriors under the simulator's true parameters."""

from dataclasses import replace

import numpy as np

from acumen.models.coordination.consensus.structure import softmax
from acumen.models.coordination.consensus.table import Doubles, Integers, Table
from acumen.models.coordination.consensus.world import NO_GROUP, Case, Truth, vote_probabilities

FLOOR = 1e-300
DRAWS = 64


def oracle(case: Case) -> Doubles:
    """Return posteriors (items, options) of one who knows agents, difficulties, class prior and who copies.

    Unknown are the true options, each item's tempting wrong option or place in the space of perception, and the answer
    sheets copied from; these are summed over, places by `DRAWS` antithetic draws. By Bayes' rule, otherwise exact up to
    the rounding of stated confidences.
    """
    options, items = case.table.options, case.table.items
    log_p = np.stack([_by_hidden(case, true) for true in range(options)], axis=1)
    top = log_p.max(axis=(1, 2)).reshape(items, 1)
    evidence = np.log(np.maximum(np.exp(log_p - top[:, :, None]).sum(axis=2), FLOOR))
    return softmax(evidence + np.log(np.maximum(case.truth.prior, FLOOR)))


def _by_hidden(case: Case, true: int) -> Doubles:
    """Return (items, h) log-probabilities of the votes if `true` were true, for equally likely unknowns of an item."""
    seen = case.truth.perception
    others = [k for k in range(case.table.options) if k != true] or [true]
    if seen is None:
        lures = others if case.truth.attraction else others[:1]
        return np.stack([_log_likelihood(case, case.truth, true, lure) for lure in lures], axis=1)
    deviations = np.random.default_rng(0).standard_normal((DRAWS // 2, seen.point.shape[1]))
    truths = [replace(case.truth, perception=seen.supposing(true, d)) for d in (*deviations, *-deviations)]
    return np.stack([_log_likelihood(case, truth, true, others[0]) for truth in truths], axis=1)


def _log_likelihood(case: Case, truth: Truth, true: int, lure: int) -> Doubles:
    """Return (items,) the log-probability of an item's votes and stated confidences."""
    table = case.table
    own = np.maximum(_own(table, truth, true, lure), FLOOR)
    alone = truth.group[table.agent] == NO_GROUP
    total: Doubles = np.asarray(np.bincount(table.item[alone], np.log(own[alone]), table.items), np.float64)
    total = total + np.bincount(table.item, _stated(case, table.option == true), table.items)
    for group, leader in enumerate(truth.leaders.tolist()):
        total = total + _copied(table, truth, group, leader, own, true, lure)
    return total


def _own(table: Table, truth: Truth, true: int, lure: int) -> Doubles:
    """Return (v,) the probability of every vote; in a supposed perception all items look alike, so agents suffice."""
    if truth.perception is None:
        p = vote_probabilities(truth, table.agent, table.item, *_constant(true, lure, table.agent.size))
        return p[np.arange(table.agent.size), table.option]
    agents = np.arange(table.agents)
    p = vote_probabilities(truth, agents, np.zeros_like(agents), *_constant(true, lure, agents.size))
    return p[table.agent, table.option]


def _constant(true: int, lure: int, size: int) -> tuple[Integers, Integers]:
    return np.full(size, true), np.full(size, lure)


def _stated(case: Case, right: Doubles) -> Doubles:
    """Return (v,) log-densities of stated confidences, up to a constant; 0 where none is stated."""
    table, truth = case.table, case.truth
    p = np.clip(np.nan_to_num(table.confidence, nan=0.5), 5e-4, 1 - 5e-4)
    off = np.log(p / (1 - p)) - truth.mood[table.agent] - truth.boast[table.agent] * right
    return np.where(np.isnan(table.confidence), 0.0, -0.5 * off * off)


def _copied(table: Table, truth: Truth, group: int, leader: int, own: Doubles, true: int, lure: int) -> Doubles:
    """Return (items,) the log-probability of a group's votes, its answer sheet summed out."""
    members = np.flatnonzero(truth.group[table.agent] == group)
    rows = np.arange(table.items)
    sheet = vote_probabilities(truth, np.full(rows.size, leader), rows, *_constant(true, lure, rows.size))
    total = np.zeros((table.items, table.options))
    for answer in range(table.options):
        p = truth.copying * (table.option[members] == answer) + (1 - truth.copying) * own[members]
        total[:, answer] = np.bincount(table.item[members], np.log(np.maximum(p, FLOOR)), table.items)
    joint = total + np.log(np.maximum(sheet, FLOOR))
    top = joint.max(axis=1, keepdims=True)
    return np.asarray(top[:, 0] + np.log(np.exp(joint - top).sum(axis=1)))
