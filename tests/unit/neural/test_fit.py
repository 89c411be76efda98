"""Fitting goes down, by its schedule, and the same way twice."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
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
