"""Moments of simulated clusters: what the balancer knew, and what turned out to be true."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.balance.planners import by_first_estimate
from acumen.models.coordination.balance.replay import Balancer, Planner, replay
from acumen.models.coordination.balance.world import TRAINING, Doubles, Ranges, World, generate
from acumen.proto.models.v1 import coordination_pb2 as pb
from acumen_accel.queue_simulation import Policy

AHEAD = 500
LOST = 0.15
EARLIEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One moment of a cluster: the message on the wire, and what turned out to be true.

    Over the coming interval, `speed` (n,): mean speed after failures, requests a second; `down` (n,): whether that is
    under LOST of the usual speed. Over the next AHEAD requests, `p99`: their latency's 99th percentile, s, under the
    plans that followed.
    """

    cluster: int
    wire: bytes
    speed: Doubles
    down: NDArray[np.bool_]
    p99: float


def gather(worlds: Sequence[World], planner: Planner, share: float, seed: int) -> tuple[list[Moment], list[Balancer]]:
    """Return about a `share` of the moments at which `planner` made plans, in world order, and the worlds' ends."""
    rng = np.random.default_rng(seed)
    picked: list[NDArray[np.bool_]] = [np.less(rng.random(world.lost.shape[1]), share) for world in worlds]
    open_moments: list[tuple[int, int, int, bytes]] = []

    def on_plan(i: int, run: Balancer) -> None:
        if picked[i][run.step] and run.step >= EARLIEST and run.queues.sent + AHEAD <= run.world.arrival.size:
            open_moments.append((i, run.step, run.queues.sent, run.message.SerializeToString()))

    runs = replay(worlds, Policy.LEAST_IN_FLIGHT, planner, on_plan)
    open_moments.sort(key=lambda m: m[:2])
    return [_close(i, runs[i], step, sent, wire) for i, step, sent, wire in open_moments], runs


def _close(cluster: int, run: Balancer, step: int, sent: int, wire: bytes) -> Moment:
    world, latency = run.world, run.queues.latency[sent : sent + AHEAD]
    now = step * world.interval + world.delay
    speed = coming(world, now, now + world.interval)
    return Moment(
        cluster=cluster,
        wire=wire,
        speed=speed,
        down=speed < LOST * world.usual,
        p99=float(np.quantile(latency, 0.99)),
    )


def coming(world: World, begin: float, end: float) -> Doubles:
    """Return each server's mean speed after failures (n,) over a span of time."""
    edges = np.arange(world.speed.shape[1] + 1) * world.segment
    edges[-1] = max(edges[-1], end)
    overlap = np.clip(np.minimum(edges[1:], end) - np.maximum(edges[:-1], begin), 0, None)
    speed: Doubles = (world.goodput * overlap).sum(axis=1) / (end - begin)
    return speed


def examples(seed: int, n: int, ranges: Ranges = TRAINING) -> list[pb.LoadMetrics]:
    """Return `n` messages of random moments, one a cluster, some with a promise or a largest step."""
    rng = np.random.default_rng([seed, 1])
    return [_example(generate(seed, i, ranges), rng) for i in range(n)]


def _example(world: World, rng: np.random.Generator) -> pb.LoadMetrics:
    run = Balancer(world, Policy.LEAST_IN_FLIGHT)
    for _ in range(int(rng.integers(1, min(run.reports, 20)))):
        run.follow(by_first_estimate([run.observe()])[0])
    message = pb.LoadMetrics()
    message.CopyFrom(run.observe())
    if rng.random() < 0.5:
        message.slo_ms = float(rng.choice([1, 3, 10])) * 1e3 * world.usual.size / message.arrival_rate_per_s
    if rng.random() < 0.3:
        _step(message, rng)
    return message


def _step(message: Any, rng: np.random.Generator) -> None:
    message.max_step = float(rng.choice([0.02, 0.1, 0.5]))
    for server, weight in zip(message.servers, rng.dirichlet(np.ones(len(message.servers))), strict=True):
        server.current_weight = weight
