"""A recipe turns a world into weights and a card: train, describe, save, evaluate."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

import acumen_accel
from acumen.neural import card, golden, provenance, weights
from acumen.neural.inference import Inference
from acumen.neural.learner import Learner
from acumen.neural.model import Model
from acumen.neural.spec import ModelSpec
from acumen.proto.v1 import model_pb2

WEIGHTS = "weights.safetensors"
Say = Callable[[str], None]


class Recipe(Protocol):
    """How one model is made and judged; deterministic by seed."""

    def train(self, seed: int, say: Say) -> Mapping[str, NDArray[Any]]:
        """Return the weights: `net/<group>/*` trainable, `norm/*`, `cal/*`, `ood/*`, `exemplar/*` beside them.

        They may carry a drift baseline, `drift/*` (`drift.baseline.arrays_of`); without, one is generated when needed.
        """

    def evaluate(self, model: Model, data: Path | None, say: Say) -> Sequence[model_pb2.Suite]:
        """Judge a model on the synthetic and shifted suites, and with `data` (a folder of public sets) on real ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A model in the catalogue: its specification, its folder, and how to import its recipe and its learner."""

    spec: ModelSpec
    folder: Path
    recipe: Callable[[], Recipe]
    learner: Callable[[], Learner] | None = None
    family: str = ""  # the catalogue's model whose code it runs on, where that is another

    @property
    def name(self) -> str:
        """The model's name."""
        return self.spec.identity.name

    @property
    def version(self) -> str:
        """The model's version."""
        return self.spec.identity.version

    @property
    def family_name(self) -> str:
        """The name of the catalogue's model whose code it runs on."""
        return self.family or self.name

    def version_of(self, name: str, version: str, folder: Path) -> "Entry":
        """Return the entry of weights in `folder` that run on the same code under another name or version."""
        spec = copy.copy(self.spec)
        spec.identity = replace(spec.identity, name=name, version=version)
        return replace(self, spec=spec, folder=folder, family=self.family_name)


def load(entry: Entry, ops: Inference) -> Model:
    """Return the model with the weights its card vouches for."""
    described = card.read(entry.folder)
    loaded = weights.load(entry.folder / WEIGHTS, described.weights_sha256)
    return Model(entry.spec, loaded, described.weights_sha256, ops)


def retrain(entry: Entry, seed: int, data: Path | None, say: Say) -> model_pb2.Card:
    """Train from the seed and evaluate; then write weights and card together."""
    origin = card.Origin(recipe_sha256=provenance.recipe_sha256(entry.folder), seed=seed)
    trained = entry.recipe().train(seed, say)
    packed = weights.pack(trained)
    model = Model(entry.spec, trained, weights.digest(packed), Inference(acumen_accel.backend()))
    written = _evaluated(entry, model, origin, data, say)
    (entry.folder / WEIGHTS).write_bytes(packed)
    card.write(entry.folder, written)
    return written


def judge(entry: Entry, data: Path | None, say: Say) -> model_pb2.Card:
    """Evaluate the weights there are and write their card anew; it still names the recipe that made them."""
    model = load(entry, Inference(acumen_accel.backend()))
    before = card.read(entry.folder)
    origin = card.Origin(recipe_sha256=before.recipe_sha256, seed=before.seed)
    written = _evaluated(entry, model, origin, data, say)
    card.write(entry.folder, written)
    return written


def _evaluated(entry: Entry, model: Model, origin: card.Origin, data: Path | None, say: Say) -> model_pb2.Card:
    suites = entry.recipe().evaluate(model, data, say)
    written = card.build(entry.spec.identity, model.weights, model.sha256, origin, suites)
    written.golden.extend(golden.answered(model))
    return written
