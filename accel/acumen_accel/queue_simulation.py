"""Simulating queues behind a balancer: typed access to the event simulator."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen_accel.levels import load

_RAW: Any = load("queue_simulation")

Doubles: TypeAlias = NDArray[np.float64]
COLUMNS: Final = 6


class Policy(IntEnum):
    """How a request finds its server."""

    ROUND_ROBIN = 0
    WEIGHTED_ROUND_ROBIN = 1
    LEAST_IN_FLIGHT = 2
    BEST_OF_TWO = 3
    LEAST_REPORTED = 4
    LEAST_LATENCY = 5
    TRUE_SPEEDS = 6
    SHORTEST_WORK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What arrives: `arrival` (N,) s, in order; `size` (N,) work; `luck` (N,) and `pick` (N, 2) uniform draws."""

    arrival: Doubles
    size: Doubles
    luck: Doubles
    pick: Doubles


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Who serves: `speed` above 0, work a second, `error` below 1 (n, segments), constant for `segment` s each."""

    speed: Doubles
    error: Doubles
    segment: float


class Queues:
    """A simulation; `weight`, `reported` (n,) may be written between calls, `latency`, `chosen` (N,) read."""

    def __init__(self, traffic: Traffic, fleet: Fleet) -> None:
        n, requests = fleet.speed.shape[0], traffic.arrival.size
        if fleet.speed.shape != fleet.error.shape or not (fleet.speed > 0).all() or not (fleet.error < 1).all():
            raise ValueError("speed must be above 0 and error below 1, of one shape (servers, segments)")
        if (
            traffic.pick.shape != (requests, 2)
            or traffic.size.shape != (requests,)
            or traffic.luck.shape != (requests,)
        ):
            raise ValueError("arrival, size and luck must be (N,), pick (N, 2)")
        self.traffic, self.fleet, self.sent = traffic, fleet, 0
        self.weight, self.reported = np.ones(n), np.zeros(n)
        self._smooth, self._credit = np.zeros(n), np.zeros(n)
        self._done, self._began = np.zeros((n, requests)), np.zeros((n, requests))
        self._head, self._tail, self._seen = (np.zeros(n, np.int64) for _ in range(3))
        self.latency, self.chosen = np.zeros(requests), np.zeros(requests, np.int64)

    def send_until(self, now: float, policy: Policy) -> None:
        """Send every request that arrives before `now`."""
        self.send(int(np.searchsorted(self.traffic.arrival, now)), policy)

    def send(self, stop: int, policy: Policy) -> None:
        """Send the requests up to number `stop`."""
        t, f = self.traffic, self.fleet
        _RAW.dispatch(
            int(policy), self.sent, stop, t.arrival, t.size, t.luck, t.pick, f.segment, f.speed, f.error, self.weight,
            self.reported, self._smooth, self._credit, self._done, self._began, self._head, self._tail, self.latency,
            self.chosen,
        )  # fmt: skip
        self.sent = max(self.sent, stop)

    def in_flight(self, now: float) -> NDArray[np.int64]:
        """Return (n,): requests sent and not answered by `now`."""
        answered = [
            int(np.searchsorted(row[:t], now, side="right")) for row, t in zip(self._done, self._tail, strict=True)
        ]
        held: NDArray[np.int64] = self._tail - np.array(answered)
        return held

    def report(self, begin: float, end: float) -> Doubles:
        """Return (n, 6) of a window that follows the last one reported.

        Requests answered; their mean, median and 99th percentile of latency, s; share of time busy; requests waiting.
        """
        out = np.zeros((self.weight.size, COLUMNS))
        _RAW.window(begin, end, self._done, self._began, self._seen, self._tail, out)
        return out

    def branch(self) -> "Queues":
        """Return a copy that goes its own way."""
        other = object.__new__(Queues)
        other.traffic, other.fleet, other.sent = self.traffic, self.fleet, self.sent
        for name, value in vars(self).items():
            if isinstance(value, np.ndarray):
                setattr(other, name, value.copy())
        return other
