"""How the network is fitted: moments of simulated bandits, other behaviours first, then its own."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.cognitive.adaptive import moments, network
from acumen.models.cognitive.adaptive.features import batch_of
from acumen.models.cognitive.adaptive.learner import LEARNER
from acumen.models.cognitive.adaptive.moments import Moment
from acumen.models.cognitive.adaptive.pool import Pool, Target, joined
from acumen.models.cognitive.adaptive.world import TRAINING, Ranges
from acumen.neural.fit import Schedule, fit
from acumen.neural.recipe import Say
from acumen.neural.spec import Batch
from acumen.neural.tape import Node, Tape

BATCH = 128
CHUNK = 512
FIXED = ("policy/", "cal/", "norm/")


def pool_of(found: Sequence[Moment]) -> Pool:
    """Return moments as a pool whose targets are exact: all of an example's actions are known, and how well."""
    return joined([_pool(found[at : at + CHUNK]) for at in range(0, len(found), CHUNK)])


def _pool(found: Sequence[Moment]) -> Pool:
    best, mean = (np.concatenate([getattr(m, name) for m in found])[:, None] for name in ("best", "mean"))
    weight = np.concatenate([np.full(m.mean.size, 1 / m.mean.size) for m in found])[:, None]
    rows = (best, mean, weight, np.ones_like(mean))
    return Pool(batch_of([m.history for m in found]), Target(*(np.asarray(part, np.float32) for part in rows)))


def normaliser(pool: Pool) -> dict[str, NDArray[np.float32]]:
    """Return `norm/<array>/center` and `scale`: mean and deviation of each feature."""
    found: dict[str, NDArray[np.float32]] = {}
    for name in ("actions", "histories"):
        x = pool.batch.arrays[name].astype(np.float64)
        found[f"norm/{name}/center"] = x.mean(axis=0).astype(np.float32)
        found[f"norm/{name}/scale"] = (x.std(axis=0) + 1e-3).astype(np.float32)
    return found


def train(
    start: Mapping[str, NDArray[Any]], pool: Pool, schedule: Schedule, seed: int, say: Say
) -> dict[str, NDArray[Any]]:
    """Return `start` with its `net/` weights fitted to a pool."""
    fixed = {name: value for name, value in start.items() if name.startswith(FIXED)}
    rng = np.random.default_rng((seed, 0xF17))

    def loss(tape: Tape, weights: Mapping[str, Any], _: int) -> Node:
        batch, target = pool.take(rng.integers(0, pool.size, BATCH))
        return batch_loss(tape, {**fixed, **weights}, batch, target) * np.float32(1 / BATCH)

    def report(step: int, value: float) -> None:
        if step % 1000 == 0:
            say(f"step {step} loss {value:.4f}")

    free = {name: value for name, value in start.items() if name.startswith("net/")}
    return {**fixed, **fit(free, loss, schedule, report)}


def batch_loss(tape: Tape, weights: Mapping[str, Any], batch: Batch, target: Target) -> Node:
    """Return the learner's loss of a batch."""
    return LEARNER.loss(tape, network.run(tape, weights, batch), batch, target)


def started(seed: int, pool: Pool) -> dict[str, NDArray[Any]]:
    """Return untrained weights with a pool's normaliser."""
    return {**network.initial(seed), **network.unfitted(), **normaliser(pool)}


def gathered(
    seed: int, first: int, worlds: int, per_world: int, make: moments.Make | None = None, ranges: Ranges = TRAINING
) -> Pool:
    """Return moments of bandits `first` to `first + worlds` of a seed."""
    return pool_of(moments.gather(seed, range(first, first + worlds), per_world, make, ranges))
