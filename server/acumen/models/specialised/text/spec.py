"""text-v1: what it sees, computes and answers."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.errors import InvalidInput, ModelCorrupt
from acumen.models.specialised.text import features, labels, network, scope
from acumen.models.specialised.text.world import KINDS, generate
from acumen.neural.calibrate import Isotonic
from acumen.neural.rounding import significant_array
from acumen.neural.spec import Answer, Batch, Category, Certificate, FeatureGroup, Identity, Want
from acumen.proto.models.v1.text_pb2 import Text, TextLabel, TextLabels

MOST_BYTES = 65_536


class TextHead:
    """Names a text by one of the labels that its weights hold."""

    identity = Identity(
        name="text-v1",
        version="1.0.0",
        category=Category.SPECIALISED,
        input_field="text",
        output_field="text_labels",
        summary="Names what an agent's request asks for; the base from which any text-to-label task is trained.",
        event="the most probable label is right, if any label is",
        alternative_measure="probability of the label",
        layer_groups=network.LAYERS,
        training_data="generated requests only (world.py), on the frozen embedder of the bank; no external data",
        limits=(
            "The shipped labels are twelve kinds of software work, learned from a grammar of English requests; for any "
            "other labels train from it with examples of your own.",
            "It reads the first 512 tokens within the first 8,192 characters, and of their order only pairs.",
            "Words of other languages than English have little meaning in its embedder before training.",
        ),
        summary_names=features.SUMMARY,
        feature_groups=(
            FeatureGroup(
                name="the meaning of its words",
                array="meaning",
                columns=slice(0, features.DIMENSION),
                field_path="text.text",
            ),
        ),
        exemplar_labels=KINDS,
        exemplar_noun="training requests are",
    )

    def check(self, message: Text) -> None:
        """Raise `InvalidInput` for a text that is empty, too long, or without a letter or digit."""
        size = len(message.text) if message.text.isascii() else len(message.text.encode())
        if not 0 < size <= MOST_BYTES:
            raise InvalidInput.of("text.text", f"{size} bytes, must be 1 to {MOST_BYTES}")
        if not any(map(str.isalnum, message.text)):
            raise InvalidInput.of("text.text", "holds no letter or digit")

    def cost(self, message: Text) -> int:
        """Estimate microseconds."""
        return 350 + len(message.text) // 8

    def featurise(self, messages: Sequence[Text]) -> Batch:
        """Return the features of the texts; see `features.featurise`."""
        return features.featurise([message.text for message in messages])

    def network(self, ops: Any, weights: Any, batch: Batch) -> dict[str, Any]:
        """Return the scores; see `network.network`. Raises `ModelCorrupt` for weights made on another embedder."""
        made_on, here = weights["text/embedder"].tobytes().decode(), features.embedder().identity.id
        if made_on != here:
            raise ModelCorrupt(f"the weights were trained on the embedder {made_on}, here is {here}")
        return network.network(ops, weights, batch)

    def decode(
        self,
        messages: Sequence[Text],
        batch: Batch,  # noqa: ARG002
        scores: Mapping[str, Any],
        confidence: Isotonic,
        want: Want,
    ) -> list[Answer]:
        """Return the labels by probability, ties in the model's own order, and whether any label fits."""
        told = scores["told"]
        names, line = labels.names_of(told), told["scope/line"]
        p = probabilities(scores["logits"], told["cal/inverse_temperature"])
        facts = scope.facts(*(_finite(scores[name]) for name in ("logits", "like_hidden", "like_meaning")))
        fit = scope.score(line, facts)
        belongs = significant_array(scope.probability(line, fit)).tolist()
        given_up = scope.outside(line, fit).tolist()
        order = np.argsort(-p, axis=1, kind="stable")
        ranked = significant_array(np.take_along_axis(p, order, axis=1)).tolist()
        sure = np.asarray(confidence(p.max(axis=1))).tolist()
        found = [
            _answer([names[k] for k in order[i].tolist()], ranked[i], p[i], (sure[i], belongs[i], given_up[i]), want)
            for i in range(len(messages))
        ]
        for answer in found:
            answer.options = names
        return found

    def validate(self, message: Text, output: TextLabels) -> list[str]:  # noqa: ARG002
        """Return the broken promises: names differ, probabilities descend in 0..1 and sum to 1."""
        p = [one.p for one in output.labels]
        broken = []
        if len({one.name for one in output.labels}) != len(p) or len(p) < 2:
            broken.append("labels are not two or more that differ")
        if any(a < b for a, b in pairwise(p)) or min(p, default=0) < 0 or max(p, default=0) > 1:
            broken.append("probabilities are not descending within 0..1")
        if abs(sum(p) - 1) > 1e-5:
            broken.append(f"probabilities sum to {sum(p)}")
        if not 0 <= output.in_scope_p <= 1:
            broken.append(f"in_scope_p is {output.in_scope_p}")
        return broken

    def examples(self, seed: int, n: int) -> list[Text]:
        """Generate requests as in training."""
        return [Text(text=text) for text in generate(seed, n).texts]


def probabilities(logits: Any, inverse_temperature: Any) -> NDArray[np.float64]:
    """Return (n, labels) the softmax of the logits at a temperature."""
    scaled = _finite(logits).astype(np.float64) * float(inverse_temperature[0])
    e = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def _finite(values: Any) -> NDArray[Any]:
    values = np.asarray(values)
    return values if np.isfinite(values).all() else np.nan_to_num(values)


def _answer(
    names: list[str], ranked: list[float], p: NDArray[Any], verdict: tuple[float, float, bool], want: Want
) -> Answer:
    sure, belongs, given_up = verdict
    facts = []
    if want.certificates:
        text = f"{names[0]} is {ranked[0]:.3g} probable, the next label {names[1]} {ranked[1]:.3g}"
        facts = [Certificate(text=text, value=ranked[0] - ranked[1], field_path="text.text")]
    told = [TextLabel(name=name, p=value) for name, value in zip(names, ranked, strict=True)]
    return Answer(
        output=TextLabels(labels=told, in_scope_p=belongs),
        choice=names[0],
        headline=p,
        p=sure,
        abstained=given_up,
        alternatives=list(zip(names[1:], ranked[1:], strict=True))[: want.alternatives],
        certificates=facts,
    )


SPEC = TextHead()
