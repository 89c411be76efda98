"""What beside the network depends on the examples: calibration, exemplars, what is usual; made anew after learning."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen.neural.calibrate import fit_isotonic
from acumen.neural.explain import NEIGHBOURS
from acumen.neural.inference import Inference
from acumen.neural.learner import answers
from acumen.neural.reference import fit_reference
from acumen.neural.spec import Answer, ModelSpec, Weights

EXEMPLARS = 1_000
REFERENCE_SEED, MOST_INPUTS = 404, 400
# Fewer cases tell less than the calibration that is there.
LEAST_CASES = 20


def raw_answers(spec: ModelSpec, weights: Weights, messages: Sequence[Any]) -> list[Answer]:
    """Return what weights answer, `p` not yet calibrated."""
    raw = {name: value for name, value in weights.items() if name not in ("cal/x", "cal/y")}
    return answers(spec, raw, messages, ops())


def calibrated(weights: Weights, raw: Any, happened: Any) -> dict[str, NDArray[Any]]:
    """Return the weights with `cal/x`, `cal/y` fitted to raw probabilities (n,) and how often the event happened (n,).

    With fewer than `LEAST_CASES` the calibration stays as it is.
    """
    if len(raw) < LEAST_CASES:
        return dict(weights)
    fitted = fit_isotonic(raw, happened)
    return {**weights, "cal/x": fitted.x.astype(np.float32), "cal/y": fitted.y.astype(np.float32)}


def remembering(
    spec: ModelSpec, weights: Weights, trained: Sequence[Any], known: Sequence[Any], labels: Sequence[int]
) -> dict[str, NDArray[Any]]:
    """Return the weights to which the inputs `trained` are usual, with those of `known` label as exemplars."""
    return with_exemplars(spec, with_reference(spec, weights, trained), known, labels)


def with_exemplars(
    spec: ModelSpec, weights: Weights, messages: Sequence[Any], labels: Sequence[int]
) -> dict[str, NDArray[Any]]:
    """Return the weights with these inputs as exemplars, of which there may be any number; the first 1,000 are kept.

    Old ones go: they were embedded by another network. Too few to have neighbours among are none.
    """
    kept = {name: value for name, value in weights.items() if not name.startswith("exemplar/")}
    if len(messages) < NEIGHBOURS:
        return kept
    embedding = spec.network(ops(), kept, spec.featurise(messages[:EXEMPLARS]))["embedding"]
    label = np.array(labels[:EXEMPLARS], np.int32)
    return {**kept, "exemplar/embedding": np.ascontiguousarray(embedding, np.float32), "exemplar/label": label}


def with_reference(spec: ModelSpec, weights: Weights, messages: Sequence[Any]) -> dict[str, NDArray[Any]]:
    """Return the weights with these inputs among the usual ones, beside as many as in the model's own training.

    Otherwise a model would abstain on the very inputs it was given to learn. Ranges only widen. Fewer than
    `LEAST_CASES` inputs change nothing.
    """
    if len(messages) < LEAST_CASES:
        return dict(weights)
    picked = np.unique(np.linspace(0, len(messages) - 1, MOST_INPUTS).astype(int)).tolist()
    learned = spec.featurise([messages[i] for i in picked]).summary
    own = spec.featurise(spec.examples(REFERENCE_SEED, len(picked))).summary
    found = fit_reference(np.concatenate([own, learned]))
    found["ood/low"] = np.minimum(found["ood/low"], weights["ood/low"])
    found["ood/high"] = np.maximum(found["ood/high"], weights["ood/high"])
    return {**weights, **found}


def ops() -> Inference:
    """Return the operations of serving."""
    return Inference(acumen_accel.backend())
