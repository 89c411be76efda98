"""Gradients are those of the function, by finite differences."""

import tracemalloc
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
IDS = np.array([3, 3, 0, 1, 2, 3])
FACTORS = np.array([1.0, -0.5, 2.0, 0.3, 1.1, 0.7])
CLASSES, SHARES = np.array([2, 0, 1, 1, 0, 2]), np.array([1.0, 0.0, 2.0, 0.5, 1.0, 3.0])
TRUTH = np.linspace(-2, 2, 18).reshape(6, 3)
HAPPENED = np.tile([0.0, 1.0, 0.3], (6, 1))
NAMES, FORMS = ("a", "b", "c"), ("gelu", "tanh", "identity")


def _chain(tape: Any, x: Any, *arrays: Any) -> Any:
    """Return three dense layers over x."""
    weights = {f"net/{name}/{kind}": arrays[2 * i + j] for i, name in enumerate(NAMES) for j, kind in enumerate("wb")}
    return tape.layers(x, weights, NAMES, FORMS)


CHAIN = [(6, 3), (3, 4), (4,), (4, 5), (5,), (5, 2), (2,)]

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
    "layers": (_chain, CHAIN),
    "layer_norm": (lambda t, x, g, b: t.layer_norm(x, g, b), [(6, 3), (3,), (3,)]),
    "window_concat": (lambda t, x: t.window_concat(x, OFFSETS, 3), [(6, 3)]),
    "embedding_bag": (lambda t, x: t.embedding_bag(x, IDS, OFFSETS), [(4, 3)]),
    "embedding_bag weighted": (
        lambda t, x: t.embedding_bag(x, IDS, OFFSETS, FACTORS.astype(_dtype(x))),
        [(4, 3)],
    ),
    "loss: cross_entropy": (lambda t, x: t.cross_entropy(x, CLASSES), [(6, 3)]),
    "loss: cross_entropy smoothed": (lambda t, x: t.cross_entropy(x, CLASSES, 0.2, SHARES), [(6, 3)]),
    "loss: log_loss": (lambda t, x: t.log_loss(x, HAPPENED, TRUTH**2), [(6, 3)]),
    "loss: pinball": (lambda t, x: t.pinball(x, TRUTH, 0.9, TRUTH**2), [(6, 3)]),
    "loss: huber": (lambda t, x: t.huber(x, TRUTH, 0.5), [(6, 3)]),
    "add, broadcast": (lambda _, x, y: x + y, [(6, 3), (3,)]),
    "subtract from": (lambda _, x: 1.5 - x, [(6, 3)]),
    "multiply, broadcast": (lambda _, x, y: x * y, [(6, 3), (6, 1)]),
    "divide": (lambda _, x, y: x / (y * y + 1.0), [(6, 3), (6, 3)]),
    "divide from": (lambda _, x: 2.0 / (x * x + 1.0), [(6, 3)]),
    "used twice": (lambda t, x: x * t.sigmoid(x) + x, [(6, 3)]),
}


def _dtype(x: Any) -> Any:
    return x.value.dtype if isinstance(x, Node) else x.dtype


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


SERVED = [
    name
    for name in OPERATIONS
    if name.split()[0] not in {"add,", "subtract", "multiply,", "divide", "used", "absolute", "loss:"}
]


@pytest.mark.parametrize("name", SERVED)
def test_training_and_serving_compute_the_same_function(name: str) -> None:
    """The tape's value and the serving operation's value agree to float32 accuracy."""
    operation, shapes = OPERATIONS[name]
    rng = np.random.default_rng(7)
    values = [rng.standard_normal(shape).astype(np.float32) for shape in shapes]
    served: Any = operation(Inference(acumen_accel.backend()), *values)
    np.testing.assert_allclose(served, _value(operation, values), rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", OPERATIONS)
def test_kernels_compute_the_gradients_of_float64(name: str) -> None:
    """Value and gradients of float32 inputs, which kernels compute, are those of the same numbers in float64."""
    operation, shapes = OPERATIONS[name]
    rng = np.random.default_rng(len(name))
    values = [rng.standard_normal(shape).astype(np.float32) for shape in shapes]
    found = []
    for dtype in (np.float32, np.float64):
        nodes = [Node(value.astype(dtype)) for value in values]
        tape = Tape()
        result = operation(tape, *nodes)
        weight = np.random.default_rng(1).standard_normal(result.value.shape).astype(dtype)
        tape.sum(result * weight).backward()
        found.append([result.value, *(node.grad for node in nodes)])
        assert result.value.dtype == dtype or name == "normalise"  # Its constants are float64 here.
    for fast, exact in zip(*found, strict=True):
        np.testing.assert_allclose(fast, exact, rtol=2e-4, atol=2e-5)


def test_an_int8_table_is_a_constant_with_the_same_bags() -> None:
    """The tape reads a quantised table as serving does, and passes no gradient to it."""
    rng = np.random.default_rng(5)
    table, scales = rng.integers(-127, 128, (4, 3)).astype(np.int8), np.abs(rng.standard_normal(4)).astype(np.float32)
    bags = Tape().embedding_bag(table, IDS, OFFSETS, None, scales)
    served = Inference(acumen_accel.backend()).embedding_bag(table, IDS, OFFSETS, None, scales)
    np.testing.assert_allclose(bags.value, served, rtol=1e-5, atol=1e-5)
    assert not bags.needed


def test_nothing_is_computed_toward_constants() -> None:
    """An array on the tape gets no gradient, and a value made of constants alone passes none on."""
    constant, variable = Node.constant(np.ones((2, 2))), Node(np.ones((2, 2)))
    tape = Tape()
    tape.sum(tape.tanh(constant) * variable + constant).backward()
    assert constant.grad is None and variable.grad is not None
    assert not tape.tanh(constant).needed


def test_gradients_add_up_over_calls_of_backward() -> None:
    """Two losses of one variable leave the sum of both gradients there."""
    x = Node(np.arange(3.0))
    tape = Tape()
    for _ in range(2):
        tape.sum(x * x).backward()
    assert x.grad is not None
    np.testing.assert_allclose(x.grad, 4 * np.arange(3.0))


def test_a_plain_number_does_not_change_the_precision() -> None:
    """A Python number beside float32 gives float32, as in NumPy."""
    x = Node(np.ones(3, np.float32))
    assert {(1.5 - x).value.dtype, (x * 2).value.dtype, (x / 3.0).value.dtype} == {np.dtype(np.float32)}


DEEP, WIDTH, ROWS = 12, 128, 512


def _deep(checkpoint_layers: int) -> tuple[list[bytes], int]:
    """Return the gradients of a deep chain as bytes, and the most memory held while they were computed, bytes."""
    rng = np.random.default_rng(3)
    names = [f"l{i}" for i in range(DEEP)]
    nodes = {
        f"net/{name}/{kind}": Node(rng.standard_normal(shape).astype(np.float32) / WIDTH**0.5)
        for name in names
        for kind, shape in (("w", (WIDTH, WIDTH)), ("b", (WIDTH,)))
    }
    x = Node(rng.standard_normal((ROWS, WIDTH)).astype(np.float32))
    tracemalloc.start()
    try:
        tape = Tape(checkpoint_layers)
        tape.sum(tape.layers(x, nodes, names, ["gelu"] * DEEP)).backward()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    gradients = [node.grad for node in (x, *nodes.values())]
    return [gradient.tobytes() for gradient in gradients if gradient is not None], peak


def test_checkpoints_change_no_bit_and_take_less_memory() -> None:
    """Gradients of 12 layers are equal to the bit with runs of 1, 3, 5 and 12 layers computed again.

    Kept are two arrays a layer, of which runs of three leave out all but the inputs of four runs and one run's inside:
    the peak falls to less than two thirds.
    """
    whole, peak = _deep(0)
    assert len(whole) == 1 + 2 * DEEP
    for run in (1, 3, 5, 12):
        assert _deep(run)[0] == whole
    assert _deep(3)[1] < peak * 2 / 3
