"""reference-v1: what it sees, computes and answers."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.errors import InvalidInput, Violation
from acumen.models.reference.series.world import LENGTH, SHAPES, generate
from acumen.neural.calibrate import Isotonic
from acumen.neural.rounding import significant_array
from acumen.neural.spec import Answer, Batch, Category, Certificate, FeatureGroup, Identity, Want
from acumen.proto.models.v1.tensor_pb2 import Tensor, TensorClass, TensorClasses

LAYERS = ("input", "hidden", "output")
ACTIVATIONS = ("gelu", "gelu", "identity")
QUARTER = LENGTH // 4


class ReferenceSeries:
    """A small multilayer perceptron over standardised readings."""

    identity = Identity(
        name="reference-v1",
        version="1.0.0",
        category=Category.REFERENCE,
        input_field="tensor",
        output_field="tensor_classes",
        summary="Names the shape of 64 consecutive readings of a metric; a network of known size for benchmarks.",
        event="the most probable class is the true shape of the series",
        alternative_measure="calibrated probability of the class",
        layer_groups=LAYERS,
        training_data="generated series only (world.py); no external data",
        limits=(
            "It knows eight textbook shapes; a mixture of them is named after one.",
            "It was never evaluated on labelled real series, because none are to hand.",
        ),
        summary_names=("roughness", "kurtosis", "slope"),
        feature_groups=tuple(
            FeatureGroup(
                name=f"readings {start} to {start + QUARTER - 1}",
                array="readings",
                columns=slice(start, start + QUARTER),
                field_path=f"tensor.values[{start}:{start + QUARTER}]",
            )
            for start in range(0, LENGTH, QUARTER)
        ),
        exemplar_labels=SHAPES,
        exemplar_noun="training series are",
        featurise_checks=True,
    )

    def check(self, message: Tensor) -> None:
        """Raise `InvalidInput` unless the tensor holds exactly 64 finite values."""
        self.featurise([message])

    def cost(self, message: Tensor) -> int:  # noqa: ARG002
        """Estimate microseconds."""
        return 30

    def featurise(self, messages: Sequence[Tensor]) -> Batch:
        """Return the readings (n, 64), each row standardised by itself; raises `InvalidInput` for a bad tensor."""
        rows = _rows(messages).astype(np.float64)
        centered = rows - rows.mean(axis=1, keepdims=True)
        deviation = np.sqrt(np.square(centered).mean(axis=1, keepdims=True))
        readings = centered / np.maximum(deviation, 1e-9)
        summary = np.empty((len(messages), 3), np.float32)
        summary[:, 0] = np.square(readings[:, 1:] - readings[:, :-1]).mean(axis=1)
        summary[:, 1] = np.square(np.square(readings)).mean(axis=1)
        summary[:, 2] = readings[:, LENGTH // 2 :].mean(axis=1) - readings[:, : LENGTH // 2].mean(axis=1)
        return Batch(size=len(messages), arrays={"readings": readings.astype(np.float32)}, summary=summary)

    def network(self, ops: Any, weights: Any, batch: Batch) -> dict[str, Any]:
        """Return `logits` (n, 8), calibrated by a temperature, and `embedding` (n, 64)."""
        center, scale = weights["norm/readings/center"], weights["norm/readings/scale"]
        readings = ops.normalise(batch.arrays["readings"], center, scale)
        embedding = ops.layers(readings, weights, LAYERS[:-1], ACTIVATIONS[:-1])
        logits = ops.layers(embedding, weights, LAYERS[-1:], ACTIVATIONS[-1:])
        return {"logits": logits * weights["cal/inverse_temperature"], "embedding": embedding}

    def decode(
        self,
        messages: Sequence[Tensor],
        batch: Batch,  # noqa: ARG002
        scores: Mapping[str, Any],
        confidence: Isotonic,
        want: Want,
    ) -> list[Answer]:
        """Return the classes by probability, ties in the model's own order."""
        logits = np.asarray(scores["logits"], np.float64)
        p = _softmax(logits if np.isfinite(logits).all() else np.nan_to_num(logits))
        order = np.argsort(-p, axis=1, kind="stable")
        ranked = significant_array(p[np.arange(len(p))[:, None], order]).tolist()
        sure = confidence(p.max(axis=1)).tolist()
        names = [[SHAPES[k] for k in row] for row in order.tolist()]
        return [_answer(names[i], ranked[i], p[i], sure[i], want) for i in range(len(messages))]

    def validate(self, message: Tensor, output: TensorClasses) -> list[str]:  # noqa: ARG002
        """Return the broken promises: every class once, probabilities descending in 0..1, summing to 1."""
        p = [one.p for one in output.classes]
        broken = []
        if sorted(one.name for one in output.classes) != sorted(SHAPES):
            broken.append("classes are not each class once")
        if any(a < b for a, b in pairwise(p)) or min(p) < 0 or max(p) > 1:
            broken.append("probabilities are not descending within 0..1")
        if abs(sum(p) - 1) > 1e-5:
            broken.append(f"probabilities sum to {sum(p)}")
        return broken

    def examples(self, seed: int, n: int) -> list[Tensor]:
        """Generate inputs as in training."""
        return [Tensor(f32=row.astype("<f4").tobytes()) for row in generate(seed, n)[0]]


def _answer(names: list[str], ranked: list[float], p: NDArray[Any], sure: float, want: Want) -> Answer:
    classes = [TensorClass(name=name, p=value) for name, value in zip(names, ranked, strict=True)]
    facts = []
    if want.certificates:
        text = f"{names[0]} is {ranked[0]:.3g} probable, the next class {names[1]} {ranked[1]:.3g}"
        facts = [Certificate(text=text, value=ranked[0] - ranked[1], field_path="tensor")]
    others = list(zip(names[1:], ranked[1:], strict=True))[: want.alternatives]
    return Answer(
        output=TensorClasses(classes=classes),
        choice=names[0],
        headline=p,
        p=sure,
        alternatives=others,
        certificates=facts,
        options=SHAPES,
    )


def _softmax(logits: NDArray[Any]) -> NDArray[Any]:
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def _rows(messages: Sequence[Tensor]) -> NDArray[np.float32]:
    """Return (n, 64) finite readings; the bulk form is read in one go."""
    if all(len(m.f32) == 4 * LENGTH and not m.values and not m.shape for m in messages):
        rows = np.frombuffer(b"".join([m.f32 for m in messages]), "<f4").reshape(-1, LENGTH)
    else:
        rows = np.stack([_values(m) for m in messages])
    if not np.isfinite(rows).all():
        raise InvalidInput([v for row in rows for v in _not_finite(row)])
    return rows


def _values(message: Tensor) -> NDArray[np.float32]:
    if bool(message.values) == bool(message.f32):
        raise InvalidInput.of("tensor", "exactly one of values and f32 must be set")
    if len(message.f32) % 4:
        raise InvalidInput.of("tensor.f32", f"{len(message.f32)} bytes are no whole number of float32")
    values = np.frombuffer(message.f32, "<f4") if message.f32 else np.array(message.values, np.float32)
    shape = tuple(message.shape) or (values.size,)
    if values.size != LENGTH or shape not in {(LENGTH,), (1, LENGTH)}:
        text = f"{values.size} values of shape {list(shape)}, the model takes {LENGTH} in one row"
        raise InvalidInput.of("tensor", text)
    return values


def _not_finite(row: NDArray[np.float32]) -> list[Violation]:
    bad = np.flatnonzero(~np.isfinite(row)).tolist()
    return [Violation(field=f"tensor.values[{i}]", description=f"{row[i]} is not finite") for i in bad]


SPEC = ReferenceSeries()
