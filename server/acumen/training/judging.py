"""What a job came to: calibrated weights beside the model that is to be beaten, on examples that chose nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.neural import calibrate, card, evaluate, golden, promotion
from acumen.neural import weights as files
from acumen.neural.inference import Inference
from acumen.neural.learner import Judged, Labelled, Learner, Relabelling, answers, losses
from acumen.neural.model import Model
from acumen.neural.recipe import WEIGHTS
from acumen.neural.rounding import significant
from acumen.neural.spec import Answer, Weights
from acumen.neural.weights import TRAINABLE
from acumen.proto.v1 import model_pb2
from acumen.proto.v1.training_job_pb2 import ReliabilityBin, TrainingResult
from acumen.training import keepsakes
from acumen.training.task import INCUMBENT, RESULT, START, Task

RELIABILITY_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Fitted weights and the examples to judge them on; `old` is what the model remembered and did not rehearse."""

    task: Task
    learner: Learner
    weights: Weights
    trained: Labelled
    select: Labelled
    judge: Labelled
    old: Labelled
    reservoir: Mapping[str, NDArray[Any]]
    epoch: int
    ops: Inference

    def answers(self, weights: Weights, examples: Labelled) -> list[Answer]:
        """Return what weights answer."""
        return answers(self.task.family.spec, weights, examples.messages, self.ops)


def conclude(outcome: Outcome) -> TrainingResult:
    """Write weights and card into the job's folder; return what came of it."""
    start = outcome.task.weights(START)
    changed = any(
        name not in start or not np.array_equal(value, start[name]) for name, value in outcome.weights.items()
    )
    finished = _finished(outcome) if changed else start
    told = outcome.answers(finished, outcome.judge)
    judged = outcome.learner.judge(told, outcome.judge)
    rival = _rival(outcome, start)
    comparable = _same_outputs(start, finished)
    decision = promotion.decide(rival, judged.quality, *(_forgetting(outcome, start, finished) if comparable else ()))
    forgotten = "" if comparable else _forgotten(outcome, start, finished)
    reason = forgotten or (decision.reason if changed else "no epoch was better than the weights it started from")
    result = TrainingResult(
        model=outcome.task.message.name,
        promoted=decision.promoted and changed and not forgotten,
        reason=reason,
        measure=outcome.learner.measure,
        base_quality=float(np.mean(rival)),
        quality=float(np.mean(judged.quality)),
        gain=decision.gain,
        gain_low=decision.low,
        gain_high=decision.high,
        n=judged.quality.size,
        epoch=outcome.epoch,
        calibration_error=calibrate.ece([answer.p for answer in told], judged.happened),
    )
    result.reliability.extend(_reliability(told, judged))
    result.weights_sha256 = _write(outcome, finished, told, judged, result)
    return result


def _reliability(told: list[Answer], judged: Judged) -> Iterator[ReliabilityBin]:
    """Yield the bins of a reliability diagram, of equal mass."""
    p = np.array([answer.p for answer in told])
    for group in np.array_split(np.argsort(p, kind="stable"), min(RELIABILITY_BINS, p.size)):
        happened = float(judged.happened[group].mean())
        yield ReliabilityBin(confidence=significant(p[group].mean()), happened=significant(happened), n=group.size)


def _finished(outcome: Outcome) -> dict[str, NDArray[Any]]:
    weights = keepsakes.without(outcome.learner.finish(outcome.weights, outcome.trained, outcome.select))
    model = Model(outcome.task.family.spec, weights, "", outcome.ops)
    return {**weights, **outcome.reservoir, **keepsakes.of(model, outcome.learner, outcome.trained)}


def _rival(outcome: Outcome, start: Weights) -> NDArray[np.float64]:
    """Return the quality of what is to be beaten: the version that serves or the start, or the best constant answer."""
    incumbent = outcome.task.weights(INCUMBENT) if outcome.task.message.incumbent else start
    quality = outcome.learner.judge(outcome.answers(incumbent, outcome.judge), outcome.judge).quality
    if isinstance(outcome.learner, Relabelling):
        naive = outcome.learner.naive(outcome.trained, outcome.judge)
        return naive if naive.mean() > quality.mean() else quality
    return quality


def _forgetting(outcome: Outcome, before: Weights, after: Weights) -> tuple[Any, Any]:
    """Return the loss on what the model remembered, before and after; None twice where it remembered nothing."""
    if not outcome.old.messages:
        return None, None
    spec = outcome.task.family.spec
    old, new = (losses(spec, outcome.learner, weights, outcome.old, outcome.ops) for weights in (before, after))
    return old, new


def _same_outputs(before: Weights, after: Weights) -> bool:
    """Whether both answer with the same outputs; else a loss is of another scale after than before."""
    return all(name in before and before[name].shape == value.shape for name, value in after.items() if _is_bias(name))


def _is_bias(name: str) -> bool:
    return name.startswith(TRAINABLE) and name.endswith("/b")


def _forgotten(outcome: Outcome, before: Weights, after: Weights) -> str:
    """Return what is wrong where the model is significantly worse on what it remembered; empty where it is not."""
    if len(outcome.old.messages) < promotion.FEWEST:
        return ""
    new, old = (outcome.learner.judge(outcome.answers(w, outcome.old), outcome.old).quality for w in (after, before))
    gain, low, high = evaluate.paired_gain(new, old)
    found = f"quality on {len(outcome.old.messages)} remembered examples changes by {gain:.4g} [{low:.4g}, {high:.4g}]"
    return f"{found}, which lies below 0" if high < 0 else ""


def _write(outcome: Outcome, weights: Weights, told: list[Answer], judged: Judged, result: TrainingResult) -> str:
    """Write the result's folder; return the hash of its weights."""
    message, identity = outcome.task.message, outcome.task.family.spec.identity
    packed = files.pack(weights)
    suite = _suite(told, judged, result)
    written = card.build(identity, weights, files.digest(packed), card.Origin(recipe_sha256="", seed=0), [suite])
    written.model, written.version, written.family = message.name, "", message.family
    written.base_sha256, written.seed = message.start.weights_sha256, message.spec.options.seed
    written.golden.extend(golden.answered(Model(outcome.task.family.spec, weights, "", outcome.ops)))
    written.dataset_id = message.spec.data.dataset_id
    written.training_data = f"{len(outcome.trained.messages)} examples of a caller" + (
        f", domain {message.spec.domain}" if message.spec.domain else ""
    )
    folder = outcome.task.folder / RESULT
    folder.mkdir(exist_ok=True)
    (folder / WEIGHTS).write_bytes(packed)
    card.write(folder, written)
    return written.weights_sha256


def _suite(told: list[Answer], judged: Judged, result: TrainingResult) -> model_pb2.Suite:
    p, happened = np.array([answer.p for answer in told]), judged.happened.astype(np.float64)
    error = result.calibration_error
    measures = [
        evaluate.measure(
            f"{result.measure} (higher is better)",
            evaluate.interval(judged.quality),
            {"what it was to beat": ("heuristic", result.base_quality)},
        ),
        evaluate.measure("gain over what it was to beat, paired", (result.gain, result.gain_low, result.gain_high)),
        evaluate.measure("calibration error (ECE)", (error, error, error)),
        evaluate.measure("Brier score", evaluate.interval((p - happened) ** 2)),
    ]
    return evaluate.suite("held out", len(told), "examples held back from training", measures)
