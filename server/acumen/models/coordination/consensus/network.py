"""The network: its weights, and its scores of a batch; the arithmetic is in `rounds`."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.consensus.evidence import AGENT_NAMES, ITEM_NAMES, TABLE_NAMES, VOTE_NAMES
from acumen.models.coordination.consensus.rounds import (
    AGENT_MOVING,
    AGENT_OUT,
    CELL,
    CONTEXT,
    ITEM_MOVING,
    ITEM_OUT,
    ROUNDS,
    TABLE_OUT,
    WIDTH,
    Network,
    View,
)
from acumen.neural.fit import dense_weights
from acumen.neural.spec import Batch

GROUPS = ("start", "round1", "round2", "round3", "round4", "votes", "cells")


def initial(seed: int) -> dict[str, NDArray[np.float32]]:
    """Return untrained weights; their answers are those of a plain hierarchical model."""
    rng = np.random.default_rng((seed, 0xC0))
    made: dict[str, NDArray[np.float32]] = {}

    def add(name: str, inputs: int, outputs: int, gain: float = 1.0) -> None:
        made.update(dense_weights(rng, f"net/{name}", inputs, outputs, gain))

    add("start/mix", len(TABLE_NAMES), 3, 0.05)
    for r in range(1, ROUNDS + 1):
        add(f"round{r}/agent_in", len(AGENT_NAMES) + len(TABLE_NAMES) + AGENT_MOVING, WIDTH)
        add(f"round{r}/agent_out", WIDTH, AGENT_OUT, 0.05)
        add(f"round{r}/item_in", len(ITEM_NAMES) + len(TABLE_NAMES) + ITEM_MOVING, WIDTH)
        add(f"round{r}/item_out", WIDTH, ITEM_OUT, 0.05)
        add(f"round{r}/table", len(TABLE_NAMES), TABLE_OUT, 0.05)
    add("votes/in", len(VOTE_NAMES), WIDTH // 2)
    add("votes/out", WIDTH // 2, 1, 0.05)
    made["net/votes/copies"] = np.zeros((1, 1), np.float32)
    add("cells/table", len(TABLE_NAMES), CONTEXT)
    add("cells/in", CELL + CONTEXT, WIDTH)
    add("cells/out", WIDTH, 1, 0.02)
    return made


def run(ops: Any, weights: Mapping[str, Any], batch: Batch) -> dict[str, Any]:
    """Return `logits/<options>` (n, k), after every round `logits<r>/<options>`, and `embedding` (size, 2 width)."""
    scores: dict[str, Any] = {}
    embedded = []
    for view in _views(ops, weights, batch):
        net = Network(ops, weights, view)
        for r, belief in enumerate(net.beliefs(), start=1):
            scores[f"logits{r}/{view.options}"] = belief.logits
        scores[f"logits/{view.options}"] = net.corrected(belief.logits) * weights["cal/inverse_temperature"]
        embedded.append(net.embedding)
    scores["embedding"] = _stacked(ops, embedded, batch.arrays["rank"])
    return scores


def _stacked(ops: Any, embedded: list[Any], rank: NDArray[np.int64]) -> Any:
    if len(embedded) == 1:
        return ops.gather(embedded[0], rank)
    return np.concatenate(embedded)[rank]


def _views(ops: Any, weights: Mapping[str, Any], batch: Batch) -> list[View]:
    spans = batch.arrays["spans"]
    ends = np.append(spans[1:, 1:], [[len(batch.arrays[n]) for n in ("tables", "agents", "items", "votes")]], axis=0)
    views = []
    for (options, *start), stop in zip(spans.tolist(), ends.tolist(), strict=True):
        part = {
            name: ops.normalise(batch.arrays[name][a:b], weights[f"norm/{name}/center"], weights[f"norm/{name}/scale"])
            for name, a, b in zip(("tables", "agents", "items", "votes"), start, stop, strict=True)
        }
        prefix = f"{options}/"
        at = {name.removeprefix(prefix): x for name, x in batch.arrays.items() if name.startswith(prefix)}
        views.append(
            View(options, stop[0] - start[0], at, part["agents"], part["items"], part["votes"], part["tables"])
        )
    return views
