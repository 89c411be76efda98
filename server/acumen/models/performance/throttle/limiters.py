"""The usual ways to limit oneself, each as published, and the oracle; all keep within the quota."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from acumen.models.performance.throttle.loop import BURST, UNBOUNDED, Loop, Orders, Policy, run
from acumen.models.performance.throttle.metrics import FAILED, IN_FLIGHT, INTERVAL_S, P50, P95, SENT, TURNED, Metrics
from acumen.models.performance.throttle.world import Worlds
from acumen_accel.throttle_simulation import Doubles


def by_rate(limit: Doubles, seen: Metrics) -> Orders:
    """Return orders that limit the rate, with bursts of half an interval's worth, within the quota's pace."""
    kept = np.minimum(limit, seen.pace)
    return np.column_stack([kept, BURST * kept * seen.numbers[:, INTERVAL_S], np.full(seen.size, UNBOUNDED)])


def by_concurrency(limit: Doubles, seen: Metrics) -> Orders:
    """Return orders that cap the requests in flight, and the rate only by the quota's pace, with bursts as above."""
    orders = by_rate(np.full(seen.size, UNBOUNDED), seen)
    orders[:, 2] = limit
    return orders


@dataclass(frozen=True, slots=True, kw_only=True)
class Static:
    """Always one limit, requests a second."""

    limit: float | Doubles

    def __call__(self, seen: Metrics, _loop: Loop) -> Orders:
        """Return the limit."""
        return by_rate(np.broadcast_to(self.limit, seen.size).astype(float), seen)


@dataclass(slots=True)
class Aimd:
    """Additive increase, multiplicative decrease (Chiu and Jain, 1989), of the rate.

    A window with more than `tolerated` of its answers refused or failed cuts the limit; one that used over half of it
    adds a share of the starting limit.
    """

    cut: float = 0.7
    share: float = 0.05
    tolerated: float = 0.02
    limit: Doubles | None = None
    step: Doubles = field(default_factory=lambda: np.empty(0))

    def __call__(self, seen: Metrics, _loop: Loop) -> Orders:
        """Return the next limit."""
        if self.limit is None:
            self.limit, self.step = seen.limit.copy(), seen.limit * self.share
        last = seen.windows[:, -1]
        bad = last[:, TURNED] + last[:, FAILED] > self.tolerated * np.maximum(last[:, SENT], 1e-9)
        busy = last[:, SENT] > 0.5 * self.limit
        self.limit = np.where(bad, self.limit * self.cut, np.where(busy, self.limit + self.step, self.limit))
        self.limit = np.maximum(self.limit, self.step)
        return by_rate(self.limit, seen)


@dataclass(slots=True)
class Vegas:
    """TCP Vegas on requests in flight (Brakmo and Peterson, 1995), with the constants of concurrency-limits.

    The queue is limit x (1 - least round trip / round trip); it is kept between 3 and 6 times log10(limit); refusals
    cut by log10(limit). The least round trip is found anew every `probe` windows; a window counts as `updates` samples.
    """

    probe: int = 30
    updates: int = 1
    limit: Doubles | None = None
    least: Doubles = field(default_factory=lambda: np.empty(0))
    age: int = 0

    def __call__(self, seen: Metrics, _loop: Loop) -> Orders:
        """Return the next cap."""
        trip, flying = seen.windows[:, -1, P50] / 1e3, seen.windows[:, -1, IN_FLIGHT]
        if self.limit is None or self.age % self.probe == 0:
            self.least = trip
        if self.limit is None:
            self.limit = np.maximum(seen.limit * trip, 1.0)
        self.age += 1
        self.least = np.minimum(self.least, trip)
        for _ in range(self.updates):
            self.limit = self._next(seen, trip, flying)
        return by_concurrency(self.limit, seen)

    def _next(self, seen: Metrics, trip: Doubles, flying: Doubles) -> Doubles:
        assert self.limit is not None
        log = np.maximum(1.0, np.log10(np.maximum(self.limit, 1.0)))
        queue = np.ceil(self.limit * (1 - self.least / trip))
        last = seen.windows[:, -1]
        dropped = last[:, TURNED] + last[:, FAILED] > 0.02 * np.maximum(last[:, SENT], 1e-9)
        grown = np.where(queue <= log, self.limit + 6 * log, self.limit + log)
        moved = np.where(queue < 3 * log, grown, np.where(queue > 6 * log, self.limit - log, self.limit))
        idle = flying * 2 < self.limit
        return np.maximum(np.where(dropped, self.limit - log, np.where(idle, self.limit, moved)), 1.0)


@dataclass(slots=True)
class Gradient2:
    """Gradient of round trips on requests in flight, with the constants of concurrency-limits' Gradient2Limit.

    limit x clip(`tolerance` x long average / round trip, .5, 1) + a queue of 4, smoothed by .2; the long average is
    over 600 samples there, over `span` windows here. Refusals, which it ignores there, cut by a tenth here.
    """

    span: float = 60.0
    queue: float = 4.0
    updates: int = 1
    tolerance: float = 1.5
    cut: float = 0.9
    limit: Doubles | None = None
    long: Doubles = field(default_factory=lambda: np.empty(0))

    def __call__(self, seen: Metrics, _loop: Loop) -> Orders:
        """Return the next cap."""
        trip, flying = seen.windows[:, -1, P50] / 1e3, seen.windows[:, -1, IN_FLIGHT]
        if self.limit is None:
            self.limit, self.long = np.maximum(seen.limit * trip, 1.0), trip
        self.long = self.long + (trip - self.long) * 2 / (self.span + 1)
        self.long = np.where(self.long / trip > 2, self.long * 0.95, self.long)
        gradient = np.clip(self.tolerance * self.long / trip, 0.5, 1.0)
        last = seen.windows[:, -1]
        dropped = last[:, TURNED] + last[:, FAILED] > 0.02 * np.maximum(last[:, SENT], 1e-9)
        for _ in range(self.updates):
            wanted = self.limit * 0.8 + 0.2 * (self.limit * gradient + self.queue)
            wanted = np.where(dropped, self.limit * self.cut, np.where(flying < self.limit / 2, self.limit, wanted))
            self.limit = np.maximum(wanted, 1.0)
        return by_concurrency(self.limit, seen)


def capacity_oracle(seen: Metrics, loop: Loop) -> Orders:
    """Return the limit that would be best if it were used in full, knowing the coming capacity and not the demand.

    What the network imitates; bursts and caps in flight as the model has them.
    """
    orders = by_rate(loop.sustainable(), seen)
    orders[:, 2] = np.maximum(np.ceil(orders[:, 0] * seen.windows[:, -1, P95] / 1e3), 1.0)
    return orders


def oracle(seen: Metrics, loop: Loop) -> Orders:
    """Return the limit or the cap in flight that serves best, knowing the coming capacity and demand."""
    orders = loop.best()
    paced = by_rate(orders[:, 0], seen)
    bound = orders[:, 0] > seen.pace
    orders[bound, :2] = paced[bound, :2]
    return orders


def tuned(make: Callable[..., Policy], settings: Sequence[Mapping[str, Any]], worlds: Worlds) -> Mapping[str, Any]:
    """Return the settings with which a limiter earns most, as a mean of shares of the oracle's utility."""
    best = total(worlds, oracle)
    return max(settings, key=lambda one: float((total(worlds, make(**one)) / best).mean()))


def total(worlds: Worlds, policy: Policy) -> Doubles:
    """Return each world's utility (B,) under a policy, requests."""
    earned: Doubles = run(worlds, policy).utility.sum(axis=1)
    return earned
