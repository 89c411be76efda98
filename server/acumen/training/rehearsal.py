"""What a model remembers of its training examples, so that what it learns next does not erase them.

Rehearsal from a reservoir is experience replay (Rolnick et al., 2019).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.neural import reservoir
from acumen.proto.v1.training_example_pb2 import TrainingExample
from acumen.training.split import Split

MOST = 2_000
WATCHED = 0.2
_BESIDE, _DIVIDED = 3, 4


def beside(past: Sequence[TrainingExample], fresh: int, seed: int) -> list[TrainingExample]:
    """Return examples of the past to learn from beside so many fresh ones: as many, if there are."""
    chosen = np.random.default_rng([seed, _BESIDE]).permutation(len(past))[:fresh]
    return [past[i] for i in chosen]


def divided(remembered: Sequence[TrainingExample], seed: int) -> Split:
    """Split what is remembered into what is rehearsed (`train`) and what shows how much is forgotten (`judge`)."""
    order = np.random.default_rng([seed, _DIVIDED]).permutation(len(remembered))
    watched = int(len(remembered) * WATCHED)
    judge, train = ([remembered[i] for i in part] for part in (order[:watched], order[watched:]))
    return Split(train=train, select=[], judge=judge)


def kept(weights: Mapping[str, NDArray[Any]], trained: Sequence[TrainingExample], seed: int) -> dict[str, NDArray[Any]]:
    """Return the arrays of a reservoir over what the model remembered and what it was trained on now."""
    return reservoir.keep([*reservoir.of(weights), *trained], MOST, seed)
