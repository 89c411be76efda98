"""Explanations that were tried: removed features, near training inputs, fields turned until the answer changes."""

from collections import Counter
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np

from acumen.neural.model import Model
from acumen.neural.spec import Answer, Batch, FeatureGroup, Lever, Want

SMALLEST_EFFECT = 1e-3
ATTRIBUTIONS = 5
NEIGHBOURS = 5
QUIET = Want(certificates=False)


class Kind(IntEnum):
    """The sorts of reasons; values are those of `acumen.v1.ReasonKind`."""

    CERTIFICATE = 1
    ATTRIBUTION = 2
    EXEMPLAR = 3
    COUNTERFACTUAL = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One statement about an answer; see `acumen.v1.Reason`."""

    kind: Kind
    text: str
    value: float
    field_path: str = ""
    effect: float = 0.0


def certificates(answer: Answer) -> list[Reason]:
    """Return the facts that decoding computed."""
    return [
        Reason(kind=Kind.CERTIFICATE, text=c.text, value=c.value, field_path=c.field_path) for c in answer.certificates
    ]


def explain(model: Model, message: Any, answer: Answer) -> list[Reason]:
    """Return attributions, exemplars and counterfactuals of one answer, strongest first within each kind."""
    batch = model.spec.featurise([message])
    return [
        *_attributions(model, message, batch, answer),
        *_exemplars(model, batch),
        *_counterfactuals(model, message, answer),
    ]


def change(before: Answer, after: Answer) -> float:
    """Return the total variation distance between two answers' distributions, 0 to 1."""
    if before.headline.shape != after.headline.shape:
        return 1.0
    return float(0.5 * np.abs(before.headline - after.headline).sum())


def _attributions(model: Model, message: Any, batch: Batch, answer: Answer) -> list[Reason]:
    reasons = [_attribution(model, message, batch, answer, group) for group in model.spec.identity.feature_groups]
    kept = sorted((r for r in reasons if r.effect >= SMALLEST_EFFECT), key=lambda r: (-r.effect, r.field_path))
    return kept[:ATTRIBUTIONS]


def _attribution(model: Model, message: Any, batch: Batch, answer: Answer, group: FeatureGroup) -> Reason:
    """Measure what replacing a group of features by their training average does to the answer."""
    after = model.decode([message], without(model, batch, group), model.score(without(model, batch, group)), QUIET)[0]
    effect = change(answer, after)
    text = f"with {group.name} at its training average the answer's distribution moves by {effect:.3g}"
    if after.choice != answer.choice:
        text += f" and becomes {after.choice}"
    columns = batch.arrays[group.array][:, group.columns]
    value = float(columns.mean()) if columns.size else 0.0
    return Reason(kind=Kind.ATTRIBUTION, text=text, value=value, effect=effect, field_path=group.field_path)


def without(model: Model, batch: Batch, group: FeatureGroup) -> Batch:
    """Return the batch with a group of features at its training average."""
    changed = batch.arrays[group.array].copy()
    changed[:, group.columns] = model.weights[f"norm/{group.array}/center"][group.columns]
    return replace(batch, arrays={**batch.arrays, group.array: changed})


def _exemplars(model: Model, batch: Batch) -> list[Reason]:
    if "exemplar/embedding" not in model.weights:
        return []
    embedding = model.score(batch)["embedding"][0]
    distance = np.square(model.weights["exemplar/embedding"] - embedding).sum(axis=1)
    near = np.argsort(distance, kind="stable")[:NEIGHBOURS]
    identity = model.spec.identity
    label, count = Counter(int(i) for i in model.weights["exemplar/label"][near]).most_common(1)[0]
    text = f"{count} of the {near.size} nearest {identity.exemplar_noun}: {identity.exemplar_labels[label]}"
    return [Reason(kind=Kind.EXEMPLAR, text=text, value=count / near.size, effect=float(np.sqrt(distance[near[0]])))]


def _counterfactuals(model: Model, message: Any, answer: Answer) -> list[Reason]:
    tried = (_counterfactual(model, message, answer, lever) for lever in model.spec.identity.levers)
    return [reason for reason in tried if reason]


def _counterfactual(model: Model, message: Any, answer: Answer, lever: Lever) -> Reason | None:
    """Turn one field, nearest values first, until the model chooses otherwise."""
    now = lever.read(message)
    for value in sorted(lever.grid(message), key=lambda v: abs(v - now)):
        other = type(message)()
        other.CopyFrom(message)
        lever.write(other, value)
        after = model.answer([other], QUIET)[0].answer
        if after.choice != answer.choice:
            text = f"if {lever.field_path} were {value:.6g} instead of {now:.6g}, the answer would be {after.choice}"
            moved = change(answer, after)
            return Reason(kind=Kind.COUNTERFACTUAL, text=text, value=value, effect=moved, field_path=lever.field_path)
    return None
