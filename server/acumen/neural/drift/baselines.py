"""The baselines of models: stored with their weights, or made of their own generators and kept."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.neural.drift import baseline
from acumen.neural.drift.baseline import PREFIX, Baseline
from acumen.neural.drift.observing import observe
from acumen.neural.executor import BoundedExecutor
from acumen.neural.model import Model

GENERATED, PORTIONS = 1_000, 10
SEED = 770
MOST_KEPT = 32


class Source(IntEnum):
    """Where a baseline comes from; values are those of `acumen.v1.BaselineSource`."""

    WEIGHTS = 1
    GENERATOR = 2
    INPUTS = 3
    GIVEN = 4


Observed = tuple[NDArray[np.float32], NDArray[np.float32]]


def generated(model: Model) -> Baseline:
    """Return the baseline of 1,000 inputs of the model's generator, the same ones every time."""
    return _fitted([_portion(model, number) for number in range(PORTIONS)])


def _portion(model: Model, number: int) -> Observed:
    return observe(model, model.spec.examples(SEED + number, GENERATED // PORTIONS))


def _fitted(portions: Sequence[Observed]) -> Baseline:
    parts: list[Any] = [np.concatenate(part) for part in zip(*portions, strict=True)]
    return baseline.fit(*parts)


class Baselines:
    """Makes the baseline of a model once; callers that wait share it, and one that gives up does not end it."""

    def __init__(self, executor: BoundedExecutor) -> None:
        self._executor = executor
        self._made: OrderedDict[tuple[str, str], asyncio.Future[Baseline]] = OrderedDict()

    async def of(self, model: Model) -> tuple[Baseline, Source]:
        """Return a model's baseline and where it comes from."""
        if f"{PREFIX}size" in model.weights:
            return baseline.of_arrays(model.weights), Source.WEIGHTS
        key = (model.name, model.sha256)
        if key not in self._made:
            self._made[key] = asyncio.ensure_future(self._make(model))
            self._made[key].add_done_callback(lambda done: self._forget(key, done))
        self._made.move_to_end(key)
        while len(self._made) > MOST_KEPT:
            self._made.popitem(last=False)
        return await asyncio.shield(self._made[key]), Source.GENERATOR

    async def _make(self, model: Model) -> Baseline:
        """Return what `generated` does, a portion at a time, so that other work gets its turn and a stop is heeded."""
        portions = [await self._executor.run(_portion, model, number) for number in range(PORTIONS)]
        return await self._executor.run(_fitted, portions)

    def _forget(self, key: tuple[str, str], done: "asyncio.Future[Baseline]") -> None:
        """Drop what failed, so that the next call tries again."""
        if done.cancelled() or done.exception() is not None:
            self._made.pop(key, None)
