"""reference-v1: how its weights are made and judged."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.reference.series.spec import LAYERS, SPEC
from acumen.models.reference.series.world import LENGTH, SHAPES, generate, nearest_statistics
from acumen.neural import calibrate, evaluate
from acumen.neural.fit import Schedule, dense_weights, fit
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.recipe import Say
from acumen.neural.reference import fit_reference
from acumen.neural.spec import Batch, Want
from acumen.neural.tape import Node, Tape
from acumen.proto.models.v1.tensor_pb2 import Tensor
from acumen.proto.v1 import model_pb2

WIDTH = 64
BATCH = 256
TRAIN, CALIBRATION, TEST, SHIFTED = 400_000, 10_000, 10_000, 4_000
EXEMPLARS = 1_000
SCHEDULE = Schedule(steps=12_000, learning_rate=3e-3, weight_decay=0.01)


class SeriesRecipe:
    """Cross-entropy on generated series, temperature and isotonic calibration on others."""

    def train(self, seed: int, say: Say) -> Mapping[str, NDArray[Any]]:
        """Return the weights."""
        series, shape = generate(10 * seed, TRAIN)
        batch = SPEC.featurise([Tensor(f32=row.astype("<f4").tobytes()) for row in series])
        readings = batch.arrays["readings"]
        fixed = {
            "norm/readings/center": readings.mean(axis=0),
            "norm/readings/scale": readings.std(axis=0),
            "cal/inverse_temperature": np.ones(1, np.float32),
        }
        rng = np.random.default_rng(seed)
        trained = fit(_initial(rng), _loss(rng, readings, shape, fixed), SCHEDULE, _report(say))
        weights = {**fixed, **trained, **fit_reference(batch.summary)}
        return _calibrated(weights, 10 * seed + 1)

    def evaluate(self, model: Model, data: Path | None, say: Say) -> Sequence[model_pb2.Suite]:
        """Judge on fresh series, and on noisier ones with outliers; there is no labelled real set."""
        del data
        known = generate(901, 4_000)
        cases = [("synthetic", generate(902, TEST)), ("shifted", generate(903, SHIFTED, shifted=True))]
        suites = [_suite(name, model, known, series, shape) for name, (series, shape) in cases]
        say("\n".join(f"{s.name} {m.name}: {m.value:.4f}" for s in suites for m in s.measures))
        return suites


def _initial(rng: np.random.Generator) -> dict[str, NDArray[Any]]:
    widths = (LENGTH, WIDTH, WIDTH, len(SHAPES))
    weights: dict[str, NDArray[Any]] = {}
    for layer, inputs, outputs in zip(LAYERS, widths[:-1], widths[1:], strict=True):
        weights |= dense_weights(rng, f"net/{layer}", inputs, outputs)
    return weights


def _loss(rng: np.random.Generator, readings: NDArray[Any], shape: NDArray[Any], fixed: Mapping[str, Any]) -> Any:
    def loss(tape: Tape, weights: Mapping[str, Any], step: int) -> Node:
        del step
        pick = rng.integers(0, readings.shape[0], BATCH)
        batch = Batch(size=BATCH, arrays={"readings": readings[pick]}, summary=np.empty((0, 0), np.float32))
        logits = SPEC.network(tape, {**fixed, **weights}, batch)["logits"]
        return tape.cross_entropy(logits, shape[pick]) * (1 / BATCH)

    return loss


def _report(say: Say) -> Any:
    return lambda step, loss: say(f"step {step} loss {loss:.4f}") if step % 1000 == 0 else None


def _calibrated(weights: dict[str, Any], seed: int) -> dict[str, Any]:
    """Add temperature, isotonic map and exemplars from series that training did not see."""
    import acumen_accel

    series, shape = generate(seed, CALIBRATION)
    batch = SPEC.featurise([Tensor(f32=row.astype("<f4").tobytes()) for row in series])
    model = Model(SPEC, weights, "", Inference(acumen_accel.backend()))
    scores = model.score(batch)
    temperature = calibrate.fit_temperature(scores["logits"], shape)
    weights["cal/inverse_temperature"] = np.full(1, 1 / temperature, np.float32)
    p = _probabilities(scores["logits"] / temperature)
    isotonic = calibrate.fit_isotonic(p.max(axis=1), p.argmax(axis=1) == shape)
    weights["cal/x"], weights["cal/y"] = isotonic.x.astype(np.float32), isotonic.y.astype(np.float32)
    weights["exemplar/embedding"] = np.ascontiguousarray(scores["embedding"][:EXEMPLARS])
    weights["exemplar/label"] = shape[:EXEMPLARS].astype(np.int32)
    return weights


def _probabilities(logits: NDArray[Any]) -> NDArray[Any]:
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def _suite(name: str, model: Model, known: Any, series: NDArray[Any], shape: NDArray[Any]) -> model_pb2.Suite:
    answers = [
        scored.answer
        for scored in model.answer(
            [Tensor(f32=row.astype("<f4").tobytes()) for row in series], Want(certificates=False)
        )
    ]
    right = np.array([answer.choice == SHAPES[k] for answer, k in zip(answers, shape, strict=True)], np.float64)
    p = np.array([answer.p for answer in answers])
    heuristic = nearest_statistics(known, series) == shape
    naive = np.bincount(shape).max() / shape.size
    baselines = {"majority": ("naive", naive), "discriminant analysis": ("heuristic", float(heuristic.mean()))}
    measures = [
        evaluate.measure("accuracy (higher is better)", evaluate.interval(right), baselines, higher_is_better=True),
        evaluate.measure("accuracy over the heuristic, paired", evaluate.paired_gain(right, heuristic)),
        *evaluate.calibration(p, right, 0.03 if name == "synthetic" else 0.08),
    ]
    return evaluate.suite(name, shape.size, "generated, seeds 901 to 903", measures)


RECIPE = SeriesRecipe()
