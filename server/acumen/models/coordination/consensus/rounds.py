"""Four unrolled rounds of expectation maximisation whose priors, trust and temper are learned.

Each round takes posteriors that leave a vote's own contribution out (the cavity of belief propagation: Liu, Peng and
Ihler, 2012, section 3), gathers every agent's expected confusion counts, smooths them towards a one-coin agent with the
table's class ease and habits of error, and adds up the votes' log-likelihoods. What is learned, from features of
agents, items and the table: how strongly to smooth, how much to trust an agent, how to temper an item, and a last
correction of every cell.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROUNDS = 4
WIDTH = 32
AGENT_MOVING, ITEM_MOVING, CELL, CONTEXT = 5, 3, 6, 8
AGENT_OUT, ITEM_OUT, TABLE_OUT = 5, 2, 3
ONE = np.float32(1.0)
TINY = np.float32(1e-6)
CELL_FLOOR = np.float32(1e-5)


@dataclass(frozen=True, slots=True)
class View:
    """One group of tables with equally many options, as the network sees it: constants and normalised features."""

    options: int
    size: int
    at: Mapping[str, NDArray[Any]]
    agents: Any
    items: Any
    votes: Any
    tables: Any


@dataclass(frozen=True, slots=True)
class Belief:
    """What a round hands on: tempered item logits (n, k), log-likelihoods (p, k) and the temper (n, 1) used."""

    logits: Any
    weight: Any
    temper: Any


class Network:
    """The rounds over one view; `embedding` (size, 2 width) is there after `beliefs`."""

    def __init__(self, ops: Any, weights: Mapping[str, Any], view: View) -> None:
        self.ops, self.weights, self.view, self.at = ops, weights, view, view.at
        self.options = view.options
        self.wrong = np.float32(1 / max(view.options - 1, 1))
        self.square = np.arange(view.size + 1) * view.options
        self.eye = np.tile(np.eye(view.options, dtype=np.float32), (view.size, 1))
        self.share = np.log(self.at["bases"][0])
        self.unsaid = ONE - self.at["said"]
        self.agent_fixed = ops.concat([view.agents, ops.gather(view.tables, self.at["agent_table"])])
        self.item_fixed = ops.concat([view.items, ops.gather(view.tables, self.at["item_table"])])
        self.vote_weight = self._vote_weight()
        self.embedding: Any = None

    def layer(self, name: str, x: Any, activation: str = "identity") -> Any:
        """Apply one dense layer."""
        return self.ops.dense(x, self.weights[f"net/{name}/w"], self.weights[f"net/{name}/b"], activation)

    def row_sum(self, x: Any) -> Any:
        """Return (n, 1): the sum of each row over the options."""
        return self.ops.dense(x, np.ones((self.options, 1), np.float32), np.zeros(1, np.float32))

    def log_odds(self, p: Any) -> Any:
        """Return log p / (1 - p), bounded."""
        return self.ops.log(p + TINY) - self.ops.log(ONE - p + TINY)

    def bounded(self, x: Any, center: float) -> Any:
        """Return positive numbers around e^center, at most e^4 times more or less."""
        return self.ops.exp((self.ops.sigmoid(x) - np.float32(0.5)) * np.float32(8.0) + np.float32(center))

    def beliefs(self) -> list[Belief]:
        """Return the belief after each round."""
        found = [self._start()]
        for r in range(1, ROUNDS + 1):
            found.append(self._round(r, found[-1]))
        return found[1:]

    def _vote_weight(self) -> Any:
        """Return (v, 1): how much each vote counts, by copies beside it and by its stated confidence."""
        copied, stated = self._raw_votes()
        doubt = self.ops.sigmoid(self.weights["net/votes/copies"])
        weight = self.ops.exp(-(copied * doubt))
        if not stated.any():
            return weight
        moved = self.ops.sigmoid(self.layer("votes/out", self.layer("votes/in", self.view.votes, "relu")))
        return weight * (ONE + stated * (moved * np.float32(2.0) - ONE))

    def _raw_votes(self) -> tuple[Any, Any]:
        return self.at["copied"], self.at["stated"]

    def _start(self) -> Belief:
        """Mix the classical posteriors, by the table; nothing is left out of them yet."""
        mix = self.ops.gather(self.ops.softmax(self.layer("start/mix", self.view.tables)), self.at["item_table"])
        parts = [self.at["bases"][i] * self.ops.columns(mix, i, i + 1) for i in range(3)]
        logits = self.ops.log(parts[0] + parts[1] + parts[2] + TINY)
        pairs, items = self.at["said"].shape[0], self.share.shape[0]
        return Belief(logits, np.zeros((pairs, self.options), np.float32), np.ones((items, 1), np.float32))

    def _round(self, r: int, before: Belief) -> Belief:
        ops, at = self.ops, self.at
        said, total, right = self._counts(before)
        table = self.layer(f"round{r}/table", self.view.tables)
        mean, matrix, ease = self._pooled(said, total, right, table)
        smoothed = self._agents(r, total, right, mean, ease)
        weight = self._pair_weights(said, total, smoothed, matrix, ease)
        votes = ops.gather(weight, at["vote_pair"]) * self.vote_weight
        logits = ops.segment_sum(ops.gather(votes, at["by_item"]), at["item_offsets"])
        logits = logits + ops.gather(self._prior(before, table), at["item_table"])
        return self._tempered(r, logits, weight)

    def _counts(self, before: Belief) -> tuple[Any, Any, Any]:
        """Return expected votes by true option, of pairs (p, k) and agents (a, k), and those right (a, k)."""
        ops, at = self.ops, self.at
        own = ops.gather(before.weight, at["vote_pair"]) * self.vote_weight * ops.gather(before.temper, at["vote_item"])
        cavity = ops.softmax(ops.gather(before.logits, at["vote_item"]) - own)
        said = ops.segment_sum(cavity, at["pair_offsets"])
        return said, ops.segment_sum(said, at["agent_offsets"]), ops.segment_sum(said * at["said"], at["agent_offsets"])

    def _pooled(self, said: Any, total: Any, right: Any, table: Any) -> tuple[Any, Any, Any]:
        """Return tables' mean accuracy (t, 1), confusion (t k, k) by option voted, and its diagonal (t, k)."""
        ops, at, size = self.ops, self.at, self.view.size
        hits = ops.scatter_sum(self.row_sum(right), at["agent_table"], size)
        votes = ops.scatter_sum(at["voted"], at["agent_table"], size)
        mean = (hits + ONE) / (votes + np.float32(1.5))
        row = np.repeat(np.arange(size), self.options)
        strength = ops.gather(self.bounded(ops.columns(table, 0, 1), 1.5), row)
        one_coin = ops.gather(mean, row) * self.eye + ops.gather(ONE - mean, row) * self.wrong * (ONE - self.eye)
        cells = ops.scatter_sum(said, at["pair_cell"], size * self.options)
        truths = ops.gather(ops.scatter_sum(total, at["agent_table"], size), row)
        matrix = (cells + strength * one_coin) / (truths + strength)
        return mean, matrix, ops.segment_sum(matrix * self.eye, self.square)

    def _agents(self, r: int, total: Any, right: Any, mean: Any, ease: Any) -> tuple[Any, Any, Any, Any]:
        """Return, by agent, accuracy by true option (a, k), strength of smoothing, share of habit, and trust (a, 1)."""
        ops, at = self.ops, self.at
        mean = ops.gather(mean, at["agent_table"])
        hits, votes = self.row_sum(right) + at["gold_correct"], at["voted"] + at["gold_total"]
        moving = self._moving(total, right, hits, votes, mean)
        hidden = self.layer(f"round{r}/agent_in", ops.concat([self.agent_fixed, moving]), "relu")
        self.embedding = ops.segment_mean(hidden, at["table_agents"])
        out = self.layer(f"round{r}/agent_out", hidden)
        pull = self.bounded(ops.columns(out, 0, 1), 1.0)
        skill = self.log_odds((hits + pull * mean) / (votes + pull))
        tilt = ops.gather(self.log_odds(ease), at["agent_table"]) - self.log_odds(mean)
        accuracy = ops.sigmoid(skill + tilt * ops.sigmoid(ops.columns(out, 1, 2)))
        strength = self.bounded(ops.columns(out, 2, 3), 2.0)
        habit, trust = ops.sigmoid(ops.columns(out, 3, 4)), ops.sigmoid(ops.columns(out, 4, 5) + ONE)
        return accuracy, strength, habit, trust * np.float32(1.3)

    def _moving(self, total: Any, right: Any, hits: Any, votes: Any, mean: Any) -> Any:
        """Return (a, 5): accuracy, above the table's, on votes alone, evenness of truths, spread by option."""
        ops, at = self.ops, self.at
        rate = self.log_odds((hits + np.float32(2.0) * mean) / (votes + np.float32(2.0)))
        alone = self.row_sum(right) / at["voted"]
        by_option = (right + mean) / (total + ONE)
        spread = self.row_sum(by_option * by_option) * np.float32(1 / self.options)
        center = self.row_sum(by_option) * np.float32(1 / self.options)
        evenness = self.row_sum(total * total) / (at["voted"] * at["voted"])
        return ops.concat(
            [rate, rate - self.log_odds(mean), alone, evenness, (spread - center * center) * np.float32(4)]
        )

    def _pair_weights(self, said: Any, total: Any, smoothed: tuple[Any, Any, Any, Any], matrix: Any, ease: Any) -> Any:
        """Return (p, k): trusted log-likelihoods of an agent's voting an option, by true option."""
        ops, at = self.ops, self.at
        accuracy, strength, habit, trust = (ops.gather(x, at["pair_agent"]) for x in smoothed)
        pair_table = at["pair_cell"] // self.options
        error = ops.gather(matrix, at["pair_cell"]) / (ONE - ops.gather(ease, pair_table) + TINY)
        error = habit * error + (ONE - habit) * self.wrong
        expected = accuracy * at["said"] + (ONE - accuracy) * error * self.unsaid
        smoothed_counts = said + strength * expected
        truths = ops.gather(total, at["pair_agent"]) + strength
        return trust * ops.log(smoothed_counts / truths + TINY)

    def _prior(self, before: Belief, table: Any) -> Any:
        """Return (t, k): the log share of each true option in a table, weighed by the table."""
        ops, at = self.ops, self.at
        share = ops.segment_mean(ops.softmax(before.logits), at["table_items"])
        weighed = ops.sigmoid(ops.columns(table, 1, 2) + ONE)
        count = np.diff(at["table_items"]).astype(np.float32)[:, None]
        smooth = self.bounded(ops.columns(table, 2, 3), 0.0)
        return weighed * ops.log((share * count + smooth) / (count + smooth * np.float32(self.options)))

    def _tempered(self, r: int, logits: Any, weight: Any) -> Belief:
        """Temper each item's logits, and lean them on the shares of its votes, as its features ask."""
        ops = self.ops
        q = ops.softmax(logits)
        certainty = self.row_sum(q * q)
        plain = self.row_sum(q * self.at["bases"][0])
        changed = self.row_sum(q * self.at["bases"][1])
        hidden = self.layer(f"round{r}/item_in", ops.concat([self.item_fixed, certainty, plain, changed]), "relu")
        out = self.layer(f"round{r}/item_out", hidden)
        temper = self.bounded(ops.columns(out, 0, 1), 0.0)
        return Belief(logits * temper + ops.columns(out, 1, 2) * self.share, weight, temper)

    def corrected(self, logits: Any) -> Any:
        """Return logits (n, k) with a learned correction of every cell, the same function for every option."""
        ops, at, size = self.ops, self.at, self.share.size
        context = ops.gather(
            self.layer("cells/table", self.view.tables, "tanh"), np.repeat(at["item_table"], self.options)
        )
        q = ops.softmax(logits)
        top = ops.gather(self.row_sum(q * q), np.repeat(np.arange(self.share.shape[0]), self.options))
        flat = [ops.reshape(x, (size, 1)) for x in (ops.log(q + CELL_FLOOR) * np.float32(0.2), q, *self._cell_bases())]
        hidden = self.layer("cells/in", ops.concat([*flat, top, context]), "relu")
        self.embedding = ops.concat([self.embedding, self._by_table(hidden)])
        return logits + ops.reshape(self.layer("cells/out", hidden), logits.shape)

    def _cell_bases(self) -> list[Any]:
        return [self.at["bases"][0], self.at["bases"][1], self.at["bases"][2]]

    def _by_table(self, hidden: Any) -> Any:
        return self.ops.segment_mean(hidden, self.at["table_items"] * self.options)
