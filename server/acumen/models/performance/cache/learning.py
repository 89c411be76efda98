"""Training: rows of features with every policy's true hit ratio, and the losses the network goes down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.performance.cache import features, plan, spec, world
from acumen.neural.fit import Schedule, dense_weights, fit
from acumen.neural.spec import Batch
from acumen.neural.tape import Node, Tape
from acumen_accel import cache_replay

COLUMNS = spec.COLUMNS
WIDTH = 128
ROWS = 384
MASKED = 128
SHARPNESS = 0.02
WEIGHTS = {"pinball": 20.0, "regret": 20.0, "valid": 0.3}
LEVELS = (0.1, 0.5, 0.9)

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Rows (one a trace and size): features, hit ratios (rows, 9), regrets (rows, 9), and each trace's summary row."""

    arrays: Mapping[str, Floats]
    truth: Floats
    regret: Floats
    summary: Floats
    first_row: NDArray[np.int64]

    def take(self, rows: NDArray[np.int64], masked: int) -> tuple[Batch, Floats, Floats]:
        """Return rows as a batch, the last `masked` of them as if only a summary were given; their truth and regret."""
        kept = np.arange(rows.size) < rows.size - masked
        present = kept[:, None].astype(np.float32)
        arrays = {name: self.arrays[name][rows] for name in ("base", "extra", "bound")}
        arrays["extra"] = arrays["extra"] * present
        arrays["anchor"] = np.where(kept[:, None], self.arrays["anchor"][rows], self.arrays["curve"][rows])
        structure: dict[str, NDArray[Any]] = {"present": present, "offsets": np.arange(rows.size + 1)}
        batch = Batch(size=rows.size, arrays={**structure, **arrays}, summary=np.empty((0, 0), np.float32))
        return batch, self.truth[rows], self.regret[rows]


def regrets(hits: NDArray[Any]) -> NDArray[np.float64]:
    """Return (..., 9) hits lost to the best policy over Belady's; `hits` (..., 10) with Belady's first."""
    policies = hits[..., 1:]
    return np.asarray((policies.max(axis=-1, keepdims=True) - policies) / np.maximum(hits[..., :1], 1))


def true_hits(trace: features.Trace, capacity: int) -> NDArray[np.int64]:
    """Return (10,) exact hits of Belady's MIN and the nine policies."""
    numbers = range(len(cache_replay.POLICIES))
    return np.array([trace.hits(capacity, policy) for policy in numbers], np.int64)


def examples(seed: int, indices: range, say: Callable[[str], None]) -> Examples:
    """Generate traces, measure them and replay every policy."""
    rows: dict[str, list[Any]] = {name: [] for name in ("base", "extra", "bound", "anchor", "curve", "hits", "n")}
    summaries, first = [], []
    for index in indices:
        rng = world.generator(seed, index)
        trace = features.Trace.of(world.trace(rng, False).astype(np.uint64))
        capacities = world.sizes(rng, trace.unique, False)
        facts, measured = spec.measure(capacities, trace)
        first.append(sum(map(len, rows["n"])))
        for name in ("base", "extra", "bound", "anchor"):
            rows[name].append(measured[name])
        rows["curve"].append(features.lru_curve(facts.summary, facts.capacities.astype(np.float64))[:, None])
        rows["hits"].append(np.array([true_hits(trace, c) for c in capacities]))
        rows["n"].append(np.full(len(capacities), trace.keys.size))
        summaries.append(spec.summary_row(facts))
        if index % 2000 == 1999:
            say(f"{index + 1} traces replayed")
    hits, n = np.concatenate(rows.pop("hits")), np.concatenate(rows.pop("n"))
    return Examples(
        arrays={name: np.concatenate(parts).astype(np.float32) for name, parts in rows.items()},
        truth=(hits[:, 1:] / n[:, None]).astype(np.float32),
        regret=regrets(hits).astype(np.float32),
        summary=np.array(summaries, np.float32),
        first_row=np.array(first),
    )


def normalisers(data: Examples) -> dict[str, Floats]:
    """Return the centre and scale (mean, standard deviation) of each feature column."""
    found = {}
    for name in ("base", "extra"):
        x = data.arrays[name].astype(np.float64)
        found[f"norm/{name}/center"] = x.mean(axis=0).astype(np.float32)
        found[f"norm/{name}/scale"] = (x.std(axis=0) + 1e-3).astype(np.float32)
    return found


def neutral() -> dict[str, Floats]:
    """Return the calibration before there is any: intervals and log odds as the network gives them."""
    return {
        "cqr/factor": np.ones((2, COLUMNS), np.float32),
        "event/odds": np.tile(np.array([1, 0], np.float32), (2, 1)),
    }


def initial(seed: int) -> dict[str, Floats]:
    """Return starting weights; heads start small, so that forecasts start at the LRU hit ratio."""
    rng = np.random.default_rng([seed, 1])
    half = WIDTH // 2
    return {
        **dense_weights(rng, "net/base", features.BASE_WIDTH, half),
        **dense_weights(rng, "net/extra", features.EXTRA_WIDTH + 1, half),
        **dense_weights(rng, "net/hidden1", WIDTH, WIDTH),
        **dense_weights(rng, "net/hidden2", WIDTH, WIDTH),
        **dense_weights(rng, "net/level", WIDTH, COLUMNS, 0.1),
        **dense_weights(rng, "net/spread", WIDTH, 2 * COLUMNS, 0.1),
        **dense_weights(rng, "net/valid", WIDTH, COLUMNS, 0.1),
    }


def train(
    data: Examples, fixed: Mapping[str, Floats], seed: int, steps: int, say: Callable[[str], None]
) -> dict[str, Floats]:
    """Return trained weights; `fixed` are the normalisers and interval factors."""
    rng = np.random.default_rng([seed, 2])
    rows = data.truth.shape[0]

    def loss(tape: Tape, nodes: Mapping[str, Any], _step: int) -> Node:
        batch, truth, regret = data.take(rng.integers(0, rows, ROWS + MASKED), MASKED)
        scores = spec.SPEC.network(tape, {**fixed, **nodes}, batch)
        even = np.full((batch.size, 1), 1 / batch.size, np.float32)
        each = np.full_like(truth, 1 / truth.size)
        return total_loss(tape, scores, Targets(truth=truth, weight=each, regret=regret, whole=even))

    def on_step(step: int, value: float) -> None:
        if step % 1000 == 999:
            say(f"step {step + 1}: loss {value:.4f}")

    return fit(initial(seed), loss, Schedule(steps=steps, learning_rate=2e-3, weight_decay=1e-4), on_step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What is known of rows, one a trace and size.

    `truth` (rows, 9) hit ratios, `weight` (rows, 9) what each counts in the loss, 0 where not known; `regret` (rows, 9)
    and `whole` (rows, 1) what a row counts of which every policy is known, else 0.
    """

    truth: Floats
    weight: Floats
    regret: Floats
    whole: Floats


def total_loss(tape: Tape, scores: Mapping[str, Any], known: Targets) -> Node:
    """Sum the quantiles' pinball losses, the regret of a soft choice by medians, and the log loss of the event."""
    total = tape.mean(np.zeros((1, 1), np.float32))
    for level, name in zip(LEVELS, ("low", "median", "high"), strict=True):
        total = total + tape.pinball(scores[name], known.truth, level, known.weight) * WEIGHTS["pinball"]
    choice = tape.softmax(scores["median"] * (1 / SHARPNESS))
    total = total + tape.sum(choice * (known.regret * known.whole)) * WEIGHTS["regret"]
    happened = (known.regret <= plan.REGRET).astype(np.float32)
    return total + tape.log_loss(scores["valid"], happened, known.whole / COLUMNS) * WEIGHTS["valid"]
