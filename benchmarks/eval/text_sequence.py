"""Three domains learned one after the other: what is left of the earlier ones, beside learning all at once."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen.models.specialised.text.learner import LEARNER
from acumen.models.specialised.text.spec import SPEC
from acumen.models.specialised.text.training import Run, trained
from acumen.neural import evaluate, reservoir
from acumen.neural.inference import Inference
from acumen.neural.learner import Labelled, answers
from acumen.neural.spec import Weights
from acumen.proto.models.v1.text_pb2 import Text, TextTruth
from acumen.proto.v1.training_example_pb2 import TrainingExample
from benchmarks.eval.row import Row
from benchmarks.eval.text_sets import Pairs, TextSet

TAKEN = (0, 5, 7)  # banking, travel, work
MOST = 2_000
ANCHOR = 0.01


def rows(base: Weights, whole: TextSet, domains: Sequence[frozenset[str]], run: Run, seed: int) -> list[Row]:
    """Return how many points of accuracy are lost against learning the three domains at once."""
    run = replace(run, seed=seed)
    parts = [whole.of_labels(domains[k]) for k in TAKEN]
    joint = trained(base, _labelled([one for part in parts for one in part.train]), run)
    kept, naive = rehearsed(base, parts, run), unprotected(base, parts, run)
    scores = {
        name: _by_domain(weights, parts) for name, weights in (("joint", joint), ("kept", kept), ("naive", naive))
    }
    lost = {
        name: [100 * (j - k) for j, k in zip(scores["joint"], found, strict=True)] for name, found in scores.items()
    }
    paired = evaluate.paired_gain(100 * np.concatenate(scores["joint"]), 100 * np.concatenate(scores["kept"]), seed)
    by_domain = ", ".join(f"{np.mean(points):.1f}" for points in lost["kept"])
    naive_lost = float(np.mean(np.concatenate(lost["naive"])))
    accuracy = float(np.mean(np.concatenate(scores["joint"])))
    return [
        Row(
            step="text",
            data="CLINC150 banking, travel, work in sequence",
            measure="points of accuracy lost against learning all at once",
            value=paired[0],
            low=paired[1],
            high=paired[2],
            n=sum(len(part.test) for part in parts),
            goal=2.0,
            higher_is_better=False,
            baselines={"one after the other, nothing rehearsed": naive_lost},
            note=f"at once {accuracy:.4f}; lost by domain {by_domain}; {_size(kept)} rehearsed examples travel with it",
        )
    ]


def rehearsed(base: Weights, parts: Sequence[TextSet], run: Run) -> Weights:
    """Learn the parts in turn, each beside as many examples of the reservoir, held near where it starts from."""
    weights: Weights = dict(base)
    for number, part in enumerate(parts):
        past = reservoir.of(weights)
        fresh = _examples(part.train)
        taken = np.random.default_rng([run.seed, number]).permutation(len(past))[: len(fresh)]
        lesson = [*fresh, *(past[i] for i in taken)]
        learned = trained(weights, _of(lesson), replace(run, anchor=ANCHOR))
        weights = learned | reservoir.keep([*past, *fresh], MOST, run.seed)
    return weights


def unprotected(base: Weights, parts: Sequence[TextSet], run: Run) -> Weights:
    """Learn the parts in turn with nothing to protect the earlier ones but that their labels stay."""
    weights: Weights = dict(base)
    seen: list[tuple[str, str]] = []
    for part in parts:
        seen += part.train
        weights = trained(LEARNER.initial(weights, _labelled(seen), run.seed), _labelled(part.train), run)
    return weights


def _by_domain(weights: Weights, parts: Sequence[TextSet]) -> list[NDArray[np.float64]]:
    """Return whether each test text is named right, by domain."""
    ops = Inference(acumen_accel.backend())
    finished = LEARNER.finish(
        weights,
        _labelled([one for part in parts for one in part.held]),
        _labelled([one for part in parts for one in part.held]),
    )
    found = []
    for part in parts:
        told = answers(SPEC, finished, [Text(text=text) for text, _ in part.test], ops)
        found.append(np.array([a.choice == label for a, (_, label) in zip(told, part.test, strict=True)], np.float64))
    return found


def _size(weights: Weights) -> int:
    return len(reservoir.of(weights))


def _labelled(pairs: Pairs) -> Labelled:
    return _of(_examples(pairs))


def _examples(pairs: Pairs) -> list[TrainingExample]:
    return [TrainingExample(text=Text(text=text), text_truth=TextTruth(label=label)) for text, label in pairs]


def _of(examples: Sequence[TrainingExample]) -> Labelled:
    return Labelled(messages=[one.text for one in examples], targets=[one.text_truth for one in examples])
