"""How a table's votes hang together: sorted by (agent, option voted), so that sums over agents are segments."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.consensus.table import Integers, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """Indices of one table; a *pair* is an agent with an option it voted for at least once.

    `order` (v,) votes by pair, then table order; the next are in that order: `item` (v,), `pair` (v,).
    `by_item` (v,) positions in that order, sorted by item. Offsets: `pair_offsets` (p + 1,) into votes, `agent_offsets`
    (a + 1,) into pairs, `item_offsets` (n + 1,) into `by_item`. `pair_agent`, `pair_option` (p,).
    """

    order: Integers
    item: Integers
    pair: Integers
    by_item: Integers
    pair_offsets: Integers
    agent_offsets: Integers
    item_offsets: Integers
    pair_agent: Integers
    pair_option: Integers


def structure_of(table: Table) -> Structure:
    """Return the indices of a table's votes."""
    key = table.agent * table.options + table.option
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    distinct = ordered[starts]
    item = table.item[order]
    return Structure(
        order=order,
        item=item,
        pair=np.repeat(np.arange(starts.size), np.diff(np.append(starts, order.size))),
        by_item=np.argsort(item, kind="stable"),
        pair_offsets=np.append(starts, order.size),
        agent_offsets=np.searchsorted(distinct, np.arange(table.agents + 1) * table.options),
        item_offsets=np.append(0, np.cumsum(np.bincount(item, minlength=table.items))),
        pair_agent=distinct // table.options,
        pair_option=distinct % table.options,
    )


def segment_sums(x: NDArray[Any], offsets: Integers) -> NDArray[Any]:
    """Return one row a segment of `x`: the sum of its rows; no segment may be empty."""
    return np.add.reduceat(x, offsets[:-1], axis=0)


def softmax(x: NDArray[Any]) -> NDArray[Any]:
    """Return the softmax of each row."""
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))
