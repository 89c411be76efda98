"""A model's baseline: from its weights, or made once of its generator."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

import acumen_accel
from acumen.errors import AcumenError
from acumen.models.reference.series import ENTRY
from acumen.models.reference.series.spec import ReferenceSeries
from acumen.neural.drift import baseline, baselines
from acumen.neural.drift.baselines import Baselines, Source, generated
from acumen.neural.executor import BoundedExecutor
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.recipe import load


class Counting(ReferenceSeries):
    """Counts the portions made, and fails the first of them when told to."""

    def __init__(self) -> None:
        self.portions, self.failures = 0, 0

    def examples(self, seed: int, n: int) -> list[Any]:
        self.portions += 1
        if self.failures:
            self.failures -= 1
            raise AcumenError("no inputs today")
        return super().examples(seed, n)


@pytest.fixture
async def executor() -> AsyncIterator[BoundedExecutor]:
    """One thread."""
    made = BoundedExecutor(1)
    yield made
    made.close()


def _model(spec: Any) -> Model:
    loaded = load(ENTRY, Inference(acumen_accel.backend()))
    return Model(spec, loaded.weights, loaded.sha256, loaded.ops)


async def test_it_is_made_once_and_the_same_every_time(executor: BoundedExecutor) -> None:
    """Two callers at once and one later share one making, equal to the one made in one go."""
    spec, kept = Counting(), Baselines(executor)
    model = _model(spec)
    (first, source), (second, _) = await asyncio.gather(kept.of(model), kept.of(model))
    assert source is Source.GENERATOR and first is second is (await kept.of(model))[0]
    assert spec.portions == baselines.PORTIONS and first.size == baselines.GENERATED
    assert np.array_equal(first.sample, generated(model).sample)


async def test_a_caller_that_gives_up_does_not_end_it(executor: BoundedExecutor) -> None:
    """Cancelled after the first portion, the making goes on, and the next caller has it."""
    spec, kept = Counting(), Baselines(executor)
    model = _model(spec)
    impatient = asyncio.create_task(kept.of(model))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    assert (await kept.of(model))[0].size == baselines.GENERATED and spec.portions == baselines.PORTIONS


async def test_what_failed_is_tried_again(executor: BoundedExecutor) -> None:
    """An error reaches the caller and is not kept."""
    spec, kept = Counting(), Baselines(executor)
    spec.failures = 1
    with pytest.raises(AcumenError, match="no inputs today"):
        await kept.of(_model(spec))
    assert (await kept.of(_model(spec)))[0].size == baselines.GENERATED


async def test_weights_that_carry_one_are_believed(executor: BoundedExecutor) -> None:
    """With `drift/*` arrays beside the weights no input is generated."""
    spec = Counting()
    plain = _model(spec)
    stored = baseline.arrays_of(baseline.fit(np.random.default_rng(1).random((200, 3)), np.linspace(0, 1, 200)))
    found, source = await Baselines(executor).of(Model(spec, {**plain.weights, **stored}, "", plain.ops))
    assert source is Source.WEIGHTS and found.size == 200 and spec.portions == 0
