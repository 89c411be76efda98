"""Simpler ways to choose, for many bandits at once; each is tuned, where it can be, on training seeds.

A way chooses with `act(t)` -> actions (R,) and their propensities (R,), 0 where it does not say, and learns with
`learn(t, action, reward)`.
"""

from abc import ABC, abstractmethod
from typing import Protocol

import numpy as np

from acumen.models.cognitive.adaptive.reading import Doubles, Indices
from acumen.models.cognitive.adaptive.world import Worlds


class Way(Protocol):
    """A way to choose."""

    def act(self, t: int) -> tuple[Indices, Doubles]:
        """Return actions (R,) at step t and their propensities (R,)."""

    def learn(self, t: int, action: Indices, reward: Doubles) -> None:
        """See what came of it."""


class Uniform:
    """Every action alike."""

    def __init__(self, worlds: Worlds) -> None:
        self.worlds = worlds

    def act(self, t: int) -> tuple[Indices, Doubles]:
        """Choose at random."""
        actions = self.worlds.actions
        return (self.worlds.pick[:, t] * actions).astype(np.int64), 1 / actions

    def learn(self, t: int, action: Indices, reward: Doubles) -> None:
        """Learn nothing."""


class Counting(ABC):
    """What counts and sums of rewards, possibly discounted, are kept for."""

    def __init__(self, worlds: Worlds, seed: int, retain: float = 1.0) -> None:
        self.worlds, self.retain, self.rng = worlds, retain, np.random.default_rng(seed)
        self.count, self.sum = np.zeros(worlds.mask.shape), np.zeros(worlds.mask.shape)
        self.rows = np.arange(worlds.size)

    def act(self, t: int) -> tuple[Indices, Doubles]:
        """Choose the largest score, ties at random."""
        noise = 1e-9 * self.rng.random(self.count.shape)
        chosen = np.where(self.worlds.mask, self.score(t) + noise, -np.inf).argmax(axis=1)
        return chosen, np.zeros(self.worlds.size)

    @abstractmethod
    def score(self, t: int) -> Doubles:
        """Return what to choose by (R, K)."""

    def learn(self, t: int, action: Indices, reward: Doubles) -> None:  # noqa: ARG002
        """Count."""
        self.count *= self.retain
        self.sum *= self.retain
        self.count[self.rows, action] += 1
        self.sum[self.rows, action] += reward

    def mean(self, unknown: float) -> Doubles:
        """Return mean rewards (R, K)."""
        return np.where(self.count > 1e-9, self.sum / np.maximum(self.count, 1e-9), unknown)


class Greedy(Counting):
    """Epsilon-greedy."""

    epsilon = 0.1

    def score(self, t: int) -> Doubles:
        """Return means, or noise where it is time to explore."""
        del t
        explore = self.rng.random((self.worlds.size, 1)) < self.epsilon
        return np.where(explore, self.rng.random(self.count.shape), self.mean(1.0))


class UpperBound(Counting):
    """UCB1 (Auer et al., 2002), discounted where asked (Garivier and Moulines, 2011): mean + sqrt(width log t / n)."""

    width = 2.0

    def score(self, t: int) -> Doubles:
        """Return upper bounds."""
        del t
        total = np.log(np.maximum(self.count.sum(axis=1, keepdims=True), 1.0) + 1)
        return self.mean(1e3) + np.sqrt(self.width * total / np.maximum(self.count, 1e-3))


class Thompson(Counting):
    """Thompson sampling with uniform Beta priors, discounted where asked."""

    def score(self, t: int) -> Doubles:
        """Return a draw from the posteriors."""
        del t
        return self.rng.beta(1 + self.sum, 1 + np.maximum(self.count - self.sum, 0))


class Linear:
    """A ridge regression on the context for each action: LinUCB (Li et al., 2010) or, with `draw`, Thompson sampling.

    `prior` (R,) is the deviation of slopes before anything is seen, .3 where nobody says.
    """

    def __init__(self, worlds: Worlds, seed: int, width: float, draw: bool, prior: Doubles | None = None) -> None:
        self.worlds, self.width, self.draw, self.rng = worlds, width, draw, np.random.default_rng(seed)
        scale = np.full(worlds.size, 0.09) if prior is None else prior**2
        variance = np.concatenate([np.full((worlds.size, 1), 1 / 12), np.repeat(scale[:, None], 8, axis=1)], axis=1)
        self.inverse = np.einsum("rd,de->rde", variance, np.eye(9))[:, None].repeat(worlds.mask.shape[1], axis=1)
        self.slope = np.zeros((*worlds.mask.shape, 9))
        self.slope[:, :, 0] = 0.5
        self.rows = np.arange(worlds.size)

    def act(self, t: int) -> tuple[Indices, Doubles]:
        """Choose the largest upper bound or draw."""
        x = self._x(t)
        mean = np.einsum("rkd,rd->rk", self.slope, x)
        spread = np.sqrt(np.maximum(np.einsum("rd,rkde,re->rk", x, self.inverse, x, optimize=True), 0))
        noise = self.rng.standard_normal(mean.shape) if self.draw else 1.0
        score = np.where(self.worlds.mask, mean + self.width * spread * noise, -np.inf)
        return score.argmax(axis=1), np.zeros(self.worlds.size)

    def learn(self, t: int, action: Indices, reward: Doubles) -> None:
        """Take an observation in by recursive least squares."""
        x, inverse = self._x(t), self.inverse[self.rows, action]
        spread = np.einsum("rde,re->rd", inverse, x)
        gain = 1 / (0.2 / self.worlds.trials + np.einsum("rd,rd->r", spread, x))
        error = reward - np.einsum("rd,rd->r", self.slope[self.rows, action], x)
        self.slope[self.rows, action] += spread * (gain * error)[:, None]
        self.inverse[self.rows, action] -= np.einsum("r,rd,re->rde", gain, spread, spread)

    def _x(self, t: int) -> Doubles:
        return np.concatenate([np.ones((self.worlds.size, 1)), self.worlds.context[:, t]], axis=1)


class Logger:
    """What logs come from: a softmax of the true means, sharper or blunter, with known propensities."""

    def __init__(self, worlds: Worlds, sharpness: float) -> None:
        self.worlds, self.sharpness = worlds, sharpness

    def act(self, t: int) -> tuple[Indices, Doubles]:
        """Choose by the means in the present context, which a learner without contexts does not know."""
        e = np.exp(self.sharpness * self.worlds.truth(t)) * self.worlds.mask
        p = e / e.sum(axis=1, keepdims=True)
        return sampled(p, self.worlds.pick[:, t])

    def learn(self, t: int, action: Indices, reward: Doubles) -> None:
        """Learn nothing."""


def sampled(p: Doubles, pick: Doubles) -> tuple[Indices, Doubles]:
    """Return actions (R,) drawn from distributions (R, K) by uniform draws (R,), and their probabilities."""
    last = p.shape[1] - 1 - (p[:, ::-1] > 0).argmax(axis=1)
    action = np.minimum((np.cumsum(p, axis=1) < pick[:, None]).sum(axis=1), last)
    return action, p[np.arange(len(p)), action]
