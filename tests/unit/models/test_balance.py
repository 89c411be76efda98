"""balance-v1: the simulator, the reading of messages, the plans, and their promises."""

import math
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import acumen_accel
from acumen.errors import InvalidInput
from acumen.models.coordination.balance.learning import batch, initial
from acumen.models.coordination.balance.moments import coming, examples, gather
from acumen.models.coordination.balance.planners import by_first_estimate, by_nominal
from acumen.models.coordination.balance.replay import Balancer, outcome, replay
from acumen.models.coordination.balance.spec import SPEC
from acumen.models.coordination.balance.world import SHIFTED, World, generate
from acumen.neural.calibrate import IDENTITY
from acumen.neural.inference import Inference
from acumen.neural.spec import Batch, Want
from acumen.proto.models.v1 import coordination_pb2 as pb
from acumen_accel import load_balancing
from acumen_accel.queue_simulation import Fleet, Policy, Queues, Traffic

OPS = Inference(acumen_accel.backend())
EXAMPLES = examples(3, 6)


def queues(arrival: list[float], size: list[float], speed: list[list[float]], error: float = 0.0) -> Queues:
    n = len(arrival)
    traffic = Traffic(arrival=np.array(arrival), size=np.array(size), luck=np.full(n, 0.3), pick=np.full((n, 2), 0.4))
    speeds = np.array(speed)
    return Queues(traffic, Fleet(speed=speeds, error=np.full(speeds.shape, error), segment=1.0))


def test_one_server_follows_lindley() -> None:
    """On one server of constant speed, waiting times are those of Lindley's recursion."""
    rng = np.random.default_rng(0)
    arrival, size = np.cumsum(rng.exponential(1.0, 200)), rng.exponential(0.8, 200)
    q = queues(arrival.tolist(), size.tolist(), [[1.0] * 500])
    q.send(200, Policy.ROUND_ROBIN)
    wait, expected = 0.0, []
    for i in range(200):
        expected.append(wait + size[i])
        gap = arrival[i + 1] - arrival[i] if i < 199 else 0.0
        wait = max(0.0, wait + size[i] - gap)
    np.testing.assert_allclose(q.latency, expected, rtol=1e-9)


def test_work_is_done_across_a_slowdown() -> None:
    """A request of 3 begun at 0.5 on speeds 2, 1, 4 is done at 2.25: 1 by then, 1 more in the second, 1 at speed 4."""
    q = queues([0.5], [3.0], [[2.0, 1.0, 4.0]])
    q.send(1, Policy.ROUND_ROBIN)
    assert q.latency[0] == pytest.approx(2.25 - 0.5)


def test_failed_attempts_cost_work() -> None:
    """With an error rate of .5 and a draw of .3 a request takes two attempts: 1 + floor(ln .3 / ln .5)."""
    q = queues([0.0], [1.0], [[1.0] * 9], error=0.5)
    q.send(1, Policy.ROUND_ROBIN)
    assert q.latency[0] == pytest.approx(2.0)


def test_least_in_flight_counts_like_a_brute_force() -> None:
    """The weighted choice is the argmin of (in flight + 1) / weight over requests sent and not answered."""
    rng = np.random.default_rng(1)
    arrival, size = np.cumsum(rng.exponential(0.3, 150)), rng.exponential(1.0, 150)
    q = queues(arrival.tolist(), size.tolist(), [[1.0] * 100, [2.0] * 100, [0.5] * 100])
    q.weight[:] = [1.0, 1.7, 0.6]
    q.send(150, Policy.LEAST_IN_FLIGHT)
    done = arrival + q.latency
    for i in range(150):
        held = np.array([np.sum((q.chosen[:i] == s) & (done[:i] > arrival[i])) for s in range(3)])
        score = (held + 1) / q.weight
        assert score[q.chosen[i]] == pytest.approx(score.min())
        np.testing.assert_array_equal(q.in_flight(float(done.max())), 0)


def test_shortest_work_is_best_in_hindsight_on_average() -> None:
    """Knowing sizes, backlogs and speeds beats round robin and weights by true speeds."""
    worlds = [generate(9, i) for i in range(6)]
    best, known, blind = (
        np.mean([outcome(r)[0] for r in replay(worlds, policy, None)])
        for policy in (Policy.SHORTEST_WORK, Policy.TRUE_SPEEDS, Policy.ROUND_ROBIN)
    )
    assert best < known < blind


def test_window_reports_what_was_answered() -> None:
    """Three requests of 1 s at 0, 0.5 and 4 on speed 1: by 2.5 two are answered after 1 and 1.5 s, 2 s were busy."""
    q = queues([0.0, 0.5, 2.25], [1.0, 1.0, 1.0], [[1.0] * 9])
    q.send_until(2.5, Policy.ROUND_ROBIN)
    answered, mean, p50, p99, busy, waiting = q.report(0.0, 2.5)[0]
    assert (answered, mean, p50, p99, waiting) == (2, 1.25, 1.0, 1.5, 0)
    assert busy == pytest.approx((2 + 0.25) / 2.5)


def test_a_branch_goes_its_own_way() -> None:
    """Sending on a copy leaves the original as it was."""
    q = queues([0.0, 1.0], [1.0, 1.0], [[1.0] * 9])
    other = q.branch()
    other.send(2, Policy.ROUND_ROBIN)
    assert q.sent == 0 and not q.latency.any() and other.latency.all()


def test_worlds_are_deterministic_and_used_as_drawn() -> None:
    """A world is a function of seed and index; its arrivals fit its horizon and its use as drawn."""
    for i in range(20):
        world, again = generate(4, i), generate(4, i)
        assert world.speed.tobytes() == again.speed.tobytes() and world.size.tobytes() == again.size.tobytes()
        horizon = world.lost.shape[1] * world.interval
        assert world.arrival[-1] < horizon and (np.diff(world.arrival) >= 0).all()
        used = world.arrival.size / horizon / world.goodput.sum(axis=0).mean()
        assert 0.449 <= used <= 0.951 and (world.speed > 0).all() and (world.error < 1).all()


def test_shifted_worlds_lie_outside_training() -> None:
    """A shifted fleet has more servers than any in training."""
    assert all(generate(4, i, SHIFTED).usual.size >= 25 for i in range(5))
    assert all(generate(4, i).usual.size < 25 for i in range(30))


def test_moments_hold_the_truth() -> None:
    """A moment's speeds are means of what the world will do over the coming interval, and its message is the past's."""
    world = generate(2, 1)
    moments, runs = gather([world], by_first_estimate, 0.2, 0)
    assert moments and runs[0].queues.sent <= world.arrival.size
    first = moments[0]
    message = pb.LoadMetrics.FromString(first.wire)
    assert len(message.servers) == first.speed.size == world.usual.size
    begin = 3 * world.interval
    exact = world.goodput[:, 6:8].mean(axis=1)
    np.testing.assert_allclose(coming(world, begin, begin + world.interval), exact)


def test_wire_reading_equals_field_reading() -> None:
    """Every number read from the wire is the one that the message's own fields give."""
    loads = load_balancing.read([m.SerializeToString() for m in EXAMPLES], [len(m.servers) for m in EXAMPLES])
    servers = [s for m in EXAMPLES for s in m.servers]
    names = {f.number: f.name for f in pb.ServerLoad.DESCRIPTOR.fields}
    for column in (2, 5, 6, 7, 8, 9, 11):
        assert loads.servers[:, column].tolist() == [getattr(s, names[column]) for s in servers]
    assert loads.counts.tolist() == [[s.in_flight, s.queue] for s in servers]
    windows = [[w.rate_per_s, w.mean_ms] for s in servers for w in s.recent]
    assert loads.windows[: len(windows)].tolist() == windows
    assert loads.window_ends.tolist() == np.cumsum([len(s.recent) for s in servers]).tolist()
    assert loads.load[:, 2].tolist() == [m.arrival_rate_per_s for m in EXAMPLES]
    assert loads.load[:, 6].tolist() == [m.max_step for m in EXAMPLES]
    assert not loads.suspects.any()


def test_unknown_fields_are_skipped() -> None:
    """A newer client's fields, of every wire type, change nothing."""
    plain = EXAMPLES[0].SerializeToString()
    extra = (
        b"\x98\x06\x96\x01"
        + b"\x99\x06"
        + bytes(8)
        + b"\x9a\x06\x03abc"
        + b"\x9d\x06"
        + bytes(4)
        + b"\x9b\x06\x08\x01\x9c\x06"
    )
    size = [len(EXAMPLES[0].servers)]
    a, b = load_balancing.read([plain], size), load_balancing.read([extra + plain + extra], size)
    assert a.servers.tobytes() == b.servers.tobytes() and a.window_ends.tolist() == b.window_ends.tolist()


def random_weights(seed: int, gain: float) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    weights = initial(rng, MOMENTS)
    return {k: (v * np.float32(gain) if k.startswith("net/") else v) for k, v in weights.items()}


MOMENTS = gather([generate(1, i) for i in range(3)], by_first_estimate, 0.1, 0)[0]

numbers = st.one_of(st.sampled_from([0.0, 1e-12, 1.0, 1e12, 1e300, 5e-324]), st.floats(0, 1e6))
shares = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1))
windows = st.builds(pb.LoadWindow, rate_per_s=numbers, mean_ms=numbers)
servers = st.builds(
    pb.ServerLoad,
    nominal_capacity_per_s=numbers,
    in_flight=st.integers(0, 2**32 - 1),
    queue=st.integers(0, 2**32 - 1),
    p50_ms=numbers,
    p99_ms=numbers,
    error_rate=shares,
    cpu=shares,
    last_report_age_ms=numbers,
    recent=st.lists(windows, max_size=4),
    current_weight=shares,
)


@st.composite
def messages(draw: Any) -> pb.LoadMetrics:
    message = pb.LoadMetrics(servers=draw(st.lists(servers, min_size=1, max_size=6)))
    for i, server in enumerate(message.servers):
        server.id = f"s{i}"
    message.arrival_rate_per_s, message.arrival_cv = draw(numbers), draw(numbers)
    message.size_cv, message.slo_ms, message.max_step = draw(numbers), draw(numbers), draw(shares)
    return message


@settings(max_examples=1000, deadline=None)
@given(message=messages(), seed=st.integers(0, 7), gain=st.sampled_from([1.0, 3.0, 30.0]))
def test_plans_are_valid_under_random_weights(message: pb.LoadMetrics, seed: int, gain: float) -> None:
    """Whatever the weights and the input, a plan keeps every promise."""
    SPEC.check(message)
    features = SPEC.featurise([message])
    assert np.isfinite(features.arrays["servers"]).all() and np.isfinite(features.summary).all()
    scores = SPEC.network(OPS, WEIGHTS[seed, gain], features)
    answer = SPEC.decode([message], features, scores, IDENTITY, Want(alternatives=3))[0]
    assert SPEC.validate(message, cast(pb.DistributionPlan, answer.output)) == []
    assert 0 <= answer.p <= 1 and answer.headline.sum() == pytest.approx(1)


WEIGHTS = {(seed, gain): random_weights(seed, gain) for seed in range(8) for gain in (1.0, 3.0, 30.0)}


def decoded(message: pb.LoadMetrics, factor: list[float], down: list[float]) -> pb.DistributionPlan:
    features = SPEC.featurise([message])
    scores = {"servers": np.array([factor, down], np.float32).T.copy(), "fleet": np.zeros((1, 3), np.float32)}
    plan: Any = SPEC.decode([message], features, scores, IDENTITY, Want())[0].output
    return cast(pb.DistributionPlan, plan)


def two(arrivals: float, max_step: float = 0.0, current: tuple[float, float] = (0.0, 0.0)) -> pb.LoadMetrics:
    return pb.LoadMetrics(
        servers=[
            pb.ServerLoad(id="a", nominal_capacity_per_s=30, current_weight=current[0]),
            pb.ServerLoad(id="b", nominal_capacity_per_s=10, current_weight=current[1]),
        ],
        arrival_rate_per_s=arrivals,
        max_step=max_step,
    )


def test_weights_follow_speeds() -> None:
    """Without history the first estimate is the nominal capacity, and weights are its shares."""
    plan = decoded(two(20), [0, 0], [-1, -1])
    assert [w.weight for w in plan.weights] == pytest.approx([0.75, 0.25])
    assert [w.speed_per_s for w in plan.weights] == pytest.approx([30, 10], rel=1e-5)
    assert not plan.overload and decoded(two(41), [0, 0], [-1, -1]).overload


def test_down_servers_are_drained_but_never_all() -> None:
    """A server that is likely down gets 0 and is listed; when all are, all serve."""
    plan = decoded(two(20), [0, 0], [2, -1])
    assert list(plan.drain) == ["a"] and [w.weight for w in plan.weights] == [0, 1] and plan.overload
    assert not decoded(two(20), [0, 0], [2, 2]).drain


def test_max_step_is_kept_and_widened_only_to_sum_to_one() -> None:
    """Weights move by at most max_step; when the current ones sum to .4 each must move by .3 at least."""
    plan = decoded(two(20, 0.1, (0.5, 0.5)), [0, 0], [-1, -1])
    assert [w.weight for w in plan.weights] == pytest.approx([0.6, 0.4])
    plan = decoded(two(20, 0.1, (0.2, 0.2)), [0, 0], [-1, -1])
    assert [w.weight for w in plan.weights] == pytest.approx([0.5, 0.5])


def test_batch_equals_singles() -> None:
    """An answer's bytes do not depend on its neighbours."""
    weights = random_weights(0, 2.0)
    together = answers(EXAMPLES, SPEC.featurise(EXAMPLES), weights)
    alone = [answers([m], SPEC.featurise([m]), weights)[0] for m in EXAMPLES]
    assert together == alone


def answers(asked: list[pb.LoadMetrics], features: Batch, weights: dict[str, Any]) -> list[bytes]:
    found = SPEC.decode(asked, features, SPEC.network(OPS, weights, features), IDENTITY, Want())
    return [
        a.output.SerializeToString(deterministic=True) + repr((a.p, a.choice, a.certificates)).encode() for a in found
    ]


def test_features_do_not_depend_on_the_unit_of_time() -> None:
    """A fleet that is ten times as fast, in everything, has the same features."""
    slow = EXAMPLES[1]
    fast = pb.LoadMetrics()
    fast.CopyFrom(slow)
    fast.arrival_rate_per_s *= 10
    for server in fast.servers:
        server.nominal_capacity_per_s *= 10
        for name in ("p50_ms", "p99_ms", "last_report_age_ms"):
            setattr(server, name, getattr(server, name) / 10)
        for window in server.recent:
            window.rate_per_s, window.mean_ms = window.rate_per_s * 10, window.mean_ms / 10
    a, b = SPEC.featurise([slow]), SPEC.featurise([fast])
    np.testing.assert_allclose(a.arrays["servers"], b.arrays["servers"], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("field", "value", "needed"),
    [
        ("cpu", 1.5, "at most 1"),
        ("error_rate", -0.1, "at least 0"),
        ("p50_ms", math.nan, "must be finite"),
        ("current_weight", 2.0, "at most 1"),
        ("last_report_age_ms", math.inf, "must be finite"),
        ("id", "", "must have 1 to 256"),
        ("id", "s0", "must be distinct"),
    ],
)
def test_check_names_the_field(field: str, value: Any, needed: str) -> None:
    """A refusal gives the path, the value and the limit."""
    message = pb.LoadMetrics(servers=[pb.ServerLoad(id="s0"), pb.ServerLoad(id="s1")], arrival_rate_per_s=1)
    setattr(message.servers[1], field, value)
    with pytest.raises(InvalidInput) as caught:
        SPEC.check(message)
    assert [v.field for v in caught.value.violations] == [f"load_metrics.servers[1].{field}"]
    assert needed in caught.value.violations[0].description


def test_check_names_all_violations() -> None:
    """Nothing is left to be found by a second try."""
    message = pb.LoadMetrics(
        servers=[pb.ServerLoad(id="a", cpu=-1, recent=[pb.LoadWindow(mean_ms=math.nan)])] * 2, max_step=3
    )
    with pytest.raises(InvalidInput) as caught:
        SPEC.check(message)
    assert [v.field.removeprefix("load_metrics.") for v in caught.value.violations] == [
        "max_step", "servers[0].cpu", "servers[0].recent[0].mean_ms", "servers[1].id",
        "servers[1].cpu", "servers[1].recent[0].mean_ms",
    ]  # fmt: skip


def test_check_accepts_zero_of_either_sign_and_refuses_none() -> None:
    """Minus zero is zero; no server at all is refused; more than 32 windows are."""
    SPEC.check(pb.LoadMetrics(servers=[pb.ServerLoad(id="a", cpu=-0.0)]))
    with pytest.raises(InvalidInput, match="at least 1"):
        SPEC.check(pb.LoadMetrics())
    with pytest.raises(InvalidInput, match="at most 32"):
        SPEC.check(pb.LoadMetrics(servers=[pb.ServerLoad(id="a", recent=[pb.LoadWindow()] * 33)]))


def test_validate_finds_each_broken_promise() -> None:
    """A plan that is tampered with is found out."""
    message = two(20)
    for name, value in (("weight", 0.9), ("utilisation", 3.0), ("speed_per_s", -1.0), ("server", "x")):
        plan = decoded(message, [0, 0], [-1, -1])
        setattr(plan.weights[0], name, value)
        assert SPEC.validate(message, plan)
    plan = decoded(message, [0, 0], [-1, -1])
    plan.drain.append("a")
    assert SPEC.validate(message, plan)


def test_lost_reports_grow_old() -> None:
    """A server whose report was lost is reported one interval older, with the numbers of before."""
    world: World = next(w for i in range(99) if (w := generate(8, i)).lost[:, 3].any() and not w.lost[:, 2].any())
    run = Balancer(world, Policy.LEAST_IN_FLIGHT)
    for _ in range(4):
        run.observe()
        run.follow(None)
    ages = np.array([s.last_report_age_ms for s in run.observe().servers])
    expected = 1e3 * (world.delay + world.lost[:, 3] * world.interval)
    np.testing.assert_allclose(ages, expected)


def test_unknown_capacities_are_taken_as_the_mean() -> None:
    """The nominal rule fills gaps with the mean of the known, and with 1 when all are unknown."""
    message = two(20)
    message.servers.add(id="c")
    assert by_nominal([message])[0].tolist() == [30, 10, 20]
    assert by_nominal([pb.LoadMetrics(servers=[pb.ServerLoad(id="c")])])[0].tolist() == [1]


def test_moments_make_batches() -> None:
    """Features of moments are those of their messages."""
    again = SPEC.featurise([pb.LoadMetrics.FromString(m.wire) for m in MOMENTS[:5]])
    assert again.arrays["servers"].tobytes() == batch(MOMENTS[:5]).arrays["servers"].tobytes()
