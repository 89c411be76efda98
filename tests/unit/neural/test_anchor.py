"""Weights are held near their base, hardest where the base needs them."""

from typing import Any

import numpy as np
import pytest

import acumen_accel
from acumen.models.reference.series import ENTRY
from acumen.models.reference.series.world import SHAPES, generate
from acumen.neural.anchor import PREFIX, fisher, penalty, penalty_gradients, stored
from acumen.neural.fit import Schedule, fit
from acumen.neural.inference import Inference
from acumen.neural.learner import Judged, Labelled
from acumen.neural.recipe import load
from acumen.neural.tape import Node, Tape
from acumen.proto.models.v1.tensor_pb2 import Tensor

SPEC = ENTRY.spec
STRENGTH = 0.7


class _Prepared:
    def __init__(self, examples: Labelled) -> None:
        self.examples, self.size = examples, len(examples.messages)

    def take(self, index: Any) -> tuple[Any, Any]:
        batch = SPEC.featurise([self.examples.messages[i] for i in index])
        return batch, np.eye(len(SHAPES), dtype=np.float32)[[self.examples.targets[i] for i in index]]


class _ShapeLearner:
    """Cross-entropy over the shapes."""

    target_field, measure = "tensor_truth", "share right"

    def check(self, message: Any, target: Any) -> None:
        raise NotImplementedError

    def initial(self, weights: Any, examples: Labelled, seed: int) -> dict[str, Any]:
        raise NotImplementedError

    def prepare(self, weights: Any, examples: Labelled) -> _Prepared:
        return _Prepared(examples)

    def loss(self, tape: Tape, scores: Any, batch: Any, targets: Any) -> Node:
        return -tape.sum(tape.log_softmax(scores["logits"]) * targets)

    def judge(self, answers: Any, examples: Labelled) -> Judged:
        raise NotImplementedError

    def finish(self, weights: Any, trained: Labelled, held: Labelled) -> dict[str, Any]:
        raise NotImplementedError


@pytest.fixture(scope="module")
def base() -> Any:
    """The shipped weights of reference-v1."""
    return load(ENTRY, Inference(acumen_accel.backend())).weights


@pytest.fixture(scope="module")
def examples() -> Labelled:
    """Forty labelled series."""
    series, shape = generate(321, 40)
    return Labelled(messages=[Tensor(f32=row.astype("<f4").tobytes()) for row in series], targets=shape.tolist())


@pytest.fixture(scope="module")
def information(base: Any, examples: Labelled) -> Any:
    """Their Fisher information."""
    return fisher(SPEC, _ShapeLearner(), base, examples)


def _moved(base: Any, seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {
        name: value + 0.1 * rng.standard_normal(value.shape).astype(np.float32) if name.startswith("net/") else value
        for name, value in base.items()
    }


def test_the_information_is_that_of_the_trainable_weights(base: Any, information: Any) -> None:
    """One float16 array a trainable weight, not negative, with mean 1, and found again among weights."""
    trainable = {name: value for name, value in base.items() if name.startswith("net/")}
    assert set(information) == {PREFIX + name for name in trainable}
    assert all(value.dtype == np.float16 and (value >= 0).all() for value in information.values())
    assert all(information[PREFIX + name].shape == value.shape for name, value in trainable.items())
    together = np.concatenate([value.ravel().astype(np.float64) for value in information.values()])
    assert abs(together.mean() - 1) < 1e-2 and together.max() > 10
    assert stored({**base, **information}).keys() == information.keys()


def test_the_information_is_the_mean_of_single_squares(base: Any, examples: Labelled, information: Any) -> None:
    """Up to its scale it is the mean over examples of squared gradients, not the square of their mean."""
    name = "net/output/b"
    squares = np.zeros(len(SHAPES))
    for message, target in zip(examples.messages, examples.targets, strict=True):
        node = Node(base[name])
        batch = SPEC.featurise([message])
        scores = SPEC.network(Tape(), {**base, name: node}, batch)
        _ShapeLearner().loss(Tape(), scores, batch, np.eye(len(SHAPES), dtype=np.float32)[[target]]).backward()
        assert node.grad is not None
        squares += np.square(node.grad, dtype=np.float64)
    found = information[PREFIX + name].astype(np.float64)
    assert np.allclose(found / found.sum(), squares / squares.sum(), rtol=2e-3)


def test_no_strength_changes_nothing(base: Any, information: Any) -> None:
    """At strength 0 the penalty and all its gradients are 0."""
    moved = _moved(base)
    assert penalty(moved, base, information, 0.0) == 0
    assert all(not gradient.any() for gradient in penalty_gradients(moved, base, information, 0.0).values())


@pytest.mark.parametrize("informed", [True, False])
def test_the_gradient_is_the_derivative(base: Any, information: Any, informed: bool) -> None:
    """Central differences of the penalty in five directions agree with the gradient to 1e-4."""
    moved, known = _moved(base), information if informed else {}
    gradients = penalty_gradients(moved, base, known, STRENGTH)
    assert set(gradients) == {name for name in base if name.startswith("net/")}
    for seed in range(5):
        rng, step = np.random.default_rng(seed), 1e-3
        direction = {name: rng.standard_normal(value.shape) for name, value in gradients.items()}
        there, back = (
            {name: moved[name].astype(np.float64) + sign * step * direction[name] for name in direction}
            for sign in (1, -1)
        )
        measured = (penalty(there, base, known, STRENGTH) - penalty(back, base, known, STRENGTH)) / (2 * step)
        said = sum(float((gradients[name] * direction[name]).sum()) for name in gradients)
        assert abs(measured - said) <= 1e-4 * max(abs(measured), 1.0)


def test_at_the_base_nothing_pulls(base: Any, information: Any) -> None:
    """Where no weight has moved the gradient is 0, whatever the strength."""
    assert all(not g.any() for g in penalty_gradients(base, base, information, 1e6).values())


def test_new_outputs_are_free(base: Any, information: Any) -> None:
    """Weights the base does not have, or has in another shape, are neither pulled nor counted."""
    moved = _moved(base)
    moved["net/output/w"] = np.ones((64, 3), np.float32)
    moved["net/extra/w"] = np.ones((2, 2), np.float32)
    assert {"net/output/w", "net/extra/w"} & set(penalty_gradients(moved, base, information, 1.0)) == set()


def test_what_matters_moves_less(base: Any, examples: Labelled, information: Any) -> None:
    """Training away from the base by the same loss: weights in the top tenth of information move less when it is used.

    Compared with the same strength of plain L2-SP, their share of the whole movement falls.
    """

    def trained(known: Any) -> dict[str, Any]:
        wrong = _Prepared(Labelled(messages=examples.messages, targets=[(k + 1) % 8 for k in examples.targets]))
        batch, targets = wrong.take(np.arange(wrong.size))

        def loss(tape: Tape, weights: Any, step: int) -> Node:
            del step
            pull = penalty_gradients({name: node.value for name, node in weights.items()}, base, known, 200.0)
            task = _ShapeLearner().loss(tape, SPEC.network(tape, {**base, **weights}, batch), batch, targets)
            # A linear term whose gradient is the pull's.
            anchored = [tape.sum(weights[name] * gradient) for name, gradient in pull.items()]
            return sum(anchored, task) * np.float32(1 / wrong.size)

        start = {name: value for name, value in base.items() if name.startswith("net/")}
        return fit(start, loss, Schedule(steps=60, learning_rate=2e-3, ema=0.5))

    information_all = np.concatenate([information[PREFIX + n].ravel() for n in base if n.startswith("net/")])
    top = information_all >= np.quantile(information_all, 0.9)

    def share(weights: dict[str, Any]) -> float:
        moves = np.concatenate([np.abs(weights[n] - base[n]).ravel() for n in base if n.startswith("net/")])
        return float(moves[top].sum() / moves.sum())

    assert share(trained(information)) < 0.8 * share(trained({}))
