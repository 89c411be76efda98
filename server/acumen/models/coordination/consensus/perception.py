"""Agents that look at the item itself: hard items then mislead many agents alike.

Options are points in a space of perception, an item lies near its true option's point, and an agent votes for the
option that looks nearest to it, with a bias of sight, a leaning to options and a precision of its own (Welinder et
al., 2010, section 2; in one dimension an ordinal scale).
"""

from dataclasses import dataclass, replace

import numpy as np

from acumen.models.coordination.consensus.ranges import span
from acumen.models.coordination.consensus.table import Doubles, Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Perception:
    """`point` (options, d); `latent` (items, d) lies around its option's point with deviation `spread` each way.

    By agent: `shift` (agents, d) of what is seen, `precision` (agents,) and `leaning` (agents, options).
    """

    point: Doubles
    latent: Doubles
    spread: float
    shift: Doubles
    precision: Doubles
    leaning: Doubles

    def vote_probabilities(self, agent: Integers, item: Integers) -> Doubles:
        """Return (v, options): a logistic choice by squared distance."""
        seen = self.latent[item] + self.shift[agent]
        distance = np.square(seen[:, None, :] - self.point).sum(axis=2)
        utility = self.leaning[agent] - 0.5 * self.precision[agent][:, None] * distance
        e = np.exp(utility - utility.max(axis=1, keepdims=True))
        return np.asarray(e / e.sum(axis=1, keepdims=True))

    def rearranged(self, agents: Integers, items: Integers) -> "Perception":
        """Return the same with agents and items in another order."""
        return replace(
            self,
            latent=self.latent[items],
            shift=self.shift[agents],
            precision=self.precision[agents],
            leaning=self.leaning[agents],
        )

    def supposing(self, option: int, deviation: Doubles) -> "Perception":
        """Return the same agents with every item at `deviation` (d,) spreads from one option's point."""
        latent = np.broadcast_to(self.point[option] + self.spread * deviation, self.latent.shape)
        return replace(self, latent=latent)


def draw_perception(rng: np.random.Generator, option: Integers, agents: int, options: int) -> Perception:
    """Draw a space, its items and its agents; neighbouring options are about 1 apart."""
    dimensions = int(rng.choice([1, 1, 2, 3]))
    point = np.arange(options)[:, None] * np.ones(1) if dimensions == 1 else rng.normal(0, 1, (options, dimensions))
    point = point / _nearest(point)
    spread = rng.uniform(0.0, 0.55)
    precision = np.log(span(rng, (1.5, 14.0))) + rng.normal(0, rng.uniform(0.1, 1.0), agents)
    return Perception(
        point=point,
        latent=point[option] + spread * rng.standard_normal((option.size, dimensions)),
        spread=spread,
        shift=rng.normal(0, rng.uniform(0, 0.4), (agents, dimensions)),
        precision=np.exp(np.minimum(precision, 4.0)),
        leaning=rng.normal(0, rng.uniform(0, 1.0), (agents, options)),
    )


def _nearest(point: Doubles) -> float:
    """Return the mean distance of a point to its nearest neighbour."""
    if point.shape[0] < 2:
        return 1.0
    distance = np.sqrt(np.square(point[:, None] - point).sum(axis=2))
    distance[np.diag_indices(point.shape[0])] = np.inf
    return float(distance.min(axis=1).mean())
