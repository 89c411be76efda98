"""What a table of votes says by itself: the experts' posteriors, and features of its cells, items and as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.consensus import collusion
from acumen.models.coordination.consensus.baselines import dawid_skene, majority, one_coin
from acumen.models.coordination.consensus.experts import (
    Belief,
    Matrices,
    confusion_matrices,
    tempered_one_coin,
    vote_weights,
)
from acumen.models.coordination.consensus.structure import Structure, structure_of
from acumen.models.coordination.consensus.table import Doubles, Integers, Table

Floats: TypeAlias = NDArray[np.float32]

ROUNDS = (6, 10)
ROUND_CELLS = 6_000_000
SETTLED = 1e-3
LEAST = 1e-6
# Sizes beyond those of training tables are shown to the network as these: more of the same changes nothing.
MOST_VOTES, MOST_ITEMS, MOST_AGENTS, MOST_BY_AGENT, MOST_NATS = 4_000, 1_000, 200, 400, 200.0

EXPERTS = ("majority", "one-coin EM", "tempered one-coin", "confusion matrices", "Dawid-Skene")
ITEM_NAMES = (
    "log votes",
    "entropy of votes",
    "share of first option",
    "options voted",
    *(f"certainty of {name}" for name in EXPERTS[1:]),
    "one-coin and Dawid-Skene differ",
    "tempered one-coin and confusion matrices differ",
    "majority and confusion matrices differ",
)
CELL_NAMES = (
    *(f"log posterior of {name}" for name in EXPERTS),
    *(f"posterior of {name}" for name in EXPERTS),
    "confidence for it",
    "valid confidence for it",
    "copied votes for it",
)
PAIR_NAMES = (
    "log-likelihood above its mean",
    "voted and true option agree",
    "log prior mean",
    "log count of such votes",
    "log votes on the true option",
    "log votes of the agent",
    "log-odds of the agent being right",
    "entropy of the agent's options",
    "log checked answers",
    "checked log-odds",
    "log options",
)
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
    *(f"mean certainty of {name}" for name in EXPERTS[1:]),
    "one-coin moves from majority",
    "Dawid-Skene moves from one-coin",
    "confusion matrices move from tempered one-coin",
    "surprise of one-coin by vote",
    "surprise of matrices less than of one-coin by vote",
    "surprise of matrices less than of one-coin, log of all votes",
    "log strength of one-coin prior",
    "log strength of matrix prior",
    "evenness of options voted",
    "agents with checked answers",
    "mean checked log-odds",
    "votes with confidence",
    "agents in groups of copies",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The features of one table, float32; `table` (t,) is of the whole, `items` (n, i) by item, `cells` (n, k, c).

    `log_q` (n, k, e) are the experts' log posteriors, at least log `LEAST`; `group` is collusion's. `pairs` (p, k, f)
    are features of an agent with an option it voted, by true option, `likelihood` (p, k) its log-likelihood above the
    mean; votes (v,) have a pair and an item, and count `vote_weight`.
    """

    items: Floats
    cells: Floats
    log_q: Floats
    table: Floats
    group: Integers
    pairs: Floats
    likelihood: Floats
    vote_pair: Integers
    vote_item: Integers
    vote_weight: Floats

    def part(self, rows: Integers) -> "Evidence":
        """Return the features of some items only."""
        place = np.full(self.items.shape[0], -1)
        place[rows] = np.arange(rows.size)
        votes = np.flatnonzero(place[self.vote_item] >= 0)
        return replace(
            self,
            items=self.items[rows],
            cells=self.cells[rows],
            log_q=self.log_q[rows],
            vote_pair=self.vote_pair[votes],
            vote_item=place[self.vote_item[votes]],
            vote_weight=self.vote_weight[votes],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """Every expert's posteriors (e, n, k), and what the two Bayesian ones tell beside them."""

    q: Doubles
    coin: Belief
    matrices: Matrices
    group: Integers
    copies: Doubles
    structure: Structure


def evidence_of(table: Table) -> Evidence:
    """Return the features of a table; nothing here is learned, and each table is treated by itself."""
    opinions = opinions_of(table)
    q, counts = opinions.q, table.counts()
    others = _others(table, counts)
    log_q = np.log(np.maximum(q, LEAST)).transpose(1, 2, 0)
    items, s = _items(counts, q), opinions.structure
    pairs = _pairs(table, opinions)
    return Evidence(
        items=items.astype(np.float32),
        cells=_cells(table, opinions, log_q, others).astype(np.float32),
        log_q=log_q.astype(np.float32),
        table=_table(table, opinions, items, others).astype(np.float32),
        group=opinions.group,
        pairs=pairs.astype(np.float32),
        likelihood=pairs[:, :, 0].astype(np.float32),
        vote_pair=s.pair,
        vote_item=s.item,
        vote_weight=vote_weights(opinions.copies)[s.order].astype(np.float32),
    )


def opinions_of(table: Table) -> Opinions:
    """Ask every expert; copies found by one-coin EM count once in the Bayesian ones."""
    s, rounds = structure_of(table), rounds_of(table)
    first = one_coin(table, rounds, s, SETTLED)
    group = collusion.groups_of(table, first.argmax(axis=1))
    copies = collusion.copies(table, group)
    weight = vote_weights(copies)[s.order]
    coin = tempered_one_coin(table, s, weight, rounds)
    matrices = confusion_matrices(table, s, weight, coin.posterior, rounds)
    second = dawid_skene(table, rounds, s, SETTLED)
    q = np.stack([majority(table), first, coin.posterior, matrices.posterior, second])
    return Opinions(q=q, coin=coin, matrices=matrices, group=group, copies=copies, structure=s)


def groups_in(table: Table) -> Integers:
    """Return (agents,) the groups of likely copies, as in `opinions_of`."""
    return collusion.groups_of(table, one_coin(table, rounds_of(table), None, SETTLED).argmax(axis=1))


def rounds_of(table: Table) -> int:
    """Return how many rounds of EM a table of this size is given."""
    return int(np.clip(ROUND_CELLS / (table.agent.size * table.options), *ROUNDS))


def _others(table: Table, counts: Doubles) -> Doubles:
    """Return (v,) the share of an item's other votes that agree with a vote; chance when there are none."""
    votes = counts.sum(axis=1)[table.item]
    agree = counts[table.item, table.option] - 1
    return np.asarray((agree + 0.5 / table.options) / (votes - 1 + 0.5))


def _confidence(table: Table, others: Doubles) -> tuple[Doubles, Doubles]:
    """Return (v,) stated log-odds less the agent's mean, and the same by how far the agent's covary with agreement."""
    stated = ~np.isnan(table.confidence)
    if not stated.any():
        return np.zeros(stated.size), np.zeros(stated.size)
    p = np.clip(np.where(stated, table.confidence, 0.5), 0.01, 0.99)
    logit = np.log(p / (1 - p))
    n = np.bincount(table.agent, stated, table.agents)
    mean = np.bincount(table.agent, logit, table.agents) / np.maximum(n, 1)
    agreed = np.bincount(table.agent, others * stated, table.agents) / np.maximum(n, 1)
    moved = (logit - mean[table.agent]) * stated
    validity = np.bincount(table.agent, moved * (others - agreed[table.agent]), table.agents) / (n + 2)
    return moved + 0.2 * logit, moved * validity[table.agent]


def _cells(table: Table, opinions: Opinions, log_q: Doubles, others: Doubles) -> Doubles:
    cell, size = table.item * table.options + table.option, table.items * table.options
    by_vote = (*_confidence(table, others), 1 - 1 / opinions.copies)
    sums = np.stack([np.bincount(cell, x, size) for x in by_vote], axis=1).reshape(table.items, table.options, -1)
    return np.concatenate([log_q, opinions.q.transpose(1, 2, 0), sums], axis=2)


def _pairs(table: Table, opinions: Opinions) -> Doubles:
    s, found = opinions.structure, opinions.matrices
    agrees = s.pair_option[:, None] == np.arange(table.options)
    log_p = np.log((found.said + found.strength * found.mean + LEAST) / (found.total + found.strength))
    by_true = (
        log_p - log_p.mean(axis=1, keepdims=True),
        agrees,
        np.log(found.mean + LEAST),
        np.log1p(np.minimum(found.said, MOST_BY_AGENT)),
        np.log1p(np.minimum(found.total, MOST_BY_AGENT)),
    )
    wide = [np.broadcast_to(x[s.pair_agent][:, None], agrees.shape) for x in _agents(table, opinions)]
    return np.stack([*by_true, *wide, np.full(agrees.shape, np.log(table.options))], axis=2)


def _agents(table: Table, opinions: Opinions) -> list[Doubles]:
    """Return what is known of each agent (agents,), as the names of pairs say."""
    votes = np.bincount(table.agent, minlength=table.agents).astype(np.float64)
    right = np.bincount(table.agent, opinions.q[2][table.item, table.option], table.agents)
    mean = right.sum() / votes.sum()
    cast = np.bincount(table.agent * table.options + table.option, minlength=table.agents * table.options)
    shares = cast.reshape(table.agents, -1) / votes[:, None]
    return [
        np.log1p(np.minimum(votes, MOST_BY_AGENT)),
        _log_odds(right + 2 * mean, votes + 2),
        _entropy(shares),
        np.log1p(table.gold_total),
        _log_odds(table.gold_correct + 1, table.gold_total + 2),
    ]


def _log_odds(right: Doubles, total: Doubles) -> Doubles:
    rate = np.clip(right / total, 1e-3, 1 - 1e-3)
    return np.asarray(np.log(rate / (1 - rate)))


def _items(counts: Doubles, q: Doubles) -> Doubles:
    votes = counts.sum(axis=1)
    shares = counts / votes[:, None]
    differ = 0.5 * np.abs(q[[1, 2, 0]] - q[[4, 3, 3]]).sum(axis=2)
    columns = [
        np.log1p(votes),
        _entropy(shares),
        shares.max(axis=1),
        np.log((counts > 0).sum(axis=1)),
        *q[1:].max(axis=2),
        *differ,
    ]
    return np.stack(columns, axis=1)


def _entropy(shares: Doubles) -> Doubles:
    return np.asarray(-(shares * np.log(np.maximum(shares, 1e-12))).sum(axis=-1))


def _table(table: Table, opinions: Opinions, items: Doubles, others: Doubles) -> Doubles:
    values = {**_sizes(table), **_agreement(table, others), **_experts(table, opinions, items), **_extras(table)}
    values["agents in groups of copies"] = float((opinions.group != collusion.ALONE).mean())
    return np.array([values[name] for name in TABLE_NAMES])


def _sizes(table: Table) -> Mapping[str, float]:
    total = table.agent.size
    return {
        "log votes": np.log(min(total, MOST_VOTES)),
        "log items": np.log(min(table.items, MOST_ITEMS)),
        "log agents": np.log(min(table.agents, MOST_AGENTS)),
        "log options": np.log(table.options),
        "log votes an item": np.log(total / table.items),
        "log votes an agent": np.log(min(total / table.agents, MOST_BY_AGENT)),
        "spread of activity": np.log(np.bincount(table.agent).max() * table.agents / total),
    }


def _agreement(table: Table, others: Doubles) -> Mapping[str, float]:
    by_item = np.bincount(table.item, others) / np.bincount(table.item)
    chance = 1 / table.options
    return {
        "agreement above chance": (others.mean() - chance) / max(1 - chance, 0.5),
        "spread of agreement over items": by_item.std(),
    }


def _experts(table: Table, opinions: Opinions, items: Doubles) -> Mapping[str, float]:
    mean = dict(zip(ITEM_NAMES, items.mean(axis=0).tolist(), strict=True))
    gain = opinions.coin.surprise - opinions.matrices.surprise
    nats = float(np.clip(gain * table.agent.size, -MOST_NATS, MOST_NATS))
    return {
        **{f"mean certainty of {name}": mean[f"certainty of {name}"] for name in EXPERTS[1:]},
        "one-coin moves from majority": 0.5 * np.abs(opinions.q[0] - opinions.q[1]).sum() / table.items,
        "Dawid-Skene moves from one-coin": mean["one-coin and Dawid-Skene differ"],
        "confusion matrices move from tempered one-coin": mean["tempered one-coin and confusion matrices differ"],
        "surprise of one-coin by vote": opinions.coin.surprise,
        "surprise of matrices less than of one-coin by vote": gain,
        "surprise of matrices less than of one-coin, log of all votes": float(np.sign(nats) * np.log1p(abs(nats))),
        "log strength of one-coin prior": np.log(opinions.coin.strength),
        "log strength of matrix prior": np.log(opinions.matrices.strength),
    }


def _extras(table: Table) -> Mapping[str, float]:
    shares = np.bincount(table.option, minlength=table.options) / table.agent.size
    checked = table.gold_total > 0
    rate = (table.gold_correct + 1) / (table.gold_total + 2)
    return {
        "evenness of options voted": float(_entropy(shares)) / np.log(max(table.options, 2)),
        "agents with checked answers": checked.mean(),
        "mean checked log-odds": (np.log(rate / (1 - rate)) * checked).sum() / max(checked.sum(), 1),
        "votes with confidence": 1 - np.isnan(table.confidence).mean(),
    }
