"""The filter that knows the generator: exact on a grid of means, for bandits that switch or drift."""

import numpy as np

from acumen.models.cognitive.adaptive.baselines import sampled
from acumen.models.cognitive.adaptive.reading import Doubles, Indices
from acumen.models.cognitive.adaptive.world import Worlds
from acumen_accel.feedback import EDGES, GRID, MEANS, NODES

ANGLES = np.arcsin(np.sqrt(MEANS))


class Oracle:
    """Knows hazard, drift, trials and the distribution that means come from; not the means.

    It chooses by Thompson sampling, or by the probabilities of being best to a power. Actions are taken as independent:
    where all change at once it could know a little more.
    """

    def __init__(self, worlds: Worlds, power: float = 1.0) -> None:
        self.worlds, self.power, self.rows = worlds, power, np.arange(worlds.size)
        self.prior = np.stack([_prior(shape) for shape in worlds.shape])
        self.belief = np.repeat(self.prior[:, None], worlds.mask.shape[1], axis=1)
        self.belief[~worlds.mask] = np.eye(NODES)[0]
        self.walk = np.stack([_walk(drift) for drift in worlds.drift]) if worlds.drift.any() else None

    def best(self) -> Doubles:
        """Return (R, K): the probability of each action to have the largest mean now."""
        upto = np.cumsum(self.belief, axis=2)
        below = np.maximum(upto - 0.5 * self.belief, 1e-12)
        product = np.where(self.worlds.mask[:, :, None], below, 1.0).prod(axis=1, keepdims=True)
        p = np.where(self.worlds.mask, (self.belief * product / below).sum(axis=2), 0.0)
        return np.asarray(p / p.sum(axis=1, keepdims=True))

    def mean(self) -> Doubles:
        """Return (R, K) expected means."""
        return np.asarray(self.belief @ MEANS)

    def act(self, t: int) -> tuple[Indices, Doubles]:
        """Choose by the probability of being best."""
        p = self.best() ** self.power
        return sampled(p / p.sum(axis=1, keepdims=True), self.worlds.pick[:, t])

    def learn(self, t: int, action: Indices, reward: Doubles) -> None:  # noqa: ARG002
        """Take an observation in, then pass to the next step."""
        trials = self.worlds.trials[:, None]
        likelihood = np.exp(trials * (reward[:, None] * GRID[1] + (1 - reward[:, None]) * GRID[2]))
        seen = self.belief[self.rows, action] * likelihood
        self.belief[self.rows, action] = seen / seen.sum(axis=1, keepdims=True)
        hazard = self.worlds.hazard[:, None, None]
        self.belief = (1 - hazard) * self.belief + hazard * self.prior[:, None]
        if self.walk is not None:
            self.belief = self.belief @ self.walk


def _prior(shape: Doubles) -> Doubles:
    """Return (G,) the distribution that means are drawn from."""
    if not shape.any():
        inside = np.minimum(EDGES[1:], 0.9) - np.maximum(EDGES[:-1], 0.1)
        return np.asarray(np.maximum(inside, 0) / np.maximum(inside, 0).sum())
    density = np.exp((shape[0] - 1) * GRID[1] + (shape[1] - 1) * GRID[2]) * GRID[3]
    return np.asarray(density / density.sum())


def _walk(drift: float) -> Doubles:
    """Return (G, G) the transition of one step of the reflected walk of angles."""
    if not drift:
        return np.eye(NODES)
    # A step is narrower than a cell: the chance to leave it has the walk's variance.
    cell = ANGLES[1] - ANGLES[0]
    leave = min(drift**2 / cell**2, 1.0) / 2
    walk = np.eye(NODES) * (1 - 2 * leave) + leave * (np.eye(NODES, k=1) + np.eye(NODES, k=-1))
    walk[0, 0] += leave
    walk[-1, -1] += leave
    return walk
