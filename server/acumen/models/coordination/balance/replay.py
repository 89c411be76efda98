"""A balancer in a closed loop: reports come in late or not at all, plans go out, requests follow them."""

from collections.abc import Callable, Sequence

import numpy as np

from acumen.models.coordination.balance.world import SEGMENTS_PER_INTERVAL, Doubles, World
from acumen.proto.models.v1 import coordination_pb2 as pb
from acumen_accel.queue_simulation import Fleet, Policy, Queues, Traffic

Planner = Callable[[Sequence[pb.LoadMetrics]], Sequence[Doubles]]
WARM_UP = 8
PROBES = 5
FORGET = 0.2


class Balancer:
    """One world under one policy, as far as it has come; `message` is what the balancer knows now."""

    def __init__(self, world: World, policy: Policy, seed: int = 0) -> None:
        traffic = Traffic(arrival=world.arrival, size=world.size, luck=world.luck, pick=world.pick)
        self.world, self.policy, self.step = world, policy, 0
        self.queues = Queues(traffic, Fleet(speed=world.speed, error=world.error, segment=world.segment))
        self.reports = world.lost.shape[1]
        self._rate = world.arrival.size / (self.reports * world.interval)
        noise = np.exp(np.random.default_rng([seed, world.arrival.size]).normal(0, 0.15, 2))
        self.message = pb.LoadMetrics(
            servers=[pb.ServerLoad(id=f"s{i}", nominal_capacity_per_s=c) for i, c in enumerate(world.nominal)],
            arrival_cv=world.arrival_cv * noise[0],
            size_cv=world.size_cv * noise[1],
        )
        self._unsent: list[list[pb.LoadWindow]] = [[] for _ in world.nominal]
        self._age = np.zeros(world.usual.size)
        self._counts = np.zeros(world.usual.size)

    @property
    def now(self) -> float:
        """When the next plan is made, s."""
        return self.step * self.world.interval + self.world.delay

    def observe(self) -> pb.LoadMetrics:
        """Come to the time of the next plan and return what is known then; valid until `follow`."""
        self.queues.send_until(self.now, self.policy)
        self.queues.reported[:] = self._counts
        self.message.arrival_rate_per_s = self._rate
        for server, count, age in zip(self.message.servers, self.queues.in_flight(self.now), self._age, strict=True):
            server.in_flight = int(count)
            server.last_report_age_ms = 1e3 * (self.world.delay + age * self.world.interval)
        return self.message

    def follow(self, weight: Doubles | None) -> None:
        """Send by `weight` (the last ones when None) until the next reports are made."""
        if weight is not None:
            self.queues.weight[:] = weight
        end = (self.step + 1) * self.world.interval
        before = int(np.searchsorted(self.world.arrival, end - self.world.interval))
        self.queues.send_until(end, self.policy)
        measured = (self.queues.sent - before) / self.world.interval
        self._rate += FORGET * (measured - self._rate)
        self._report(end)
        self.step += 1

    def _report(self, end: float) -> None:
        world, k = self.world, self.step
        rows = self.queues.report(end - world.interval, end)
        held = self.queues.in_flight(end)
        failed = _failures(world, k, rows[:, 0])
        cpu = np.clip(world.idle + world.effort * rows[:, 4] + world.noise[:, k], 0, 1)
        self._age += 1
        for i, (answered, mean, p50, p99, _, waiting) in enumerate(rows.tolist()):
            self._unsent[i].append(pb.LoadWindow(rate_per_s=answered / world.interval, mean_ms=1e3 * mean))
            if not world.lost[i, k]:
                self._age[i], self._counts[i] = 0, held[i]
                server = self.message.servers[i]
                server.queue, server.p50_ms, server.p99_ms = int(waiting), 1e3 * p50, 1e3 * p99
                server.error_rate, server.cpu = failed[i], cpu[i]
                server.recent.extend(self._unsent[i])
                del server.recent[: max(0, len(server.recent) - world.windows)]
                self._unsent[i].clear()


def _failures(world: World, k: int, answered: Doubles) -> list[float]:
    """Return the share of attempts that failed, those of a few health probes among them.

    Binomial in the limit: normal (Box and Muller, 1958, from the world's uniform draws), rounded to whole attempts.
    """
    error = world.error[:, SEGMENTS_PER_INTERVAL * k + 1]
    attempts = np.round(answered / (1 - error)) + PROBES
    normal = np.sqrt(-2 * np.log1p(-world.probe[:, k])) * np.cos(2 * np.pi * world.probe[:, k - 1])
    failed = np.round(error * attempts + normal * np.sqrt(error * (1 - error) * attempts))
    shares: list[float] = (np.clip(failed, 0, attempts) / attempts).tolist()
    return shares


def replay(
    worlds: Sequence[World],
    policy: Policy,
    planner: Planner | None,
    on_plan: Callable[[int, Balancer], None] | None = None,
) -> list[Balancer]:
    """Return every world's end under a policy whose weights `planner` makes anew after every round of reports.

    Worlds run in step, so that plans are made in batches; `on_plan(world number, balancer)` is called after each plan.
    """
    runs = [Balancer(world, policy) for world in worlds]
    for step in range(max(run.reports for run in runs)):
        live = [i for i, run in enumerate(runs) if step < run.reports]
        messages = [runs[i].observe() for i in live]
        weights = planner(messages) if planner else [None] * len(live)
        for i, weight in zip(live, weights, strict=True):
            if weight is not None:
                runs[i].queues.weight[:] = weight
            if on_plan:
                on_plan(i, runs[i])
            runs[i].follow(weight)
    return runs


def outcome(run: Balancer) -> tuple[float, float]:
    """Return the mean and the 99th percentile of latency, s, of the requests that arrived after the warm-up."""
    first = int(np.searchsorted(run.world.arrival, WARM_UP * run.world.interval))
    latency = run.queues.latency[first : run.queues.sent]
    return float(latency.mean()), float(np.quantile(latency, 0.99))
