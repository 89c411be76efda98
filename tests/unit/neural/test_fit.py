"""Fitting goes down, by its schedule, and the same way twice."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from acumen.neural.fit import Adam, Schedule, dense_weights, fit
from acumen.neural.tape import Node, Tape


def _problem(seed: int) -> tuple[dict[str, Any], Any]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((64, 4)).astype(np.float32)
    y = x @ np.array([[1.0], [-2.0], [0.5], [0.0]], np.float32) + 3.0

    def loss(tape: Tape, weights: Mapping[str, Any], step: int) -> Node:
        error = tape.dense(x, weights["net/a/w"], weights["net/a/b"]) - y
        return tape.mean(error * error)

    return dense_weights(rng, "net/a", 4, 1), loss


def test_finds_a_linear_function() -> None:
    """Least squares is solved to a thousandth."""
    weights, loss = _problem(1)
    fitted = fit(weights, loss, Schedule(steps=1500, learning_rate=0.05, ema=0.9))
    np.testing.assert_allclose(fitted["net/a/w"].ravel(), [1, -2, 0.5, 0], atol=1e-3)
    np.testing.assert_allclose(fitted["net/a/b"], [3], atol=1e-3)


def test_same_seed_same_bytes() -> None:
    """Two runs give equal bytes."""
    runs = [fit(*_problem(2), Schedule(steps=50)) for _ in range(2)]
    assert_array_equal(runs[0]["net/a/w"], runs[1]["net/a/w"])


def test_zero_steps_change_nothing() -> None:
    """Without steps the weights come back as they were."""
    weights, loss = _problem(3)
    assert_array_equal(fit(weights, loss, Schedule(steps=0))["net/a/w"], weights["net/a/w"])


def test_rate_warms_up_and_falls_to_zero() -> None:
    """The rate climbs over the first twentieth and ends near zero."""
    schedule = Schedule(steps=100, learning_rate=1.0)
    rates = [schedule.rate(step) for step in range(100)]
    assert rates[0] == 0.2 and max(rates) == 1.0 and rates.index(1.0) == 4
    assert rates[-1] < 0.001
    assert all(a >= b for a, b in pairwise(rates[5:]))


def test_large_gradients_are_clipped_to_the_norm() -> None:
    """A gradient a thousand times larger moves Adam's first moment no further than the clipped one."""
    weights = {"w": np.zeros(2, np.float32)}
    adams = [Adam(weights, Schedule(steps=10, clip=1.0)) for _ in range(2)]
    adams[0].update({"w": np.array([3.0, 4.0], np.float32)})
    adams[1].update({"w": np.array([3000.0, 4000.0], np.float32)})
    np.testing.assert_allclose(adams[0].mean["w"], adams[1].mean["w"], rtol=1e-6)


def _steps(adam: Adam, seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(n):
        adam.update({name: rng.standard_normal(value.shape).astype(np.float32) for name, value in WEIGHTS.items()})


WEIGHTS = {"a/w": np.ones((5, 3), np.float32), "a/b": np.zeros(3, np.float32), "b/w": np.full((3, 7), 2, np.float32)}
SCHEDULE = Schedule(steps=40, learning_rate=0.1, weight_decay=0.1)


def test_one_kernel_steps_as_the_papers_arithmetic_does() -> None:
    """Ten steps equal Kingma and Ba's algorithm with decoupled decay and clipping, array by array in float64."""
    adam = Adam(WEIGHTS, SCHEDULE)
    _steps(adam, 4, 10)
    weights = {name: value.astype(np.float64) for name, value in WEIGHTS.items()}
    averaged, mean, square = ({name: value * factor for name, value in weights.items()} for factor in (1.0, 0.0, 0.0))
    rng = np.random.default_rng(4)
    for step in range(1, 11):
        gradients = {name: rng.standard_normal(value.shape).astype(np.float32) for name, value in WEIGHTS.items()}
        norm = np.sqrt(sum(np.square(g, dtype=np.float64).sum() for g in gradients.values()))
        keep = min(SCHEDULE.ema, (1 + step) / (10 + step))
        for name, gradient in gradients.items():
            g = gradient * min(1.0, SCHEDULE.clip / norm)
            mean[name] = 0.9 * mean[name] + 0.1 * g
            square[name] = 0.999 * square[name] + 0.001 * g * g
            slope = mean[name] / (1 - 0.9**step) / (np.sqrt(square[name] / (1 - 0.999**step)) + 1e-8)
            weights[name] = weights[name] - SCHEDULE.rate(step - 1) * (slope + 0.1 * weights[name])
            averaged[name] = keep * averaged[name] + (1 - keep) * weights[name]
    for name in WEIGHTS:
        np.testing.assert_allclose(adam.weights[name], weights[name], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(adam.averaged[name], averaged[name], rtol=1e-5, atol=1e-6)


def test_a_restored_optimiser_goes_on_to_the_same_bytes() -> None:
    """Seven steps, state, five more: an optimiser of other weights, restored, takes the same five."""
    first, second = Adam(WEIGHTS, SCHEDULE), Adam({n: -w for n, w in WEIGHTS.items()}, SCHEDULE)
    _steps(first, 1, 7)
    second.restore({name: value.copy() for name, value in first.state().items()})
    for adam in (first, second):
        _steps(adam, 2, 5)
    assert {n: v.tobytes() for n, v in first.state().items()} == {n: v.tobytes() for n, v in second.state().items()}
    assert first.step == 12


def test_a_state_is_a_copy() -> None:
    """Steps after `state` leave what it returned as it was."""
    adam = Adam(WEIGHTS, SCHEDULE)
    state = adam.state()
    _steps(adam, 1, 1)
    assert_array_equal(state["weights/a/w"], WEIGHTS["a/w"])
    assert not np.array_equal(adam.weights["a/w"], WEIGHTS["a/w"])


@pytest.mark.parametrize("change", ["missing", "extra", "shape", "step"])
def test_a_state_of_other_weights_is_refused(change: str) -> None:
    """A missing, unknown or misshapen array, or no step, raises ValueError and changes nothing."""
    adam = Adam(WEIGHTS, SCHEDULE)
    state = Adam({name: value + 1 for name, value in WEIGHTS.items()}, SCHEDULE).state()
    changes: dict[str, Any] = {
        "missing": lambda: state.pop("mean/a/b"),
        "extra": lambda: state.update({"mean/c": np.zeros(1)}),
        "shape": lambda: state.update({"mean/a/b": np.zeros(4, np.float32)}),
        "step": lambda: state.pop("step"),
    }
    changes[change]()
    with pytest.raises(ValueError, match="state: "):
        adam.restore(state)
    assert_array_equal(adam.weights["a/w"], WEIGHTS["a/w"])


def test_frozen_weights_never_change_and_do_not_count() -> None:
    """A frozen array keeps every bit under decay and steps; its gradient is not part of the norm that is clipped."""
    frozen = Adam(WEIGHTS, SCHEDULE, frozen=frozenset({"b/w"}))
    without = Adam({name: value for name, value in WEIGHTS.items() if name != "b/w"}, SCHEDULE)
    gradients = {name: np.full(value.shape, 9, np.float32) for name, value in WEIGHTS.items()}
    for adam in (frozen, without):
        for _ in range(20):
            adam.update({name: gradients[name] for name in adam.weights})
    assert frozen.weights["b/w"].tobytes() == frozen.averaged["b/w"].tobytes() == WEIGHTS["b/w"].tobytes()
    assert frozen.weights["a/w"].tobytes() == without.weights["a/w"].tobytes()
    assert list(frozen.weights) == list(WEIGHTS)


def test_gradients_too_large_for_float32_squares_are_clipped_all_the_same() -> None:
    """A gradient of 1e30 steps like one of 1."""
    adams = [Adam({"w": np.zeros(2, np.float32)}, Schedule(steps=10)) for _ in range(2)]
    for adam, size in zip(adams, (1e30, 1.0), strict=True):
        adam.update({"w": np.full(2, size, np.float32)})
    np.testing.assert_allclose(adams[0].mean["w"], adams[1].mean["w"], rtol=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_gradients_that_are_not_finite_spoil_nothing(value: float) -> None:
    """NaN or infinity in one gradient raises, and weights, moments, averages and step stay as they were."""
    adam = Adam(WEIGHTS, SCHEDULE)
    _steps(adam, 1, 3)
    before = adam.state()
    gradients = {name: np.ones_like(weight) for name, weight in WEIGHTS.items()}
    gradients["a/b"][1] = value
    with pytest.raises(FloatingPointError, match="not finite at step 3"):
        adam.update(gradients)
    assert {n: v.tobytes() for n, v in before.items()} == {n: v.tobytes() for n, v in adam.state().items()}
