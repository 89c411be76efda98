"""Many tables as the arrays a network reads: tables with equally many options side by side, indices shifted."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.consensus.evidence import Evidence
from acumen.neural.spec import Batch


def batch_of(evidence: Sequence[Evidence], facts: Sequence[Any] = ()) -> Batch:
    """Return the batch of some tables, with `facts` for the decoder.

    Float arrays `agents`, `items`, `votes` have the rows of all tables: fewer options first, in order within;
    `tables` has one row a table in that order, and `rank` (size,) each input's place in it. `spans` (g, 5) names each
    group of equal options: options, and where its tables, agents, items and votes begin. Its indices are
    `<options>/<name>`, counted within the group.
    """
    order = sorted(range(len(evidence)), key=lambda i: evidence[i].source.options)
    arranged = [evidence[i] for i in order]
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    arrays: dict[str, NDArray[Any]] = {"rank": rank, "tables": np.stack([e.table for e in arranged])}
    for name in ("agents", "items", "votes"):
        arrays[name] = np.concatenate([getattr(e, name) for e in arranged])
    arrays["spans"], groups = _spans(arranged)
    for options, members in groups.items():
        arrays |= {f"{options}/{name}": value for name, value in _joined(members).items()}
    return Batch(size=len(order), arrays=arrays, summary=arrays["tables"][rank], facts=facts)


def _spans(arranged: Sequence[Evidence]) -> tuple[NDArray[np.int64], dict[int, list[Evidence]]]:
    groups: dict[int, list[Evidence]] = {}
    rows = []
    at = np.zeros(4, np.int64)
    for e in arranged:
        if e.source.options not in groups:
            rows.append([e.source.options, *at])
        groups.setdefault(e.source.options, []).append(e)
        at = at + np.array([1, e.source.agents, e.source.items, e.source.agent.size])
    return np.array(rows, np.int64), groups


def _joined(members: Sequence[Evidence]) -> dict[str, NDArray[Any]]:
    """Return the indices of tables with equally many options, shifted past each other, and what is constant by them."""
    s, tables = [e.structure for e in members], [e.source for e in members]
    options = tables[0].options
    votes, pairs = _starts([t.agent.size for t in tables]), _starts([x.pair_option.size for x in s])
    agents, items = _starts([t.agents for t in tables]), _starts([t.items for t in tables])
    pair_option = np.concatenate([x.pair_option for x in s])
    pair_table = np.repeat(np.arange(len(s)), np.diff(pairs))
    said = (pair_option[:, None] == np.arange(options)).astype(np.float32)
    totals = [np.bincount(t.agent, minlength=t.agents) for t in tables]
    return {
        "vote_item": _shifted([x.item for x in s], items),
        "vote_pair": _shifted([x.pair for x in s], pairs),
        "by_item": _shifted([x.by_item for x in s], votes),
        "pair_offsets": _chained([x.pair_offsets for x in s], votes),
        "agent_offsets": _chained([x.agent_offsets for x in s], pairs),
        "item_offsets": _chained([x.item_offsets for x in s], votes),
        "pair_agent": _shifted([x.pair_agent for x in s], agents),
        "pair_cell": pair_table * options + pair_option,
        "agent_table": np.repeat(np.arange(len(s)), np.diff(agents)),
        "item_table": np.repeat(np.arange(len(s)), np.diff(items)),
        "table_agents": agents,
        "table_items": items,
        "said": said,
        "copied": np.concatenate([e.votes[:, :1] for e in members]),
        "stated": np.concatenate([e.votes[:, 1:2] for e in members]),
        "voted": np.concatenate(totals).astype(np.float32)[:, None],
        "gold_correct": np.concatenate([t.gold_correct for t in tables]).astype(np.float32)[:, None],
        "gold_total": np.concatenate([t.gold_total for t in tables]).astype(np.float32)[:, None],
        "bases": np.concatenate([e.bases for e in members], axis=1),
    }


def _starts(sizes: Sequence[int]) -> NDArray[np.int64]:
    return np.append(0, np.cumsum(np.array(sizes, np.int64)))


def _shifted(parts: Sequence[NDArray[np.int64]], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([part + start for part, start in zip(parts, starts[:-1], strict=True)])


def _chained(parts: Sequence[NDArray[np.int64]], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Join offsets: every part but for its last entry, then the grand total."""
    return np.append(_shifted([part[:-1] for part in parts], starts), starts[-1])
