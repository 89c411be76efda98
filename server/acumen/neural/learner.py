"""How a model learns from labelled examples: the part of training that only the model knows.

The trainer owns the rest: batches, schedules, checkpoints, validation, promotion. A model's `learner.py` has one class
of this shape, and its catalogue entry imports it on demand, so that serving never pays for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from acumen.neural.calibrate import fit_isotonic
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.spec import Answer, Batch, ModelSpec, Want, Weights
from acumen.neural.tape import Node, Tape

QUIET = Want(certificates=False)
# Array of a batch that numbers its examples, for what is left to chance while learning; without it nothing is.
EXAMPLE = "example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Inputs with what was true of each, in one order."""

    messages: Sequence[Any]
    targets: Sequence[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How good answers were: `quality` (n,) in the learner's measure, higher is better; `happened` (n,) the event."""

    quality: NDArray[np.float64]
    happened: NDArray[np.bool_]


class Prepared(Protocol):
    """Labelled examples whose features were computed once."""

    @property
    def size(self) -> int:
        """How many examples there are."""

    def take(self, index: NDArray[np.int64]) -> tuple[Batch, Any]:
        """Return the batch of the examples `index`, in that order, and their targets as `Learner.loss` takes them.

        Where the network leaves something to chance (dropout), the batch has the array `EXAMPLE`.
        """


class Learner(Protocol):
    """What training must know of a model; stateless and deterministic."""

    target_field: str  # field of `acumen.v1.TrainingExample.target`
    measure: str  # what `Judged.quality` is, with its unit, for example "share of items decided right"

    def check(self, message: Any, target: Any) -> None:
        """Raise `InvalidInput` unless the target is one the input can have; the input itself was checked."""

    def initial(self, weights: Weights, examples: Labelled, seed: int) -> dict[str, NDArray[Any]]:
        """Return the weights that training starts from; the base's, unless the examples need other outputs."""

    def prepare(self, weights: Weights, examples: Labelled) -> Prepared:
        """Compute the features of the examples."""

    def loss(self, tape: Tape, scores: Mapping[str, Any], batch: Batch, targets: Any) -> Node:
        """Return the sum over examples of each one's loss; an example's loss does not depend on its neighbours."""

    def judge(self, answers: Sequence[Answer], examples: Labelled) -> Judged:
        """Compare answers with what was true."""

    def finish(self, weights: Weights, trained: Labelled, held: Labelled) -> dict[str, NDArray[Any]]:
        """Return the weights calibrated on `held`, which training did not see; `recalibrated` serves most models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How a model is best trained, where a caller says nothing else.

    Where no number of epochs is asked for, few examples are passed over until there are `least_steps`.
    """

    epochs: int = 50
    least_steps: int = 0
    batch_size: int = 32
    learning_rate: float = 1e-3
    anchor: float = 0.01


@runtime_checkable
class Habitual(Protocol):
    """A learner with habits of its own."""

    habits: Habits


@runtime_checkable
class Relabelling(Protocol):
    """A learner whose examples may ask for other answers than its base knows, so that beating the base is too easy."""

    def naive(self, trained: Labelled, held: Labelled) -> NDArray[np.float64]:
        """Return (n,) the quality, on `held`, of the best constant answer by `trained`."""


def answers(spec: ModelSpec, weights: Weights, messages: Sequence[Any], ops: Inference) -> list[Answer]:
    """Return what weights answer."""
    return [scored.answer for scored in Model(spec, weights, "", ops).answer(messages, QUIET)]


def settled(batch: Batch) -> Batch:
    """Return a batch from which nothing is left to chance, for a loss that is only looked at."""
    return replace(batch, arrays={name: value for name, value in batch.arrays.items() if name != EXAMPLE})


def loss_of(
    spec: ModelSpec, learner: Learner, weights: Weights, prepared: Prepared, index: NDArray[np.int64], ops: Inference
) -> float:
    """Return the summed loss of some examples, scored as in serving."""
    batch, targets = prepared.take(index)
    scores = spec.network(ops, weights, settled(batch))
    return float(learner.loss(Tape(), scores, batch, targets).value)


def losses(
    spec: ModelSpec, learner: Learner, weights: Weights, examples: Labelled, ops: Inference
) -> NDArray[np.float64]:
    """Return (n,) the loss of each example."""
    prepared = learner.prepare(weights, examples)
    each = [loss_of(spec, learner, weights, prepared, np.array([i]), ops) for i in range(prepared.size)]
    return np.array(each, np.float64)


def recalibrated(
    spec: ModelSpec, learner: Learner, weights: Weights, held: Labelled, ops: Inference
) -> dict[str, NDArray[Any]]:
    """Return the weights with the map from raw probability to frequency (`cal/x`, `cal/y`) fitted anew."""
    kept = {name: value for name, value in weights.items() if name not in ("cal/x", "cal/y")}
    told = answers(spec, kept, held.messages, ops)
    fitted = fit_isotonic([answer.p for answer in told], learner.judge(told, held).happened)
    return kept | {"cal/x": fitted.x.astype(np.float32), "cal/y": fitted.y.astype(np.float32)}
