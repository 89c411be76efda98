"""Checking a version of a model: every part of it, each with what was found."""

from collections.abc import Iterator

import numpy as np

from acumen.errors import ModelCorrupt, ModelNotTrained
from acumen.neural import card, golden, weights
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.recipe import WEIGHTS, Entry
from acumen.neural.spec import Want
from acumen.proto.v1.model_pb2 import Card
from acumen.proto.v1.registry_pb2 import ModelCheck

FAILURES = (KeyError, ValueError, IndexError, TypeError)  # what a network does with tensors that are not its own


def checks(entry: Entry, ops: Inference) -> Iterator[ModelCheck]:
    """Yield the checks of a version in order, up to the first that fails."""
    try:
        written = card.read(entry.folder)
        yield ModelCheck(name="card", ok=True, detail=f"{written.model} {written.version}")
        loaded = weights.load(entry.folder / WEIGHTS, written.weights_sha256)
    except (ModelCorrupt, ModelNotTrained) as error:
        yield ModelCheck(name="files", ok=False, detail=str(error))
        return
    yield ModelCheck(name="hash", ok=True, detail=written.weights_sha256)
    yield ModelCheck(name="finite numbers", ok=True, detail=f"{len(loaded)} tensors")
    yield from _of_model(Model(entry.spec, loaded, written.weights_sha256, ops), written)


def _of_model(model: Model, written: Card) -> Iterator[ModelCheck]:
    groups = set(weights.groups(model.weights))
    known = set(model.spec.identity.layer_groups)
    yield ModelCheck(name="tensors", ok=groups == known, detail=f"layer groups {', '.join(sorted(groups))}")
    if groups != known:
        return
    try:
        yield _valid(model)
        wrong = golden.differences(list(written.golden), golden.answered(model))
    except FAILURES as error:
        yield ModelCheck(name="answers", ok=False, detail=f"the network cannot run: {error}")
        return
    detail = "; ".join(wrong) or f"{len(written.golden)} answers as when the card was written"
    yield ModelCheck(name="golden answers", ok=not wrong, detail=detail)


def _valid(model: Model) -> ModelCheck:
    messages = golden.inputs(model)
    answers = [scored.answer for scored in model.answer(messages, Want())]
    broken = [text for m, a in zip(messages, answers, strict=True) for text in model.spec.validate(m, a.output)]
    sane = all(np.isfinite(answer.p) and 0 <= answer.p <= 1 for answer in answers)
    detail = "; ".join(broken[:3]) or f"{len(answers)} answers keep every promise of the contract"
    return ModelCheck(name="answers", ok=not broken and sane, detail=detail)
