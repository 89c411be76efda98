"""The network: how far each expert is believed on each item, what each vote says, a correction of every option.

Logits are a log-linear pool (Genest and Zidek, 1986) of the experts' posteriors and of one more that is learned: the
sum of the votes' log-likelihoods, each trusted and corrected by what is known of its agent. A gate gives the weights to
each item from what is known of it and of its table; a last correction is the same function for every option. Nothing
depends on the order of options, items or agents.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.consensus.evidence import CELL_NAMES, EXPERTS, ITEM_NAMES, PAIR_NAMES, TABLE_NAMES
from acumen.neural.fit import dense_weights
from acumen.neural.spec import Batch

GROUPS = ("table", "pair", "message", "item", "gate", "context", "cell", "correction")
WIDTH, PAIR, TABLE, CONTEXT = 32, 16, 16, 8
# What an untrained gate believes: mostly the two Bayesian experts.
START = np.log(np.array([0.15, 0.05, 0.2, 0.2, 0.05, 0.15], np.float32))
HALF, SMALL = np.float32(0.5), np.float32(0.2)
WIDEST = np.float32(8.0)


def initial(seed: int) -> dict[str, NDArray[np.float32]]:
    """Return untrained weights; their answers are those of a plain pool."""
    rng = np.random.default_rng((seed, 0xC0))
    made: dict[str, NDArray[np.float32]] = {}
    for name, inputs, outputs, gain in (
        ("table", len(TABLE_NAMES), TABLE, 1.0),
        ("pair", len(PAIR_NAMES) + TABLE, PAIR, 1.0),
        ("message", PAIR, 2, 0.05),
        ("item", len(ITEM_NAMES) + TABLE, WIDTH, 1.0),
        ("gate", WIDTH, len(EXPERTS) + 1, 0.05),
        ("context", WIDTH, CONTEXT, 1.0),
        ("cell", len(CELL_NAMES) + 1 + CONTEXT, WIDTH, 1.0),
        ("correction", WIDTH, 1, 0.02),
    ):
        made |= dense_weights(rng, f"net/{name}", inputs, outputs, gain)
    return made


def run(ops: Any, weights: Mapping[str, Any], batch: Batch) -> dict[str, Any]:
    """Return `logits` (cells, 1) by item in order, and `embedding` (size, 2 `WIDTH`)."""
    at = batch.arrays

    def layer(name: str, x: Any, activation: str = "identity") -> Any:
        return ops.dense(x, weights[f"net/{name}/w"], weights[f"net/{name}/b"], activation)

    def features(name: str) -> Any:
        return ops.normalise(at[name], weights[f"norm/{name}/center"], weights[f"norm/{name}/scale"])

    tables = layer("table", features("tables"), "tanh")
    pairs = ops.concat([features("pairs"), ops.gather(tables, at["pair_table"])])
    message = ops.layers(pairs, weights, ("pair", "message"), ("relu", "identity"))
    said = ops.sigmoid(ops.columns(message, 0, 1)) * at["likelihood"] + ops.columns(message, 1, 2)
    votes = ops.gather(said, at["message_pair"]) * at["message_weight"]
    learned = ops.scatter_sum(votes, at["message_cell"], at["log_q"].shape[0])
    item = layer("item", ops.concat([features("items"), ops.gather(tables, at["item_table"])]), "relu")
    # A sigmoid bounds each weight to e^4 times its start, up or down.
    gate = ops.exp((ops.sigmoid(layer("gate", item)) - HALF) * WIDEST + START)
    opinions = ops.concat([at["log_q"], learned]) * ops.gather(gate, at["cell_item"])
    pooled = ops.dense(opinions, np.ones((len(START), 1), np.float32), np.zeros(1, np.float32))
    context = ops.gather(layer("context", item, "tanh"), at["cell_item"])
    cell = layer("cell", ops.concat([features("cells"), learned * SMALL, context]), "relu")
    logits = (pooled + layer("correction", cell)) * weights["cal/inverse_temperature"]
    by_item = ops.concat([item, ops.segment_mean(cell, at["item_cells"])])
    return {"logits": logits, "embedding": ops.segment_mean(by_item, at["table_items"])}
