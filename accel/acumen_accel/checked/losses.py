"""Losses with their gradients."""

import numpy as np
from numpy.typing import ArrayLike

from acumen_accel.checked.arguments import Floats, indices, matrix, same, vector
from acumen_accel.checked.raw import Bound


class Losses(Bound):
    """Each returns the losses and the gradient of their sum at the first argument; weights of 0 leave out.

    Elementwise ones take float32 (n,) arrays of one length. Raises ValueError otherwise.
    """

    def cross_entropy(
        self, logits: ArrayLike, target: ArrayLike, weight: ArrayLike, smoothing: float = 0.0
    ) -> tuple[Floats, Floats]:
        """Return (n,) and (n, c) for logits (n, c), target (n,) class numbers and weight (n,).

        A share `smoothing` of each target is spread evenly over the classes (Szegedy et al., 2016).
        """
        logits, target, weight = matrix(logits, "logits"), indices(target, "target"), vector(weight, "weight")
        same("target length", len(target), "the rows of logits", len(logits))
        same("weight length", len(weight), "the rows of logits", len(logits))
        self._within(target, "target", logits.shape[1])
        if not 0 <= smoothing < 1:
            raise ValueError(f"smoothing: {smoothing}, must be at least 0 and below 1")
        return self._raw.cross_entropy(logits, target, weight, np.float32(smoothing))

    def log_loss(self, odds: ArrayLike, happened: ArrayLike, weight: ArrayLike) -> tuple[Floats, Floats]:
        """Return the negative log-likelihood of `happened`, 0 to 1, under log odds."""
        return self._raw.log_loss(*_three(odds, happened, weight))

    def pinball(
        self, prediction: ArrayLike, truth: ArrayLike, weight: ArrayLike, level: float
    ) -> tuple[Floats, Floats]:
        """Return the loss whose minimum is the quantile of a level (Koenker and Bassett, 1978)."""
        if not 0 < level < 1:
            raise ValueError(f"level: {level}, must be above 0 and below 1")
        return self._raw.pinball(*_three(prediction, truth, weight), np.float32(level))

    def huber(self, prediction: ArrayLike, truth: ArrayLike, weight: ArrayLike, width: float) -> tuple[Floats, Floats]:
        """Return Huber's (1964) loss: half the squared error up to `width`, linear beyond."""
        if not width > 0:
            raise ValueError(f"width: {width}, must be above 0")
        return self._raw.huber(*_three(prediction, truth, weight), np.float32(width))


def _three(prediction: ArrayLike, truth: ArrayLike, weight: ArrayLike) -> tuple[Floats, Floats, Floats]:
    first, truth, weight = vector(prediction, "prediction"), vector(truth, "truth"), vector(weight, "weight")
    same("truth length", len(truth), "the length of prediction", len(first))
    same("weight length", len(weight), "the length of prediction", len(first))
    return first, truth, weight
