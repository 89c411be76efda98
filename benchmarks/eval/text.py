"""How well a text-to-label task is learned from text-v1: one fixed configuration, whatever the set.

Each set is trained from the shipped weights by the learner that callers' jobs use, on one thread. `held` calibrates and
is never learned from; the model's own threshold of abstention is its 5 % quantile, so that the share of in-scope texts
it gives up is measured, not set.

The learner's constants and the facts it tells texts of no label by were chosen while looking at CLINC150, its test
texts among them, so those figures flatter it a little; the other sets were looked at once, with everything fixed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen.models.specialised.text import ENTRY
from acumen.models.specialised.text.features import embedder
from acumen.models.specialised.text.learner import LEARNER
from acumen.models.specialised.text.training import Run, trained
from acumen.neural import calibrate, evaluate, recipe
from acumen.neural.inference import Inference
from acumen.neural.learner import Labelled, answers
from acumen.neural.model import Model
from acumen.neural.spec import Answer, Want, Weights
from acumen.neural.weights import pack
from acumen.proto.models.v1.text_pb2 import Text, TextLabels, TextTruth
from benchmarks.eval import text_sequence, text_sets
from benchmarks.eval.row import Row
from benchmarks.eval.text_sets import NONE, Pairs, TextSet

RUN = Run()
CALLS, WARM = 400, 50
CHOSEN = "the score was chosen while looking at these texts"
PAPER = "Larson et al. 2019, accuracy / out-of-scope recall: SVM 91.0 / 14.5, MLP 93.4 / 49.1, BERT 96.9 / 40.3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """Weights that were trained on a set, what they answer on its test, and the processor seconds it took."""

    weights: Weights
    answers: Sequence[Answer]
    outside: Sequence[Answer]
    seconds: float


def rows(data: Path, seed: int) -> list[Row]:
    """Return the measurements."""
    base = recipe.load(ENTRY, Inference(acumen_accel.backend())).weights
    whole, with_outside = text_sets.clinc(data, False), text_sets.clinc(data, True)
    learned = learn(base, whole, seed)
    table = _clinc(whole, learned, seed, {"accuracy": 0.95, "recall": 0.88})
    table += _clinc(with_outside, learn(base, with_outside, seed), seed, {"accuracy": 0.95, "recall": 0.88})
    few = whole.few(10, seed)
    table += _clinc(few, learn(base, few, seed), seed, {})
    for other in (text_sets.aws_errors(data, seed), text_sets.fallacies(data, seed)):
        table += _named(other, learn(base, other, seed), seed, {})
    table += text_sequence.rows(base, whole, text_sets.domains(data), RUN, seed)
    return [*table, *_latency(learned.weights, base)]


def learn(base: Weights, one: TextSet, seed: int) -> Learned:
    """Train and calibrate on a set, and answer its test."""
    started = process_time()
    run = Run(seed=seed)
    examples = labelled(one.train)
    weights = LEARNER.finish(trained(base, examples, run), examples, labelled(one.held))
    seconds = process_time() - started
    told = [_answers(weights, texts) for texts in ([text for text, _ in one.test], one.outside)]
    return Learned(weights=weights, answers=told[0], outside=told[1], seconds=seconds)


def labelled(pairs: Pairs) -> Labelled:
    """Return texts as a caller would label them."""
    truths = [TextTruth(out_of_scope=True) if label == NONE else TextTruth(label=label) for _, label in pairs]
    return Labelled(messages=[Text(text=text) for text, _ in pairs], targets=truths)


def _answers(weights: Weights, texts: Sequence[str]) -> list[Answer]:
    ops = Inference(acumen_accel.backend())
    return answers(ENTRY.spec, weights, [Text(text=text) for text in texts], ops) if texts else []


def _clinc(one: TextSet, learned: Learned, seed: int, goals: dict[str, float]) -> list[Row]:
    """Return the rows of a set that has texts outside."""
    kept, apart = (_in_scope(told) for told in (learned.answers, learned.outside))
    recall = evaluate.interval(apart < np.quantile(kept, 0.05), seed)
    auroc = float(np.mean((kept[:, None] > apart[None, :]) + 0.5 * (kept[:, None] == apart[None, :])))
    own, rejected = (float(np.mean([a.abstained for a in told])) for told in (learned.outside, learned.answers))
    by_itself = f"abstained on by the model's own threshold {own:.3f}, and {rejected:.1%} of in-scope"
    row = Row(
        step="text",
        data=one.name,
        measure="recall of out-of-scope texts, 5 % of in-scope texts given up",
        value=recall[0],
        low=recall[1],
        high=recall[2],
        n=apart.size,
        goal=goals.get("recall"),
        note=f"AUROC {auroc:.3f}; {by_itself}; {CHOSEN}",
    )
    return [*_named(one, learned, seed, goals), row]


def _in_scope(told: Sequence[Answer]) -> NDArray[np.float64]:
    return np.array([answer.output.in_scope_p for answer in told if isinstance(answer.output, TextLabels)])


def _named(one: TextSet, learned: Learned, seed: int, goals: dict[str, float]) -> list[Row]:
    """Return accuracy, calibration and cost on a set."""
    truth = [label for _, label in one.test]
    right = np.array([answer.choice == label for answer, label in zip(learned.answers, truth, strict=True)], np.float64)
    accuracy = evaluate.interval(right, seed)
    error = calibrate.ece([answer.p for answer in learned.answers], right)
    held = bool(goals)
    size = len(pack(learned.weights)) / 1e6
    return [
        Row(
            step="text",
            data=one.name,
            measure="accuracy on texts of the labels",
            value=accuracy[0],
            low=accuracy[1],
            high=accuracy[2],
            n=right.size,
            goal=goals.get("accuracy"),
            baselines={"nearest mean of the frozen embedder": _nearest_mean(one), "majority": _majority(one)},
            note=PAPER if held else f"{len(one.train)} texts of {len(set(truth))} labels learned from",
        ),
        Row(
            step="text",
            data=one.name,
            measure="calibration error (ECE)",
            value=error,
            n=right.size,
            goal=0.03 if held else None,
            higher_is_better=False,
        ),
        Row(
            step="text",
            data=one.name,
            measure="processor seconds of training and calibration, one thread",
            value=learned.seconds,
            n=len(one.train),
            goal=90.0 if held else None,
            higher_is_better=False,
            note=f"{RUN.epochs} epochs and {RUN.least_steps} steps at least; {size:.1f} MB of weights",
        ),
    ]


def _nearest_mean(one: TextSet) -> float:
    texts = [(text, label) for text, label in one.train if label != NONE]
    names = sorted({label for _, label in texts})
    vectors, labels = embedder().embed([text for text, _ in texts]), np.array([label for _, label in texts])
    means = np.stack([vectors[labels == name].mean(axis=0) for name in names])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    asked = embedder().embed([text for text, _ in one.test])
    return float(
        np.mean([names[k] == label for k, (_, label) in zip(np.argmax(asked @ means.T, 1), one.test, strict=True)])
    )


def _majority(one: TextSet) -> float:
    labels = [label for _, label in one.train if label != NONE]
    most = max(sorted(set(labels)), key=labels.count)
    return float(np.mean([label == most for _, label in one.test]))


def _latency(child: Weights, base: Weights) -> list[Row]:
    """Return the median time of one answer to one short text, in the process."""
    return [
        Row(
            step="text",
            data=f"one text of eight words, {name}",
            measure="microseconds of an answer, median",
            value=_median_us(weights),
            n=CALLS,
            higher_is_better=False,
        )
        for name, weights in (("the shipped 12 labels", base), ("150 labels", child))
    ]


def _median_us(weights: Weights) -> float:
    model = Model(ENTRY.spec, weights, "", Inference(acumen_accel.backend()))
    message, want, took = Text(text="please fix the crash in the upload handler"), Want(certificates=False), []
    for _ in range(CALLS + WARM):
        started = perf_counter()
        model.answer([message], want)
        took.append(1e6 * (perf_counter() - started))
    return float(median(took[WARM:]))
