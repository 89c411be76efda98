"""A vote table as columns of numbers: what features, generators, baselines and files of real votes share."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Doubles: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Votes of `agents` agents on `items` items among `options` options.

    `agent`, `item`, `option` (v,) int64 in vote order; `confidence` (v,) float64, NaN where not stated;
    `gold_correct`, `gold_total` (agents,) float64 checked answers.
    """

    options: int
    items: int
    agents: int
    agent: Integers
    item: Integers
    option: Integers
    confidence: Doubles
    gold_correct: Doubles
    gold_total: Doubles

    def counts(self) -> Doubles:
        """Return (items, options): the votes for each option."""
        cell = self.item * self.options + self.option
        return np.bincount(cell, minlength=self.items * self.options).reshape(-1, self.options).astype(np.float64)


def table_of(
    agent: Integers, item: Integers, option: Integers, options: int, confidence: Doubles | None = None, **gold: Any
) -> Table:
    """Return a table, agents and items renumbered in order of first appearance.

    `gold_correct` and `gold_total` are by the old agent numbers and may be left out.
    """
    agents, agent_of = renumber(agent)
    items, item_of = renumber(item)
    kept = {name: np.asarray(values, np.float64)[agents] for name, values in gold.items()}
    none = np.zeros(agents.size)
    return Table(
        options=options,
        items=items.size,
        agents=agents.size,
        agent=agent_of,
        item=item_of,
        option=np.asarray(option, np.int64),
        confidence=np.full(agent_of.size, np.nan) if confidence is None else confidence,
        gold_correct=kept.get("gold_correct", none),
        gold_total=kept.get("gold_total", none),
    )


def renumber(names: NDArray[Any]) -> tuple[NDArray[Any], Integers]:
    """Return the distinct names in order of first appearance, and each entry's number among them."""
    distinct, first, code = np.unique(names, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty(order.size, np.int64)
    rank[order] = np.arange(order.size)
    return distinct[order], rank[code]
