"""adaptive-v1: its filters, its bandits, its decoder, its refusals, its learning."""

import importlib
import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import acumen_accel
from acumen.errors import InvalidInput
from acumen.models.cognitive.adaptive import ENTRY, baselines, deciding, network, real
from acumen.models.cognitive.adaptive.baselines import Way
from acumen.models.cognitive.adaptive.features import Facts, batch_of
from acumen.models.cognitive.adaptive.moments import gather
from acumen.models.cognitive.adaptive.oracle import Oracle
from acumen.models.cognitive.adaptive.reading import History, joined, message_of, read
from acumen.models.cognitive.adaptive.replay import Policy, play
from acumen.models.cognitive.adaptive.spec import SPEC
from acumen.models.cognitive.adaptive.validating import effective
from acumen.models.cognitive.adaptive.world import CONTEXTUAL, DESIGN, DRIFTING, SHIFTED, STATIONARY, generate
from acumen.neural.calibrate import IDENTITY
from acumen.neural.inference import Inference
from acumen.neural.recipe import load
from acumen.neural.spec import Want
from acumen.proto.models.v1 import cognitive_pb2 as pb
from acumen_accel import feedback
from acumen_accel.feedback import GRID, MEANS

OPS = Inference(acumen_accel.backend())
MODEL = load(ENTRY, OPS)
EXAMPLES = SPEC.examples(3, 28)


def history(action: list[int], reward: list[float], actions: int = 2, propensity: list[float] | None = None) -> History:
    n = len(action)
    return History(
        actions=actions,
        action=np.array(action, np.int64),
        reward=np.array(reward, np.float64),
        propensity=np.array(propensity or [0.0] * n, np.float64),
        t_ms=np.arange(n) * 10,
        context=None,
        now=np.zeros(0),
        features=np.zeros((actions, 0)),
        horizon=0,
        risk_aversion=0.0,
    )


def told(*events: tuple[int, str, float], actions: str = "ab", **more: Any) -> pb.FeedbackHistory:
    return pb.FeedbackHistory(
        actions=[pb.CandidateAction(id=name) for name in actions],
        events=[pb.FeedbackEvent(t_ms=t, action_id=name, reward=reward) for t, name, reward in events],
        **more,
    )


def answered(message: pb.FeedbackHistory) -> pb.LearnedPolicy:
    output: Any = MODEL.answer([message], Want())[0].answer.output
    return pb.LearnedPolicy.FromString(output.SerializeToString())


def test_without_change_the_filter_is_the_beta_posterior() -> None:
    """After 7 successes of 10 the filter of hazard 0 expects (7 + 1) / (10 + 2), to the grid's exactness."""
    laid = joined([history([0] * 10, [1.0] * 7 + [0.0] * 3, 1)])
    share = feedback.believe(laid).share[0]
    belief = np.exp(7 * GRID[1] + 3 * GRID[2]) * GRID[3]
    assert belief @ MEANS / belief.sum() == pytest.approx(8 / 12, abs=2e-3)
    assert share.sum() == pytest.approx(1) and share[:4].min() > 0 and share[-2:].tolist() == [0, 0]


def test_the_filters_are_those_of_a_dense_recursion() -> None:
    """Every switching filter's evidence and odds of being best equal a recursion over every action at every step."""
    rng = np.random.default_rng(3)
    action, reward = rng.integers(0, 3, 60), rng.integers(0, 2, 60).astype(float)
    found = feedback.believe(joined([history(action.tolist(), reward.tolist(), 3)]))
    log, hazards = [], len(feedback.HAZARDS)
    for hazard in feedback.HAZARDS:
        belief, total = np.tile(GRID[3], (3, 1)), 0.0
        for a, y in zip(action, reward, strict=True):
            seen = belief[a] * (MEANS if y else 1 - MEANS)
            total += np.log(seen.sum())
            belief[a] = seen / seen.sum()
            belief = (1 - hazard) * belief + hazard * GRID[3]
        log.append(total)
        upto = np.cumsum(belief, axis=1) - 0.5 * belief
        p = (belief * upto.prod(axis=0) / upto).sum(axis=1)
        k = feedback.HAZARDS.index(hazard)
        np.testing.assert_allclose(np.exp(found.best[:, k]), p / p.sum(), rtol=1e-6)
    expected = np.array(log) + np.log(np.array(feedback.PRIOR[:hazards]))
    got = np.log(found.share[0, :hazards])
    np.testing.assert_allclose(got - got[0], expected - expected[0], atol=1e-9)


@pytest.mark.parametrize("name", ["beliefs", "regression", "odds", "history", "wire"])
def test_kernels_answer_alike_uncompiled(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The source that is compiled gives the same beliefs as it is."""
    wires = [m.SerializeToString() for m in EXAMPLES[:6]]
    compiled = [feedback.believe(joined([read(m)])) for m in EXAMPLES[:6]]
    monkeypatch.setattr(feedback, f"_{name.upper()}", importlib.import_module(f"acumen_accel.kernels.bandit_{name}"))
    with np.errstate(over="ignore"):
        plain = [feedback.believe(joined([read(pb.FeedbackHistory.FromString(w))])) for w in wires]
    for a, b in zip(compiled, plain, strict=True):
        for x, y in zip(a, b, strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-6, atol=1e-9)


def test_the_policy_kernel_answers_alike_uncompiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is, the source of the decision gives the compiled one's odds, policy, estimates and recommendations."""
    batch = SPEC.featurise(EXAMPLES)
    made, risk, ends = MODEL.score(batch), np.linspace(0, 1, batch.size), batch.arrays["offsets"]
    compiled = deciding.decide_all(made, ends, risk)
    monkeypatch.setattr(feedback, "_POLICY", importlib.import_module("acumen_accel.kernels.bandit_policy"))
    for a, b in zip(compiled, deciding.decide_all(made, ends, risk), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


def test_the_last_change_is_found_where_it_is() -> None:
    """Twenty failures, then twenty successes of one action: the change is the first success; none is found before."""
    laid = joined([history([0, 1] * 40, ([0.0] * 40 + [1.0, 0.5] * 20), 2)])
    assert feedback.summarise(laid, np.ones(1))[1].tolist() == [40, 41]
    steady = joined([history([0] * 60, [1.0, 0.0] * 30, 1)])
    assert feedback.summarise(steady, np.ones(1))[1].tolist() == [-1]


def test_the_effective_number_is_kishs() -> None:
    """Weights 2, 2 and 4 count as 64 / 24 events; an unknown propensity makes all count as one each."""
    assert effective(np.array([0.5, 0.5, 0.25])) == pytest.approx(64 / 24)
    assert effective(np.array([0.5, 0.0])) == 2 and effective(np.zeros(0)) == 0
    message = message_of(history([0, 0, 0], [1.0, 0.0, 1.0], 2, [0.5, 0.5, 0.25]))
    estimate = answered(message).estimates[0]
    assert estimate.effective_n == pytest.approx(64 / 24, rel=1e-5)


def test_inverse_propensities_undo_a_biased_log() -> None:
    """Of rewards 1, 0, 0 at propensities .9, .3, .3 the weighed mean is (1 / .9) / (1 / .9 + 2 / .3)."""
    laid = joined([history([0, 0, 0], [1.0, 0.0, 0.0], 1, [0.9, 0.3, 0.3])])
    mean = feedback.summarise(laid, np.ones(1))[0][0, 6]
    assert mean == pytest.approx((1 / 0.9) / (1 / 0.9 + 2 / 0.3))


def test_events_count_by_their_time() -> None:
    """In any order of the message the same events give the same bytes."""
    rng = np.random.default_rng(0)
    for message in EXAMPLES[:6]:
        other = pb.FeedbackHistory()
        other.CopyFrom(message)
        del other.events[:]
        other.events.extend(message.events[i] for i in rng.permutation(len(message.events)))
        assert answered(other) == answered(message)


def test_reading_the_wire_is_reading_the_fields() -> None:
    """Times of either sign, numbers and names are those of the message; unknown fields are skipped."""
    message = told((-5, "a", 1.0), (2**62, "bc", 0.25), actions="a")
    message.actions.add(id="bc")
    message.events[1].propensity = 0.5
    extra = b"\x98\x06\x96\x01" + b"\x9a\x06\x03abc" + b"\x9d\x06" + bytes(4)
    for wire in (message.SerializeToString(), extra + message.SerializeToString() + extra):
        got = feedback.read_events(wire, [b"a", b"bc"], 2)
        assert got.t_ms.tolist() == [-5, 2**62] and got.action.tolist() == [0, 1]
        assert got.numbers.tolist() == [[1.0, 0.0], [0.25, 0.5]] and (got.suspects, got.informed) == (0, 0)
    for one in EXAMPLES:
        assert message_of(read(one)).SerializeToString() == one.SerializeToString()


def test_bandits_are_deterministic_and_as_drawn() -> None:
    """A bandit is a function of seed and number; means stay at hazard 0, switch with it, and stay within 0 and 1."""
    some, same = generate(4, range(6), DESIGN), generate(4, range(3, 6), DESIGN)
    k = same.mean.shape[2]
    assert some.mean[3:, :, :k].tobytes() == same.mean.tobytes()
    assert not np.diff(some.mean[some.hazard == 0], axis=1).any()
    switched = (np.diff(generate(4, range(2, 60, 3), DESIGN).mean, axis=1) != 0).any(axis=2).mean()
    assert 0.015 < switched < 0.12
    walks = generate(4, range(8), DRIFTING)
    step = np.abs(np.diff(np.arcsin(np.sqrt(walks.mean)), axis=1))
    real_means = walks.mean.transpose(0, 2, 1)[walks.mask]
    assert 0 < step[step > 0].mean() < 0.05 and real_means.min() > 0 and real_means.max() < 1
    assert generate(4, range(5), SHIFTED).actions.min() >= 10


def test_rewards_have_the_means_they_come_from() -> None:
    """Averaged over 400 steps and 60 bandits, what an action brings is its mean."""
    worlds = generate(8, range(60), STATIONARY)
    past = play(worlds, baselines.Uniform(worlds))
    expected = np.stack([worlds.truth(t)[np.arange(60), past.action[:, t]] for t in range(400)], axis=1)
    assert past.reward.mean() == pytest.approx(expected.mean(), abs=0.01)
    assert (past.regret >= 0).all()


def test_the_oracle_beats_what_does_not_know() -> None:
    """The filter that knows the generator, exploring less than Thompson, costs less than every baseline."""
    worlds = generate(21, range(60), DESIGN)
    bound = baselines.UpperBound(worlds, 1)
    bound.width = 0.5
    others: list[Way] = [baselines.Uniform(worlds), baselines.Greedy(worlds, 1), baselines.Thompson(worlds, 1), bound]
    costs = [play(worlds, way).regret.sum(axis=1).mean() for way in (Oracle(worlds, 3.0), *others)]
    assert costs[0] < min(costs[1:]) and max(costs) == costs[1]


def test_the_oracle_is_calibrated() -> None:
    """Its probabilities of being best add up to the number of times it is right."""
    worlds = generate(22, range(120), DESIGN)
    oracle, claimed, right = Oracle(worlds), 0.0, 0
    for t in range(200):
        p, truth = oracle.best(), worlds.truth(t)
        claimed += p.max(axis=1).sum()
        right += int((p.argmax(axis=1) == truth.argmax(axis=1)).sum())
        action, _ = oracle.act(t)
        oracle.learn(t, action, worlds.reward(t, action))
    assert claimed / right == pytest.approx(1, abs=0.08)


def test_linear_ways_use_the_context() -> None:
    """Where means depend on the context, a linear way costs less than one that cannot see it."""
    worlds = generate(23, range(30), CONTEXTUAL)
    linear, blind = baselines.Linear(worlds, 1, 1.0, True), baselines.Thompson(worlds, 1)
    assert play(worlds, linear).regret.sum() < play(worlds, blind).regret.sum()


def test_the_model_costs_less_than_thompson_sampling() -> None:
    """On twelve fresh bandits that switch, over 200 choices on its own policy."""
    worlds = generate(24, range(12), DESIGN, 200)
    ours = play(worlds, Policy(worlds, MODEL.score)).regret.sum()
    assert ours < play(worlds, baselines.Thompson(worlds, 1)).regret.sum()


def test_a_replays_policy_is_the_answers() -> None:
    """Scores laid out for runs give the probabilities that a message is answered with."""
    worlds = generate(25, range(4), DESIGN, 60)
    policy = Policy(worlds, MODEL.score)
    past = play(worlds, policy)
    policy.past = past
    laid = policy.laid(59)
    told_again = joined([read(message_of(replace(past.history(r, 59), propensity=np.zeros(59)))) for r in range(4)])
    for a, b in zip(laid, told_again, strict=True):
        assert np.asarray(a).tolist() == np.asarray(b).tolist()


def test_context_changes_the_answer() -> None:
    """An action that pays only where the context is positive is recommended there and not elsewhere."""
    rng = np.random.default_rng(5)
    message = told(actions="ab", context=[1.0])
    for t in range(200):
        x = float(rng.normal())
        name = "ab"[t % 2]
        message.events.add(t_ms=t, action_id=name, reward=float((x > 0) == (name == "a")), context=[x])
    assert answered(message).recommended_action == "a"
    message.context[0] = -1.0
    assert answered(message).recommended_action == "b"


def test_features_inform_an_action_never_tried() -> None:
    """Of two untried actions the one that is like the good ones is expected to bring more."""
    message = pb.FeedbackHistory()
    for k, x in enumerate([1.0, 0.8, -1.0, -0.8, 0.9, -0.9]):
        message.actions.add(id=f"x{k}", features=[x])
    for t in range(120):
        k = t % 4
        message.events.add(t_ms=t, action_id=f"x{k}", reward=float((t // 4) % 5 < (4 if k < 2 else 1)))
    estimates = answered(message).estimates
    assert estimates[4].mean > estimates[5].mean + 0.03


any_score = st.one_of(st.floats(-1e3, 1e3, width=32), st.sampled_from([0.0, math.inf, -math.inf, math.nan]))


@settings(max_examples=300, deadline=None)
@given(
    values=st.lists(st.tuples(any_score, any_score, any_score, any_score), min_size=7, max_size=7),
    sharp=st.floats(0, 100),
)
def test_any_scores_make_a_valid_answer(values: list[tuple[float, ...]], sharp: float) -> None:
    """NaN and infinities included, the answer keeps every promise."""
    message = EXAMPLES[0]
    k = len(message.actions)
    rows = np.resize(np.array(values, np.float32), (k, 4))
    given_scores = {name: rows[:, i : i + 1] for i, name in enumerate(("odds", "mean", "low", "high"))}
    given_scores |= {"sharpness": np.array([sharp]), "reach": np.array([values[0][0]])}
    answer = SPEC.decode([message], SPEC.featurise([message]), given_scores, IDENTITY, Want())[0]
    output: Any = answer.output
    assert SPEC.validate(message, output) == []
    assert answer.headline.sum() == pytest.approx(1) and 0 <= answer.p <= 1


def test_nothing_known_is_an_even_policy_and_abstained() -> None:
    """Without events all actions are alike: equal probabilities, equal estimates, the first recommended."""
    scored = MODEL.answer([told(actions="abcd")], Want())[0].answer
    output: Any = scored.output
    assert scored.abstained and [row.probability for row in output.policy] == pytest.approx([0.25] * 4, rel=1e-4)
    assert output.recommended_action == "a" and output.exploration_rate == pytest.approx(0.75, rel=1e-4)


def test_one_action_is_always_taken() -> None:
    """With a single action there is nothing to explore."""
    output = answered(told((1, "a", 0.0), actions="a"))
    assert output.policy[0].probability == pytest.approx(1) and output.exploration_rate == pytest.approx(0)


def test_risk_aversion_never_favours_the_less_certain() -> None:
    """As it grows, the chance of the action with the wider interval only falls, down to the floor."""
    estimates = np.array([[0.6, 0.2, 0.9], [0.55, 0.5, 0.6]])
    scores = {name: estimates[:, i : i + 1] for i, name in enumerate(("mean", "low", "high"))}
    scores["low"], scores["high"] = scores["mean"] - scores["low"], scores["high"] - scores["mean"]
    scores |= {"odds": np.log(np.array([[0.6], [0.4]])), "sharpness": np.array([3.0]), "reach": np.array([1.5])}
    made = [deciding.decide(scores, np.array([0, 2]), np.array([risk]))[0] for risk in (0.0, 0.3, 0.6, 1.0)]
    chances = [one.headline[0] for one in made]
    assert chances == sorted(chances, reverse=True) and chances[0] > chances[-1]
    assert [one.recommended for one in made] == [0, 1, 1, 1]


def test_few_choices_left_mean_less_optimism() -> None:
    """At the last choice the policy goes by means alone; on average it then takes the recommended action more often."""
    spread = {}
    for horizon in (0, 1):
        rates = []
        for message in EXAMPLES:
            asked = pb.FeedbackHistory.FromString(message.SerializeToString())
            asked.horizon, asked.risk_aversion = horizon, 0.0
            output = answered(asked)
            rates.append(output.exploration_rate)
            if horizon == 1:
                means = np.array([row.mean for row in output.estimates])
                p = np.array([row.probability for row in output.policy])
                assert p[means.argmax()] >= p.max() - 1e-5
        spread[horizon] = np.mean(rates)
    assert spread[1] < spread[0]


def test_more_successes_raise_the_mean() -> None:
    """Turning an action's failures into successes, one after the other, never lowers its mean by more than rounding."""
    events = [(t, "ab"[t % 2], float(t % 4 == 0)) for t in range(40)]
    means = []
    for turned in range(0, 21, 4):
        changed = [(t, n, 1.0 if n == "b" and t // 2 < turned else y) for t, n, y in events]
        means.append(answered(told(*changed)).estimates[1].mean)
    assert means[-1] > means[0] + 0.3 and all(b > a - 0.02 for a, b in pairwise(means))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda m: setattr(m.events[1], "reward", 1.5), "events[1].reward"),
        (lambda m: setattr(m.events[1], "reward", math.nan), "events[1].reward"),
        (lambda m: setattr(m.events[1], "propensity", -0.1), "events[1].propensity"),
        (lambda m: setattr(m.events[1], "action_id", "z"), "events[1].action_id"),
        (lambda m: setattr(m.actions[1], "id", "a"), "actions[1].id"),
        (lambda m: setattr(m.actions[1], "id", ""), "actions[1].id"),
        (lambda m: m.actions[1].features.append(1.0), "actions[1].features"),
        (lambda m: m.context.extend([1.0] * 9), "context"),
        (lambda m: m.context.append(math.inf), "context[0]"),
        (lambda m: setattr(m, "risk_aversion", 2.0), "risk_aversion"),
        (lambda m: (m.context.append(0.0), m.events[0].context.extend([1.0, 2.0])), "events[0].context"),
        (lambda m: (m.events[0].context.append(1.0), m.events[1].context.append(math.nan)), "events[1].context[0]"),
        (lambda m: m.ClearField("actions"), "actions"),
        (lambda m: m.actions.extend([pb.CandidateAction(id=str(i)) for i in range(63)]), "actions"),
    ],
)
def test_check_names_the_field(change: Any, field: str) -> None:
    """A refusal gives the path of the one field that is wrong."""
    message = told((1, "a", 1.0), (2, "a", 0.0))
    SPEC.check(message)
    change(message)
    with pytest.raises(InvalidInput) as caught:
        SPEC.check(message)
    assert [v.field for v in caught.value.violations] == [f"feedback_history.{field}"]


def test_check_names_all_violations() -> None:
    """Nothing is left to be found by a second try."""
    message = told((1, "a", 2.0), (2, "z", 0.5), risk_aversion=-1.0)
    with pytest.raises(InvalidInput) as caught:
        SPEC.check(message)
    fields = [v.field.removeprefix("feedback_history.") for v in caught.value.violations]
    assert fields == ["risk_aversion", "events[0].reward", "events[1].action_id"]


def test_validate_finds_each_broken_promise() -> None:
    """An answer that is tampered with is found out."""
    message = next(m for m in EXAMPLES if len(m.events) > 30 and len(m.actions) > 2)
    changes: list[Any] = [
        lambda o: setattr(o.policy[0], "probability", o.policy[0].probability + 0.01),
        lambda o: setattr(o.estimates[0], "q10", 0.999999),
        lambda o: setattr(o.estimates[0], "effective_n", o.estimates[0].effective_n + 1),
        lambda o: setattr(o.estimates[0], "change_detected_at_ms", 7),
        lambda o: setattr(o, "recommended_action", next(a.id for a in message.actions if a.id != o.recommended_action)),
        lambda o: setattr(o, "exploration_rate", o.exploration_rate + 0.01),
        lambda o: setattr(o, "floor", 0.0),
        lambda o: o.policy.pop(),
    ]
    assert SPEC.validate(message, answered(message)) == []
    for change in changes:
        output = answered(message)
        change(output)
        assert SPEC.validate(message, output)


def test_certificates_are_what_the_events_say() -> None:
    """The count and the recent mean stated are those of the recommended action."""
    events = [(t, "a", 1.0) for t in range(30)] + [(30 + t, "b", 0.0) for t in range(10)]
    scored = MODEL.answer([told(*events)], Want(alternatives=2))[0].answer
    assert (
        scored.certificates[0].value == 30
        and "mean reward over the last 20 of them is 1" in scored.certificates[0].text
    )
    assert [name for name, _ in scored.alternatives] == ["take 'b'"]


def test_a_log_is_valued_by_its_propensities() -> None:
    """The uniform policy's value on a uniform log is the plain mean; a policy on one action, that action's mean."""
    log = real.Log(
        actions=2,
        action=np.array([0, 1, 0, 1]),
        click=np.array([1.0, 0.0, 0.0, 0.0]),
        propensity=np.full(4, 0.5),
        t_ms=np.arange(4),
    )
    assert real.snips(log.click, real.weights(log, np.array([0.5, 0.5]), 0)) == 0.25
    assert real.snips(log.click, real.weights(log, np.array([1.0, 0.0]), 0)) == 0.5
    terms = real.doubly_robust(log, np.array([1.0, 0.0]), np.array([0.4, 0.0]), 0)
    assert terms.mean() == pytest.approx(0.4 + 0.25 * 2 * (0.6 - 0.4))


def test_moments_hold_what_was_true() -> None:
    """A moment's probabilities sum to 1 over its actions, and its history ends before the choice it is about."""
    for moment in gather(31, range(8), 3):
        assert moment.best.sum() == pytest.approx(1) and moment.best.size == moment.history.actions == moment.mean.size
        assert moment.history.action.size < 400 and (moment.mean > 0).all()


def test_rows_of_facts_are_an_inputs_own() -> None:
    """Each input's facts point at as many rows as it has actions."""
    batch = batch_of([read(message) for message in EXAMPLES])
    facts: list[Facts] = list(batch.facts)
    assert [f.rows.stop - f.rows.start for f in facts] == [len(m.actions) for m in EXAMPLES]
    assert batch.arrays["actions"].shape[1] == MODEL.weights["norm/actions/center"].size
    assert set(network.initial(1)) == {name for name in MODEL.weights if name.startswith("net/")}
