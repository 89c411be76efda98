"""How the network is fitted: simulated tables, batches of equally many options, log loss after every round."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.consensus import network
from acumen.models.coordination.consensus.batching import batch_of
from acumen.models.coordination.consensus.evidence import Evidence, evidence_of
from acumen.models.coordination.consensus.ranges import TRAINING, Ranges
from acumen.models.coordination.consensus.table import Integers
from acumen.models.coordination.consensus.world import Case, generate
from acumen.neural.fit import Schedule, fit
from acumen.neural.recipe import Say
from acumen.neural.spec import Batch
from acumen.neural.tape import Node, Tape

ROUND_WEIGHTS = (0.1, 0.1, 0.1, 0.3)
BATCH_CELLS = 40_000
TABLE_NOISE = 0.2
FEATURES = ("agents", "items", "votes", "tables")


@dataclass(frozen=True, slots=True)
class Example:
    """One simulated table, its features and its true options (items,)."""

    case: Case
    evidence: Evidence

    @property
    def truth(self) -> Integers:
        """The true option of every item."""
        return self.case.truth.option

    @property
    def options(self) -> int:
        """How many options the table has."""
        return self.case.table.options

    @property
    def cells(self) -> int:
        """Votes times options: what a table costs."""
        return self.case.table.agent.size * self.options


def examples(first_seed: int, n: int, ranges: Ranges = TRAINING) -> list[Example]:
    """Return the tables of `n` consecutive seeds."""
    cases = (generate(seed, ranges) for seed in range(first_seed, first_seed + n))
    return [Example(case, evidence_of(case.table)) for case in cases]


def normaliser(pool: Sequence[Example]) -> dict[str, NDArray[np.float32]]:
    """Return `norm/<array>/center` and `scale`: mean and deviation of each feature over a pool."""
    found: dict[str, NDArray[np.float32]] = {}
    for name in FEATURES:
        rows = [np.atleast_2d(getattr(e.evidence, "table" if name == "tables" else name)) for e in pool]
        x = np.concatenate(rows).astype(np.float64)
        found[f"norm/{name}/center"] = x.mean(axis=0).astype(np.float32)
        found[f"norm/{name}/scale"] = (x.std(axis=0) + 1e-3).astype(np.float32)
    return found


def train(seed: int, pool: Sequence[Example], schedule: Schedule, say: Say) -> dict[str, NDArray[np.float32]]:
    """Return fitted `net/` weights and the pool's normaliser."""
    constants = {**normaliser(pool), "cal/inverse_temperature": np.ones(1, np.float32)}
    batches = Batches(seed, pool, constants["norm/tables/scale"])

    def loss(tape: Tape, weights: Mapping[str, Any], _: int) -> Node:
        members = next(batches)
        scores = network.run(tape, {**weights, **constants}, batches.noisy(batch_of([e.evidence for e in members])))
        return log_loss(tape, scores, members)

    recent: list[float] = []

    def report(step: int, value: float) -> None:
        recent.append(value)
        if (step + 1) % 200 == 0:
            say(f"step {step + 1}/{schedule.steps}: mean loss of the last 200 steps {np.mean(recent[-200:]):.4f}")

    return {**fit(network.initial(seed), loss, schedule, report), **constants}


class Batches:
    """An endless shuffled sequence of batches of tables with equally many options, about `BATCH_CELLS` large."""

    def __init__(self, seed: int, pool: Sequence[Example], scale: NDArray[np.float32]) -> None:
        self.rng, self.pool, self.scale = np.random.default_rng((seed, 0xBA7C)), pool, scale
        self.waiting: list[list[Example]] = []

    def __next__(self) -> list[Example]:
        if not self.waiting:
            self.waiting = self._epoch()
        return self.waiting.pop()

    def noisy(self, batch: Batch) -> Batch:
        """Return the batch with noise on what is known of whole tables, of which there are few to learn from."""
        tables = batch.arrays["tables"]
        noise = self.rng.standard_normal(tables.shape).astype(np.float32) * self.scale * np.float32(TABLE_NOISE)
        return replace(batch, arrays={**batch.arrays, "tables": tables + noise})

    def _epoch(self) -> list[list[Example]]:
        filled: dict[int, list[Example]] = {}
        ready: list[list[Example]] = []
        for i in self.rng.permutation(len(self.pool)):
            example = self.pool[int(i)]
            members = filled.setdefault(example.options, [])
            members.append(example)
            if sum(e.cells for e in members) >= BATCH_CELLS:
                ready.append(filled.pop(example.options))
        ready += filled.values()
        return [ready[int(i)] for i in self.rng.permutation(len(ready))]


def log_loss(tape: Tape, scores: Mapping[str, Any], members: Sequence[Example]) -> Node:
    """Return the mean log loss of the true options, early rounds counted less, a table by the root of its items."""
    options = members[0].options
    truth = np.concatenate([e.truth for e in members])
    weight = np.concatenate([np.full(e.truth.size, e.truth.size**-0.5) for e in members])
    target = (truth[:, None] == np.arange(options)) * (weight / weight.sum())[:, None]
    target = target.astype(np.float32)
    total = -tape.sum(tape.log_softmax(scores[f"logits/{options}"]) * target)
    for r, share in enumerate(ROUND_WEIGHTS, start=1):
        total = total - tape.sum(tape.log_softmax(scores[f"logits{r}/{options}"]) * target) * np.float32(share)
    return total
