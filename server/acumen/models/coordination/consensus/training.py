"""How the network is fitted: simulated tables, some items of each, log loss."""

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

TABLES, ITEMS = 64, 24
TABLE_NOISE = 1.0
FEATURES = {"tables": "table", "items": "items", "cells": "cells", "pairs": "pairs"}


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


def examples(first_seed: int, n: int, ranges: Ranges = TRAINING) -> list[Example]:
    """Return the tables of `n` consecutive seeds."""
    cases = (generate(seed, ranges) for seed in range(first_seed, first_seed + n))
    return [Example(case, evidence_of(case.table)) for case in cases]


def normaliser(pool: Sequence[Example]) -> dict[str, NDArray[np.float32]]:
    """Return `norm/<array>/center` and `scale`: mean and deviation of each feature over a pool."""
    found: dict[str, NDArray[np.float32]] = {}
    for name, field in FEATURES.items():
        parts = [getattr(e.evidence, field) for e in pool]
        x = np.concatenate([part.reshape(-1, part.shape[-1])[: 40 * ITEMS] for part in parts]).astype(np.float64)
        found[f"norm/{name}/center"] = x.mean(axis=0).astype(np.float32)
        found[f"norm/{name}/scale"] = (x.std(axis=0) + 1e-3).astype(np.float32)
    return found


def train(seed: int, pool: Sequence[Example], schedule: Schedule, say: Say) -> dict[str, NDArray[np.float32]]:
    """Return fitted `net/` weights and the pool's normaliser."""
    constants = {**normaliser(pool), "cal/inverse_temperature": np.ones(1, np.float32)}
    rng = np.random.default_rng((seed, 0xBA7C))

    def loss(tape: Tape, weights: Mapping[str, Any], _: int) -> Node:
        members = [pool[int(i)] for i in rng.integers(0, len(pool), TABLES)]
        rows = [rng.permutation(e.truth.size)[:ITEMS] for e in members]
        batch = batch_of([e.evidence.part(r) for e, r in zip(members, rows, strict=True)])
        scores = network.run(tape, {**weights, **constants}, _noisy(rng, batch, constants["norm/tables/scale"]))
        weight = np.concatenate([np.full(r.size, r.size**-0.5) for r in rows])
        truth = np.concatenate([e.truth[r] for e, r in zip(members, rows, strict=True)])
        return log_loss(tape, scores, batch, truth, weight / weight.sum())

    recent: list[float] = []

    def report(step: int, value: float) -> None:
        recent.append(value)
        if (step + 1) % 500 == 0:
            say(f"step {step + 1}/{schedule.steps}: mean loss of the last 500 steps {np.mean(recent[-500:]):.4f}")

    return {**fit(network.initial(seed), loss, schedule, report), **constants}


def _noisy(rng: np.random.Generator, batch: Batch, scale: NDArray[np.float32]) -> Batch:
    """Return the batch with noise on what is known of whole tables, of which there are few to learn from."""
    tables = batch.arrays["tables"]
    noise = rng.standard_normal(tables.shape).astype(np.float32) * scale * np.float32(TABLE_NOISE)
    return replace(batch, arrays={**batch.arrays, "tables": tables + noise})


def log_loss(tape: Tape, scores: Mapping[str, Any], batch: Batch, truth: Integers, weight: NDArray[Any]) -> Node:
    """Return the log loss of the true options (items,), summed by the items' weights (items,)."""
    target = np.zeros((batch.arrays["log_q"].shape[0], 1), np.float32)
    target[batch.arrays["item_cells"][:-1] + truth, 0] = weight
    log_p = tape.log(tape.segment_softmax(scores["logits"], batch.arrays["item_cells"]))
    return -tape.sum(log_p * target)
