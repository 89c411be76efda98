"""throttle-v1 learning: labels, losses, and what a caller's examples change."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from acumen.errors import InvalidInput
from acumen.models import CATALOGUE
from acumen.models.performance.throttle import learning, limiters, world
from acumen.models.performance.throttle.learner import LEARNER
from acumen.models.performance.throttle.loop import Loop, run
from acumen.models.performance.throttle.metrics import Metrics
from acumen.models.performance.throttle.reading import message_of
from acumen.models.performance.throttle.spec import SPEC
from acumen.neural.fit import Schedule, fit
from acumen.neural.inference import Inference
from acumen.neural.learner import Labelled, answers
from acumen.neural.recipe import load
from acumen.neural.tape import Node, Tape
from acumen.proto.models.v1 import performance_pb2 as pb
from acumen.proto.v1.training_example_pb2 import TrainingExample
from acumen_accel import backend

ENTRY = next(entry for entry in CATALOGUE if entry.name == "throttle-v1")
OPS = Inference(backend())
WEIGHTS = load(ENTRY, OPS).weights
FACTOR = 1.6


def labelled(seed: int, count: int, **observed: Any) -> Labelled:
    """Return moments of loops labelled with what `observed` says of (capacity, sustainable, limit in force)."""
    messages, targets = [], []
    rng = np.random.default_rng(seed)

    def on_step(seen: Metrics, loop: Loop) -> None:
        if loop.step % 8:
            return
        for i in rng.integers(0, seen.size, 4).tolist():
            known = (float(loop.capacity()[i]), float(loop.sustainable()[i]), float(seen.limit[i]))
            messages.append(message_of(seen, i))
            targets.append(pb.ThrottleTruth(**{name: say(*known) for name, say in observed.items()}))

    run(world.generate(seed, 24), limiters.Aimd(), on_step)
    return Labelled(messages=messages[:count], targets=targets[:count])


EVERYTHING = {
    "capacity_per_s": lambda c, s, limit: c,
    "sustainable_per_s": lambda c, s, limit: s,
    "over_capacity": lambda c, s, limit: limit > c,
}
MOVED = {"capacity_per_s": lambda c, s, limit: c * FACTOR, "sustainable_per_s": lambda c, s, limit: s * FACTOR}


def gradients(examples: Labelled, index: NDArray[np.int64]) -> tuple[float, dict[str, NDArray[Any]]]:
    batch, targets = LEARNER.prepare(WEIGHTS, examples).take(index)
    nodes = {name: Node(value) for name, value in WEIGHTS.items() if name.startswith("net/")}
    tape = Tape()
    loss = LEARNER.loss(tape, SPEC.network(tape, {**WEIGHTS, **nodes}, batch), batch, targets)
    loss.backward()
    return float(loss.value), {n: node.grad for n, node in nodes.items() if node.grad is not None}


def trained(examples: Labelled, frozen: str = "-", steps: int = 150) -> dict[str, NDArray[Any]]:
    prepared = LEARNER.prepare(WEIGHTS, examples)
    rng = np.random.default_rng(0)
    free = {n: w for n, w in WEIGHTS.items() if n.startswith("net/") and not n.startswith(f"net/{frozen}/")}

    def loss(tape: Tape, nodes: Mapping[str, Any], _step: int) -> Node:
        batch, targets = prepared.take(rng.integers(0, prepared.size, 32))
        scores = SPEC.network(tape, {**WEIGHTS, **nodes}, batch)
        return LEARNER.loss(tape, scores, batch, targets) * np.float32(1 / 32)

    return {**WEIGHTS, **fit(free, loss, Schedule(steps=steps, learning_rate=1e-3, ema=0.9))}


def quality(weights: Mapping[str, NDArray[Any]], examples: Labelled) -> float:
    return float(LEARNER.judge(answers(SPEC, weights, examples.messages, OPS), examples).quality.mean())


def test_its_labels_are_a_field_of_the_contract() -> None:
    """The target field is one of TrainingExample's, with the number of the input's plus 100."""
    fields = TrainingExample.DESCRIPTOR.fields_by_name
    assert fields[LEARNER.target_field].message_type is pb.ThrottleTruth.DESCRIPTOR
    assert fields[LEARNER.target_field].number == fields[SPEC.identity.input_field].number + 100


def test_gradients_add_up() -> None:
    """The gradient of 32 examples is the sum of those of its halves, whatever each half holds."""
    examples = labelled(50, 32, **EVERYTHING)
    whole, halves = gradients(examples, np.arange(32)), [gradients(examples, np.arange(16) + k) for k in (0, 16)]
    assert whole[0] == pytest.approx(halves[0][0] + halves[1][0], rel=1e-4)
    for name, gradient in whole[1].items():
        np.testing.assert_allclose(gradient, halves[0][1][name] + halves[1][1][name], rtol=1e-3, atol=1e-3)


def test_what_was_not_observed_costs_nothing() -> None:
    """An example with a p95 alone moves the latency head and what is below it, not the capacity or limit heads."""
    examples = labelled(51, 8, p95_ms=lambda c, s, limit: 50.0)
    found = gradients(examples, np.arange(8))[1]
    assert np.abs(found["net/latency/w"]).max() > 0 and np.abs(found["net/windows/w"]).max() > 0
    assert not np.abs(found["net/capacity/w"]).any() and not np.abs(found["net/limit/w"]).any()


def test_bounds_move_the_capacity_their_way() -> None:
    """Learning that 3 x the capacity was carried raises the median, and that a third was too much lowers it."""
    plain = labelled(52, 64, **EVERYTHING)
    medians = []
    for observed in ({"carried_per_s": lambda c, s, limit: 3 * c}, {"over_capacity": lambda c, s, limit: True}):
        told = answers(SPEC, trained(labelled(52, 64, **observed), steps=60), plain.messages, OPS)
        medians.append(np.mean([np.log(one.output.capacity_per_s_q50) for one in told]))  # type: ignore[attr-defined]
    base = np.mean([np.log(a.output.capacity_per_s_q50) for a in answers(SPEC, WEIGHTS, plain.messages, OPS)])  # type: ignore[attr-defined]
    assert medians[0] > base > medians[1]


def test_it_learns_from_a_callers_examples_and_not_from_shuffled_ones() -> None:
    """A service that carries 1.6 x what it seems to is learned; labels in another order teach less than half of it."""
    known, fresh = labelled(53, 400, **MOVED), labelled(54, 200, **MOVED)
    before = quality(WEIGHTS, fresh)
    gain = quality(trained(known), fresh) - before
    order = np.random.default_rng(0).permutation(len(known.targets))
    shuffled = Labelled(messages=known.messages, targets=[known.targets[i] for i in order])
    assert gain > 0.05
    assert quality(trained(shuffled), fresh) - before < 0.5 * gain


def test_a_frozen_group_stays() -> None:
    """Training without the group `windows` leaves its bytes and moves the others."""
    after = trained(labelled(55, 64, **MOVED), frozen="windows", steps=5)
    assert after["net/windows/w"].tobytes() == WEIGHTS["net/windows/w"].tobytes()
    assert (after["net/hidden1/w"] != WEIGHTS["net/hidden1/w"]).any()


def test_finishing_calibrates_on_what_settles_the_event() -> None:
    """With capacities known the map is fitted anew; with latencies alone the base's stays."""
    trained_on = labelled(56, 8, **EVERYTHING)
    fitted = LEARNER.finish(WEIGHTS, trained_on, labelled(57, 300, **EVERYTHING))
    assert not np.array_equal(fitted["cal/y"], WEIGHTS["cal/y"])
    unsettled = labelled(57, 60, p95_ms=lambda c, s, limit: 50.0)
    np.testing.assert_array_equal(LEARNER.finish(WEIGHTS, trained_on, unsettled)["cal/y"], WEIGHTS["cal/y"])


def test_quality_is_what_the_measure_says() -> None:
    """Offering half of the sustainable rate is worth .5, a quarter too much .75, and a bound that is kept 1."""
    base = labelled(58, 1, **EVERYTHING)
    answer = answers(SPEC, WEIGHTS, base.messages, OPS)
    limit = answer[0].output.limit_per_s  # type: ignore[attr-defined]
    cases: list[tuple[dict[str, Any], float]] = [
        ({"sustainable_per_s": 2 * limit}, 0.5),
        ({"sustainable_per_s": limit / 1.25}, 0.75),
        ({"capacity_per_s": 4 * limit}, 0.25),
        ({"carried_per_s": 0.9 * limit}, 1.0),
    ]
    for said, expected in cases:
        judged = LEARNER.judge(answer, Labelled(messages=base.messages, targets=[pb.ThrottleTruth(**said)]))
        assert judged.quality[0] == pytest.approx(expected)
    sure = pb.ThrottleTruth(capacity_per_s=limit)
    assert LEARNER.judge(answer, Labelled(messages=base.messages, targets=[sure])).happened[0]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "throttle_truth"),
        ({"capacity_per_s": 0.0}, "throttle_truth.capacity_per_s"),
        ({"sustainable_per_s": float("nan")}, "throttle_truth.sustainable_per_s"),
        ({"p95_ms": -1.0}, "throttle_truth.p95_ms"),
        ({"carried_per_s": 2e9}, "throttle_truth.carried_per_s"),
        ({"capacity_per_s": 10.0, "carried_per_s": 20.0}, "throttle_truth.carried_per_s"),
        ({"capacity_per_s": 10.0, "over_capacity": False}, "throttle_truth.over_capacity"),
        ({"carried_per_s": 200.0, "over_capacity": True}, "throttle_truth.carried_per_s"),
    ],
)
def test_wrong_labels_are_named(said: dict[str, Any], field: str) -> None:
    """Labels that say nothing, impossible numbers and contradictions are refused with their path."""
    message = pb.ApiMetrics(interval_ms=1000, current_limit_per_s=100)
    message.windows.add(sent_per_s=100, ok_per_s=100)
    with pytest.raises(InvalidInput) as raised:
        LEARNER.check(message, pb.ThrottleTruth(**said))
    assert [v.field for v in raised.value.violations] == [field]


def test_labels_that_can_be_true_are_taken() -> None:
    """Each field alone, and all of them together where they agree."""
    message = pb.ApiMetrics(interval_ms=1000, current_limit_per_s=100)
    alone: list[dict[str, Any]] = [
        {"capacity_per_s": 90.0},
        {"sustainable_per_s": 80.0},
        {"carried_per_s": 70.0},
        {"over_capacity": False},
    ]
    for said in [*alone, {"p95_ms": 12.0}]:
        LEARNER.check(message, pb.ThrottleTruth(**said))
    every: dict[str, Any] = {"capacity_per_s": 90.0, "sustainable_per_s": 80.0, "carried_per_s": 70.0, "p95_ms": 12.0}
    LEARNER.check(message, pb.ThrottleTruth(over_capacity=True, **every))


def test_the_newsvendors_loss_is_least_at_the_target() -> None:
    """The loss on the limit grows to both sides of the sustainable rate and equals what is forgone below it."""
    errors = np.linspace(-3, 3, 121, dtype=np.float32)[:, None]
    loss = learning._newsvendor(Tape(), Node(errors)).value[:, 0]
    assert loss.argmin() == 60 and loss[60] == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(loss[:60], 1 - np.exp(errors[:60, 0]), rtol=1e-4, atol=1e-5)
    assert (np.diff(loss[60:]) > 0).all()
