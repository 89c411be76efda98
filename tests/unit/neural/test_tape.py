"""Gradients are those of the function, by finite differences."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import acumen_accel
from acumen.neural.inference import Inference
from acumen.neural.tape import Node, Tape

OFFSETS = np.array([0, 2, 2, 5, 6])
INDEX = np.array([2, 0, 0, 1, 3, 2])
CENTER, SCALE = np.full(3, 0.3), np.full(3, 1.7)

OPERATIONS: dict[str, tuple[Callable[..., Node], list[tuple[int, ...]]]] = {
    "dense": (lambda t, x, w, b: t.dense(x, w, b), [(6, 3), (3, 2), (2,)]),
    "dense relu": (lambda t, x, w, b: t.dense(x, w, b, "relu"), [(6, 3), (3, 2), (2,)]),
    "dense tanh": (lambda t, x, w, b: t.dense(x, w, b, "tanh"), [(6, 3), (3, 2), (2,)]),
    "dense sigmoid": (lambda t, x, w, b: t.dense(x, w, b, "sigmoid"), [(6, 3), (3, 2), (2,)]),
    "dense gelu": (lambda t, x, w, b: t.dense(x, w, b, "gelu"), [(6, 3), (3, 2), (2,)]),
    "softplus": (lambda t, x: t.softplus(x), [(6, 3)]),
    "exp": (lambda t, x: t.exp(x), [(6, 3)]),
    "log": (lambda t, x: t.log(x * x + np.float64(0.5)), [(6, 3)]),
    "softmax": (lambda t, x: t.softmax(x), [(6, 3)]),
    "log_softmax": (lambda t, x: t.log_softmax(x), [(6, 3)]),
    "normalise": (lambda t, x: t.normalise(x, CENTER, SCALE), [(6, 3)]),
    "concat": (lambda t, x, y: t.concat([x, y, x]), [(6, 3), (6, 2)]),
    "columns": (lambda t, x: t.columns(x, 1, 3), [(6, 3)]),
    "reshape": (lambda t, x: t.reshape(x, (3, 6)), [(6, 3)]),
    "gather": (lambda t, x: t.gather(x, INDEX), [(4, 3)]),
    "scatter_sum": (lambda t, x: t.scatter_sum(x, INDEX, 5), [(6, 3)]),
    "segment_sum": (lambda t, x: t.segment_sum(x, OFFSETS), [(6, 3)]),
    "segment_mean": (lambda t, x: t.segment_mean(x, OFFSETS), [(6, 3)]),
    "segment_max": (lambda t, x: t.segment_max(x, OFFSETS), [(6, 3)]),
    "segment_softmax": (lambda t, x: t.segment_softmax(x, OFFSETS), [(6, 3)]),
    "absolute": (lambda t, x: t.absolute(x), [(6, 3)]),
    "add, broadcast": (lambda _, x, y: x + y, [(6, 3), (3,)]),
    "subtract from": (lambda _, x: 1.5 - x, [(6, 3)]),
    "multiply, broadcast": (lambda _, x, y: x * y, [(6, 3), (6, 1)]),
    "divide": (lambda _, x, y: x / (y * y + 1.0), [(6, 3), (6, 3)]),
    "divide from": (lambda _, x: 2.0 / (x * x + 1.0), [(6, 3)]),
    "used twice": (lambda t, x: x * t.sigmoid(x) + x, [(6, 3)]),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_gradients_equal_finite_differences(name: str) -> None:
    """Central differences of a random projection of the output agree to 1e-6 for every input element."""
    operation, shapes = OPERATIONS[name]
    rng = np.random.default_rng(len(name))
    values = [rng.standard_normal(shape) for shape in shapes]
    weight = rng.standard_normal(_value(operation, values).shape)

    nodes = [Node(value) for value in values]
    tape = Tape()
    tape.sum(operation(tape, *nodes) * weight).backward()

    for node, value in zip(nodes, values, strict=True):
        assert node.grad is not None
        numeric = _differences(lambda: float((_value(operation, values) * weight).sum()), value)
        np.testing.assert_allclose(node.grad, numeric, rtol=1e-5, atol=1e-6)


def _value(operation: Callable[..., Node], values: list[Any]) -> Any:
    return operation(Tape(), *(Node(value) for value in values)).value


def _differences(function: Callable[[], float], value: Any, step: float = 1e-6) -> Any:
    numeric = np.zeros_like(value)
    for index in np.ndindex(value.shape):
        kept = value[index]
        value[index] = kept + step
        above = function()
        value[index] = kept - step
        numeric[index] = (above - function()) / (2 * step)
        value[index] = kept
    return numeric


@pytest.mark.parametrize(
    "name",
    [n for n in OPERATIONS if n.split()[0] not in {"add,", "subtract", "multiply,", "divide", "used", "absolute"}],
)
def test_training_and_serving_compute_the_same_function(name: str) -> None:
    """The tape's value and the serving operation's value agree to float32 accuracy."""
    operation, shapes = OPERATIONS[name]
    rng = np.random.default_rng(7)
    values = [rng.standard_normal(shape).astype(np.float32) for shape in shapes]
    served = operation(Inference(acumen_accel.backend()), *values)
    np.testing.assert_allclose(served, _value(operation, values), rtol=2e-5, atol=2e-6)
