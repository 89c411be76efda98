"""Every model learns from a user's examples: what helps, what does not, what is refused."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from acumen.errors import InvalidInput
from acumen.neural.learner import QUIET, Labelled, answers
from acumen.neural.model import Model
from acumen.neural.recipe import load
from acumen.neural.reference import UNUSUAL
from acumen.proto.models.v1 import coordination_pb2 as pb
from acumen.proto.models.v1.performance_pb2 import CacheOutcome, PolicyOutcome
from acumen.proto.models.v1.tensor_pb2 import TensorTruth
from acumen.proto.v1.neural_pb2 import PredictRequest
from acumen.proto.v1.training_example_pb2 import TrainingExample
from tests.learning import ENTRIES, LESSONS, OPS, Lesson, gradients, judged, learn, shuffled

EVERY = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.entry.name)


@cache
def _examples(lesson: Lesson, seed: int, n: int) -> Labelled:
    return lesson.make(seed, n)


@cache
def _gain(lesson: Lesson, wrong: bool) -> tuple[float, float]:
    """Return the mean gain in quality on examples that training did not see, and its standard error."""
    known, held = _examples(lesson, 11, lesson.trained), _examples(lesson, 12, lesson.held)
    base = load(lesson.entry, OPS).weights
    after = judged(lesson, learn(lesson, shuffled(lesson, known) if wrong else known), held).quality
    gain = after - judged(lesson, base, held).quality
    return float(gain.mean()), float(gain.std() / gain.size**0.5)


@EVERY
@pytest.mark.slow
def test_examples_of_another_world_improve_what_was_not_seen(lesson: Lesson) -> None:
    """Held-out quality rises by more than three standard errors."""
    gain, error = _gain(lesson, False)
    assert gain > 3 * error


@EVERY
@pytest.mark.slow
def test_shuffled_labels_improve_nothing(lesson: Lesson) -> None:
    """The same inputs with their labels in another order do not raise held-out quality."""
    gain, _ = _gain(lesson, True)
    assert gain <= 0


@EVERY
def test_two_batches_of_16_step_as_one_of_32(lesson: Lesson) -> None:
    """Summed gradients equal those of one batch to a millionth of their norm: no example's loss sees its neighbours."""
    examples = _examples(lesson, 13, 40 if lesson.entry.name != "balance-v1" else 4)
    weights = load(lesson.entry, OPS).weights
    prepared = lesson.learner.prepare(weights, examples)
    index = np.random.default_rng(2).permutation(prepared.size)[:32]
    assert index.size == 32
    whole = gradients(lesson, prepared, weights, index)
    halves = [gradients(lesson, prepared, weights, half) for half in (index[:16], index[16:])]
    norm = np.sqrt(sum(float(np.square(g, dtype=np.float64).sum()) for g in whole.values()))
    for name, gradient in whole.items():
        summed = halves[0][name].astype(np.float64) + halves[1][name]
        assert np.sqrt(np.square(summed - gradient).sum()) <= 1e-6 * norm, name


@EVERY
@pytest.mark.parametrize("end", [0, -1])
def test_a_frozen_group_stays_and_the_others_move(lesson: Lesson, end: int) -> None:
    """With the first or the last layer group frozen, its weights keep every bit; each other group changes."""
    examples = _examples(lesson, 13, 40 if lesson.entry.name != "balance-v1" else 4)
    base = load(lesson.entry, OPS).weights
    groups = lesson.entry.spec.identity.layer_groups
    kept = {name for name in base if name.startswith(f"net/{groups[end]}/")}
    after = learn(lesson, examples, 3, frozenset(kept))
    assert kept and all(after[name].tobytes() == base[name].tobytes() for name in kept)
    for group in set(groups) - {groups[end]}:
        # A bias: without a trace, inputs of one of cache-v1's layers are zeros, and its weight has nothing to learn.
        assert after[f"net/{group}/b"].tobytes() != base[f"net/{group}/b"].tobytes(), group


@EVERY
def test_its_target_is_a_field_of_the_contract_numbered_a_hundred_above_its_input(lesson: Lesson) -> None:
    """An example takes the model's input under the number it has in Predict, and the learner's target."""
    fields, asked = TrainingExample.DESCRIPTOR.fields_by_name, PredictRequest.DESCRIPTOR.fields_by_name
    source = lesson.entry.spec.identity.input_field
    assert fields[source].number == asked[source].number == fields[lesson.learner.target_field].number - 100
    examples = _examples(lesson, 13, 4)
    assert fields[lesson.learner.target_field].message_type is examples.targets[0].DESCRIPTOR


@EVERY
def test_generated_examples_pass_the_check_and_judge_is_bounded(lesson: Lesson) -> None:
    """Generated targets are accepted, and judging gives a finite quality and a yes or no each."""
    examples = _examples(lesson, 13, 4)
    for message, target in zip(examples.messages, examples.targets, strict=True):
        lesson.learner.check(message, target)
    told = judged(lesson, load(lesson.entry, OPS).weights, examples)
    assert np.isfinite(told.quality).all() and told.quality.shape == told.happened.shape == (len(examples.targets),)


@EVERY
def test_finished_weights_serve(lesson: Lesson) -> None:
    """After `finish` answers keep every promise, probabilities are calibrated, exemplars are the new ones."""
    examples = _examples(lesson, 13, 40 if lesson.entry.name != "balance-v1" else 4)
    base = load(lesson.entry, OPS).weights
    half = len(examples.messages) // 2
    trained = Labelled(messages=examples.messages[:half], targets=examples.targets[:half])
    held = Labelled(messages=examples.messages[half:], targets=examples.targets[half:])
    finished = lesson.learner.finish(base, trained, held)
    assert finished.keys() == base.keys()
    assert len(finished["exemplar/label"]) == len(finished["exemplar/embedding"]) <= half
    assert set(finished["exemplar/label"].tolist()) <= set(range(len(lesson.entry.spec.identity.exemplar_labels)))
    spec = lesson.entry.spec
    for message, answer in zip(held.messages, answers(spec, finished, held.messages, OPS), strict=True):
        assert spec.validate(message, answer.output) == [] and 0 <= answer.p <= 1


@pytest.mark.slow
def test_inputs_that_were_learned_from_are_usual_afterwards() -> None:
    """balance-v1 abstains on a tenth of another world's inputs; after learning from it on few, and not on its own."""
    lesson = next(one for one in LESSONS if one.entry.name == "balance-v1")
    known, held = _examples(lesson, 11, lesson.trained), _examples(lesson, 12, lesson.held)
    base = load(lesson.entry, OPS).weights
    finished = lesson.learner.finish(base, known, held)
    own = lesson.entry.spec.examples(9, 60)
    assert _abstained(lesson, base, held.messages) > 0.05
    assert _abstained(lesson, finished, held.messages) < 0.02
    assert _abstained(lesson, finished, own) < 0.05


def _abstained(lesson: Lesson, weights: Any, messages: Any) -> float:
    told = Model(lesson.entry.spec, weights, "", OPS).answer(messages, QUIET)
    return float(np.mean([scored.unusual > UNUSUAL and scored.answer.abstained for scored in told]))


TABLE = pb.VoteTable(
    options=["a", "b"],
    votes=[pb.Vote(agent="x", item="1", option="a"), pb.Vote(agent="y", item="2", option="b")],
)
LOADS = pb.LoadMetrics(servers=[pb.ServerLoad(id="s"), pb.ServerLoad(id="t")], arrival_rate_per_s=10)
PATTERN = ENTRIES["cache-v1"].spec.examples(3, 4)[3]
SIZE = PATTERN.cache_entries[0]


def _server(**told: Any) -> pb.LoadOutcome:
    return pb.LoadOutcome(servers=[pb.ServerOutcome(**told)])


def _policy(**told: Any) -> CacheOutcome:
    return CacheOutcome(policies=[PolicyOutcome(**told)])


PARTIAL = {
    "one item": ("consensus-v1", TABLE, pb.ConsensusTruth(items=[pb.ItemTruth(item="2", option="a")])),
    "one speed": ("balance-v1", LOADS, _server(server="t", speed_per_s=3.0)),
    "a stopped server": ("balance-v1", LOADS, _server(server="t", speed_per_s=0.0, down=True)),
    "a bound": ("balance-v1", LOADS, _server(server="s", served_per_s=1e6)),
    "down": ("balance-v1", LOADS, _server(server="s", down=False)),
    "p99": ("balance-v1", LOADS, pb.LoadOutcome(p99_ms=12.0)),
    "carried": ("balance-v1", LOADS, pb.LoadOutcome(carried=False)),
    "one ratio": ("cache-v1", PATTERN, _policy(policy=2, entries=SIZE, hit_ratio=0.5)),
}


@pytest.mark.parametrize("case", PARTIAL)
def test_partial_targets_are_learned_from(case: str) -> None:
    """A target that tells one thing is accepted, has a finite loss with a gradient, and can be judged."""
    name, message, target = PARTIAL[case]
    lesson = next(one for one in LESSONS if one.entry.name == name)
    lesson.learner.check(message, target)
    weights = load(lesson.entry, OPS).weights
    examples = Labelled(messages=[message, message], targets=[target, target])
    found = gradients(lesson, lesson.learner.prepare(weights, examples), weights, np.array([0, 1]))
    assert all(np.isfinite(gradient).all() for gradient in found.values())
    assert any(gradient.any() for gradient in found.values())
    assert np.isfinite(judged(lesson, weights, examples).quality).all()


WRONG = {
    "shape": ("reference-v1", None, TensorTruth(name="WOBBLY"), ["tensor_truth.name"]),
    "no item": ("consensus-v1", TABLE, pb.ConsensusTruth(), ["consensus_truth.items"]),
    "item, option": (
        "consensus-v1",
        TABLE,
        pb.ConsensusTruth(items=[pb.ItemTruth(item="1", option="c"), pb.ItemTruth(item="9", option="a")]),
        ["consensus_truth.items[0].option", "consensus_truth.items[1].item"],
    ),
    "item twice": (
        "consensus-v1",
        TABLE,
        pb.ConsensusTruth(items=[pb.ItemTruth(item="1", option="a"), pb.ItemTruth(item="1", option="b")]),
        ["consensus_truth.items[1].item"],
    ),
    "nothing": ("balance-v1", LOADS, pb.LoadOutcome(), ["load_outcome"]),
    "no latency": ("balance-v1", LOADS, pb.LoadOutcome(p99_ms=0.0), ["load_outcome.p99_ms"]),
    "server": ("balance-v1", LOADS, _server(server="u", speed_per_s=1.0), ["load_outcome.servers[0].server"]),
    "server silent": ("balance-v1", LOADS, _server(server="s"), ["load_outcome.servers[0]"]),
    "server twice": (
        "balance-v1",
        LOADS,
        pb.LoadOutcome(servers=[pb.ServerOutcome(server="s", down=True), pb.ServerOutcome(server="s", down=True)]),
        ["load_outcome.servers[1].server"],
    ),
    "speed": (
        "balance-v1",
        LOADS,
        _server(server="s", speed_per_s=-1.0, served_per_s=float("nan")),
        ["load_outcome.servers[0].speed_per_s", "load_outcome.servers[0].served_per_s"],
    ),
    "no policy": ("cache-v1", PATTERN, CacheOutcome(), ["cache_outcome.policies"]),
    "policy, size, ratio": (
        "cache-v1",
        PATTERN,
        _policy(policy=0, entries=SIZE + 1, hit_ratio=1.5),
        [f"cache_outcome.policies[0].{field}" for field in ("policy", "entries", "hit_ratio")],
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_targets_are_refused_with_every_field(case: str) -> None:
    """Each rule a target breaks is named by its path, all at once."""
    name, message, target, paths = WRONG[case]
    learner = next(one for one in LESSONS if one.entry.name == name).learner
    with pytest.raises(InvalidInput) as refused:
        learner.check(message, target)
    assert [violation.field for violation in refused.value.violations] == paths
