"""Outcomes move a namespace's weights; nothing else does, and never far."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from acumen.bank.learning import FURTHEST, Learner
from acumen.bank.scoring import COMPONENTS


def _shown(values: Any) -> SimpleNamespace:
    return SimpleNamespace(**dict(zip(COMPONENTS, values, strict=True)))


def _taught(learner: Learner, telling: int, seed: int, events: int = 600, shuffled: bool = False) -> Learner:
    """Replay outcomes that only the component `telling` tells, or that nothing does."""
    rng = np.random.default_rng(seed)
    for _ in range(events):
        values = rng.random(len(COMPONENTS))
        likely = 0.5 if shuffled else 1 / (1 + np.exp(-8 * (values[telling] - 0.5)))
        learner.learn([_shown(values)], float(rng.random() < likely))
    return learner


def _hit_at_1(learner: Learner, telling: int) -> float:
    rng = np.random.default_rng(99)
    tasks = rng.random((2000, 5, len(COMPONENTS)))
    best = np.argmax(tasks @ learner.weights, axis=1)
    return float(np.mean(best == np.argmax(tasks[:, :, telling], axis=1)))


@pytest.mark.parametrize("telling", [0, 2, 3])
def test_outcomes_raise_hits_and_shuffled_ones_do_not(telling: int) -> None:
    """Whichever component tells success, learning finds it; with outcomes that nothing tells there is no such gain."""
    before = _hit_at_1(Learner(), telling)
    gains = [_hit_at_1(_taught(Learner(), telling, seed), telling) - before for seed in range(3)]
    shuffled = [_hit_at_1(_taught(Learner(), telling, seed, shuffled=True), telling) - before for seed in range(3)]
    assert min(gains) > 0.1 and max(shuffled) < min(gains) / 2


def test_without_outcomes_nothing_drifts() -> None:
    """A new learner has the shipped weights, and an outcome of nothing shown leaves them."""
    learner = Learner()
    learner.learn([], 1.0)
    assert learner.weights.tolist() == learner.shipped.tolist()


def test_the_same_outcomes_give_the_same_weights() -> None:
    """Learning is a fold: replayed, or stopped and gone on from its state, it ends in the same bytes."""
    whole = _taught(_taught(Learner(), 2, seed=1), 0, seed=2)
    resumed = _taught(Learner.of(_taught(Learner(), 2, seed=1).state()), 0, seed=2)
    assert whole.state() == resumed.state()


def test_no_domain_takes_the_weights_far() -> None:
    """After thousands of one-sided outcomes every weight is within the bound of the shipped one, and not negative."""
    learner = _taught(Learner(), 3, seed=5, events=4000)
    assert (np.abs(learner.weights - learner.shipped) <= FURTHEST + 1e-12).all() and (learner.weights >= 0).all()


def test_the_shipped_weights_pull_back() -> None:
    """When outcomes stop telling anything, the weights return towards the shipped ones."""
    learner = _taught(Learner(), 2, seed=3)
    far = float(np.abs(learner.weights - learner.shipped)[2])
    _taught(learner, 2, seed=4, events=6000, shuffled=True)
    assert float(np.abs(learner.weights - learner.shipped)[2]) < far / 2


def test_a_foreign_state_is_refused() -> None:
    """A state of another length, or one that is not finite, is not learned from."""
    with pytest.raises(ValueError, match="2 numbers"):
        Learner.of([1.0, 2.0])
    with pytest.raises(ValueError, match="finite"):
        Learner.of([0.0, 0.0, 1.0, float("nan"), 0.0, 0.0])
