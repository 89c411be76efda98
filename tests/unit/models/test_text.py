"""text-v1: the grammar, what is read of a text, the learner, and whether a text belongs to any label."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import acumen_accel
from acumen.errors import InvalidInput, ModelCorrupt
from acumen.models.specialised.text import ENTRY, dropout, features, labels, scope, vocabulary
from acumen.models.specialised.text.learner import LEARNER
from acumen.models.specialised.text.network import network
from acumen.models.specialised.text.recipe import labelled
from acumen.models.specialised.text.spec import SPEC
from acumen.models.specialised.text.training import Run, trained
from acumen.models.specialised.text.world import KINDS, Part, by_cues, generate, templates
from acumen.neural.inference import Inference
from acumen.neural.learner import Labelled, answers
from acumen.neural.model import Model
from acumen.neural.recipe import load
from acumen.neural.spec import Batch, Want
from acumen.neural.tape import Node, Tape
from acumen.neural.weights import pack
from acumen.proto.models.v1.text_pb2 import Text, TextLabels, TextTruth
from acumen.rpc.rules import Rules

OPS = Inference(acumen_accel.backend())
SHIPPED = load(ENTRY, OPS).weights
FRUIT = {"fruit": ("apple", "banana", "cherry", "mango"), "metal": ("iron", "copper", "silver", "zinc")}
ASKED = ("i bought some {} today", "where does {} come from", "show me a picture of {}", "how heavy is {}")
RUN = Run(epochs=20, least_steps=0, batch=8, learning_rate=2e-3, seed=3)


def pairs(words: slice = slice(0, 3)) -> list[tuple[str, str]]:
    return [(form.format(word), kind) for kind, all_of in FRUIT.items() for word in all_of[words] for form in ASKED]


def of(examples: list[tuple[str, str]]) -> Labelled:
    truths = [TextTruth(label=label, out_of_scope=label == "none") for _, label in examples]
    return Labelled(messages=[Text(text=text) for text, _ in examples], targets=truths)


def made(examples: list[tuple[str, str]], run: Run = RUN) -> dict[str, Any]:
    return LEARNER.finish(trained(SHIPPED, of(examples), run), of(examples), of(examples))


def accuracy(weights: Any, examples: list[tuple[str, str]]) -> float:
    told = answers(SPEC, weights, [Text(text=text) for text, _ in examples], OPS)
    return float(np.mean([one.choice == label for one, (_, label) in zip(told, examples, strict=True)]))


def test_parts_of_the_grammar_share_no_template() -> None:
    """What is learned from, calibrated on and judged on never has a template in common, and no two kinds share one."""
    parts = [templates(part) for part in Part]
    assert all(len({kind for kind, _ in part}) == len(KINDS) for part in parts)
    every = [one for part in parts for _, one in part]
    assert len(every) == len(set(every))


def test_the_generator_repeats_itself_by_seed() -> None:
    """Equal seeds give equal requests, others others; every kind occurs, and the share of other texts is as asked."""
    one, again, other = generate(4, 600, none=0.25), generate(4, 600, none=0.25), generate(5, 600, none=0.25)
    assert one.texts == again.texts and one.texts != other.texts
    assert set(one.kind.tolist()) == {-1, *range(len(KINDS))}
    assert abs(np.mean(one.kind < 0) - 0.25) < 0.06


def test_the_shipped_model_beats_cue_words_on_unseen_templates() -> None:
    """On requests whose templates and words it never saw it is right more often than the rule of cue words."""
    requests = generate(17, 300, (Part.UNSEEN,))
    told = answers(SPEC, SHIPPED, [Text(text=text) for text in requests.texts], OPS)
    right = np.mean([KINDS.index(one.choice) == kind for one, kind in zip(told, requests.kind, strict=True)])
    assert right > np.mean(by_cues(requests.texts) == requests.kind) + 0.1


def test_pairs_are_those_of_neighbours_and_of_one_between() -> None:
    """Three tokens with an edge at either end have four neighbours and three pairs with one between, in any batch."""
    batch = features.featurise(["red", "one two three"])
    ids = batch.arrays["tokens"].tolist()
    edge, (a, b, c) = features.EDGE, ids[1:]
    near = {edge << 20 | a, a << 20 | b, b << 20 | c, c << 20 | edge}
    far = {features.SKIP | edge << 20 | b, features.SKIP | a << 20 | c, features.SKIP | b << 20 | edge}
    start, end = batch.arrays["pair_offsets"][1:].tolist()
    assert set(batch.arrays["pairs"][start:end].tolist()) == near | far
    np.testing.assert_array_equal(
        features.featurise(["one two three"]).arrays["pairs"], batch.arrays["pairs"][start:end]
    )


def test_a_part_of_a_batch_is_the_batch_of_the_part() -> None:
    """Taking texts out of a batch gives the features they have when they are read alone, in the order asked."""
    texts = ["fix the login page", "", "deploy it", "ünïcode \U0001f600 日本 text", "a a a"]
    taken, alone = features.part(features.featurise(texts), np.array([3, 0])), features.featurise([texts[3], texts[0]])
    for name, value in alone.arrays.items():
        np.testing.assert_array_equal(taken.arrays[name], value)
    np.testing.assert_array_equal(taken.summary, alone.summary)


@pytest.mark.parametrize("text", ["", "?!...", " \n", "x" * 65_537, "é" * 32_769, "word " * 2_000_000])
def test_texts_that_cannot_be_read_are_refused(text: str) -> None:
    """Empty, without letter or digit, or over 65,536 bytes: refused with the field's path, whatever its length."""
    with pytest.raises(InvalidInput) as refused:
        SPEC.check(Text(text=text))
    assert [one.field for one in refused.value.violations] == ["text.text"]


@pytest.mark.parametrize(
    "text", ["7", "ß", "日本語のテキスト", "\U0001f600 a", "x" * 65_536, "e\u0301 \u202e abc", "\x00 a"]
)
def test_any_other_text_is_answered(text: str) -> None:
    """Unicode, long words and control characters are read, and the answer is valid."""
    message = Text(text=text)
    SPEC.check(message)
    answer = answers(SPEC, SHIPPED, [message], OPS)[0]
    assert isinstance(answer.output, TextLabels)
    assert SPEC.validate(message, answer.output) == []


def test_labels_are_checked() -> None:
    """A label of no bytes or over 256 is refused with its path, as the contract does; out of scope it is not read."""
    rules = Rules([TextTruth])
    for label in ("", "x" * 257):
        with pytest.raises(InvalidInput) as refused:
            LEARNER.check(Text(text="a"), TextTruth(label=label))
        assert [one.field for one in refused.value.violations] == ["text_truth.label"]
        with pytest.raises(InvalidInput):
            rules.check(TextTruth(label=label))
    LEARNER.check(Text(text="a"), TextTruth(out_of_scope=True))


def test_data_of_one_label_are_refused() -> None:
    """One label cannot be learned, nor none, whatever else is out of scope."""
    for examples in (pairs()[:4], [("a b", "none"), ("c", "none")], [*pairs()[:4], ("some text", "none")]):
        with pytest.raises(InvalidInput, match="must be 2 to"):
            LEARNER.initial(SHIPPED, of(examples), 0)


def test_new_labels_replace_the_old_and_known_ones_keep_their_outputs() -> None:
    """Other labels: outputs of their own, 0 at first. The base's labels: its outputs. Some of each: theirs and 0."""
    other = LEARNER.initial(SHIPPED, of(pairs()), 0)
    assert labels.names_of(other) == ("fruit", "metal") and not other["net/output/w"].any()
    same = LEARNER.initial(SHIPPED, labelled(generate(3, 200)), 0)
    np.testing.assert_array_equal(same["net/output/w"], SHIPPED["net/output/w"])
    both = LEARNER.initial(SHIPPED, of([("fix it", "BUG_FIX"), ("an apple", "fruit")]), 0)
    assert labels.names_of(both) == (*KINDS, "fruit")
    np.testing.assert_array_equal(both["net/output/w"][:, :-1], SHIPPED["net/output/w"])
    assert not both["net/output/w"][:, -1].any()


def test_what_a_caller_taught_stays_when_other_labels_follow() -> None:
    """A child that is shown labels it never had keeps its own, their outputs and every row, even from one new label."""
    child = trained(SHIPPED, of(pairs()), RUN)
    after = LEARNER.initial(child, of([("the weather is fine", "sky")]), 0)
    assert labels.names_of(after) == ("fruit", "metal", "sky")
    np.testing.assert_array_equal(after["net/output/w"][:, :2], child["net/output/w"])
    assert set(child["text/tokens"].tolist()) <= set(after["text/tokens"].tolist())


def test_known_rows_stay_where_they_are_when_words_are_added() -> None:
    """What the base learned of a token is still that token's after new tokens came between."""
    started = vocabulary.extended(SHIPPED, features.featurise([text for text, _ in pairs()]), True)
    places = np.searchsorted(started["text/tokens"], SHIPPED["text/tokens"])
    assert started["text/tokens"].size > SHIPPED["text/tokens"].size
    np.testing.assert_array_equal(started["net/tokens/w"][places], SHIPPED["net/tokens/w"])
    message = [Text(text="please fix the crash in the parser")]
    before, after = (answers(SPEC, weights, message, OPS)[0].p for weights in (SHIPPED, {**SHIPPED, **started}))
    assert before == after


def test_another_task_takes_over_only_the_rows_it_reads() -> None:
    """New labels: rows for the tokens of the examples and no others, with what the base had learned of them."""
    examples = [*pairs(), ("fix the parser", "fruit")]
    started = LEARNER.initial(SHIPPED, of(examples), 0)
    read = np.unique(features.featurise([text for text, _ in examples]).arrays["tokens"])
    np.testing.assert_array_equal(started["text/tokens"], read)
    token = features.featurise(["fix"]).arrays["tokens"][0]
    rows = [w["net/tokens/w"][np.searchsorted(w["text/tokens"], token)] for w in (SHIPPED, started)]
    np.testing.assert_array_equal(rows[0], rows[1])
    assert rows[0].any()


def test_no_epochs_change_nothing() -> None:
    """Without a pass the trainable weights are those that training starts from."""
    started = LEARNER.initial(SHIPPED, of(pairs()), 3)
    untouched = trained(SHIPPED, of(pairs()), replace(RUN, epochs=0))
    assert pack(untouched) == pack(started)


def test_it_learns_and_shuffled_labels_teach_nothing() -> None:
    """From 24 texts it names unseen words of both kinds; with labels drawn at random it does not."""
    unseen = pairs(slice(3, 4))
    assert accuracy(made(pairs()), unseen) >= 0.75
    rng, wrong = np.random.default_rng(5), []
    for seed in range(4):
        drawn = [
            (text, str(label))
            for (text, _), label in zip(pairs(), rng.permutation([p[1] for p in pairs()]), strict=True)
        ]
        wrong.append(accuracy(made(drawn, replace(RUN, seed=seed)), unseen))
    assert np.mean(wrong) < 0.7


def test_training_repeats_itself_by_seed() -> None:
    """Equal examples and seed give equal bytes; another seed gives others."""
    assert pack(made(pairs())) == pack(made(pairs()))
    assert pack(made(pairs())) != pack(made(pairs(), replace(RUN, seed=4)))


def _gradients(weights: dict[str, Any], index: np.ndarray, prepared: Any) -> dict[str, Any]:
    nodes = {name: Node(value) for name, value in weights.items() if name.startswith("net/")}
    batch, targets = prepared.take(index)
    tape = Tape()
    LEARNER.loss(tape, SPEC.network(tape, {**weights, **nodes}, batch), batch, targets).backward()
    return {name: node.grad for name, node in nodes.items()}


def test_gradients_of_parts_sum_to_that_of_the_whole() -> None:
    """What is left out of an example depends on it and the weights alone: 2 batches of 8 are one of 16."""
    weights = LEARNER.initial(SHIPPED, of(pairs()), 0)
    rng = np.random.default_rng(0)
    weights["net/output/w"] = rng.standard_normal(weights["net/output/w"].shape).astype(np.float32)
    prepared = LEARNER.prepare(weights, of(pairs()))
    index = rng.permutation(24)[:16]
    whole, first, second = (_gradients(weights, part, prepared) for part in (index, index[:8], index[8:]))
    for name, value in whole.items():
        np.testing.assert_allclose(first[name] + second[name], value, atol=2e-4 * max(1.0, np.abs(value).max()))


def test_gradients_are_those_of_finite_differences() -> None:
    """Slopes of the summed loss along single weights agree with their differences, dropout and all."""
    weights = LEARNER.initial(SHIPPED, of(pairs()), 0)
    rng = np.random.default_rng(1)
    weights["net/output/w"] = rng.standard_normal(weights["net/output/w"].shape).astype(np.float32)
    prepared = LEARNER.prepare(weights, of(pairs()))
    batch, targets = prepared.take(np.arange(12))
    exact = _gradients(weights, np.arange(12), prepared)

    def loss(name: str, place: Any, by: float) -> float:
        moved = {**weights, name: weights[name].astype(np.float64)}
        moved[name][place] += by
        return float(LEARNER.loss(Tape(), SPEC.network(Tape(), moved, batch), batch, targets).value)

    for name in ("net/tokens/w", "net/ngrams/w", "net/hidden/w", "net/output/w"):
        place = np.unravel_index(np.argmax(np.abs(exact[name])), exact[name].shape)
        slope = (loss(name, place, 1e-2) - loss(name, place, -1e-2)) / 2e-2
        assert exact[name][place] == pytest.approx(slope, rel=0.05)


def test_a_step_leaves_out_other_parts_than_the_one_before() -> None:
    """The draws change with the output's bias, keep their rate, and are none outside learning."""
    batch = Batch(size=500, arrays={"example": np.arange(500)}, summary=np.zeros((0, 0), np.float32))
    one, other = ({"net/output/b": np.full(3, bias, np.float32)} for bias in (0.0, 1e-7))
    drawn = [dropout.Drops.of(weights, batch) for weights in (one, other)]
    assert drawn[0] is not None and drawn[1] is not None
    masks = [drops.units(256) > 0 for drops in drawn if drops]
    assert abs(masks[0].mean() - (1 - dropout.UNITS)) < 0.01
    assert abs((masks[0] == masks[1]).mean() - (0.7**2 + 0.3**2)) < 0.01
    assert dropout.Drops.of(one, features.featurise(["a"])) is None


def test_texts_of_no_label_are_given_up() -> None:
    """Requests of the grammar are rarely abstained on, everyday texts mostly; their `in_scope_p` tells them apart."""
    requests = generate(23, 300, (Part.LEARN,), none=0.5)
    told = answers(SPEC, SHIPPED, [Text(text=text) for text in requests.texts], OPS)
    given_up = np.array([one.abstained for one in told])
    p = np.array([one.output.in_scope_p for one in told])  # type: ignore[attr-defined]
    named = requests.kind >= 0
    assert given_up[named].mean() < 0.1 and given_up[~named].mean() > 0.7
    assert p[named].mean() > p[~named].mean() + 0.5


def test_the_line_gives_up_a_twentieth_of_what_belongs() -> None:
    """Facts that differ are told apart, 5 % of those that belong lie below the floor, and p rises with the score."""
    rng = np.random.default_rng(2)
    belongs, apart = rng.normal(2, 1, (2000, 3)), rng.normal(-2, 1, (500, 3))
    line = scope.fit(belongs, apart)
    inside, outside = scope.score(line, belongs), scope.score(line, apart)
    assert scope.outside(line, inside).mean() == pytest.approx(0.05, abs=0.002)
    assert scope.outside(line, outside).mean() > 0.95
    p = scope.probability(line, np.sort(np.concatenate([inside, outside])))
    assert (np.diff(p) >= 0).all() and 0 <= p[0] < 0.1 and 0.9 < p[-1] <= 1


def test_out_of_scope_examples_teach_doubt() -> None:
    """A text given as of no label becomes less sure than it was without."""
    strange = [
        (f"the {word} of the {other}", "none") for word in ("ocean", "river", "lake") for other in ("north", "sun")
    ]
    without, with_them = made(pairs()), made([*pairs(), *strange * 2])
    asked = [Text(text=text) for text, _ in strange]
    sure = [np.mean([one.headline.max() for one in answers(SPEC, w, asked, OPS)]) for w in (without, with_them)]
    assert sure[1] < sure[0]


def test_judging_counts_abstaining_for_texts_of_no_label() -> None:
    """A named label is right by name, a text of none by abstaining; the event is about names alone."""
    told = answers(
        SPEC, SHIPPED, [Text(text="fix the crash in the parser"), Text(text="who won the match in Lima")], OPS
    )
    told[1].abstained = True
    truths = [TextTruth(label=told[0].choice), TextTruth(out_of_scope=True)]
    judged = LEARNER.judge(told, Labelled(messages=[Text(), Text()], targets=truths))
    assert judged.quality.tolist() == [1.0, 1.0] and judged.happened.tolist() == [True, False]


def test_weights_of_another_embedder_are_refused() -> None:
    """Rows are moved from where the embedder has them: on another one they mean nothing."""
    other = {**SHIPPED, "text/embedder": np.frombuffer(b"static-256-v1:0123456789ab", np.uint8).copy()}
    with pytest.raises(ModelCorrupt, match="0123456789ab"):
        Model(SPEC, other, "", OPS).answer([Text(text="a")], Want())


def test_labels_travel_with_the_weights() -> None:
    """Names of any script come back as they were given, and a child answers with them."""
    names = ("", "a b", "größe", "日本", "\U0001f600")
    assert labels.names_of(labels.packed(names)) == names
    renamed = [(text, {"fruit": "obst \u00fc", "metal": "\u91d1\u5c5e"}[label]) for text, label in pairs()]
    answer = answers(SPEC, made(renamed), [Text(text="show me a picture of iron")], OPS)[0]
    assert {one.name for one in answer.output.labels} == {"obst \u00fc", "\u91d1\u5c5e"}  # type: ignore[attr-defined]


def test_a_frozen_embedding_answers_words_it_was_never_shown() -> None:
    """A word that no example has still moves the scores, by its frozen meaning."""
    weights = made(pairs())
    batch = SPEC.featurise([Text(text="strawberry"), Text(text="aluminium")])
    scores = network(OPS, weights, batch)["logits"]
    assert scores[0, 0] > scores[0, 1] and scores[1, 1] > scores[1, 0]
