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
    )

    def check(self, message: Tensor) -> None:
        """Raise `InvalidInput` unless the tensor holds exactly 64 finite values."""
        violations = []
        if bool(message.values) == bool(message.f32):
            violations.append(Violation(field="tensor", description="exactly one of values and f32 must be set"))
        elif len(message.f32) % 4:
            text = f"{len(message.f32)} bytes are no whole number of float32"
            violations.append(Violation(field="tensor.f32", description=text))
        else:
            violations += _check_values(message)
        if violations:
            raise InvalidInput(violations)

    def cost(self, message: Tensor) -> int:  # noqa: ARG002
        """Estimate microseconds."""
        return 30

    def featurise(self, messages: Sequence[Tensor]) -> Batch:
        """Return the readings (n, 64), each row standardised by itself."""
        rows = np.stack([_values(message) for message in messages]).astype(np.float64)
        centered = rows - rows.mean(axis=1, keepdims=True)
        readings = centered / np.maximum(centered.std(axis=1, keepdims=True), 1e-9)
        rough = np.square(np.diff(readings, axis=1)).mean(axis=1)
        peaked = np.square(np.square(readings)).mean(axis=1)
        slope = readings[:, LENGTH // 2 :].mean(axis=1) - readings[:, : LENGTH // 2].mean(axis=1)
        summary = np.stack([rough, peaked, slope], axis=1)
        return Batch(
            size=len(messages), arrays={"readings": readings.astype(np.float32)}, summary=summary.astype(np.float32)
        )

    def network(self, ops: Any, weights: Any, batch: Batch) -> dict[str, Any]:
        """Return `logits` (n, 8), calibrated by a temperature, and `embedding` (n, 64)."""
        center, scale = weights["norm/readings/center"], weights["norm/readings/scale"]
        hidden = ops.normalise(batch.arrays["readings"], center, scale)
        below = hidden
        for layer, activation in zip(LAYERS, ACTIVATIONS, strict=True):
            below, hidden = hidden, ops.dense(hidden, weights[f"net/{layer}/w"], weights[f"net/{layer}/b"], activation)
        return {"logits": hidden * weights["cal/inverse_temperature"], "embedding": below}

    def decode(
        self,
        messages: Sequence[Tensor],
        batch: Batch,  # noqa: ARG002
        scores: Mapping[str, Any],
        confidence: Isotonic,
        want: Want,
    ) -> list[Answer]:
        """Return the classes by probability, ties in the model's own order."""
        p = _softmax(np.nan_to_num(np.asarray(scores["logits"], np.float64)))
        order = np.argsort(-p, axis=1, kind="stable")
        ranked = significant_array(np.take_along_axis(p, order, axis=1)).tolist()
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
        return [Tensor(values=row) for row in generate(seed, n)[0]]


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
    )


def _softmax(logits: NDArray[Any]) -> NDArray[Any]:
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def _values(message: Tensor) -> NDArray[np.float32]:
    return np.frombuffer(message.f32, "<f4") if message.f32 else np.array(message.values, np.float32)


def _check_values(message: Tensor) -> list[Violation]:
    values = _values(message)
    shape = tuple(message.shape) or (values.size,)
    violations = []
    if values.size != LENGTH or shape not in {(LENGTH,), (1, LENGTH)}:
        text = f"{values.size} values of shape {list(shape)}, the model takes {LENGTH} in one row"
        violations.append(Violation(field="tensor", description=text))
    if bad := np.flatnonzero(~np.isfinite(values))[:8].tolist():
        violations += [Violation(field=f"tensor.values[{i}]", description=f"{values[i]} is not finite") for i in bad]
    return violations


SPEC = ReferenceSeries()
