"""The loop that a limiter closes: windows are measured, limits follow, windows follow from limits."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from acumen.models.performance.throttle.metrics import MOST_FALL, MOST_RISE, WINDOWS, Metrics
from acumen.models.performance.throttle.world import TICKS, Worlds
from acumen_accel import throttle_simulation as simulation
from acumen_accel.throttle_simulation import Doubles

SHARES = np.concatenate([np.linspace(0.05, 0.75, 15), np.linspace(0.78, 1.1, 17), [1.2, 1.4]])
BACKLOG_COST = 0.5
UNBOUNDED = 1e18
BURST = 0.5
RATES = np.column_stack([SHARES, np.zeros(SHARES.size), np.full(SHARES.size, UNBOUNDED)])
CAPS = np.array([0.8, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 8.0])
CAPPED = np.column_stack([np.full(CAPS.size, UNBOUNDED), np.zeros(CAPS.size), CAPS])
BURSTING = np.column_stack([SHARES, np.full(SHARES.size, BURST), np.full(SHARES.size, UNBOUNDED)])
OFFERS = np.concatenate([RATES, BURSTING, CAPPED])
Orders: TypeAlias = Doubles
Policy: TypeAlias = Callable[[Metrics, "Loop"], Orders]


class Loop:
    """B clients before B services; `step` counts the windows that are over."""

    def __init__(self, worlds: Worlds) -> None:
        b = worlds.size
        self.worlds, self.step = worlds, 0
        self.state = simulation.idle(worlds.services)
        self.windows, self.limit = np.zeros((b, WINDOWS, 8)), worlds.start.copy()
        self.count = np.zeros(b, np.int64)
        self.utility = np.zeros((b, worlds.windows))
        self.p95_s = np.zeros(b)

    def observe(self) -> Metrics:
        """Return what the clients know now."""
        reset, remaining = self._quota()
        worlds, ones = self.worlds, np.ones(self.worlds.size)
        steps = (ones * MOST_RISE, ones * MOST_FALL)
        known = (self.limit, remaining, reset, worlds.promise_s * 1e3, worlds.window_s, *steps)
        return Metrics(windows=self.windows, count=self.count, numbers=np.column_stack(known))

    def _quota(self) -> tuple[Doubles, Doubles]:
        """Return s to the reset and requests that remain; what is over at a reset is given anew."""
        services, now = self.worlds.services, self.step * TICKS
        period = np.maximum(services.quota[:, 1], 1.0)
        ticks = period - now % period
        fresh = ticks == period
        used = np.where(fresh, 0.0, self.state[:, simulation.QUOTA_USED])
        return ticks * services.tick, services.quota[:, 0] - used

    def follow(self, orders: Orders) -> None:
        """Send through one window under orders (B, 3): limit a second, burst, concurrency."""
        worlds = self.worlds
        out = simulation.advance(worlds.services, self.step * TICKS, TICKS, self.state, orders)
        self.utility[:, self.step] = out[:, simulation.UTILITY]
        self.limit = np.maximum(orders[:, 0], 1e-6)
        told = ~worlds.lost[:, self.step]
        moved = np.concatenate([self.windows[:, 1:], self._measured(out)[:, None]], axis=1)
        self.windows = np.where(told[:, None, None], moved, self.windows)
        self.count = np.minimum(self.count + told, WINDOWS)
        self.step += 1

    def _measured(self, out: Doubles) -> Doubles:
        """Return the window's row (B, 8), round trips measured with noise."""
        worlds = self.worlds
        noise, mean, longest = worlds.noise[:, self.step], out[:, simulation.TRIP], out[:, simulation.LONGEST]
        self.p95_s = worlds.services.fixed[:, 5] * (mean + 0.7 * (longest - mean))
        p50 = mean * noise[:, 0] * 1e3
        rates = out[:, : simulation.TRIP] / worlds.window_s[:, None]
        p95 = np.maximum(self.p95_s * noise[:, 1] * 1e3, p50)
        when = (self.step + 1) * worlds.window_s * 1e3
        return np.column_stack([when, rates, p50, p95, out[:, simulation.IN_FLIGHT]])

    def capacity(self) -> Doubles:
        """Return (B,) the mean capacity of the coming window, requests a second."""
        span = slice(self.step * TICKS, (self.step + 1) * TICKS)
        mean: Doubles = self.worlds.services.capacity[:, span].mean(axis=1)
        return mean

    def wanted(self) -> Doubles:
        """Return (B,) the mean demand of the coming window, requests a second."""
        span = slice(self.step * TICKS, (self.step + 1) * TICKS)
        mean: Doubles = self.worlds.services.demand[:, span].mean(axis=1)
        return mean

    def sustainable(self) -> Doubles:
        """Return (B,) the limit a second that serves best over the coming window."""
        return SHARES[self._values(RATES, True).argmax(axis=1)] * self.capacity()

    def best(self) -> Orders:
        """Return the orders (B, 3) that serve best over the coming window's demand: a limit, or a cap in flight."""
        offer, mean = OFFERS[self._values(OFFERS, False).argmax(axis=1)], self.capacity()
        limit, flying = offer[:, 0] * mean, offer[:, 2] * mean * self.worlds.services.fixed[:, 0]
        return np.column_stack([limit, offer[:, 1] * limit * self.worlds.window_s, flying])

    def _values(self, offers: Doubles, full: bool) -> Doubles:
        """Return (B, K) the utility of offers over the coming window, from here."""
        here = (self.step * TICKS, TICKS, self.state)
        return simulation.explore(self.worlds.services, *here, offers, BACKLOG_COST, full)


def run(worlds: Worlds, policy: Policy, on_step: Callable[[Metrics, Loop], None] | None = None) -> Loop:
    """Let a policy limit the clients until the worlds end; before the first window it has nothing to go by."""
    loop = Loop(worlds)
    loop.follow(np.column_stack([worlds.start, np.zeros(worlds.size), np.full(worlds.size, UNBOUNDED)]))
    while loop.step < worlds.windows:
        seen = loop.observe()
        if on_step:
            on_step(seen, loop)
        loop.follow(policy(seen, loop))
    return loop
