"""The network: Deep Sets (Zaheer et al., 2017) over actions, correcting what a bank of filters believes of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.cognitive.adaptive.features import ACTION_NAMES, HISTORY_NAMES
from acumen.neural.fit import dense_weights
from acumen.neural.spec import Batch

GROUPS = ("action", "hidden", "pool", "joint", "best", "mean", "spread")
WIDTH, POOL = 64, 32
LARGEST_FACTOR = np.float32(4.0)
# At a bias of -log 3 the sigmoid is 1 / 4, so that an untrained network leaves the bank's intervals as they are.
UNCHANGED = np.float32(-np.log(3.0))


def initial(seed: int) -> dict[str, NDArray[np.float32]]:
    """Return untrained weights; their answers are about those of the bank's mixture."""
    rng = np.random.default_rng((seed, 0xADA))
    made: dict[str, NDArray[np.float32]] = {}
    for name, inputs, outputs, gain in (
        ("action", len(ACTION_NAMES) + len(HISTORY_NAMES), WIDTH, 1.0),
        ("hidden", WIDTH, WIDTH, 1.0),
        ("pool", 2 * WIDTH, POOL, 1.0),
        ("joint", WIDTH + POOL, WIDTH, 1.0),
        ("best", WIDTH, 1, 0.02),
        ("mean", WIDTH, 1, 0.02),
        ("spread", WIDTH, 2, 0.02),
    ):
        made |= dense_weights(rng, f"net/{name}", inputs, outputs, gain)
    made["net/spread/b"] += UNCHANGED
    return made


def unfitted() -> dict[str, NDArray[np.float32]]:
    """Return what is set after training: how the policy chooses, and factors on the intervals."""
    return {
        "policy/sharpness": np.full(1, 100.0, np.float32),
        "policy/reach": np.full(1, 0.8, np.float32),
        "policy/haste": np.full(1, 10.0, np.float32),
        "cal/width": np.ones(2, np.float32),
    }


def run(ops: Any, weights: Mapping[str, Any], batch: Batch) -> dict[str, Any]:
    """Score the actions of each history.

    By row: `odds` (rows, 1) unnormalised log probability of being best, `mean` (rows, 1), `low` and `high` (rows, 1)
    distances of q10 and q90 from it. By history: `sharpness` and `reach` (B,) of the policy (`feedback.decide`),
    `embedding` (B, 32).
    """
    at = batch.arrays

    def layer(name: str, x: Any, activation: str = "identity") -> Any:
        return ops.dense(x, weights[f"net/{name}/w"], weights[f"net/{name}/b"], activation)

    def features(name: str) -> Any:
        return ops.normalise(at[name], weights[f"norm/{name}/center"], weights[f"norm/{name}/scale"])

    x = ops.concat([features("actions"), ops.gather(features("histories"), at["owner"])])
    x = layer("hidden", layer("action", x, "relu"), "relu")
    pooled = ops.concat([ops.segment_mean(x, at["offsets"]), ops.segment_max(x, at["offsets"])])
    pooled = layer("pool", pooled, "relu")
    x = layer("joint", ops.concat([x, ops.gather(pooled, at["owner"])]), "relu")
    factor = ops.sigmoid(layer("spread", x)) * LARGEST_FACTOR
    width = weights["cal/width"]
    return {
        "odds": layer("best", x) + at["odds"],
        "mean": ops.sigmoid(layer("mean", x) + at["level"]),
        "low": ops.columns(factor, 0, 1) * (at["low"] * width[0]),
        "high": ops.columns(factor, 1, 2) * (at["high"] * width[1]),
        **policy(weights, batch.arrays["horizon"]),
        "embedding": pooled,
    }


def policy(weights: Mapping[str, Any], horizon: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return `sharpness` and `reach` (B,): the fewer choices are left to profit from a trial, the less optimism."""
    reach, haste = float(weights["policy/reach"][0]), float(weights["policy/haste"][0])
    left = np.where(horizon > 0, np.maximum(horizon - 1, 0) / np.maximum(horizon - 1 + haste, 1e-9), 1.0)
    sharpness = np.full(horizon.size, float(weights["policy/sharpness"][0]))
    return {"sharpness": sharpness, "reach": reach * left}
