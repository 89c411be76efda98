"""What a model is: the one shape all models share.

A model featurises several inputs at once, its network scores them, and its decoder turns scores into answers that are
valid for any scores whatever. Everything else (files, calibration, explanation, cards, serving) is generic.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol, TypeAlias

import numpy as np
from google.protobuf.message import Message
from numpy.typing import NDArray

from acumen.neural.calibrate import Isotonic

Floats: TypeAlias = NDArray[np.float32]
Weights: TypeAlias = Mapping[str, NDArray[Any]]


class Category(IntEnum):
    """The families of models; values are those of `acumen.v1.ModelCategory`."""

    COGNITIVE = 1
    COORDINATION = 2
    PERFORMANCE = 3
    SPECIALISED = 4
    REFERENCE = 5


class Source(IntEnum):
    """What produced an output; values are those of `acumen.v1.Source`."""

    NETWORK = 1
    HEURISTIC = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A fact the decoder computed exactly, ready to be shown."""

    text: str
    value: float
    field_path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The features of `size` inputs.

    `arrays` holds what the network reads: float32 feature matrices (each normalised with the weights
    `norm/<key>/center` and `norm/<key>/scale`) and integer structure (offsets, indices). `summary` is one row an input,
    float32, for the out-of-distribution score and the range warnings; its columns are `Identity.summary_names`. `facts`
    is the model's own, one an input, for its decoder.
    """

    size: int
    arrays: Mapping[str, NDArray[Any]]
    summary: Floats
    facts: Sequence[Any] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """How much of an answer to compute."""

    certificates: bool = True
    alternatives: int = 0


@dataclass(slots=True, kw_only=True)
class Answer:
    """A decoded answer.

    `choice` names the decision in words; `headline` is the distribution behind it (sums to 1), by which explanations
    measure change; `p` is the calibrated probability of the model's `event`. `options` names the headline's entries
    where they are options that another model could score too: answers with the same options can vote together.
    """

    output: Message
    choice: str
    headline: NDArray[Any]
    p: float
    source: Source = Source.NETWORK
    abstained: bool = False
    alternatives: Sequence[tuple[str, float]] = ()
    certificates: Sequence[Certificate] = ()
    options: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureGroup:
    """Columns of one feature array that stand for one thing a caller can name."""

    name: str
    array: str
    columns: slice
    field_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """A single field that a counterfactual may turn: its path, its value, values to try, and how to set one."""

    field_path: str
    read: Callable[[Any], float]
    grid: Callable[[Any], Sequence[float]]
    write: Callable[[Any, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a model is called and what it promises."""

    name: str
    version: str
    category: Category
    input_field: str
    output_field: str
    summary: str
    event: str
    alternative_measure: str
    layer_groups: tuple[str, ...]
    training_data: str
    limits: tuple[str, ...] = ()
    summary_names: tuple[str, ...] = ()
    feature_groups: tuple[FeatureGroup, ...] = ()
    exemplar_labels: tuple[str, ...] = ()
    exemplar_noun: str = "training inputs"
    levers: tuple[Lever, ...] = ()
    # Set where `featurise` refuses what `check` refuses, because both read the same numbers and reading is what costs.
    featurise_checks: bool = False


class ModelSpec(Protocol):
    """The domain logic of one model; stateless, and pure but for `check`'s refusals."""

    identity: Identity

    def check(self, message: Any) -> None:
        """Raise `InvalidInput` with every broken rule (field, value, limit), unless the input can be answered."""

    def cost(self, message: Any) -> int:
        """Estimate the microseconds one inference takes; from 500 on it runs beside the event loop."""

    def featurise(self, messages: Sequence[Any]) -> Batch:
        """Turn checked inputs into features; an input's features do not depend on its neighbours.

        Inputs need no check before where `Identity.featurise_checks` is set; a bad one then raises `InvalidInput` here.
        """

    def network(self, ops: Any, weights: Any, batch: Batch) -> dict[str, Any]:
        """Score a batch with `ops` (`inference.Inference`, or `tape.Tape` in training).

        Returns named scores; `embedding` (size, d), if there, is the penultimate layer for exemplars.
        """

    def decode(
        self, messages: Sequence[Any], batch: Batch, scores: Mapping[str, Any], confidence: "Isotonic", want: Want
    ) -> list[Answer]:
        """Turn scores into answers, valid for any scores; `confidence` calibrates the raw event probability."""

    def validate(self, message: Any, output: Any) -> list[str]:
        """Return every promise of the output's contract that `output` breaks for `message`; empty when valid."""

    def examples(self, seed: int, n: int) -> list[Any]:
        """Generate `n` inputs as in training, deterministic by `seed`."""
