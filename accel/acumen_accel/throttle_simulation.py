"""Simulating clients that limit themselves before services of hidden capacity: typed access to the kernel."""

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen_accel.levels import load

_RAW: Any = load("throttle_simulation")

Doubles: TypeAlias = NDArray[np.float64]
FIXED: Final = (
    "unloaded_s",
    "growth",
    "queue_s",
    "reject_cost",
    "share_5xx",
    "tail",
    "promise_s",
)
SENT, OK, TURNED, FAILED, TRIP, LONGEST, IN_FLIGHT, UTILITY = range(8)
COLUMNS: Final = 8
STATE: Final = 5
BACKLOG, TOKENS, REJECTED, QUOTA_USED = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """B services for N ticks.

    `tick` (B,) s; `capacity`, `demand` a second and `failing` (B, N); `fixed` (B, 7) with the columns FIXED; `quota`
    (B, 2): requests (infinity: none) and ticks between resets.
    """

    tick: Doubles
    capacity: Doubles
    demand: Doubles
    failing: Doubles
    fixed: Doubles
    quota: Doubles

    def __post_init__(self) -> None:
        """Make every array what the kernel takes; ValueError where shapes do not fit or a capacity is not above 0."""
        for name in ("tick", "capacity", "demand", "failing", "fixed", "quota"):
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), np.float64))
        shape = self.capacity.shape
        if self.demand.shape != shape or self.failing.shape != shape or self.tick.shape != shape[:1]:
            raise ValueError("capacity, demand and failing must be (B, N), tick (B,)")
        if self.fixed.shape != (shape[0], len(FIXED)) or self.quota.shape != (shape[0], 2):
            raise ValueError(f"fixed must be (B, {len(FIXED)}), quota (B, 2)")
        if not (self.capacity > 0).all():
            raise ValueError("capacity must be above 0")

    @property
    def size(self) -> int:
        """How many services."""
        return self.tick.size


def idle(services: Services) -> Doubles:
    """Return the state (B, 5) of services that nobody has used."""
    return np.zeros((services.size, STATE))


def advance(services: Services, first: int, ticks: int, state: Doubles, orders: Doubles) -> Doubles:
    """Run for some ticks, changing `state` (B, 5); `orders` (B, 3): limit a second, burst, concurrency.

    Returns (B, 8): requests sent, answered, refused (429), failed (5xx); mean and longest round trip, s; requests in
    flight at the end; utility, requests.
    """
    _inside(services, first, ticks)
    out = np.zeros((services.size, COLUMNS))
    s = services
    given = np.ascontiguousarray(orders, np.float64)
    _RAW.advance(first, ticks, s.tick, s.capacity, s.demand, s.failing, s.fixed, s.quota, state, given, out)
    return out


def explore(
    services: Services, first: int, ticks: int, state: Doubles, offers: Doubles, backlog_cost: float, full: bool = True
) -> Doubles:
    """Return (B, K) utilities, in requests, of `offers` (K, 3) held for some ticks from a state that stays.

    An offer is a limit, as a share of the mean capacity; a burst, as a share of what the limit allows in that time; and
    a cap on requests in flight, as a multiple of those on their way at the mean capacity, unloaded. `full`: limits are
    used in full; else as demand has it.
    """
    _inside(services, first, ticks)
    values = np.zeros((services.size, offers.shape[0]))
    s, span = services, slice(first, first + ticks)
    capacity, failing = np.ascontiguousarray(s.capacity[:, span]), np.ascontiguousarray(s.failing[:, span])
    demand = np.full_like(capacity, -1.0) if full else np.ascontiguousarray(s.demand[:, span])
    given = np.ascontiguousarray(offers, np.float64)
    _RAW.explore(0, ticks, s.tick, capacity, demand, failing, s.fixed, state, given, backlog_cost, values)
    return values


def _inside(services: Services, first: int, ticks: int) -> None:
    if first < 0 or ticks < 1 or first + ticks > services.capacity.shape[1]:
        raise ValueError(f"ticks {first} to {first + ticks} are not within {services.capacity.shape[1]}")
