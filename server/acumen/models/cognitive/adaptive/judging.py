"""Judging answers to single histories: probabilities, means, intervals, and the test for changes."""

from typing import Any

import numpy as np

from acumen.models.cognitive.adaptive.deciding import decide
from acumen.models.cognitive.adaptive.features import batch_of
from acumen.models.cognitive.adaptive.moments import gather
from acumen.models.cognitive.adaptive.reading import Doubles
from acumen.models.cognitive.adaptive.world import Ranges
from acumen.neural import evaluate
from acumen.neural.model import Model
from acumen.proto.v1 import model_pb2
from acumen_accel import feedback
from acumen_accel.feedback import Histories

BANDITS, PER_BANDIT = 7 * 112, 8
Interval = tuple[float, float, float]


def histories(model: Model, name: str, seed: int, ranges: Ranges, limit: float) -> model_pb2.Suite:
    """Judge answers to single histories of many behaviours: probabilities, means, intervals."""
    found = gather(seed, range(BANDITS), PER_BANDIT, None, ranges)
    batch = batch_of([moment.history for moment in found])
    made = decide(model.score(batch), batch.arrays["offsets"], np.zeros(batch.size))
    right = np.array([m.mean[d.recommended] >= m.mean.max() for m, d in zip(found, made, strict=True)], np.float64)
    p = np.array([model.confidence(d.odds[d.recommended]) for d in made])
    owner, truth = batch.arrays["owner"], np.concatenate([moment.mean for moment in found])
    rows = np.concatenate([d.estimates for d in made])
    inside = _by_history((rows[:, 1] <= truth) & (truth <= rows[:, 2]), owner)
    bank = 1 / (1 + np.exp(-batch.arrays["level"][:, 0].astype(np.float64)))
    error = {"filter bank alone": ("heuristic", float(_by_history(np.abs(bank - truth), owner).mean()))}
    measures = [
        evaluate.measure("recommended action is the best", evaluate.interval(right)),
        *evaluate.calibration(p, right, limit, " on single histories"),
        evaluate.measure("share of an action's true mean between q10 and q90", evaluate.interval(inside)),
        evaluate.measure(
            "absolute error of means", evaluate.interval(_by_history(np.abs(rows[:, 0] - truth), owner)), error
        ),
    ]
    data = "single histories by seven behaviours, contexts and propensities given or not"
    return evaluate.suite(f"{name}: histories", len(found), data, measures)


def _by_history(values: Any, owner: Any) -> Doubles:
    """Return the mean over each history's actions."""
    return np.asarray(np.bincount(owner, values) / np.bincount(owner))


def changes(runs: int = 300) -> model_pb2.Suite:
    """Judge the test for changes alone: one action, 100 events, whose mean stays, or moves by .4 after 50."""
    rng = np.random.default_rng(19707)
    level = rng.uniform(0.1, 0.5, runs)
    luck = rng.random((runs, 100))
    stays, moves = luck < level[:, None], luck < level[:, None] + 0.4 * (np.arange(100) >= 50)
    false, found = _changed(stays), _changed(moves)
    delay = np.abs(found[found >= 0] - 50.0)
    measures = [
        evaluate.measure(
            "share of steady histories in which a change is found", evaluate.interval(false >= 0), target=0.02
        ),
        evaluate.measure("share of changes by .4 that are found 50 events later", evaluate.interval(found >= 0)),
        evaluate.measure("events between the change and where it is found", evaluate.interval(delay)),
    ]
    return evaluate.suite("changes", runs, "one action, 100 yes-or-no rewards", measures)


def _changed(rewards: Any) -> Any:
    """Return (n,) the event from which the mean is the present one, -1 where no change is found."""
    runs, steps = rewards.shape
    ends = np.arange(runs + 1)
    none, zero = np.zeros((runs, 8)), np.zeros(runs, np.int64)
    events = np.zeros(runs * steps, np.int64)
    told = Histories(
        events,
        rewards.ravel().astype(np.float64),
        np.zeros(runs * steps),
        np.zeros((runs * steps, 8)),
        events,
        none,
        zero,
        none,
        zero,
        ends * steps,
        ends,
    )
    return feedback.summarise(told, np.ones(runs))[1]
