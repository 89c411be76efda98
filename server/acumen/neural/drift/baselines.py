"""The baselines of models: stored with their weights, or made of their own generators and kept."""

import asyncio
from collections import OrderedDict
from enum import IntEnum

from acumen.neural.drift import baseline
from acumen.neural.drift.baseline import PREFIX, Baseline
from acumen.neural.drift.observing import observe
from acumen.neural.executor import BoundedExecutor
from acumen.neural.model import Model

GENERATED = 1_000
SEED = 77
MOST_KEPT = 32


class Source(IntEnum):
    """Where a baseline comes from; values are those of `acumen.v1.BaselineSource`."""

    WEIGHTS = 1
    GENERATOR = 2
    INPUTS = 3
    GIVEN = 4


def generated(model: Model) -> Baseline:
    """Return the baseline of 1,000 inputs of the model's generator, the same ones every time."""
    return baseline.fit(*observe(model, model.spec.examples(SEED, GENERATED)))


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
            self._made[key] = asyncio.ensure_future(self._executor.run(generated, model))
            self._made[key].add_done_callback(lambda done: self._forget(key, done))
        self._made.move_to_end(key)
        while len(self._made) > MOST_KEPT:
            self._made.popitem(last=False)
        return await asyncio.shield(self._made[key]), Source.GENERATOR

    def _forget(self, key: tuple[str, str], done: "asyncio.Future[Baseline]") -> None:
        """Drop what failed, so that the next call tries again."""
        if done.cancelled() or done.exception() is not None:
            self._made.pop(key, None)
