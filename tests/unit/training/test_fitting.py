"""A step is the same however its examples are batched; an interruption changes nothing; what is frozen stays."""

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from acumen.models import CATALOGUE
from acumen.models.reference.series.world import SHAPES, generate
from acumen.neural.inference import Inference
from acumen.neural.learner import Labelled
from acumen.neural.recipe import Entry, load
from acumen.proto.models.v1.tensor_pb2 import Tensor, TensorTruth
from acumen.training.fitting import Fitting
from acumen.training.plan import Plan
from acumen.training.task import learner_of
from acumen_accel import backend

ENTRY: Entry = next(entry for entry in CATALOGUE if entry.name == "reference-v1")
WEIGHTS = load(ENTRY, Inference(backend())).weights


def _labelled(n: int, seed: int) -> Labelled:
    series, shape = generate(seed, n, shifted=True)
    messages = [Tensor(f32=row.astype("<f4").tobytes()) for row in series]
    return Labelled(messages=messages, targets=[TensorTruth(name=SHAPES[k]) for k in shape])


def _fitting(**options: Any) -> Fitting:
    learner = learner_of(ENTRY)
    plan = Plan(**{"epochs": 3, "anchor": 0.0, **options})
    parts = (learner.prepare(WEIGHTS, _labelled(n, seed)) for n, seed in ((128, 1), (64, 2)))
    return Fitting(ENTRY.spec, learner, plan, WEIGHTS, *parts, Inference(backend()))


def test_two_batches_of_sixteen_step_as_one_of_thirty_two() -> None:
    """Gradient accumulation gives the gradient of the larger batch."""
    index = np.arange(32)
    loss, once = _fitting(batch_size=32).gradients(index)
    again, summed = _fitting(batch_size=16, accumulation=2).gradients(index)
    assert loss == pytest.approx(again, rel=1e-6)
    for name, gradient in once.items():
        np.testing.assert_allclose(summed[name], gradient, rtol=2e-5, atol=1e-7)
        assert np.any(gradient)


def test_layers_computed_again_give_equal_gradients() -> None:
    """Gradient checkpointing changes memory, not one bit of a gradient."""
    index = np.arange(32)
    kept, again = (_fitting(checkpoint_layers=n).gradients(index)[1] for n in (0, 1))
    assert all(np.array_equal(kept[name], again[name]) for name in kept)


def test_going_on_from_a_state_is_as_if_nothing_had_happened() -> None:
    """Interrupted in the middle of the second epoch, the weights after the third are the same bytes."""
    calm, first = _fitting(), _fitting()
    for fitting in (calm, first):
        fitting.start()
    while not calm.done:
        list(calm.epoch())
        calm.end_epoch()
    list(first.epoch())
    first.end_epoch()
    for number, _ in enumerate(first.epoch()):
        if number == 1:
            break
    arrays, numbers = first.state()
    second = _fitting()
    second.restore({name: value.copy() for name, value in arrays.items()}, dict(numbers))
    while not second.done:
        list(second.epoch())
        second.end_epoch()
    assert second.at == calm.at
    assert all(np.array_equal(second.best[name], calm.best[name]) for name in calm.best)


def test_the_best_epoch_by_held_out_loss_is_taken_and_patience_ends_it() -> None:
    """A rate that destroys the network leaves the weights it started from, and is given up after two epochs."""
    fitting = _fitting(epochs=50, learning_rate=1.0, patience=2)
    fitting.start()
    while not fitting.done:
        list(fitting.epoch())
        fitting.end_epoch()
    assert (fitting.at.epoch, fitting.at.best_epoch) == (2, 0)
    assert all(np.array_equal(fitting.best[name], WEIGHTS[name]) for name in fitting.best)


def test_an_anchor_holds_the_weights_near_their_start() -> None:
    """With a strong pull the weights move less."""

    def moved(anchor: float) -> float:
        fitting = _fitting(anchor=anchor, learning_rate=3e-3)
        list(fitting.epoch())
        return sum(float(np.square(fitting.adam.weights[n] - WEIGHTS[n]).sum()) for n in fitting.base)

    assert moved(100.0) < 0.5 * moved(0.0)


def test_frozen_groups_have_no_gradient() -> None:
    """What is frozen is not among what is trained, and is handed back as it was."""
    fitting = _fitting(frozen=frozenset({"input", "hidden"}))
    list(fitting.epoch())
    assert {name.split("/")[1] for name in fitting.adam.weights} == {"output"}
    after = fitting.weights(fitting.adam.averaged)
    assert all(after[name] is WEIGHTS[name] for name in WEIGHTS if name.split("/")[1] in {"input", "hidden"})


def test_another_process_takes_the_same_steps() -> None:
    """Nothing depends on the order in which a process happens to hold names: three hash seeds, one result."""
    code = (
        "import hashlib, runpy\n"
        f"made = runpy.run_path({__file__!r})['_fitting'](epochs=2)\n"
        "list(made.epoch())\n"
        "weights = made.adam.weights\n"
        "print(hashlib.sha256(b''.join(weights[n].tobytes() for n in sorted(weights))).hexdigest())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1
