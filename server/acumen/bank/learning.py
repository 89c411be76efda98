"""What a namespace learns from its own outcomes: which component of the score goes with success.

Online logistic regression of "shown and succeeded" on the components, drawn back to the shipped weights by how much
those are known to matter (elastic weight consolidation: Kirkpatrick et al. 2017, equation 3). A fold over
outcome events: the same events in the same order give the same weights, and without events the shipped ones stay.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np

from acumen.bank.scoring import COMPONENTS, Doubles, Weights, load

SHARPNESS = 8.0  # a score's unit in log-odds of success
RATE = 0.3  # of the first step; the n-th is divided by the root of 1 + n / SETTLING
SETTLING = 50
STRENGTH = 0.02  # how strongly the shipped weights hold, against one outcome
LARGEST_STEP = 0.05  # in any weight
FURTHEST = 0.5  # from any shipped weight


class Shown(Protocol):
    """A result's components, as they were when it was shown."""

    similarity: float
    lexical: float
    reliability: float
    recency: float


class Learner:
    """Weights of one namespace; `learn` is the only way to change them."""

    def __init__(self, shipped: Weights | None = None, state: Sequence[float] = ()) -> None:
        """Start from shipped weights, or go on from a `state()`; raises `ValueError` if it is nobody's."""
        self.shipped = (shipped or load()).components
        values = np.array(state if len(state) else [0.0, 0.0, *self.shipped], np.float64)
        if values.size != 2 + len(COMPONENTS) or not np.isfinite(values).all():
            raise ValueError(
                f"what was learned has {values.size} numbers, {2 + len(COMPONENTS)} finite ones are expected"
            )
        self._events, self._offset, self.weights = float(values[0]), float(values[1]), values[2:]

    @classmethod
    def of(cls, state: Sequence[float]) -> "Learner":
        """Return the learner whose `state()` this is; raises `ValueError` if it is nobody's."""
        return cls(state=state)

    def state(self) -> list[float]:
        """Return all that is needed to go on: events, offset, weights."""
        return [self._events, self._offset, *self.weights.tolist()]

    def learn(self, shown: Iterable[Shown], reward: float) -> None:
        """Take one outcome in: what was shown for a task, and how it ended, 0 failed to 1 succeeded."""
        rows = [[getattr(one, name) for name in COMPONENTS] for one in shown]
        if not rows:
            return
        x = np.array(rows, np.float64) - 0.5
        likely = 1 / (1 + np.exp(-(SHARPNESS * (x @ self.weights) + self._offset)))
        error = reward - likely
        rate = RATE / np.sqrt(1 + self._events / SETTLING)
        pull = STRENGTH * _importance(self.shipped) * (self.weights - self.shipped)
        step = np.clip(rate * (np.mean(error[:, None] * x, axis=0) - pull), -LARGEST_STEP, LARGEST_STEP)
        nearest, furthest = np.maximum(self.shipped - FURTHEST, 0.0), self.shipped + FURTHEST
        self.weights = np.clip(self.weights + step, nearest, furthest)
        self._offset = float(np.clip(self._offset + rate * SHARPNESS * error.mean(), -SHARPNESS, SHARPNESS))
        self._events += 1


def _importance(shipped: Doubles) -> Doubles:
    """Return what stands for the Fisher information of each shipped weight: its share, the largest being 1."""
    return shipped / shipped.max()
