"""Fitting selectors to a table: features of instances, and what each strategy cost on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen.neural import selector
from acumen.neural.fit import Schedule, fit
from acumen.neural.inference import Inference
from acumen.neural.selector import Costs, Losses
from acumen.neural.tape import Node, Tape

Array = NDArray[Any]

FARTHEST = 4.0
LEAST_COST = 1e-2
DEFAULT_LOSSES = Losses(huber=1.0, refined=0.0, entropy=0.5, expected=1.0, sharpness=2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to fit: `members` networks of a `width`, each from its own seed; inputs are jittered and dropped."""

    members: int = 1
    width: int = 64
    steps: int = 250
    batch: int = 64
    noise: float = 0.5
    drop: float = 0.5
    rate: float = 2e-3
    decay: float = 1.5
    losses: Losses = DEFAULT_LOSSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """Columns made comparable: signed logarithms, standardised, clipped; one more column says that some are missing."""

    center: Array
    scale: Array
    kept: Array

    @classmethod
    def of(cls, features: Array) -> "Scaling":
        """Measure training features (n, f), NaN where missing; columns that do not vary are left out."""
        values = _signed_log(features)
        some = np.isfinite(values).any(axis=0)
        center, scale = np.zeros(values.shape[1]), np.zeros(values.shape[1])
        center[some], scale[some] = np.nanmean(values[:, some], axis=0), np.nanstd(values[:, some], axis=0)
        return cls(center=center, scale=scale, kept=np.asarray(scale > 1e-9))

    def __call__(self, features: Array) -> NDArray[np.float32]:
        """Return (n, kept + 1); missing values count as average."""
        z = (_signed_log(features)[:, self.kept] - self.center[self.kept]) / self.scale[self.kept]
        missing = np.isnan(features).any(axis=1, keepdims=True)
        z = np.concatenate([np.where(np.isfinite(z), z, 0.0), missing], axis=1)
        return np.clip(z, -FARTHEST, FARTHEST).astype(np.float32)


def _signed_log(features: Array) -> Array:
    return np.asarray(np.sign(features) * np.log1p(np.abs(features)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """Selectors that vote by the mean of their refined log costs."""

    scaling: Scaling
    members: Sequence[Mapping[str, Array]]

    def choose(self, features: Array) -> NDArray[np.int64]:
        """Return the strategy of least cost for each instance, ties to the first."""
        ops, x = Inference(acumen_accel.backend()), self.scaling(features)
        scores = [selector.network(ops, weights, x)["refined"] for weights in self.members]
        return np.asarray(np.mean(scores, axis=0).argmin(axis=1))


def fitted(features: Array, cost: Array, seed: int, options: Options) -> Fitted:
    """Fit selectors to `features` (n, f), NaN where missing, and `cost` (n, s) above 0, NaN where not observed."""
    scaling = Scaling.of(features)
    known = np.isfinite(cost)
    least = np.where(known, np.maximum(cost, LEAST_COST), np.inf)
    best = least.min(axis=1)
    fixed = np.nanmean(np.where(known, least, np.nan), axis=0).min()
    scale = max(float(fixed - best[np.isfinite(best)].mean()), 1e-9)
    costs = Costs(cost=np.where(known, least, 1.0), known=known, scale=scale)
    x = scaling(features)
    return Fitted(scaling=scaling, members=[_member(x, costs, [seed, m], options) for m in range(options.members)])


def _member(x: NDArray[np.float32], costs: Costs, seed: list[int], options: Options) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    place = selector.placement(costs)
    spread, size = float(place["norm/cost/scale"][0]), min(options.batch, len(x))

    def loss(tape: Tape, nodes: Mapping[str, Any], _step: int) -> Node:
        pick = rng.integers(0, len(x), size)
        jittered = x[pick] + np.float32(options.noise) * rng.standard_normal((size, x.shape[1]), np.float32)
        shown = jittered * (rng.random(jittered.shape, np.float32) >= options.drop)
        scores = selector.network(tape, {**place, **nodes}, shown)
        return selector.loss(tape, scores, costs.take(pick), spread, options.losses) * np.float32(1 / size)

    schedule = Schedule(steps=options.steps, learning_rate=options.rate, weight_decay=options.decay, ema=0.99)
    start = selector.initial(rng, x.shape[1], costs.cost.shape[1], options.width)
    start["net/regret/b"] = _prior(costs, place)
    return place | fit(start, loss, schedule)


def _prior(costs: Costs, place: Mapping[str, Array]) -> NDArray[np.float32]:
    """Return the correction by which an instance of which nothing is known gets the strategy of least mean cost.

    The cost head starts at the mean of logs, which a strategy that seldom finishes may still lead.
    """
    count = np.maximum(costs.known.sum(axis=0), 1)
    mean = np.where(costs.known, costs.cost, 0.0).sum(axis=0) / count
    offset = np.log(np.maximum(mean, LEAST_COST)) - place["norm/cost/center"]
    return np.asarray(offset / place["norm/cost/scale"], np.float32)


def nearest(features: Array, cost: Array, asked: Array, neighbours: int) -> NDArray[np.int64]:
    """Choose by the mean cost on the nearest training instances: the classical selector (kNN) to compare with."""
    scaling = Scaling.of(features)
    known, x = scaling(features).astype(np.float64), scaling(asked).astype(np.float64)
    distance = np.square(x).sum(axis=1)[:, None] - 2 * x @ known.T + np.square(known).sum(axis=1)
    near = np.argsort(distance, axis=1, kind="stable")[:, :neighbours]
    return np.asarray(np.nanmean(cost[near], axis=1).argmin(axis=1))
