"""How adaptive-v1 learns from a caller's labelled histories."""

from typing import Any

import numpy as np
import pytest

import acumen_accel
from acumen.errors import InvalidInput
from acumen.models.cognitive.adaptive import ENTRY, network
from acumen.models.cognitive.adaptive.learner import LEARNER, Outcome, best_of, outcome_of
from acumen.models.cognitive.adaptive.moments import BEHAVIOURS, gather
from acumen.models.cognitive.adaptive.reading import message_of
from acumen.neural.fit import Adam, Schedule
from acumen.neural.inference import Inference
from acumen.neural.learner import Labelled, answers
from acumen.neural.recipe import load
from acumen.neural.tape import Node, Tape
from acumen.proto.models.v1 import cognitive_pb2 as pb

OPS = Inference(acumen_accel.backend())
MODEL = load(ENTRY, OPS)
MOMENTS = gather(77, range(48), 4, BEHAVIOURS[2])


def truth(means: Any, count: int = 10_000) -> pb.AdaptiveTruth:
    outcomes = [pb.ActionOutcome(action_id=f"action-{k}", mean_reward=m, count=count) for k, m in enumerate(means)]
    return pb.AdaptiveTruth(outcomes=outcomes)


def labelled(turned: bool = False) -> Labelled:
    """Label histories with what was true, or turned: what pays most is what paid least."""
    messages = [message_of(moment.history) for moment in MOMENTS]
    return Labelled(messages=messages, targets=[truth(1 - m.mean if turned else m.mean) for m in MOMENTS])


def gradients(weights: dict[str, Any], prepared: Any, index: Any) -> dict[str, Any]:
    nodes = {name: Node(value) for name, value in weights.items() if name.startswith("net/")}
    batch, targets = prepared.take(np.asarray(index))
    LEARNER.loss(Tape(), network.run(Tape(), {**weights, **nodes}, batch), batch, targets).backward()
    return {name: np.zeros_like(node.value) if node.grad is None else node.grad for name, node in nodes.items()}


def loss(weights: Any, prepared: Any) -> float:
    batch, targets = prepared.take(np.arange(prepared.size))
    return float(LEARNER.loss(Tape(), network.run(Tape(), weights, batch), batch, targets).value) / prepared.size


def tuned(examples: Labelled, frozen: str = "", steps: int = 60) -> dict[str, Any]:
    weights = LEARNER.initial(MODEL.weights, examples, 0)
    prepared = LEARNER.prepare(weights, examples)
    free = {n: v for n, v in weights.items() if n.startswith("net/") and not (frozen and n.startswith(frozen))}
    adam, rng = Adam(free, Schedule(steps=steps, learning_rate=3e-3, ema=0.9)), np.random.default_rng(0)
    for _ in range(steps):
        found = gradients({**weights, **adam.weights}, prepared, rng.integers(0, prepared.size, 32))
        adam.update({name: found[name] / np.float32(32) for name in free})
    return {**weights, **adam.averaged}


def test_two_batches_of_16_are_one_of_32() -> None:
    """Losses are sums over examples, so gradients add up."""
    prepared = LEARNER.prepare(MODEL.weights, labelled())
    whole = gradients(MODEL.weights, prepared, np.arange(32))
    parts = [gradients(MODEL.weights, prepared, np.arange(a, a + 16)) for a in (0, 16)]
    for name, value in whole.items():
        np.testing.assert_allclose(parts[0][name] + parts[1][name], value, rtol=1e-3, atol=1e-3)


def test_it_learns_a_world_of_its_own_and_not_from_noise() -> None:
    """Where what paid least pays most afterwards, training says so of held histories; shuffled labels teach nothing."""
    examples = labelled(turned=True)
    half = len(examples.messages) // 2
    train = Labelled(messages=examples.messages[:half], targets=examples.targets[:half])
    held = Labelled(messages=examples.messages[half:], targets=examples.targets[half:])
    prepared = LEARNER.prepare(MODEL.weights, held)
    before, after = loss(MODEL.weights, prepared), loss(tuned(train), prepared)
    assert after < 0.9 * before
    rng = np.random.default_rng(1)
    noise = [truth(rng.permutation([o.mean_reward for o in t.outcomes])) for t in train.targets]
    shuffled = tuned(Labelled(messages=train.messages, targets=noise))
    assert loss(shuffled, prepared) > after
    quality = [
        LEARNER.judge(answers(ENTRY.spec, w, held.messages, OPS), held).quality for w in (shuffled, tuned(train))
    ]
    assert quality[1].mean() > quality[0].mean()


def test_a_frozen_group_stays() -> None:
    """What is left out of the update keeps its bytes, and the rest moves."""
    after = tuned(labelled(turned=True), frozen="net/action", steps=3)
    assert after["net/action/w"].tobytes() == MODEL.weights["net/action/w"].tobytes()
    assert after["net/best/w"].tobytes() != MODEL.weights["net/best/w"].tobytes()


def test_part_of_the_actions_may_be_labelled() -> None:
    """The loss of an example with one outcome moves that action's estimate and no odds; more outcomes compare them."""
    message = min((m for m in labelled().messages if len(m.events) > 5), key=lambda one: len(one.events))
    one = pb.AdaptiveTruth(outcomes=[pb.ActionOutcome(action_id="action-0", mean_reward=1.0, count=100)])
    prepared = LEARNER.prepare(MODEL.weights, Labelled(messages=[message], targets=[one]))
    found = gradients(MODEL.weights, prepared, [0])
    assert np.abs(found["net/best/w"]).max() < 1e-6 < np.abs(found["net/mean/w"]).max()
    two = pb.AdaptiveTruth(outcomes=[*one.outcomes, pb.ActionOutcome(action_id="action-1", mean_reward=0.4, count=9)])
    prepared = LEARNER.prepare(MODEL.weights, Labelled(messages=[message], targets=[two]))
    assert np.abs(gradients(MODEL.weights, prepared, [0])["net/best/w"]).max() > 1e-6


def test_outcomes_say_how_probably_an_action_is_best() -> None:
    """Equal outcomes share evenly; many trials decide; an action without an outcome has no part."""
    assert best_of(Outcome(np.array([0.5, 0.5]), np.array([9.0, 9.0]))) == pytest.approx([0.5, 0.5])
    sure = best_of(Outcome(np.array([0.6, 0.4, 0.9]), np.array([1e4, 1e4, 0.0])))
    assert sure[0] > 0.999 and sure[2] == 0
    unsure = best_of(Outcome(np.array([1.0, 0.0]), np.array([1.0, 1.0])))
    assert 0.7 < unsure[0] < 0.95


def test_an_outcome_without_a_count_counts_once() -> None:
    """The default count is one trial, the actions' order is the history's."""
    message = pb.FeedbackHistory(actions=[pb.CandidateAction(id=name) for name in "ab"])
    found = outcome_of(message, pb.AdaptiveTruth(outcomes=[pb.ActionOutcome(action_id="b", mean_reward=0.3)]))
    assert found.count.tolist() == [0, 1] and found.mean[1] == 0.3


def test_judging_compares_with_what_came() -> None:
    """Quality is the policy's mean reward over labelled actions; the event is about the recommended one."""
    message = pb.FeedbackHistory(actions=[pb.CandidateAction(id=name) for name in "ab"])
    target = pb.AdaptiveTruth(
        outcomes=[pb.ActionOutcome(action_id=n, mean_reward=m, count=5) for n, m in (("a", 0.2), ("b", 0.8))]
    )
    told = answers(ENTRY.spec, MODEL.weights, [message], OPS)
    judged = LEARNER.judge(told, Labelled(messages=[message], targets=[target]))
    output: Any = told[0].output
    p = [row.probability for row in output.policy]
    assert judged.quality[0] == pytest.approx(0.2 * p[0] + 0.8 * p[1])
    assert bool(judged.happened[0]) == (output.recommended_action == "b")


def test_targets_are_refused_by_their_paths() -> None:
    """Unknown and repeated actions, rewards beyond 1 and counts too large are all named at once."""
    message = pb.FeedbackHistory(actions=[pb.CandidateAction(id=name) for name in "ab"])
    bad = pb.AdaptiveTruth(
        outcomes=[
            pb.ActionOutcome(action_id="z"),
            pb.ActionOutcome(action_id="a", mean_reward=1.5),
            pb.ActionOutcome(action_id="a", count=2 * 10**9),
        ]
    )
    with pytest.raises(InvalidInput) as caught:
        LEARNER.check(message, bad)
    assert [v.field for v in caught.value.violations] == [
        "adaptive_truth.outcomes[0].action_id",
        "adaptive_truth.outcomes[1].mean_reward",
        "adaptive_truth.outcomes[2].action_id",
        "adaptive_truth.outcomes[2].count",
    ]
    with pytest.raises(InvalidInput, match="1 to 64"):
        LEARNER.check(message, pb.AdaptiveTruth())


def test_finishing_recalibrates_on_whole_labels_only() -> None:
    """Few complete examples keep the base's map; enough of them give another one."""
    examples = labelled(turned=True)
    few = Labelled(messages=examples.messages[:9], targets=examples.targets[:9])
    kept = LEARNER.finish(MODEL.weights, few, few)
    assert kept["cal/x"].tobytes() == MODEL.weights["cal/x"].tobytes()
    anew = LEARNER.finish(MODEL.weights, few, examples)
    assert anew["cal/y"].tobytes() != MODEL.weights["cal/y"].tobytes()
