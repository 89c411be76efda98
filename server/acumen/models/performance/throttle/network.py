"""The network: history and context to the coming capacity, the limit within it, and the latency to expect."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.performance.throttle.features import CONTEXT_WIDTH, WINDOWS_WIDTH
from acumen.neural.fit import dense_weights
from acumen.neural.spec import Batch

GROUPS = ("windows", "context", "hidden1", "hidden2", "capacity", "limit", "latency")
HISTORY, CONTEXT, WIDTH = 96, 16, 96


def forward(ops: Any, weights: Mapping[str, Any], batch: Batch) -> dict[str, Any]:
    """Score a batch.

    `capacity` (B, 3) logarithms of quantiles .1, .5, .9 over the input's rate; `limit` (B, 1) log limit over the
    median capacity; `latency` (B, 1) log 95th percentile over the last one; `embedding` (B, 96).
    """

    def dense(x: Any, name: str, activation: str = "gelu") -> Any:
        return ops.dense(x, weights[f"net/{name}/w"], weights[f"net/{name}/b"], activation)

    a = batch.arrays
    history = ops.normalise(a["windows"], weights["norm/windows/center"], weights["norm/windows/scale"])
    context = ops.normalise(a["context"], weights["norm/context/center"], weights["norm/context/scale"])
    x = ops.concat([dense(history, "windows"), dense(context, "context")])
    embedding = dense(dense(x, "hidden1"), "hidden2")
    raw = dense(embedding, "capacity", "identity")
    middle = ops.columns(raw, 0, 1)
    low = middle - ops.softplus(ops.columns(raw, 1, 2))
    high = middle + ops.softplus(ops.columns(raw, 2, 3))
    return {
        "capacity": ops.concat([low, middle, high]),
        "limit": dense(embedding, "limit", "identity"),
        "latency": dense(embedding, "latency", "identity"),
        "embedding": embedding,
    }


def initial(rng: np.random.Generator) -> dict[str, NDArray[Any]]:
    """Return untrained weights; heads start small, so that capacity starts at the rate last answered."""
    shapes = {
        "windows": (WINDOWS_WIDTH, HISTORY),
        "context": (CONTEXT_WIDTH, CONTEXT),
        "hidden1": (HISTORY + CONTEXT, WIDTH),
        "hidden2": (WIDTH, WIDTH),
        "capacity": (WIDTH, 3),
        "limit": (WIDTH, 1),
        "latency": (WIDTH, 1),
    }
    made: dict[str, NDArray[Any]] = {}
    for name, (inputs, outputs) in shapes.items():
        made |= dense_weights(rng, f"net/{name}", inputs, outputs, 0.1 if outputs <= 3 else 1.0)
    made["net/capacity/b"][1:] = -1.5
    return made
