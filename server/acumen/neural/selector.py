"""Choosing one of several strategies for an instance from its features: the network and the loss, whatever the domain.

Layer groups, in order: `input`, `hidden_1`, `hidden_2`, `hidden_3`, `embedding`, `cost`, `regret`. The cost head
foretells the logarithm of what each strategy costs; the regret head corrects it so that the order near the best is
right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.neural.fit import dense_weights
from acumen.neural.tape import Node, Tape

GROUPS = ("input", "hidden_1", "hidden_2", "hidden_3", "embedding", "cost", "regret")
HIDDEN = ("hidden_1", "hidden_2", "hidden_3")
EMBEDDING = 64

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What strategies cost on instances: `cost` (n, s) above 0, `known` (n, s) where it was observed.

    `scale` is the cost that counts as one in regrets, for example the mean regret of the best fixed strategy.
    """

    cost: NDArray[np.float64]
    known: NDArray[np.bool_]
    scale: float = 1.0

    def take(self, index: NDArray[Any]) -> "Costs":
        """Return those of some instances."""
        return Costs(cost=self.cost[index], known=self.known[index], scale=self.scale)

    def regret(self) -> NDArray[np.float64]:
        """Return (n, s): cost above the best known one, in units of `scale`; 0 where unknown."""
        best = np.where(self.known, self.cost, np.inf).min(axis=1, keepdims=True)
        return np.where(self.known, self.cost - np.where(np.isfinite(best), best, 0.0), 0.0) / self.scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """How the parts of the loss are weighed, and how sharply the choice follows the refined log cost."""

    huber: float = 1.0
    refined: float = 0.3
    entropy: float = 1.0
    expected: float = 1.0
    sharpness: float = 4.0


def initial(rng: np.random.Generator, features: int, strategies: int, width: int = 128) -> dict[str, Floats]:
    """Return starting weights; the heads start small, the correction at nothing."""
    return {
        **dense_weights(rng, "net/input", features, width, 0.7),
        **{k: v for name in HIDDEN for k, v in dense_weights(rng, f"net/{name}", width, width, 0.5).items()},
        **dense_weights(rng, "net/embedding", width, EMBEDDING, 0.7),
        **dense_weights(rng, "net/cost", EMBEDDING, strategies, 0.1),
        **dense_weights(rng, "net/regret", EMBEDDING, strategies, 0.01),
    }


def network(ops: Any, weights: Mapping[str, Any], x: Any) -> dict[str, Any]:
    """Score normalised features `x` (n, f).

    Returns `log_cost` (n, s) by the cost head, `refined` (n, s) with the regret head's correction, smaller is better,
    and `embedding` (n, 64). `norm/cost/center` and `norm/cost/scale` (s,) place the heads' outputs.
    """

    def dense(value: Any, name: str, activation: str = "identity") -> Any:
        return ops.dense(value, weights[f"net/{name}/w"], weights[f"net/{name}/b"], activation)

    h = dense(x, "input", "relu")
    for name in HIDDEN:
        h = h + dense(h, name, "relu")
    embedding = dense(h, "embedding", "relu")
    foretold, correction = dense(embedding, "cost"), dense(embedding, "regret")
    scale, center = weights["norm/cost/scale"], weights["norm/cost/center"]
    return {
        "log_cost": foretold * scale + center,
        "refined": (foretold + correction) * scale + center,
        "embedding": embedding,
    }


def placement(costs: Costs) -> dict[str, Floats]:
    """Return `norm/cost/center` and `norm/cost/scale` (s,): mean and common deviation of the known log costs."""
    log = np.log(np.where(costs.known, costs.cost, 1.0))
    count, seen = costs.known.sum(axis=0), log[costs.known]
    overall = float(seen.mean()) if seen.size else 0.0
    center = np.where(count > 0, log.sum(axis=0) / np.maximum(count, 1), overall)
    scale = np.full(center.size, max(float(seen.std()) if seen.size else 1.0, 1e-3))
    return {"norm/cost/center": center.astype(np.float32), "norm/cost/scale": scale.astype(np.float32)}


def loss(tape: Tape, scores: Mapping[str, Any], costs: Costs, spread: float, parts: Losses) -> Node:
    """Return the sum over instances of each one's loss; what was not observed has no part in it.

    Huber on the log costs, in units of `spread`; the cross-entropy of the choice with the best known strategy, weighted
    by what a blind choice would lose; and the regret to expect of a choice drawn by softmax.
    """
    known = costs.known.astype(np.float32)
    share = known / np.maximum(known.sum(axis=1, keepdims=True), 1)
    log = np.log(np.where(costs.known, costs.cost, 1.0)).astype(np.float32)
    total = tape.sum(huber(tape, (scores["log_cost"] - log) * np.float32(1 / spread)) * share * np.float32(parts.huber))
    total = total + tape.sum(
        huber(tape, (scores["refined"] - log) * np.float32(1 / spread)) * share * np.float32(parts.refined)
    )
    regret = costs.regret().astype(np.float32)
    barred = np.where(costs.known, 0, -1e4).astype(np.float32)
    log_p = tape.log_softmax(scores["refined"] * np.float32(-parts.sharpness / spread) + barred)
    mean = (regret * share).sum(axis=1, keepdims=True)
    best = (costs.known & (regret <= 0)).astype(np.float32)
    best /= np.maximum(best.sum(axis=1, keepdims=True), 1)
    total = total - tape.sum(log_p * (best * mean * np.float32(parts.entropy)))
    return total + tape.sum(tape.exp(log_p) * (regret * np.float32(parts.expected)))


def huber(tape: Tape, error: Node) -> Node:
    """Return half the square of small errors and |e| - 1/2 of those beyond 1 (Huber, 1964)."""
    size = tape.absolute(error)
    small = (size.value < 1).astype(np.float32)
    return error * error * (np.float32(0.5) * small) + (size - np.float32(0.5)) * (1 - small)
