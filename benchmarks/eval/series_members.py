"""Networks of reference-v1's form, each trained on another range of its world; made for an evaluation, not shipped."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen.models.reference.series.spec import LAYERS, SPEC
from acumen.models.reference.series.world import LENGTH, SHAPES, generate
from acumen.neural.calibrate import fit_temperature
from acumen.neural.fit import Schedule, dense_weights, fit
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.reference import fit_reference
from acumen.neural.spec import Batch
from acumen.neural.tape import Node, Tape
from acumen.proto.models.v1.tensor_pb2 import Tensor

WIDTH, BATCH, CALIBRATION = 64, 256, 4_000


def member(seed: int, quantiles: tuple[float, float], examples: int, steps: int) -> Model:
    """Return a network trained on `examples` series of a roughness between two quantiles, calibrated on others."""
    batch, shape = _within(seed, quantiles, examples)
    readings = batch.arrays["readings"]
    fixed = {
        "norm/readings/center": readings.mean(axis=0),
        "norm/readings/scale": readings.std(axis=0),
        "cal/inverse_temperature": np.ones(1, np.float32),
        **fit_reference(batch.summary),
    }
    rng = np.random.default_rng(seed)
    schedule = Schedule(steps=steps, learning_rate=3e-3, weight_decay=0.01)
    trained = fit(_initial(rng), _Loss(rng, readings, shape, fixed), schedule)
    return _calibrated({**fixed, **trained}, seed + 1, quantiles)


def tensors(series: NDArray[Any]) -> Sequence[Tensor]:
    """Return series as the model takes them."""
    return [Tensor(f32=row.astype("<f4").tobytes()) for row in series]


def _within(seed: int, quantiles: tuple[float, float], examples: int) -> tuple[Batch, NDArray[np.int64]]:
    low, high = quantiles
    series, shape = generate(50_000 + seed, int(examples / (high - low) * 1.1))
    roughness = SPEC.featurise(tensors(series)).summary[:, 0]
    least, most = np.quantile(roughness, quantiles)
    kept = np.flatnonzero((roughness >= least) & (roughness <= most))[:examples]
    return SPEC.featurise(tensors(series[kept])), shape[kept]


def _initial(rng: np.random.Generator) -> dict[str, NDArray[Any]]:
    widths = (LENGTH, WIDTH, WIDTH, len(SHAPES))
    weights: dict[str, NDArray[Any]] = {}
    for layer, inputs, outputs in zip(LAYERS, widths[:-1], widths[1:], strict=True):
        weights |= dense_weights(rng, f"net/{layer}", inputs, outputs)
    return weights


class _Loss:
    """Cross-entropy of random batches."""

    def __init__(
        self, rng: np.random.Generator, readings: NDArray[Any], shape: NDArray[Any], fixed: Mapping[str, Any]
    ) -> None:
        self.rng, self.readings, self.fixed = rng, readings, fixed
        self.target = np.eye(len(SHAPES), dtype=np.float32)[shape]

    def __call__(self, tape: Tape, weights: Mapping[str, Any], step: int) -> Node:
        del step
        pick = self.rng.integers(0, len(self.readings), BATCH)
        batch = Batch(size=BATCH, arrays={"readings": self.readings[pick]}, summary=np.empty((0, 0), np.float32))
        logits = SPEC.network(tape, {**self.fixed, **weights}, batch)["logits"]
        return -tape.sum(tape.log_softmax(logits) * self.target[pick]) * np.float32(1 / BATCH)


def _calibrated(weights: dict[str, Any], seed: int, quantiles: tuple[float, float]) -> Model:
    ops = Inference(acumen_accel.backend())
    batch, shape = _within(seed, quantiles, CALIBRATION)
    temperature = fit_temperature(Model(SPEC, weights, "", ops).score(batch)["logits"], shape)
    weights["cal/inverse_temperature"] = np.full(1, 1 / temperature, np.float32)
    return Model(SPEC, weights, "", ops)
