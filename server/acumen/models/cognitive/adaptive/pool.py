"""Labelled histories as arrays, from which batches are taken."""

from dataclasses import dataclass, fields

import numpy as np

from acumen.neural import ragged
from acumen.neural.spec import Batch, Floats

BY_ROW = ("actions", "odds", "level", "low", "high")
BY_HISTORY = ("histories", "share", "horizon")


@dataclass(frozen=True, slots=True)
class Target:
    """What is known afterwards of the actions, each (rows, 1): how probably it is best, its mean, how much that counts.

    `known` is 1 where there is an outcome.
    """

    best: Floats
    mean: Floats
    weight: Floats
    known: Floats


class Pool:
    """Histories whose features are computed; see `learner.Prepared`."""

    def __init__(self, batch: Batch, target: Target) -> None:
        self.batch, self.target, self.size = batch, target, batch.size

    def take(self, index: np.ndarray) -> tuple[Batch, Target]:
        """Return the batch of the histories `index`, in that order, and their targets."""
        at = self.batch.arrays
        rows, offsets = ragged.taken(at["offsets"], index)
        arrays = {name: at[name][rows] for name in BY_ROW} | {name: at[name][index] for name in BY_HISTORY}
        arrays |= {"offsets": offsets, "owner": np.repeat(np.arange(index.size), np.diff(offsets))}
        target = Target(*(getattr(self.target, field.name)[rows] for field in fields(Target)))
        return Batch(size=index.size, arrays=arrays, summary=self.batch.summary[index]), target


def joined(parts: list[Pool]) -> Pool:
    """Return one pool of several."""
    each = [part.batch.arrays for part in parts]
    arrays = {name: np.concatenate([at[name] for at in each]) for name in (*BY_ROW, *BY_HISTORY)}
    counts = np.concatenate([np.diff(at["offsets"]) for at in each])
    arrays |= {"offsets": np.append(0, np.cumsum(counts)), "owner": np.repeat(np.arange(counts.size), counts)}
    summary = np.concatenate([part.batch.summary for part in parts])
    targets = [np.concatenate([getattr(part.target, field.name) for part in parts]) for field in fields(Target)]
    return Pool(Batch(size=counts.size, arrays=arrays, summary=summary), Target(*targets))
