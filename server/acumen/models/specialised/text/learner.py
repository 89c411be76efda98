"""How any text-to-label task is learned from text-v1."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen.errors import InvalidInput
from acumen.models.specialised.text import calibration, features, labels, vocabulary
from acumen.models.specialised.text.spec import SPEC
from acumen.models.specialised.text.world import KINDS
from acumen.neural.inference import Inference
from acumen.neural.learner import Habits, Judged, Labelled, Prepared
from acumen.neural.spec import Answer, Batch, Weights
from acumen.neural.tape import Node, Tape
from acumen.proto.models.v1.text_pb2 import Text, TextTruth

SMOOTHING: Final = 0.1  # of a label's probability goes to all alike (Szegedy et al., 2016)
MOST_LABELS: Final = 10_000
MOST_LABEL_BYTES: Final = 256
OUTSIDE: Final = -1  # stands for a text that belongs to none of the labels
STRANGE: Final = -2  # for one whose label the weights do not have, which is not learned from


@dataclass(slots=True, kw_only=True)
class PreparedTexts:
    """So many texts that were read once, with the numbers of their labels."""

    size: int
    batch: Batch
    label: NDArray[np.int64]

    def take(self, index: NDArray[np.int64]) -> tuple[Batch, NDArray[np.int64]]:
        """Return the examples `index`, in that order."""
        index = np.asarray(index, np.int64)
        taken = features.part(self.batch, index)
        return replace(taken, arrays={**taken.arrays, "example": index}), self.label[index]


class TextLearner:
    """Cross-entropy with smoothed labels; a text of none of them is to be unsure about."""

    target_field = "text_truth"
    habits = Habits(epochs=10, least_steps=600, batch_size=64, learning_rate=2e-3, anchor=0.0)
    measure = "share of texts named right, those of no label by abstaining"

    def check(self, message: Text, target: TextTruth) -> None:  # noqa: ARG002
        """Raise `InvalidInput` for a label that is empty or too long; out of scope it may be anything."""
        size = len(target.label.encode())
        if not target.out_of_scope and not 0 < size <= MOST_LABEL_BYTES:
            raise InvalidInput.of("text_truth.label", f"{size} bytes, must be 1 to {MOST_LABEL_BYTES}")

    def initial(self, weights: Weights, examples: Labelled, seed: int) -> dict[str, NDArray[Any]]:  # noqa: ARG002
        """Return the weights with rows for the texts' tokens and pairs, and with outputs for their labels.

        Labels that a caller taught stay with all that was learned of them, and new ones follow. The shipped labels give
        way to a task that has none of them, which takes over only what was learned of its own tokens and pairs.
        New outputs and rows are 0, so nothing is drawn. Raises `InvalidInput` for fewer than 2 or more than 10,000.
        """
        names, before = _labels_of(examples.targets), labels.names_of(weights)
        stay = before != KINDS or not set(names).isdisjoint(before)
        every = [*before, *(name for name in names if name not in before)] if stay else names
        if not 2 <= len(every) <= MOST_LABELS:
            raise InvalidInput.of("text_truth.label", f"{len(every)} different labels, must be 2 to {MOST_LABELS}")
        started = vocabulary.extended(weights, SPEC.featurise(examples.messages), stay)
        return started if tuple(every) == before else started | _outputs(weights, before, every)

    def prepare(self, weights: Weights, examples: Labelled) -> Prepared:
        """Read the texts and number their labels."""
        return _prepared(weights, examples)

    def loss(self, tape: Tape, scores: Mapping[str, Any], batch: Batch, targets: NDArray[np.int64]) -> Node:
        """Return the summed cross-entropy; the target of a text of no label is every label alike."""
        del batch
        wanted = _wanted(targets, scores["logits"].shape[1])
        return -tape.sum(tape.log_softmax(scores["logits"]) * wanted)

    def judge(self, answers: Sequence[Answer], examples: Labelled) -> Judged:
        """Compare the most probable labels with the true ones."""
        pairs = list(zip(answers, examples.targets, strict=True))
        named = [not truth.out_of_scope and answer.choice == truth.label for answer, truth in pairs]
        right = [
            answer.abstained if truth.out_of_scope else one for one, (answer, truth) in zip(named, pairs, strict=True)
        ]
        return Judged(quality=np.array(right, np.float64), happened=np.array(named, np.bool_))

    def naive(self, trained: Labelled, held: Labelled) -> NDArray[np.float64]:
        """Return (n,) the quality, on `held`, of always naming the most frequent label of `trained`."""
        names = [target.label for target in trained.targets if not target.out_of_scope]
        most = max(sorted(set(names)), key=names.count)
        named = [not target.out_of_scope and target.label == most for target in held.targets]
        return np.array(named, np.float64)

    def finish(self, weights: Weights, trained: Labelled, held: Labelled) -> dict[str, NDArray[Any]]:
        """Return the weights with prototypes and references of `trained`, calibrated on `held`."""
        ops = Inference(acumen_accel.backend())
        return calibration.finished(weights, _prepared(weights, trained), _prepared(weights, held), ops)


def _prepared(weights: Weights, examples: Labelled) -> PreparedTexts:
    numbers = {name: number for number, name in enumerate(labels.names_of(weights))}
    found = [OUTSIDE if t.out_of_scope else numbers.get(t.label, STRANGE) for t in examples.targets]
    batch = SPEC.featurise(examples.messages)
    return PreparedTexts(size=batch.size, batch=batch, label=np.array(found, np.int64))


def _labels_of(targets: Sequence[TextTruth]) -> list[str]:
    return sorted({target.label for target in targets if not target.out_of_scope})


def _outputs(weights: Weights, before: Sequence[str], names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Return the output layer for `names`: what was learned of those there were, 0 for the others."""
    rows = weights["net/output/w"].shape[0]
    w, b = np.zeros((rows, len(names)), np.float32), np.zeros(len(names), np.float32)
    for place, name in enumerate(names):
        if name in before:
            w[:, place] = weights["net/output/w"][:, before.index(name)]
            b[place] = weights["net/output/b"][before.index(name)]
    return {"net/output/w": w, "net/output/b": b, **labels.packed(names)}


def _wanted(targets: NDArray[np.int64], count: int) -> NDArray[np.float32]:
    """Return (n, labels) what each text's probabilities should be; 0 throughout for what is not learned from."""
    wanted = np.full((targets.size, count), SMOOTHING / count, np.float32)
    named = np.flatnonzero(targets >= 0)
    wanted[named, targets[named]] += np.float32(1 - SMOOTHING)
    wanted[targets == OUTSIDE] = 1 / count
    wanted[targets == STRANGE] = 0
    return wanted


LEARNER = TextLearner()
