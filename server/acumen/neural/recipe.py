"""A recipe turns a world into weights and a card: train, describe, save, evaluate."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

import acumen_accel
from acumen.neural import card, weights
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.spec import ModelSpec
from acumen.proto.v1 import model_pb2

WEIGHTS = "weights.safetensors"
Say = Callable[[str], None]


class Recipe(Protocol):
    """How one model is made and judged; deterministic by seed."""

    def train(self, seed: int, say: Say) -> Mapping[str, NDArray[Any]]:
        """Return the weights: `net/<group>/*` trainable, `norm/*`, `cal/*`, `ood/*`, `exemplar/*` beside them."""

    def evaluate(self, model: Model, data: Path | None, say: Say) -> Sequence[model_pb2.Suite]:
        """Judge a model on the synthetic and shifted suites, and with `data` (a folder of public sets) on real ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A model in the catalogue: its specification, its folder, and how to import its recipe."""

    spec: ModelSpec
    folder: Path
    recipe: Callable[[], Recipe]

    @property
    def name(self) -> str:
        """The model's name."""
        return self.spec.identity.name


def load(entry: Entry, ops: Inference) -> Model:
    """Return the model with the weights its card vouches for."""
    described = card.read(entry.folder)
    loaded = weights.load(entry.folder / WEIGHTS, described.weights_sha256)
    return Model(entry.spec, loaded, described.weights_sha256, ops)


def retrain(entry: Entry, seed: int, data: Path | None, say: Say) -> model_pb2.Card:
    """Train from the seed, save the weights, evaluate them and write the card."""
    trained = entry.recipe().train(seed, say)
    sha256 = weights.save(entry.folder / WEIGHTS, trained)
    model = Model(entry.spec, trained, sha256, Inference(acumen_accel.backend()))
    return judge(entry, model, data, say)


def judge(entry: Entry, model: Model, data: Path | None, say: Say) -> model_pb2.Card:
    """Evaluate a model and write its card."""
    suites = entry.recipe().evaluate(model, data, say)
    written = card.build(entry.spec.identity, model.weights, model.sha256, entry.folder, suites)
    card.write(entry.folder, written)
    return written
