"""What training cannot see of itself: fitted on held-out texts once the weights stand."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from acumen.models.specialised.text import features, labels, scope
from acumen.models.specialised.text.network import network
from acumen.models.specialised.text.spec import probabilities
from acumen.models.specialised.text.world import KINDS
from acumen.neural.calibrate import fit_isotonic, fit_temperature
from acumen.neural.inference import Inference
from acumen.neural.reference import fit_reference
from acumen.neural.spec import Batch, Weights

Arrays = dict[str, NDArray[Any]]
EXEMPLARS: Final = 500
FEWEST: Final = 10  # held-out texts with a label that calibration needs; with fewer nothing is fitted
CHUNK: Final = 2_048


class Texts(Protocol):
    """Texts that were read, and the numbers of their labels; negative for those that have none."""

    @property
    def batch(self) -> Batch:
        """Their features."""

    @property
    def label(self) -> NDArray[np.int64]:
        """Their labels."""


def finished(weights: Weights, trained: Texts, held: Texts, ops: Inference) -> Arrays:
    """Return the weights with `ood/*`, `norm/*`, `scope/*`, `cal/*` and, for the shipped labels, `exemplar/*` anew."""
    kept = {name: value for name, value in weights.items() if not name.startswith(("cal/", "exemplar/", "ood/"))}
    known = np.flatnonzero(trained.label >= 0)
    batch, label = features.part(trained.batch, known), trained.label[known]
    kept |= fit_reference(batch.summary)
    kept["norm/meaning/center"] = batch.arrays["meaning"].mean(axis=0)
    kept["norm/meaning/scale"] = np.ones(features.DIMENSION, np.float32)
    count = len(labels.names_of(kept))
    neutral = {"cal/inverse_temperature": np.ones(1, np.float32), "scope/line": scope.UNFITTED}
    kept |= {**neutral, "scope/prototypes": np.zeros((weights["net/hidden/w"].shape[1], 1), np.float32)}
    kept["scope/meanings"] = scope.prototypes(batch.arrays["meaning"], label, count, scope.IN_MEANING)
    hidden = scores(kept, batch, ops)["embedding"]
    kept["scope/prototypes"] = scope.prototypes(hidden, label, count, scope.IN_HIDDEN)
    if labels.names_of(kept) == KINDS:
        pick = np.linspace(0, known.size - 1, min(EXEMPLARS, known.size)).astype(np.int64)
        kept |= {"exemplar/embedding": hidden[pick], "exemplar/label": label[pick].astype(np.int32)}
    return _calibrated(kept, held, ops)


def scores(weights: Mapping[str, Any], batch: Batch, ops: Inference) -> dict[str, NDArray[Any]]:
    """Return what the network says of many texts, a part of them at a time."""
    names = ("logits", "embedding", "like_hidden", "like_meaning")
    places = [np.arange(start, min(start + CHUNK, batch.size)) for start in range(0, batch.size, CHUNK)]
    told = [network(ops, weights, features.part(batch, index)) for index in places]
    return {name: np.concatenate([one[name] for one in told]) for name in names}


def _calibrated(weights: Arrays, held: Texts, ops: Inference) -> Arrays:
    known = np.flatnonzero(held.label >= 0)
    if known.size < FEWEST:
        return weights
    batch, label = features.part(held.batch, known), held.label[known]
    told = scores(weights, batch, ops)
    temperature = float(np.clip(fit_temperature(told["logits"], label), 0.2, 5.0))
    weights["cal/inverse_temperature"] = np.full(1, 1 / temperature, np.float32)
    p = probabilities(told["logits"], weights["cal/inverse_temperature"])
    isotonic = fit_isotonic(p.max(axis=1), p.argmax(axis=1) == label)
    weights["cal/x"], weights["cal/y"] = isotonic.x.astype(np.float32), isotonic.y.astype(np.float32)
    apart = [_found(scores(weights, one, ops)) for one in _not_any(held, batch, label) if one.size]
    weights["scope/line"] = scope.fit(_found(told), np.concatenate(apart) if apart else np.empty((0, scope.FACTS)))
    return weights


def _found(told: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
    return scope.facts(told["logits"], told["like_hidden"], told["like_meaning"])


def _not_any(held: Texts, batch: Batch, label: NDArray[np.int64]) -> list[Batch]:
    """Return texts that belong to no label: those held out as such, and mixtures of two texts of different labels."""
    return [features.part(held.batch, np.flatnonzero(held.label == -1)), mixed(batch, label)]


def mixed(batch: Batch, label: NDArray[np.int64]) -> Batch:
    """Return texts of every second token of one text and of the next that has another label."""
    first, second = _partners(label)
    ids, offsets = batch.arrays["tokens"], batch.arrays["token_offsets"]
    bags = [
        np.concatenate([ids[offsets[i] : offsets[i + 1]][::2], ids[offsets[j] : offsets[j + 1]][::2]])
        for i, j in zip(first.tolist(), second.tolist(), strict=True)
    ]
    return features.of_tokens(bags)


def _partners(label: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    first = np.arange(label.size)
    second = (first + label.size // 2 + 1) % label.size
    different = label[first] != label[second]
    return first[different], second[different]
