"""Bandits whose mean rewards switch, drift, or depend on what is known of the situation or of the actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from acumen.models.cognitive.adaptive.reading import Doubles, Indices

STEPS = 400
MOST_TRIALS = 10


class Kind(IntEnum):
    """How mean rewards come about."""

    SWITCHING = 0
    DRIFTING = 1
    CONTEXTUAL = 2
    FEATURED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranges:
    """From where bandits are drawn: pairs are the ends of uniform draws, `_log` ones of log-uniform draws.

    `kinds` how probable each kind is. A hazard is one of `hazards` in turn, or drawn from `hazard_log` in
    `wild` of the worlds; `uniform` of the worlds draw means from .1 to .9, the others from a Beta distribution. Rewards
    are yes or no in `binary` of the worlds, else shares of up to 10 trials.
    """

    kinds: tuple[float, float, float, float] = (0.5, 0.2, 0.15, 0.15)
    actions: tuple[int, int] = (2, 10)
    hazards: tuple[float, ...] = (0.0, 0.004, 0.015)
    wild: float = 0.3
    hazard_log: tuple[float, float] = (0.001, 0.03)
    drift_log: tuple[float, float] = (0.008, 0.05)
    slope: tuple[float, float] = (0.1, 0.4)
    dimensions: tuple[int, int] = (1, 4)
    uniform: float = 0.6
    binary: float = 0.75


TRAINING = Ranges()
DESIGN = Ranges(kinds=(1, 0, 0, 0), actions=(3, 8), wild=0.0, uniform=1.0, binary=1.0)
STATIONARY = Ranges(kinds=(1, 0, 0, 0), actions=(3, 8), wild=0.0, uniform=1.0, binary=1.0, hazards=(0.0,))
DRIFTING = Ranges(kinds=(0, 1, 0, 0), actions=(3, 8), uniform=1.0, binary=1.0)
CONTEXTUAL = Ranges(kinds=(0, 0, 1, 0), actions=(3, 8), uniform=1.0, binary=1.0, hazards=(0.0,), wild=0.0)
SHIFTED = Ranges(
    kinds=(0.5, 0.3, 0.1, 0.1),
    actions=(10, 20),
    wild=1.0,
    hazard_log=(0.03, 0.06),
    drift_log=(0.05, 0.08),
    slope=(0.4, 0.6),
    dimensions=(5, 8),
    uniform=0.3,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worlds:
    """R bandits of T steps side by side, all that will happen in them whatever the policy.

    `mean` (R, T, K) without context, K the most actions of any, `mask` (R, K) which exist; `context` (R, T, 8) with
    `slope` (R, K, 8); `features` (R, K, 8); `dimensions` (R,) of contexts or features. `trials` (R,) a reward is the
    mean of, `luck` (R, T, 10) uniform draws behind them, `pick` (R, T) behind random choices. What an oracle may know:
    `kind`, `hazard`, `drift` (R,), `alone` (R,) whether actions change one by one, `shape` (R, 2) of the Beta
    distribution that means are drawn from, 0 for the uniform one.
    """

    mean: Doubles
    mask: np.ndarray
    context: Doubles
    slope: Doubles
    features: Doubles
    dimensions: Indices
    trials: Indices
    luck: Doubles
    pick: Doubles
    kind: Indices
    hazard: Doubles
    drift: Doubles
    alone: Indices
    shape: Doubles

    @property
    def size(self) -> int:
        """How many bandits there are."""
        return int(self.mean.shape[0])

    @property
    def actions(self) -> Indices:
        """How many actions each has (R,)."""
        return np.asarray(self.mask.sum(axis=1))

    def truth(self, t: int, blind: bool = False) -> Doubles:
        """Return (R, K) the mean rewards at step t, in its context or, blind, averaged over contexts; -1 where none."""
        shift = 0.0 if blind else np.einsum("rkd,rd->rk", self.slope, self.context[:, t])
        return np.where(self.mask, np.clip(self.mean[:, t] + shift, 0.01, 0.99), -1.0)

    def reward(self, t: int, action: Indices) -> Doubles:
        """Return (R,) what the actions bring at step t."""
        mean = self.truth(t)[np.arange(self.size), action]
        counted = np.arange(MOST_TRIALS) < self.trials[:, None]
        won = (self.luck[:, t] < mean[:, None]) & counted
        return np.asarray(won.sum(axis=1) / self.trials)


def generate(seed: int, indices: Sequence[int], ranges: Ranges = TRAINING, steps: int = STEPS) -> Worlds:
    """Return the bandits number `indices` of a seed; one does not depend on which others are asked for."""
    made = [_one(np.random.default_rng([seed, index]), index, ranges, steps) for index in indices]
    most = max(one["mean"].shape[1] for one in made)
    return Worlds(**{name: np.stack([_padded(name, one[name], most) for one in made]) for name in made[0]})


def _padded(name: str, value: np.ndarray, most: int) -> np.ndarray:
    """Return an array with `most` actions on the axis that counts them."""
    axis = {"mean": 1, "mask": 0, "slope": 0, "features": 0}.get(name)
    if axis is None:
        return value
    missing = [(0, 0)] * value.ndim
    missing[axis] = (0, most - value.shape[axis])
    return np.pad(value, missing)


def _one(rng: np.random.Generator, index: int, ranges: Ranges, steps: int) -> dict[str, np.ndarray]:
    kind = Kind(int(rng.choice(4, p=np.array(ranges.kinds) / sum(ranges.kinds))))
    k = int(rng.integers(ranges.actions[0], ranges.actions[1] + 1))
    dimensions = int(rng.integers(ranges.dimensions[0], ranges.dimensions[1] + 1))
    shape = _shape(rng) if rng.random() >= ranges.uniform else np.zeros(2)
    switching = kind in (Kind.SWITCHING, Kind.FEATURED)
    hazard = _hazard(rng, index, ranges) if switching else 0.0
    drift = _log_uniform(rng, ranges.drift_log) if kind is Kind.DRIFTING else 0.0
    alone = int(rng.random() < 0.7)
    features = _directions(rng, k, dimensions) if kind is Kind.FEATURED else np.zeros((k, 8))
    mean = _means(rng, (steps, k, hazard, drift, alone), shape)
    if kind is Kind.FEATURED:
        mean = np.clip(mean + 0.5 * (features @ rng.normal(0, rng.uniform(*ranges.slope), 8)), 0.01, 0.99)
    contextual = kind is Kind.CONTEXTUAL
    slope = rng.normal(0, rng.uniform(*ranges.slope) / np.sqrt(dimensions), (k, 8))
    slope *= (np.arange(8) < dimensions) * contextual
    return {
        "mean": np.clip(mean, 0.25, 0.75) if contextual else mean,
        "mask": np.ones(k, np.bool_),
        "context": rng.normal(0, 1, (steps, 8)) * (np.arange(8) < dimensions) * contextual,
        "slope": slope,
        "features": features,
        "dimensions": np.array(dimensions),
        "trials": np.array(1 if rng.random() < ranges.binary else rng.integers(2, MOST_TRIALS + 1)),
        "luck": rng.random((steps, MOST_TRIALS)),
        "pick": rng.random(steps),
        "kind": np.array(int(kind)),
        "hazard": np.array(hazard),
        "drift": np.array(drift),
        "alone": np.array(alone),
        "shape": shape,
    }


def _means(rng: np.random.Generator, dynamics: tuple[int, int, float, float, int], shape: Doubles) -> Doubles:
    """Return (T, K): means that are drawn anew with a hazard, or drift as arcsines of roots between two walls."""
    steps, k, hazard, drift, alone = dynamics
    changes = rng.random((steps, k if alone else 1)) < hazard
    fresh = (
        rng.uniform(0.1, 0.9, (steps, k)) if not shape.any() else rng.beta(float(shape[0]), float(shape[1]), (steps, k))
    )
    changes[0] = True
    last = np.maximum.accumulate(np.where(changes, np.arange(steps)[:, None], 0), axis=0)
    mean = np.take_along_axis(fresh, np.broadcast_to(last, (steps, k)), axis=0)
    if drift:
        angle = np.arcsin(np.sqrt(mean)) + np.cumsum(rng.normal(0, drift, (steps, k)), axis=0)
        mean = np.sin(angle) ** 2  # The sine's square reflects at both walls by itself.
    return np.clip(mean, 0.001, 0.999)


def _shape(rng: np.random.Generator) -> Doubles:
    """Return a Beta distribution with a mean of .02 to .9 and a weight of 1.5 to 20."""
    middle, weight = rng.uniform(0.02, 0.9), _log_uniform(rng, (1.5, 20.0))
    return np.array([middle * weight, (1 - middle) * weight])


def _hazard(rng: np.random.Generator, index: int, ranges: Ranges) -> float:
    if rng.random() < ranges.wild:
        return _log_uniform(rng, ranges.hazard_log)
    return ranges.hazards[index % len(ranges.hazards)]


def _directions(rng: np.random.Generator, k: int, dimensions: int) -> Doubles:
    return np.asarray(rng.normal(0, 1, (k, 8)) * (np.arange(8) < dimensions))


def _log_uniform(rng: np.random.Generator, ends: tuple[float, float]) -> float:
    return float(np.exp(rng.uniform(np.log(ends[0]), np.log(ends[1]))))
