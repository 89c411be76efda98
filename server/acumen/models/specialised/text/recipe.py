"""text-v1: how its weights are made and judged."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acumen.models.specialised.text import features, labels, scope, training
from acumen.models.specialised.text.learner import LEARNER
from acumen.models.specialised.text.network import HIDDEN, PAIR_WIDTH
from acumen.models.specialised.text.world import KINDS, Part, Requests, by_cues, generate
from acumen.neural import evaluate
from acumen.neural.learner import Labelled
from acumen.neural.model import Model
from acumen.neural.recipe import Say
from acumen.neural.spec import Answer, Want
from acumen.proto.models.v1.text_pb2 import Text, TextTruth
from acumen.proto.v1 import model_pb2

TRAIN, CALIBRATION, TEST = 6_000, 3_000, 3_000
NONE_SHARE: Final = 0.1
# The hidden layer rests: as a rotation it loses nothing that another task could need.
RUN: Final = training.Run(epochs=3, least_steps=0, frozen=frozenset({"hidden"}))
DATA: Final = {
    "synthetic": "generated, seed 952; half of them by templates and words that only calibration saw",
    "shifted": "generated, seed 953; templates, words and phrases are all unseen",
}
GAIN: Final = np.float32(1.4)


class TextRecipe:
    """Trains with the learner that callers train with, on generated requests only."""

    def train(self, seed: int, say: Say) -> Mapping[str, NDArray[Any]]:
        """Return the weights."""
        examples = labelled(generate(10 * seed, TRAIN, none=NONE_SHARE))
        held = labelled(generate(10 * seed + 1, CALIBRATION, (Part.LEARN, Part.CALIBRATE), NONE_SHARE))
        made = training.trained(untrained(seed), examples, RUN, _report(say))
        return LEARNER.finish(made, examples, held)

    def evaluate(self, model: Model, data: Path | None, say: Say) -> Sequence[model_pb2.Suite]:
        """Judge on fresh requests, and on templates and words that training never saw; there is no real set."""
        del data
        known = generate(951, TRAIN)
        cases = [
            ("synthetic", generate(952, TEST, (Part.LEARN, Part.CALIBRATE), 0.2)),
            ("shifted", generate(953, TEST, (Part.UNSEEN,), 0.2)),
        ]
        suites = [_suite(name, model, known, requests) for name, requests in cases]
        say("\n".join(f"{s.name} {m.name}: {m.value:.4f}" for s in suites for m in s.measures))
        return suites


def untrained(seed: int) -> dict[str, NDArray[Any]]:
    """Return weights that know no token, no pair and no label, and whose hidden layer is a random rotation."""
    square = np.random.default_rng(seed).standard_normal((features.DIMENSION + PAIR_WIDTH,) * 2)
    return {
        "net/tokens/w": np.zeros((0, features.DIMENSION), np.float32),
        "net/ngrams/w": np.zeros((0, PAIR_WIDTH), np.float32),
        "net/hidden/w": np.linalg.qr(square)[0][:, :HIDDEN].astype(np.float32) * GAIN,
        "net/hidden/b": np.zeros(HIDDEN, np.float32),
        "net/output/w": np.zeros((HIDDEN, 0), np.float32),
        "net/output/b": np.zeros(0, np.float32),
        "text/tokens": np.zeros(0, np.int64),
        "text/ngrams": np.zeros(0, np.int64),
        "text/embedder": np.frombuffer(features.embedder().identity.id.encode(), np.uint8).copy(),
        **labels.packed(()),
    }


def labelled(requests: Requests) -> Labelled:
    """Return requests as a caller would label them."""
    truths = [TextTruth(label=KINDS[k]) if k >= 0 else TextTruth(out_of_scope=True) for k in requests.kind.tolist()]
    return Labelled(messages=[Text(text=text) for text in requests.texts], targets=truths)


def _report(say: Say) -> Any:
    return lambda step, loss: say(f"step {step} loss {loss:.4f}") if step % 200 == 0 else None


def _suite(name: str, model: Model, known: Requests, requests: Requests) -> model_pb2.Suite:
    told = model.answer([Text(text=text) for text in requests.texts], Want(certificates=False))
    answers = [scored.answer for scored in told]
    named = requests.kind >= 0
    right = np.array([KINDS.index(answer.choice) for answer in answers])[named] == requests.kind[named]
    texts = [text for text, one in zip(requests.texts, named.tolist(), strict=True) if one]
    cues, near = by_cues(texts), _nearest(known, texts)
    baselines = {
        "majority": ("naive", float(np.bincount(requests.kind[named]).max() / named.sum())),
        "cue words": ("heuristic", float((cues == requests.kind[named]).mean())),
        "nearest mean of the frozen embedder": ("heuristic", float((near == requests.kind[named]).mean())),
    }
    measures = [
        evaluate.measure("accuracy (higher is better)", evaluate.interval(right), baselines, higher_is_better=True),
        evaluate.measure(
            "accuracy over the nearest mean, paired", evaluate.paired_gain(right, near == requests.kind[named])
        ),
        *_trust(answers, named, right, 0.03 if name == "synthetic" else 0.08),
    ]
    return evaluate.suite(name, len(requests.texts), DATA[name], measures)


def _trust(
    answers: Sequence[Answer], named: NDArray[np.bool_], right: NDArray[np.bool_], most: float
) -> list[model_pb2.Measure]:
    """Return how far probabilities can be trusted, and how well what is no software work is told."""
    p = np.array([answer.p for answer in answers])[named]
    given_up = np.array([answer.abstained for answer in answers], np.float64)
    return [
        *evaluate.calibration(p, right, most),
        evaluate.measure("requests abstained on", evaluate.interval(given_up[named]), target=2 * scope.REJECTED),
        evaluate.measure(
            "other texts abstained on (higher is better)", evaluate.interval(given_up[~named]), higher_is_better=True
        ),
    ]


def _nearest(known: Requests, texts: Sequence[str]) -> NDArray[np.int64]:
    """Return the kind whose mean of frozen vectors is nearest, by cosine."""
    vectors = features.embedder().embed(known.texts)
    means = np.stack([vectors[known.kind == kind].mean(axis=0) for kind in range(len(KINDS))])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return np.asarray(np.argmax(features.embedder().embed(texts) @ means.T, axis=1))


RECIPE = TextRecipe()
