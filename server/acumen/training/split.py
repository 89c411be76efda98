"""Which examples are trained on, which choose the epoch and calibrate, and which judge; by seed alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acumen.errors import DataUnusable
from acumen.neural.learner import Labelled
from acumen.proto.v1.training_example_pb2 import TrainingExample

FEWEST = 10
_SPLIT, _ORDER = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Three parts of a data set.

    `train` is learned from. `select` chooses the epoch and fits the calibration. `judge` is looked at once, at the
    end: what decides on promotion must not have chosen anything.
    """

    train: list[TrainingExample]
    select: list[TrainingExample]
    judge: list[TrainingExample]


def split(examples: Sequence[TrainingExample], share: float, seed: int) -> Split:
    """Hold back `share` of the examples, at least two for each use; raises `DataUnusable` for fewer than ten."""
    n = len(examples)
    if n < FEWEST:
        raise DataUnusable(f"{n} examples, at least {FEWEST} are needed")
    order = np.random.default_rng([seed, _SPLIT]).permutation(n)
    held = max(4, round(n * share))
    parts = order[: held // 2], order[held // 2 : held], order[held:]
    select, judge, train = ([examples[i] for i in part] for part in parts)
    return Split(train=train, select=select, judge=judge)


def order_of(epoch: int, n: int, seed: int) -> NDArray[np.int64]:
    """Return the order in which an epoch, from 0, takes its examples."""
    return np.random.default_rng([seed, _ORDER, epoch]).permutation(n)


def labelled(examples: Sequence[TrainingExample], input_field: str, target_field: str) -> Labelled:
    """Return examples as inputs and targets."""
    return Labelled(
        messages=[getattr(one, input_field) for one in examples],
        targets=[getattr(one, target_field) for one in examples],
    )
