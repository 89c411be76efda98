"""consensus-v1: how its weights are made and judged."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen.models.coordination.consensus import evaluation, training
from acumen.models.coordination.consensus.answering import sureness
from acumen.models.coordination.consensus.batching import batch_of
from acumen.models.coordination.consensus.deciding import outcome_of, softmax
from acumen.models.coordination.consensus.outcomes import grade
from acumen.models.coordination.consensus.reading import Reading
from acumen.models.coordination.consensus.spec import SPEC, item_logits
from acumen.models.coordination.consensus.training import Example
from acumen.neural import calibrate
from acumen.neural.fit import Schedule
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.recipe import Say
from acumen.neural.reference import fit_reference
from acumen.proto.v1 import model_pb2

TRAIN_FIRST, TRAIN = 10_000_000, 7_000
CALIBRATION_FIRST, CALIBRATION = 1_000_000, 1_500
SEEDS_APART = 100_000
ITEMS_A_TABLE = 40
EXEMPLARS = 800
SCHEDULE = Schedule(steps=5_500, learning_rate=4e-3, weight_decay=0.1, ema=0.998)


class ConsensusRecipe:
    """Log loss on simulated tables; temperature and isotonic calibration on others."""

    def train(self, seed: int, say: Say) -> Mapping[str, NDArray[Any]]:
        """Return the weights."""
        pool = training.examples(TRAIN_FIRST + SEEDS_APART * seed, TRAIN)
        say(f"{len(pool)} tables with {sum(e.truth.size for e in pool):,} items")
        weights: dict[str, NDArray[Any]] = dict(training.train(seed, pool, SCHEDULE, say))
        weights |= fit_reference(np.stack([e.evidence.table for e in pool]))
        _calibrate(weights, training.examples(CALIBRATION_FIRST + SEEDS_APART * seed, CALIBRATION))
        _exemplars(weights, pool[:EXEMPLARS])
        return weights

    def evaluate(self, model: Model, data: Path | None, say: Say) -> Sequence[model_pb2.Suite]:
        """Judge on fresh tables, on tables from wider ranges, and on real ones."""
        return evaluation.suites(model, data, say)


def _calibrate(weights: dict[str, NDArray[Any]], split: Sequence[Example]) -> None:
    """Add the temperature of posteriors and the isotonic map of the event."""
    logits = [_scores(weights, e)[0] for e in split]
    temperature = calibrate.fit_temperature(*_items(split, logits))
    weights["cal/inverse_temperature"] = np.full(1, 1 / temperature, np.float32)
    outcomes = [outcome_of(_reading(e), softmax(x / temperature)) for e, x in zip(split, logits, strict=True)]
    right = [(o.decided == e.truth).mean() for o, e in zip(outcomes, split, strict=True)]
    isotonic = calibrate.fit_isotonic([sureness(o) for o in outcomes], right)
    weights["cal/x"], weights["cal/y"] = isotonic.x.astype(np.float32), isotonic.y.astype(np.float32)


def _items(split: Sequence[Example], logits: Sequence[NDArray[Any]]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return logits (n, most options) and truths (n,) of up to `ITEMS_A_TABLE` items of every table."""
    most = max(e.options for e in split)
    rows = [np.pad(x[:ITEMS_A_TABLE], ((0, 0), (0, most - x.shape[1])), constant_values=-1e9) for x in logits]
    return np.concatenate(rows), np.concatenate([e.truth[:ITEMS_A_TABLE] for e in split])


def _exemplars(weights: dict[str, NDArray[Any]], known: Sequence[Example]) -> None:
    """Add embeddings of training tables with how well their items were decided."""
    scored = [_scores(weights, e) for e in known]
    right = np.array([(x.argmax(axis=1) == e.truth).mean() for (x, _), e in zip(scored, known, strict=True)])
    weights["exemplar/embedding"] = np.ascontiguousarray(np.stack([row for _, row in scored]), np.float32)
    weights["exemplar/label"] = grade(right)


def _scores(weights: Mapping[str, Any], example: Example) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return an example's item logits and its embedding; rounding apart, NumPy computes what any kernels do."""
    ops = Inference(acumen_accel.backend("numpy"))
    scores = SPEC.network(ops, weights, batch_of([example.evidence]))
    return item_logits(scores, [example.case.table])[0], scores["embedding"][0]


def _reading(example: Example) -> Reading:
    """Return a reading without names."""
    return Reading(table=example.case.table, options=(), items=(), agents=(), quorum=1, loss=None)


RECIPE = ConsensusRecipe()
