"""throttle-v1: the simulated services, the usual limiters before them, and what is learned from."""

import math
from typing import Any

import numpy as np
import pytest

from acumen.models.performance.throttle import limiters, real, world
from acumen.models.performance.throttle.limiters import Aimd, Gradient2, Static, Vegas, total
from acumen.models.performance.throttle.loop import Loop
from acumen.models.performance.throttle.metrics import Metrics
from acumen.models.performance.throttle.moments import gather
from acumen_accel import throttle_simulation
from acumen_accel.levels import IN_USE
from acumen_accel.levels import load as kernels
from acumen_accel.throttle_simulation import Services, advance, idle

WORLDS = world.generate(41, 16)
UNBOUNDED = 1e18


def service(
    capacity: float = 100.0,
    demand: float = 1000.0,
    ticks: int = 8,
    quota: tuple[float, float] = (math.inf, 0.0),
    **own: float,
) -> Services:
    """Return one service in ticks of .1 s: .1 s unloaded, no growth, no queue, free rejections, all of them 429."""
    named = {"unloaded_s": 0.1, "tail": 1.0, "promise_s": 1e9, **own}
    return Services(
        tick=np.array([0.1]),
        capacity=np.full((1, ticks), capacity),
        demand=np.full((1, ticks), demand),
        failing=np.zeros((1, ticks)),
        fixed=np.array([[named.get(name, 0.0) for name in throttle_simulation.FIXED]]),
        quota=np.array([quota]),
    )


def sent(one: Services, limit: float, concurrency: float = UNBOUNDED, ticks: int = 8) -> Any:
    """Return what `ticks` ticks bring under a limit, and the state they leave."""
    state = idle(one)
    return advance(one, 0, ticks, state, np.array([[limit, 0.0, concurrency]]))[0], state[0]


def test_a_limit_below_the_capacity_is_carried_in_full() -> None:
    """At 60 a second against a capacity of 100, .8 s answer 48 requests, none refused, in the unloaded time."""
    out, _ = sent(service(), 60.0)
    np.testing.assert_allclose(out[:4], [48, 48, 0, 0])
    np.testing.assert_allclose(out[[4, 5, 7]], [0.1, 0.1, 48])


def test_what_exceeds_the_capacity_is_refused() -> None:
    """Without a queue, 150 a second against 100 are 80 answered and 40 refused in .8 s; utility is the difference."""
    out, _ = sent(service(), 150.0)
    np.testing.assert_allclose(out[:4], [120, 80, 40, 0])
    assert out[7] == pytest.approx(40)


def test_a_queue_delays_before_it_refuses() -> None:
    """With room for .4 s of work, 150 a second queue 40 requests in .8 s, and trips grow to .1 + .4 s."""
    out, state = sent(service(queue_s=0.4), 150.0)
    np.testing.assert_allclose(out[:4], [120, 80, 0, 0])
    assert state[throttle_simulation.BACKLOG] == pytest.approx(40)
    assert out[5] == pytest.approx(0.1 + 0.5 * (35 + 40) / 100)


def test_rejections_cost_capacity() -> None:
    """A service that spends half a request on each refusal answers less the more it refuses."""
    free, dear = (sent(service(reject_cost=cost), 150.0)[0][1] for cost in (0.0, 0.5))
    assert dear == pytest.approx(free - 7 * 0.5 * 5, abs=20) and dear < free


def test_a_cap_on_requests_in_flight_bounds_the_queue() -> None:
    """However high the limit, no more than the cap is ever in flight: here 15, 10 on the way and 5 queued."""
    out, state = sent(service(queue_s=10.0), 1000.0, concurrency=15.0)
    assert state[throttle_simulation.BACKLOG] == pytest.approx(5)
    assert out[2] == 0


def test_a_spent_quota_refuses_until_its_reset() -> None:
    """Of 48 requests sent, a quota of 20 answers 20; a reset in the middle answers 20 more."""
    assert sent(service(quota=(20.0, 0.0)), 60.0)[0][1] == pytest.approx(20)
    assert sent(service(quota=(20.0, 4.0)), 60.0)[0][1] == pytest.approx(40)


def test_late_answers_are_worth_less() -> None:
    """At twice the promised time an answer is worth .7."""
    out, _ = sent(service(promise_s=0.05), 60.0)
    assert out[7] == pytest.approx(48 * 0.7)


def test_the_compiled_simulator_is_the_source() -> None:
    """Compiled and uncompiled give the same numbers on generated services."""
    s = WORLDS.services
    orders = np.column_stack([WORLDS.start, np.full(16, 3.0), WORLDS.start])
    results = []
    for level in ("python", IN_USE):
        raw = kernels("throttle_simulation", level)
        state, out = idle(s), np.zeros((16, 8))
        raw.advance(0, 16, s.tick, s.capacity, s.demand, s.failing, s.fixed, s.quota, state, orders, out)
        results.append(np.concatenate([state, out], axis=1))
    np.testing.assert_allclose(results[0], results[1], rtol=1e-9, atol=1e-9)


def test_the_simulator_refuses_what_does_not_fit() -> None:
    """Shapes that disagree, a capacity of 0 and ticks beyond the end are named."""
    with pytest.raises(ValueError, match="above 0"):
        service(capacity=0.0)
    with pytest.raises(ValueError, match="not within"):
        sent(service(), 10.0, ticks=9)
    s = service()
    with pytest.raises(ValueError, match="must be"):
        Services(
            tick=s.tick, capacity=s.capacity, demand=s.demand[:, :4], failing=s.failing, fixed=s.fixed, quota=s.quota
        )


def test_exploring_leaves_the_service_as_it_was_and_knows_the_best() -> None:
    """Of all shares of the capacity tried, the one that serves best without queue or growth is all of it."""
    one, shares = service(), np.array([0.5, 0.9, 1.0, 1.2])
    state = idle(one)
    offers = np.column_stack([shares, np.zeros(4), np.full(4, UNBOUNDED)])
    values = throttle_simulation.explore(one, 0, 8, state, offers, 0.5)
    assert (state == 0).all()
    np.testing.assert_allclose(values[0], [40, 72, 80, 64], rtol=1e-9)


def test_the_oracle_earns_more_than_any_usual_limiter() -> None:
    """On the mean of 48 services of every regime, and within 2 % on each but for luck."""
    worlds = world.generate(43, 48)
    best = total(worlds, limiters.oracle)
    for policy in (Static(limit=100.0), Aimd(), Gradient2(), Vegas(), Vegas(updates=3, probe=1000)):
        assert total(worlds, policy).sum() < 0.97 * best.sum()


def test_generation_is_deterministic_and_by_index() -> None:
    """World 5 is the same alone and among others, and the regimes take turns."""
    alone, among = world.generate(7, 1, first=5), world.generate(7, 8)
    np.testing.assert_array_equal(alone.services.capacity[0], among.services.capacity[5])
    assert among.regime.tolist() == list(range(8))


def test_steps_ramps_waves_and_dips_are_what_they_are_called() -> None:
    """Without jitter steps keep few levels, ramps change a little each tick, waves have their swing, dips return."""
    rng = np.random.default_rng(0)
    ranges = world.Ranges(jitter=(0.0, 0.0), every_log=(30.0, 30.0), swing=(0.4, 0.4), depth=(0.3, 0.3))
    made = {name: world._capacity(rng, name, ranges, 160) for name in ("steady", "steps", "ramps", "waves", "dips")}
    assert np.unique(made["steady"]).tolist() == [1.0]
    assert 2 <= np.unique(made["steps"]).size <= 30
    assert np.abs(np.diff(np.log(made["ramps"]))).max() < np.abs(np.diff(np.log(made["steps"]))).max()
    assert made["waves"].min() == pytest.approx(0.6, abs=0.01) and made["waves"].max() == pytest.approx(1.4, abs=0.01)
    assert set(np.unique(made["dips"])) == {0.3, 1.0}


def test_moments_tell_what_came_after() -> None:
    """A moment's capacity is the mean of the ticks after it, not of those before."""
    worlds = world.generate(45, 8, world.Ranges(pausing=0.0, demand_log=(50.0, 50.0)))
    moments, _ = gather(worlds, limiters.Aimd(), 1.0, 0)
    capacity = moments.features.rate * np.exp(moments.truth.capacity)
    mean = worlds.services.capacity.reshape(8, world.WINDOWS, world.TICKS).mean(axis=2)
    # The last moment stays open, and before the first window nothing is known.
    expected = mean[:, 1:-1].T.ravel()
    near = np.abs(moments.truth.capacity) < 3.9
    assert near.mean() > 0.9
    np.testing.assert_allclose(capacity[near], expected[near], rtol=1e-4)


def test_recorded_arrivals_become_demand() -> None:
    """Demand follows the arrivals' counts by tick, and its mean is .7, 1 or 1.5 of the capacity's."""
    arrival = np.cumsum(np.random.default_rng(0).exponential(1.0, 4000))
    made = real.worlds(arrival, 3, 24).services
    ratio = made.demand.mean(axis=1) / made.capacity.mean(axis=1)
    np.testing.assert_allclose(ratio, np.repeat(real.LOADS, 8))


def test_without_the_trace_there_is_no_real_suite(tmp_path: Any) -> None:
    """A folder without the file is read as nothing."""
    assert real.read(tmp_path) is None


def seen(sent: float, ok: float, trip_ms: float, in_flight: float = 50.0) -> Metrics:
    """Return what a client with a limit of 100 knows after one window of 1 s, what was not answered having failed."""
    windows = np.zeros((1, 32, 8))
    windows[0, -1] = [1000, sent, ok, sent - ok, 0, trip_ms, trip_ms, in_flight]
    numbers = np.array([[100.0, np.inf, 1.0, 0.0, 1.0, 2.0, 10.0]])
    return Metrics(windows=windows, count=np.array([1]), numbers=numbers)


def test_additive_increase_multiplicative_decrease_does_both() -> None:
    """From 100, a good busy window adds 5, an idle one nothing, and one with refusals takes 30 %."""
    aimd, loop = Aimd(), Loop(WORLDS)
    limits = [aimd(now, loop)[0, 0] for now in (seen(90, 90, 40), seen(10, 10, 40), seen(90, 80, 40))]
    assert limits == pytest.approx([105, 105, 73.5])


def test_vegas_follows_its_published_rule() -> None:
    """A limit of 100 in flight grows by 6 x 2 on no queue, keeps on 6 to 12, falls by 2 on more and on refusals."""
    loop = Loop(WORLDS)

    def moved(trip_ms: float, ok: float = 90) -> float:
        vegas = Vegas(limit=np.array([100.0]), least=np.array([0.04]), age=1)
        return float(vegas(seen(90, ok, trip_ms, in_flight=90), loop)[0, 2])

    assert [moved(t) for t in (40.0, 43.0, 48.0)] == [112, 100, 98]
    assert moved(40.0, ok=60) == 98


def test_gradient2_shrinks_by_the_gradient_of_round_trips() -> None:
    """Trips of three times the long average with a tolerance of 1.5 halve the limit, smoothed by a fifth."""
    rule = Gradient2(limit=np.array([100.0]), long=np.array([0.04]), span=1e9)
    assert rule(seen(90, 90, 120.0, in_flight=90), Loop(WORLDS))[0, 2] == pytest.approx(80 + 0.2 * (50 + 4), rel=1e-6)


def test_demand_is_whole_requests_with_pauses() -> None:
    """Where clients always pause, some windows want nothing; what is wanted are whole requests a tick."""
    made = world.generate(9, 16, world.Ranges(pausing=1.0)).services
    requests = made.demand * made.tick[:, None]
    np.testing.assert_allclose(requests, np.round(requests), atol=1e-6)
    assert (requests.reshape(16, world.WINDOWS, world.TICKS).sum(axis=2) == 0).mean() > 0.05
