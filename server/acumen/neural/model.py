"""A model in memory: a specification and its weights, answering inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen.neural.calibrate import IDENTITY, Isotonic
from acumen.neural.inference import Inference
from acumen.neural.reference import UNUSUAL, unusualness
from acumen.neural.spec import Answer, Batch, ModelSpec, Want
from acumen.proto.v1.neural_pb2 import PredictResponse


@dataclass(frozen=True, slots=True)
class Scored:
    """An input's answer with what explanations need."""

    answer: Answer
    unusual: float


class Model:
    """Answers inputs with fixed weights; nothing in it changes, so threads may share it."""

    def __init__(self, spec: ModelSpec, weights: Mapping[str, NDArray[Any]], sha256: str, ops: Inference) -> None:
        self.spec = spec
        self.weights = {name: _placed(value) for name, value in weights.items()}
        self.sha256 = sha256
        self.ops = ops
        self.confidence = confidence_of(weights)
        self.template = _template(self)

    @property
    def name(self) -> str:
        """The model's name."""
        return self.spec.identity.name

    def with_ops(self, ops: Inference) -> "Model":
        """Return the same model computed by other kernels."""
        return Model(self.spec, self.weights, self.sha256, ops)

    def score(self, batch: Batch) -> dict[str, Any]:
        """Run the network."""
        return self.spec.network(self.ops, self.weights, batch)

    def answer(self, messages: Sequence[Any], want: Want) -> list[Scored]:
        """Answer checked inputs, in order; an answer does not depend on its neighbours."""
        batch = self.spec.featurise(messages)
        answers = self.decode(messages, batch, self.score(batch), want)
        unusual = unusualness(self.weights, batch.summary)
        return [_scored(answer, float(u)) for answer, u in zip(answers, unusual, strict=True)]

    def decode(self, messages: Sequence[Any], batch: Batch, scores: Mapping[str, Any], want: Want) -> list[Answer]:
        """Turn scores into answers."""
        return self.spec.decode(messages, batch, scores, self.confidence, want)


def _placed(value: NDArray[Any]) -> NDArray[Any]:
    """Return float32 on a cache line's border: vectors that straddle two lines are slower to read."""
    return acumen_accel.aligned(value) if value.dtype == np.float32 else value


def _template(model: Model) -> PredictResponse:
    """Return what every answer of a model says; to copy it costs 1.5 us, to say it anew 3.7 (measured)."""
    identity = model.spec.identity
    response = PredictResponse()
    response.decision.model, response.decision.version = identity.name, identity.version
    response.decision.weights_sha256 = model.sha256
    response.decision.confidence.event = identity.event
    response.decision.confidence.calibrated = model.confidence.calibrated
    return response


def _scored(answer: Answer, unusual: float) -> Scored:
    answer.abstained = answer.abstained or unusual > UNUSUAL
    return Scored(answer, unusual)


def confidence_of(weights: Mapping[str, NDArray[Any]]) -> Isotonic:
    """Return the calibration that the weights carry (`cal/x`, `cal/y`), or the identity."""
    if "cal/x" not in weights:
        return IDENTITY
    return Isotonic(weights["cal/x"].astype(np.float64), weights["cal/y"].astype(np.float64))
