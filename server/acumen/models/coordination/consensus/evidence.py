"""What a table of votes says by itself: classical posteriors, and features of agents, items, votes and table."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.consensus import collusion
from acumen.models.coordination.consensus.baselines import dawid_skene, majority, one_coin
from acumen.models.coordination.consensus.structure import Structure, structure_of
from acumen.models.coordination.consensus.table import Doubles, Integers, Table

Floats: TypeAlias = NDArray[np.float32]

ROUNDS = (4, 8)
ROUND_CELLS = 2_000_000
# Sizes beyond those of training tables are shown to the network as these: more of the same changes nothing.
MOST_VOTES, MOST_ITEMS, MOST_AGENTS, MOST_BY_AGENT = 4_000, 1_000, 200, 400

AGENT_NAMES = (
    "log votes",
    "log checked answers",
    "checked log-odds",
    "log-odds of agreeing with the majority",
    "log-odds of agreeing with one-coin EM",
    "log-odds of agreeing with Dawid-Skene",
    "agreement with other voters",
    "entropy of options voted",
    "log size of group of copies",
    "confidence against agreement",
)
ITEM_NAMES = (
    "log votes",
    "entropy of votes",
    "share of first option",
    "options voted",
    "one-coin certainty",
    "Dawid-Skene certainty",
    "one-coin and Dawid-Skene differ",
)
VOTE_NAMES = ("log copies", "confidence stated", "confidence log-odds", "confidence against agent's mean", "validity")
TABLE_NAMES = (
    "log votes",
    "log items",
    "log agents",
    "log options",
    "log votes an item",
    "log votes an agent",
    "spread of activity",
    "agreement above chance",
    "spread of agreement over items",
    "one-coin certainty",
    "Dawid-Skene certainty",
    "one-coin moves from majority",
    "Dawid-Skene moves from one-coin",
    "evenness of options voted",
    "agents with checked answers",
    "mean checked log-odds",
    "votes with confidence",
    "agents in groups of copies",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The features of one table, float32; rows by agent, item, vote (in `structure.order`); `table` is one row.

    `bases` (3, items, options) are the posteriors of majority, one-coin EM and Dawid-Skene; `group` is collusion's.
    """

    source: Table
    structure: Structure
    bases: Floats
    group: Integers
    agents: Floats
    items: Floats
    votes: Floats
    table: Floats


def evidence_of(table: Table) -> Evidence:
    """Return the features of a table; nothing here is learned, and each table is treated by itself."""
    structure = structure_of(table)
    rounds = rounds_of(table)
    bases = np.stack([majority(table), one_coin(table, rounds, structure), dawid_skene(table, rounds, structure)])
    group = collusion.groups_of(table, bases[1].argmax(axis=1))
    others = _others(table)
    validity = _validity(table, others)
    agents = _agents(table, bases, group, others, validity)
    items = _items(table, bases)
    return Evidence(
        source=table,
        structure=structure,
        bases=bases.astype(np.float32),
        group=group,
        agents=agents.astype(np.float32),
        items=items.astype(np.float32),
        votes=_votes(table, group, validity)[structure.order].astype(np.float32),
        table=_table(table, bases, items, others, group).astype(np.float32),
    )


def rounds_of(table: Table) -> int:
    """Return how many rounds of EM a table of this size is given."""
    return int(np.clip(ROUND_CELLS / (table.agent.size * table.options), *ROUNDS))


def log_odds(right: Doubles, total: Doubles, mean: float | Doubles = 0.5) -> Doubles:
    """Return the log-odds of a rate smoothed by two trials at `mean`."""
    rate = np.clip((right + 2 * mean) / (total + 2), 1e-3, 1 - 1e-3)
    return np.asarray(np.log(rate / (1 - rate)))


def _others(table: Table) -> Doubles:
    """Return (v,) the share of an item's other votes that agree with a vote; chance when there are none."""
    counts = table.counts()
    votes = counts.sum(axis=1)[table.item]
    agree = counts[table.item, table.option] - 1
    return np.asarray((agree + 0.5 / table.options) / (votes - 1 + 0.5))


def _logit(confidence: Doubles) -> Doubles:
    p = np.clip(np.nan_to_num(confidence, nan=0.5), 0.01, 0.99)
    return np.asarray(np.log(p / (1 - p)))


def _validity(table: Table, others: Doubles) -> Doubles:
    """Return (agents,) the shrunk covariance of an agent's stated confidence with agreement; 0 without statements."""
    stated = ~np.isnan(table.confidence)
    n = np.bincount(table.agent, stated, table.agents)
    logit = _logit(table.confidence) * stated
    mean = np.bincount(table.agent, logit, table.agents) / np.maximum(n, 1)
    agreed = np.bincount(table.agent, others * stated, table.agents) / np.maximum(n, 1)
    product = (logit - mean[table.agent]) * (others - agreed[table.agent]) * stated
    return np.bincount(table.agent, product, table.agents) / (n + 2)


def _agents(table: Table, bases: Doubles, group: Integers, others: Doubles, validity: Doubles) -> Doubles:
    size = table.agents
    votes = np.bincount(table.agent, minlength=size).astype(np.float64)
    agreed = [np.asarray(np.bincount(table.agent, q[table.item, table.option], size), np.float64) for q in bases]
    cast = np.bincount(table.agent * table.options + table.option, minlength=size * table.options)
    shares = cast.reshape(size, -1) / votes[:, None]
    entropy = -(shares * np.log(np.maximum(shares, 1e-12))).sum(axis=1) / np.log(max(table.options, 2))
    members = np.bincount(group[group != collusion.ALONE], minlength=1)
    copies = np.where(group == collusion.ALONE, 1, members[np.maximum(group, 0)])
    columns = [
        np.log1p(np.minimum(votes, MOST_BY_AGENT)),
        np.log1p(table.gold_total),
        log_odds(table.gold_correct, table.gold_total) * (table.gold_total > 0),
        *(log_odds(right, votes, float(right.sum() / votes.sum())) for right in agreed),
        np.bincount(table.agent, others, size) / votes,
        entropy,
        np.log(copies),
        validity,
    ]
    return np.stack(columns, axis=1)


def _items(table: Table, bases: Doubles) -> Doubles:
    counts = table.counts()
    votes = counts.sum(axis=1)
    shares = counts / votes[:, None]
    entropy = -(shares * np.log(np.maximum(shares, 1e-12))).sum(axis=1)
    columns = [
        np.log1p(votes),
        entropy,
        shares.max(axis=1),
        np.log((counts > 0).sum(axis=1)),
        bases[1].max(axis=1),
        bases[2].max(axis=1),
        0.5 * np.abs(bases[1] - bases[2]).sum(axis=1),
    ]
    return np.stack(columns, axis=1)


def _votes(table: Table, group: Integers, validity: Doubles) -> Doubles:
    stated = ~np.isnan(table.confidence)
    logit = _logit(table.confidence) * stated
    n = np.bincount(table.agent, stated, table.agents)
    mean = np.bincount(table.agent, logit, table.agents) / np.maximum(n, 1)
    centred = (logit - mean[table.agent]) * stated
    copied = np.log(collusion.copies(table, group))
    return np.stack([copied, stated, logit, centred, validity[table.agent] * stated], axis=1)


def _table(table: Table, bases: Doubles, items: Doubles, others: Doubles, group: Integers) -> Doubles:
    votes = np.bincount(table.agent, minlength=table.agents)
    total, options = table.agent.size, table.options
    agreement = np.bincount(table.item, others, table.items) / np.bincount(table.item, minlength=table.items)
    shares = np.bincount(table.option, minlength=options) / total
    checked = table.gold_total > 0
    odds = log_odds(table.gold_correct, table.gold_total)
    values = [
        np.log(min(total, MOST_VOTES)),
        np.log(min(table.items, MOST_ITEMS)),
        np.log(min(table.agents, MOST_AGENTS)),
        np.log(options),
        np.log(total / table.items),
        np.log(min(total / table.agents, MOST_BY_AGENT)),
        np.log(votes.max() * table.agents / total),
        (others.mean() - 1 / options) / max(1 - 1 / options, 0.5),
        agreement.std(),
        items[:, 4].mean(),
        items[:, 5].mean(),
        0.5 * np.abs(bases[0] - bases[1]).sum(axis=1).mean(),
        items[:, 6].mean(),
        -(shares * np.log(np.maximum(shares, 1e-12))).sum() / np.log(max(options, 2)),
        checked.mean(),
        (odds * checked).sum() / max(checked.sum(), 1),
        (~np.isnan(table.confidence)).mean(),
        (group != collusion.ALONE).mean(),
    ]
    return np.array(values)
