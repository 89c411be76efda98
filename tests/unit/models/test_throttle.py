"""throttle-v1: reading, deciding, sharing, promises and refusals."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acumen.errors import InvalidInput
from acumen.models import CATALOGUE
from acumen.models.performance.throttle import deciding, features, limiters, reading, sharing, world
from acumen.models.performance.throttle.limiters import Aimd, Vegas, total
from acumen.models.performance.throttle.loop import Loop, run
from acumen.models.performance.throttle.metrics import (
    FAILED,
    IN_FLIGHT,
    LIMIT,
    OK,
    REMAINING,
    SENT,
    TURNED,
    Metrics,
)
from acumen.models.performance.throttle.policy import Learned
from acumen.models.performance.throttle.spec import SPEC
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.recipe import load
from acumen.neural.spec import Want
from acumen.proto.models.v1 import performance_pb2 as pb
from acumen_accel import backend, throttle_simulation, throttling
from acumen_accel.levels import IN_USE
from acumen_accel.levels import load as kernels

ENTRY = next(entry for entry in CATALOGUE if entry.name == "throttle-v1")
WORLDS = world.generate(41, 16)
UNBOUNDED = 1e18


def test_every_limiter_keeps_the_quota() -> None:
    """In the quota regime none of the compared limiters has more than a tick's requests refused."""
    worlds = world.generate(44, 48)
    quota = worlds.regime == world.REGIMES.index("quota")
    for policy in (Aimd(), Vegas(), limiters.oracle, Learned(load(ENTRY, Inference(backend())).weights)):
        loop = run(worlds, policy)
        used = loop.state[quota, throttle_simulation.QUOTA_USED]
        assert (used <= worlds.services.quota[quota, 0] * (1 + 1e-9)).all()


def test_a_message_says_what_the_loop_knew() -> None:
    """Features read from messages are those of the loop's own arrays, so that training and serving see the same."""
    loop = Loop(WORLDS)
    for _ in range(9):
        loop.follow(np.column_stack([loop.limit, np.zeros(16), np.full(16, UNBOUNDED)]))
    seen = loop.observe()
    again = reading.metrics_of([reading.message_of(seen, i) for i in range(16)])
    np.testing.assert_allclose(features.extract(again).windows, features.extract(seen).windows, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(features.extract(again).context, features.extract(seen).context, rtol=1e-5, atol=1e-6)


def message(**changes: Any) -> Any:
    """Return an input of four windows at 90 of 100 requests a second, round trips 40 and 60 ms."""
    made = pb.ApiMetrics(interval_ms=1000, current_limit_per_s=100, slo_ms=200)
    for i in range(4):
        made.windows.add(t_ms=1000 * i, sent_per_s=90, ok_per_s=90, rtt_p50_ms=40, rtt_p95_ms=60, in_flight=4)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def planned(one: Any, wanted: float, capacity: tuple[float, float, float] = (50, 80, 100), p95_ms: float = 60.0) -> Any:
    """Return the plan (6,) of one input for what was inferred."""
    seen = reading.metrics_of([one])
    inferred = np.array([[*capacity, wanted, p95_ms]], np.float64)
    return throttling.plan(seen.windows, seen.numbers, inferred, deciding.EDGES)[0][0]


def clamped(one: Any, wanted: float) -> tuple[float, float]:
    """Return limit and burst."""
    limit, burst = planned(one, wanted)[:2]
    return float(limit), float(burst)


def test_a_limit_moves_by_the_largest_step_and_no_more() -> None:
    """From 100 a wish of 10,000 becomes 200 and one of 1 becomes 10; steps of 1.5 and 2 allow 150 and 50."""
    assert (clamped(message(), 1e4)[0], clamped(message(), 1.0)[0]) == (200, 10)
    narrow = message(max_rise=1.5, max_fall=2.0)
    assert (clamped(narrow, 1e4)[0], clamped(narrow, 1.0)[0]) == (150, 50)


def test_a_rate_already_answered_is_no_leap() -> None:
    """After a pause at a limit of 1, the 90 a second that were answered before may be doubled at once."""
    assert clamped(message(current_limit_per_s=1.0), 1e4)[0] == 180


def test_the_quota_precedes_the_largest_fall() -> None:
    """With 45 requests for 10 s the burst takes 2 and the limit is 4.3 a second, though steps allow no less than 10."""
    one = message()
    one.quota.remaining, one.quota.reset_ms = 45, 10_000
    assert clamped(one, 100.0) == pytest.approx((4.3, 2))


@settings(max_examples=200, deadline=None)
@given(
    wanted=st.floats(1e-9, 1e12),
    remaining=st.floats(0, 1e9),
    reset_ms=st.floats(1e-6, 1e12),
    limit=st.floats(1e-6, 1e9),
)
def test_no_limit_exceeds_the_quota_until_its_reset(
    wanted: float, remaining: float, reset_ms: float, limit: float
) -> None:
    """Whatever is wanted, limit x time to the reset + burst is at most what remains."""
    one = message(current_limit_per_s=limit)
    one.quota.remaining, one.quota.reset_ms = remaining, reset_ms
    got, burst = clamped(one, wanted)
    assert got > 0 or remaining <= 1 or burst == remaining
    assert got >= 0 and got * reset_ms / 1e3 + burst <= remaining * (1 + 1e-9)


def test_clients_share_by_weighted_max_min_fairness() -> None:
    """Of 100, wants of 10 and 60 and all, weights 1, 1 and 2: 10 are met, the rest shares 30 and 60."""
    given = sharing.share(100.0, np.array([10.0, 60.0, np.inf]), np.array([1.0, 1.0, 2.0]))
    np.testing.assert_allclose(given, [10, 30, 60])


@settings(max_examples=200, deadline=None)
@given(
    limit=st.floats(0, 1e6),
    clients=st.lists(
        st.tuples(st.one_of(st.floats(0, 1e6), st.just(math.inf)), st.floats(0.01, 100)), min_size=1, max_size=20
    ),
)
def test_sharing_agrees_with_a_search_for_the_level(limit: float, clients: list[tuple[float, float]]) -> None:
    """Bisecting for the water level gives the same shares."""
    demand, weight = (np.array(column) for column in zip(*clients, strict=True))
    low, high = 0.0, max(limit, 1.0) / weight.min() + 1
    for _ in range(200):
        level = 0.5 * (low + high)
        low, high = (level, high) if np.minimum(demand, level * weight).sum() <= limit else (low, level)
    expected = np.minimum(demand, low * weight)
    np.testing.assert_allclose(sharing.share(limit, demand, weight), expected, rtol=1e-6, atol=1e-6 * max(limit, 1.0))


def test_the_chance_to_be_carried_falls_with_the_limit() -> None:
    """At 1 / .95 of the quantiles .1, .5, .9 it is .9, .5, .1, and it never rises, even where quantiles coincide."""
    one, quantiles = message(), (50.0, 80.0, 100.0)
    for quantile, chance in zip(quantiles, (0.9, 0.5, 0.1), strict=True):
        assert planned(one, quantile / 0.95)[deciding.RAW] == pytest.approx(chance)
    for capacity in (quantiles, (80.0, 80.0, 80.0)):
        chances = [planned(one, limit, capacity)[deciding.RAW] for limit in np.geomspace(11, 199, 50)]
        assert (np.diff(chances) <= 0).all() and chances[0] > 0.99 and chances[-1] < 0.01


def test_backoff_waits_for_the_reset_or_for_the_backlog() -> None:
    """Under one request of quota waits for the reset; 60 in flight above the cap at 120 a second wait half a second."""
    one = message()
    one.windows[-1].in_flight = 66
    capacity = (100.0, 120.0, 140.0)
    assert planned(one, 100.0, capacity)[deciding.BACKOFF] == pytest.approx(500)
    one.quota.remaining, one.quota.reset_ms = 0.5, 1234.0
    assert planned(one, 100.0, capacity)[deciding.BACKOFF] == pytest.approx(1234)


def test_the_cap_in_flight_follows_littles_law() -> None:
    """100 a second at 60 ms are 6 in flight; 1 is the least."""
    assert planned(message(), 100.0)[deciding.CONCURRENCY] == 6
    assert planned(message(), 100.0, p95_ms=1e-6)[deciding.CONCURRENCY] == 1


def test_the_regime_compares_the_last_rate_with_the_median() -> None:
    """90 a second are over a median of 80, at one of 100, under one of 120."""
    medians = (80.0, 100.0, 120.0)
    assert [planned(message(), 100.0, (m, m, m))[deciding.REGIME] for m in medians] == [3, 2, 1]


def answered(one: Any, seed: int | None = None, scale: float = 1.0) -> Any:
    model = load(ENTRY, Inference(backend()))
    if seed is not None:
        rng = np.random.default_rng(seed)
        random = {
            name: (scale * rng.standard_normal(w.shape)).astype(w.dtype) if name.startswith("net/") else w
            for name, w in model.weights.items()
        }
        model = Model(SPEC, random, "", model.ops)
    with np.errstate(all="ignore"):
        return model.answer([one], Want(alternatives=4))[0].answer


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("limit_per_s", 1.01),
        ("limit_per_s", 40.0),
        ("limit_per_s", 0.01),
        ("burst", 3.0),
        ("concurrency", 2.0),
        ("capacity_per_s_q10", 100.0),
        ("capacity_per_s_q50", 0.1),
    ],
)
def test_a_changed_answer_breaks_a_promise(field: str, change: float) -> None:
    """An answer with any one of its numbers changed is found out."""
    one = message()
    one.clients.add(id="a")
    output = answered(one).output
    assert SPEC.validate(one, output) == []
    setattr(output, field, getattr(output, field) * change)
    assert SPEC.validate(one, output)


def test_unfair_shares_backoffs_regimes_and_forecasts_are_found_out() -> None:
    """Taking from one client for another, waiting, another regime, or a rosier forecast each break a promise."""
    one = message()
    one.clients.add(id="a")
    one.clients.add(id="b", weight=2)
    good = answered(one).output

    def changed(change: Any) -> list[str]:
        other = pb.RateLimits()
        other.CopyFrom(good)
        change(other)
        return SPEC.validate(one, other)

    def unfair(output: Any) -> None:
        output.per_client[0].limit_per_s += 1
        output.per_client[1].limit_per_s -= 1

    assert changed(lambda output: None) == []
    assert changed(unfair)
    assert changed(lambda output: setattr(output, "backoff_ms", output.backoff_ms + 1))
    assert changed(lambda output: setattr(output, "regime", output.regime % 3 + 1))
    assert changed(lambda output: setattr(output.expected, "reject_rate", output.expected.reject_rate + 0.01))
    assert changed(lambda output: setattr(output.expected, "ok_per_s", output.expected.ok_per_s * 1.1))
    assert changed(lambda output: output.per_client.pop())
    assert changed(lambda output: setattr(output, "limit_per_s", math.nan))


def extreme(numbers: Any, windows: int, quota: bool) -> Any:
    """Return an input whose numbers are drawn from the ends of what is allowed."""
    made = pb.ApiMetrics(interval_ms=max(numbers(), 1e-6), current_limit_per_s=max(numbers(), 1e-6), slo_ms=numbers())
    for i in range(windows):
        rates = {name: numbers() for name in ("sent_per_s", "ok_per_s", "status_429_per_s", "status_5xx_per_s")}
        made.windows.add(t_ms=i * 1e9, rtt_p50_ms=numbers(), rtt_p95_ms=numbers(), in_flight=numbers(), **rates)
    for i in range(3):
        made.clients.add(id=f"c{i}", weight=float([0, 1e-6, 1e6][i]), demand_per_s=numbers())
    if quota:
        made.quota.remaining, made.quota.reset_ms = numbers(), max(numbers(), 1e-6)
    return made


@settings(max_examples=100, deadline=None)
@given(
    drawn=st.lists(st.sampled_from([0.0, 5e-324, 1e-6, 0.5, 1.0, 37.0, 1e5, 1e9]), min_size=8, max_size=60),
    windows=st.integers(1, 32),
    quota=st.booleans(),
    seed=st.integers(0, 99),
    scale=st.sampled_from([0.1, 1.0, 1e4]),
)
def test_extreme_inputs_get_valid_answers(
    drawn: list[float], windows: int, quota: bool, seed: int, scale: float
) -> None:
    """Zeros, the smallest and the largest numbers allowed, under random weights: checked, answered, promises kept."""
    at = iter(range(10**6))
    one = extreme(lambda: drawn[next(at) % len(drawn)], windows, quota)
    SPEC.check(one)
    answer = answered(one, seed, scale)
    assert SPEC.validate(one, answer.output) == []
    assert 0 <= answer.p <= 1 and answer.headline.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda m: m.ClearField("windows"), "windows"),
        (lambda m: setattr(m, "interval_ms", 0.0), "interval_ms"),
        (lambda m: setattr(m, "current_limit_per_s", math.inf), "current_limit_per_s"),
        (lambda m: setattr(m, "slo_ms", -1.0), "slo_ms"),
        (lambda m: setattr(m, "max_rise", 0.5), "max_rise"),
        (lambda m: setattr(m, "max_fall", 1e4), "max_fall"),
        (lambda m: setattr(m.windows[2], "ok_per_s", math.nan), "windows[2].ok_per_s"),
        (lambda m: setattr(m.windows[1], "rtt_p95_ms", -3.0), "windows[1].rtt_p95_ms"),
        (lambda m: setattr(m.windows[3], "t_ms", 5.0), "windows[3].t_ms"),
        (lambda m: m.quota.SetInParent(), "quota.reset_ms"),
        (lambda m: m.quota.MergeFrom(pb.ApiQuota(limit=5, remaining=6, reset_ms=1)), "quota.remaining"),
        (lambda m: m.clients.add(id=""), "clients[0].id"),
        (lambda m: [m.clients.add(id="a"), m.clients.add(id="a")], "clients[1].id"),
        (lambda m: m.clients.add(id="a", weight=-1), "clients[0].weight"),
        (lambda m: m.clients.add(id="a", demand_per_s=math.nan), "clients[0].demand_per_s"),
    ],
)
def test_wrong_inputs_are_named(change: Any, field: str) -> None:
    """Each wrong field is named with its path, and only it."""
    one = message()
    change(one)
    with pytest.raises(InvalidInput) as raised:
        SPEC.check(one)
    assert [v.field for v in raised.value.violations] == [f"api_metrics.{field}"]


def test_all_violations_are_told_at_once() -> None:
    """Three wrong fields are three violations."""
    one = message(interval_ms=-1, slo_ms=math.nan)
    one.windows[0].in_flight = -1
    with pytest.raises(InvalidInput) as raised:
        SPEC.check(one)
    assert len(raised.value.violations) == 3


def test_rates_are_seen_in_units_of_the_input() -> None:
    """A service ten times as large gets the same features, but for the one that counts requests."""
    loop = Loop(WORLDS)
    for _ in range(6):
        loop.follow(np.column_stack([loop.limit, np.zeros(16), np.full(16, UNBOUNDED)]))
    seen = loop.observe()
    windows, numbers = seen.windows.copy(), seen.numbers.copy()
    windows[:, :, [SENT, OK, TURNED, FAILED, IN_FLIGHT]] *= 10
    numbers[:, [LIMIT, REMAINING]] *= 10
    one = features.extract(seen)
    ten = features.extract(Metrics(windows=windows, count=seen.count, numbers=numbers))
    np.testing.assert_allclose(one.windows, ten.windows, rtol=1e-4, atol=1e-5)
    differs = np.abs(one.context - ten.context).max(axis=0) > 1e-4
    assert [name for name, d in zip(features.CONTEXT_NAMES, differs, strict=True) if d] == ["requests"]


def test_features_are_what_their_names_say() -> None:
    """A window of 90 sent, 54 answered, 36 refused is so in logarithms and roots; ages count intervals back."""
    one = message()
    one.windows[-1].ok_per_s, one.windows[-1].status_429_per_s = 54, 36
    made = features.extract(reading.metrics_of([one]))
    field = {name: made.windows[0, 32 * i : 32 * i + 32] for i, name in enumerate(features.WINDOW_NAMES)}
    assert made.rate[0] == 90 and made.p95_ms[0] == 60
    assert field["answered"][-1] == pytest.approx(math.log(54 / 90 + 1e-3), rel=1e-5)
    assert field["refused"][-1] == pytest.approx(math.sqrt(0.4), rel=1e-5)
    np.testing.assert_allclose(field["age"][-4:], np.log1p([3, 2, 1, 0]), rtol=1e-5)
    assert not field["sent"][:28].any()
    context = dict(zip(features.CONTEXT_NAMES, made.context[0].tolist(), strict=True))
    assert context["promise"] == pytest.approx(math.log(200 / 60 + 1e-3), rel=1e-5)
    assert (context["has_quota"], context["has_promise"], context["count"]) == (0, 1, 4 / 32)


def test_the_compiled_kernels_are_the_source() -> None:
    """Features and plans, compiled and uncompiled, give the same numbers for generated inputs."""
    seen = reading.metrics_of(SPEC.examples(12, 16))
    inferred = np.abs(np.random.default_rng(0).normal(100, 40, (16, 5))) + 1
    inferred[:, :3].sort(axis=1)
    results = []
    for level in ("python", IN_USE):
        history, context, units = np.zeros((16, 256), np.float32), np.zeros((16, 12), np.float32), np.zeros((16, 2))
        out, chances = np.zeros((16, 6)), np.zeros((16, 7))
        kernels("throttle_features", level).extract(seen.windows, seen.count, seen.numbers, history, context, units)
        kernels("throttle_plan", level).plan(seen.windows, seen.numbers, inferred, deciding.EDGES, out, chances)
        results.append(np.concatenate([history, context, units, out, chances], axis=1))
    np.testing.assert_allclose(results[0], results[1], rtol=1e-5, atol=1e-6)


def test_the_kernels_refuse_what_does_not_fit() -> None:
    """Too many windows, no window, and capacities of 0 are named."""
    seen = reading.metrics_of([message()])
    with pytest.raises(ValueError, match="windows must be"):
        throttling.extract(seen.windows[:, :8], seen.count, seen.numbers)
    with pytest.raises(ValueError, match="count must be"):
        throttling.extract(seen.windows, seen.count * 0, seen.numbers)
    with pytest.raises(ValueError, match="above 0"):
        throttling.plan(seen.windows, seen.numbers, np.zeros((1, 5)), deciding.EDGES)


def test_refusals_lower_the_limit() -> None:
    """With four of ten requests refused in the last windows the learned limit is lower than with none."""
    calm, refused = message(), message()
    for window in refused.windows[2:]:
        window.ok_per_s, window.status_429_per_s = 54, 36
    assert answered(refused).output.limit_per_s < answered(calm).output.limit_per_s


def test_the_model_earns_more_than_vegas_in_the_loop() -> None:
    """On 48 services not seen in training the learned limits earn more than Vegas at its best setting."""
    worlds = world.generate(4_040, 48)
    ours = total(worlds, Learned(load(ENTRY, Inference(backend())).weights))
    best = total(worlds, limiters.oracle)
    assert (ours / best).mean() > max((total(worlds, Vegas(updates=u, probe=1000)) / best).mean() for u in (1, 3))
