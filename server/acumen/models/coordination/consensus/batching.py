"""Many tables as the arrays a network reads, one below the other, with indices that tell them apart."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.consensus.evidence import Evidence
from acumen.neural.spec import Batch


def batch_of(evidence: Sequence[Evidence], facts: Sequence[Any] = ()) -> Batch:
    """Return the batch of some tables, with `facts` for the decoder.

    Float arrays `tables`, `items`, `cells` and `pairs` have one row a table, an item, an item's option, and an agent's
    voted option by true option, in order; `log_q` (cells, experts), `likelihood` (pairs, 1). `item_table`, `pair_table`
    and `cell_item` say which one each belongs to, `table_items` and `item_cells` where each begins. Each vote stands
    once an option: `message_pair` and `message_cell` say what it brings where, `message_weight` (m, 1) how much.
    """
    items, options, pairs = (
        np.array(sizes, np.int64) for sizes in zip(*((*e.log_q.shape[:2], len(e.pairs)) for e in evidence), strict=True)
    )
    by_item = np.repeat(options, items)
    tables = np.stack([e.table for e in evidence])
    arrays: dict[str, NDArray[Any]] = {
        "tables": tables,
        "items": np.concatenate([e.items for e in evidence]),
        "cells": _rows([e.cells for e in evidence]),
        "log_q": _rows([e.log_q for e in evidence]),
        "pairs": _rows([e.pairs for e in evidence]),
        "likelihood": np.concatenate([e.likelihood.ravel() for e in evidence])[:, None],
        "item_table": np.repeat(np.arange(items.size), items),
        "pair_table": np.repeat(np.arange(items.size), pairs * options),
        "cell_item": np.repeat(np.arange(by_item.size), by_item),
        "table_items": np.append(0, np.cumsum(items)),
        "item_cells": np.append(0, np.cumsum(by_item)),
        "message_pair": _spread([e.vote_pair for e in evidence], options, pairs),
        "message_cell": _spread([e.vote_item for e in evidence], options, items),
        "message_weight": np.concatenate([np.repeat(e.vote_weight, e.log_q.shape[1]) for e in evidence])[:, None],
    }
    return Batch(size=len(evidence), arrays=arrays, summary=tables, facts=facts)


def _rows(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate([part.reshape(-1, part.shape[2]) for part in parts])


def _spread(rows: Sequence[NDArray[Any]], options: NDArray[Any], sizes: NDArray[Any]) -> NDArray[Any]:
    """Return, for each vote's row in turn, the numbers of that row's options among those of all tables."""
    starts = np.cumsum(options * sizes) - options * sizes
    parts = zip(rows, options.tolist(), starts.tolist(), strict=True)
    return np.concatenate([(row[:, None] * k + np.arange(start, start + k)).ravel() for row, k, start in parts])
