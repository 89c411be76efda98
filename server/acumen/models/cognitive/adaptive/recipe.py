"""adaptive-v1: how its weights are made and judged."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen.models.cognitive.adaptive import evaluation, network, training
from acumen.models.cognitive.adaptive.baselines import Way
from acumen.models.cognitive.adaptive.deciding import decide_all
from acumen.models.cognitive.adaptive.pool import Pool, joined
from acumen.models.cognitive.adaptive.replay import Policy, Score, play
from acumen.models.cognitive.adaptive.world import DESIGN, TRAINING, Worlds, generate
from acumen.neural import calibrate
from acumen.neural.fit import Schedule
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.recipe import Say
from acumen.neural.reference import fit_reference
from acumen.proto.v1 import model_pb2

OTHERS, OWN, ROUNDS, PER_WORLD = 3_584, 64, 2, 6
CALIBRATION, CALIBRATION_OWN, TUNING = 3_584, 256, 36
EXEMPLARS = 800
CHOICES = ((0.5, 100.0), (0.8, 100.0), (1.0, 300.0))
FIRST = Schedule(steps=1_000, learning_rate=2e-3, weight_decay=0.1, ema=0.995)
AGAIN = Schedule(steps=400, learning_rate=1e-3, weight_decay=0.1, ema=0.99)
Arrays = dict[str, NDArray[Any]]


class AdaptiveRecipe:
    """Imitation of the filter that knows the generator: on others' histories, then twice on its own."""

    def train(self, seed: int, say: Say) -> Mapping[str, NDArray[Any]]:
        """Return the weights."""
        pool = training.gathered(1_000 * seed, 0, OTHERS, PER_WORLD)
        say(f"{pool.size:,} histories of other behaviours")
        weights = training.train(training.started(seed, pool), pool, FIRST, seed, say)
        for k in range(ROUNDS):
            own = _own(weights, 1_000 * seed + 1 + k)
            pool = joined([pool, own])
            say(f"{own.size:,} histories of its own in round {k + 1}")
            weights = training.train(weights, pool, AGAIN, seed + k, say)
        _tune(weights, 1_000 * seed + 10, say)
        weights |= fit_reference(pool.batch.summary)
        _calibrate(weights, 1_000 * seed + 20)
        return weights

    def evaluate(self, model: Model, data: Path | None, say: Say) -> Sequence[model_pb2.Suite]:
        """Judge on fresh bandits, stationary, drifting, contextual and shifted ones, and on a real log."""
        return evaluation.suites(model, data, say)


def _own(weights: Mapping[str, Any], seed: int, count: int = OWN) -> Pool:
    """Return histories by the weights' own policy: of bandits of every kind, and as many that switch."""
    parts = [
        training.gathered(seed, first, count, 3 * PER_WORLD, policy_of(weights), ranges)
        for first, ranges in ((0, TRAINING), (count, DESIGN))
    ]
    return joined(parts)


def policy_of(weights: Mapping[str, Any]) -> Any:
    """Return what makes the weights' own way to choose, as `moments.gather` takes it."""

    def make(worlds: Worlds, seed: int) -> Way:
        return Policy(worlds, scorer(weights), hurried=seed % 2 == 1)

    return make


def scorer(weights: Mapping[str, Any]) -> Score:
    """Return the network of some weights as a function of a batch."""
    ops = Inference(acumen_accel.backend())
    return lambda batch: network.run(ops, weights, batch)


def _tune(weights: Arrays, seed: int, say: Say) -> None:
    """Set how optimistic and how sharp the policy is to what costs least regret, on bandits for nothing else."""
    worlds, found = generate(seed, range(TUNING), DESIGN), []
    for choice in CHOICES:
        tried = {**weights, **_chosen(choice)}
        found.append(float(play(worlds, Policy(worlds, scorer(tried))).regret.sum(axis=1).mean()))
    weights |= _chosen(CHOICES[int(np.argmin(found))])
    say(f"reach and sharpness: regret {', '.join(f'{r:.4g} at {c}' for r, c in zip(found, CHOICES, strict=True))}")


def _chosen(choice: tuple[float, float]) -> Arrays:
    return {f"policy/{name}": np.full(1, v, np.float32) for name, v in zip(("reach", "sharpness"), choice, strict=True)}


def _calibrate(weights: Arrays, seed: int) -> None:
    """Set the widths of intervals and the map of the event, and add exemplars, from histories kept for it."""
    parts = [training.gathered(seed, 0, CALIBRATION, PER_WORLD)]
    pool = joined([*parts, _own(weights, seed + 1, CALIBRATION_OWN)])
    scores = scorer(weights)(pool.batch)
    weights["cal/width"] = widths(scores, pool)
    raw, right = claims(scorer(weights)(pool.batch), pool)
    isotonic = calibrate.fit_isotonic(raw, right)
    weights["cal/x"], weights["cal/y"] = isotonic.x.astype(np.float32), isotonic.y.astype(np.float32)
    pick = np.random.default_rng(seed).permutation(pool.size)[:EXEMPLARS]
    weights["exemplar/embedding"] = np.ascontiguousarray(scores["embedding"][pick], np.float32)
    weights["exemplar/label"] = (~right[pick]).astype(np.int32)


def widths(scores: Mapping[str, Any], pool: Pool) -> NDArray[np.float32]:
    """Return by which factors q10 and q90 must lie further off, so that a tenth of the truths lies beyond each."""
    above = (pool.target.mean - scores["mean"])[:, 0]
    low, high = -above / np.maximum(scores["low"][:, 0], 1e-6), above / np.maximum(scores["high"][:, 0], 1e-6)
    return np.array([np.quantile(low, 0.9), np.quantile(high, 0.9)], np.float32)


def claims(scores: Mapping[str, Any], pool: Pool) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the raw probability of each history's event, and whether it happened."""
    offsets, truth = pool.batch.arrays["offsets"], pool.target.mean[:, 0]
    odds, _, _, best = decide_all(scores, offsets, np.zeros(pool.size))
    rows = offsets[:-1] + best
    return odds[rows], truth[rows] >= np.maximum.reduceat(truth, offsets[:-1])


RECIPE = AdaptiveRecipe()
