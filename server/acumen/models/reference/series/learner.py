"""reference-v1: learning from series whose shape is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.errors import InvalidInput
from acumen.models.reference.series.spec import SPEC
from acumen.models.reference.series.world import SHAPES
from acumen.neural.learner import Judged, Labelled
from acumen.neural.refit import calibrated, raw_answers, remembering
from acumen.neural.spec import Answer, Batch, Weights
from acumen.neural.tape import Node, Tape


@dataclass(frozen=True, slots=True)
class PreparedSeries:
    """Readings (n, 64) and the numbers of their shapes (n,)."""

    batch: Batch
    shape: NDArray[np.int64]

    @property
    def size(self) -> int:
        """How many examples there are."""
        return self.batch.size

    def take(self, index: NDArray[np.int64]) -> tuple[Batch, NDArray[np.int64]]:
        """Return some examples."""
        arrays = {name: value[index] for name, value in self.batch.arrays.items()}
        return Batch(size=index.size, arrays=arrays, summary=self.batch.summary[index]), self.shape[index]


class SeriesLearner:
    """See `acumen.neural.learner.Learner`."""

    target_field = "tensor_truth"
    measure = "share of series named right"

    def check(self, message: Any, target: Any) -> None:  # noqa: ARG002
        """Refuse names that are none of the shapes."""
        if target.name not in SHAPES:
            raise InvalidInput.of("tensor_truth.name", f"{target.name!r}, must be one of {', '.join(SHAPES)}")

    def initial(self, weights: Weights, examples: Labelled, seed: int) -> dict[str, NDArray[Any]]:  # noqa: ARG002
        """Return the base's weights."""
        return dict(weights)

    def prepare(self, weights: Weights, examples: Labelled) -> PreparedSeries:  # noqa: ARG002
        """Standardise the readings."""
        return PreparedSeries(SPEC.featurise(examples.messages), shapes(examples.targets))

    def loss(self, tape: Tape, scores: Mapping[str, Any], batch: Batch, targets: Any) -> Node:  # noqa: ARG002
        """Return the cross-entropy of the shapes."""
        return tape.cross_entropy(scores["logits"], targets)

    def judge(self, answers: Sequence[Answer], examples: Labelled) -> Judged:
        """Compare names."""
        pairs = zip(answers, examples.targets, strict=True)
        right = np.array([answer.choice == target.name for answer, target in pairs], np.bool_)
        return Judged(quality=right.astype(np.float64), happened=right)

    def finish(self, weights: Weights, trained: Labelled, held: Labelled) -> dict[str, NDArray[Any]]:
        """Calibrate, and keep training series as exemplars."""
        told = raw_answers(SPEC, weights, held.messages)
        fitted = calibrated(weights, [answer.p for answer in told], self.judge(told, held).happened)
        return remembering(SPEC, fitted, trained.messages, trained.messages, shapes(trained.targets).tolist())


def shapes(targets: Sequence[Any]) -> NDArray[np.int64]:
    """Return the number of each target's shape."""
    return np.array([SHAPES.index(target.name) for target in targets], np.int64)


LEARNER = SeriesLearner()
