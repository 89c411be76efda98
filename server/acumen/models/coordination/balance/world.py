"""Clusters that a balancer may face: servers whose speeds differ from what is written on them, and change."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
SEGMENTS_PER_INTERVAL = 2
REQUESTS = 6000
STALL = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranges:
    """From where clusters are drawn; pairs are the ends of uniform draws, `_log` ones of log-uniform draws."""

    servers_log: tuple[float, float] = (2, 25)
    spread_nominal: tuple[float, float] = (0.0, 0.8)
    spread_true: tuple[float, float] = (0.1, 1.2)
    utilisation: tuple[float, float] = (0.45, 0.95)
    interval_s_log: tuple[float, float] = (0.1, 3.0)
    requests_an_interval_log: tuple[float, float] = (12, 400)
    arrival_cv: tuple[float, float] = (0.6, 3.5)
    size_cv: tuple[float, float] = (0.3, 5.0)
    surge: tuple[float, float] = (0.0, 0.6)
    slowdown_every_log: tuple[float, float] = (15, 400)
    slowdown_factor: tuple[float, float] = (0.1, 0.7)
    failure_every_log: tuple[float, float] = (200, 5000)
    episode_log: tuple[float, float] = (3, 40)
    delay_intervals: tuple[float, float] = (0.05, 0.8)
    lost_reports: tuple[float, float] = (0.0, 0.3)
    windows: tuple[int, int] = (4, 32)


TRAINING = Ranges()
SHIFTED = Ranges(
    servers_log=(25, 50),
    spread_true=(1.2, 1.4),
    interval_s_log=(3.0, 5.0),
    arrival_cv=(3.5, 4.5),
    size_cv=(5.0, 6.5),
    slowdown_every_log=(12, 15),
    delay_intervals=(0.8, 1.0),
    lost_reports=(0.3, 0.4),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One cluster and all that will happen to it, whatever the policy.

    `n` servers, N requests, K reports. Requests: `arrival` s, `size` (mean 1), `luck`, `pick` (N, 2) uniform draws.
    Servers: `usual` speeds (n,) requests a second, `nominal` ones (0 unknown), `speed` and `error` (n, segments).
    Reports: every `interval` s, reaching the balancer `delay` s later unless `lost` (n, K); processor use is `idle` +
    `effort` x busy (n,) + `noise` (n, K); `probe` (n, K) uniform draws behind the error rates. `windows` are kept of
    the past.
    """

    arrival: Doubles
    size: Doubles
    luck: Doubles
    pick: Doubles
    usual: Doubles
    nominal: Doubles
    speed: Doubles
    error: Doubles
    interval: float
    delay: float
    lost: NDArray[np.bool_]
    idle: Doubles
    effort: Doubles
    noise: Doubles
    probe: Doubles
    windows: int
    size_cv: float
    arrival_cv: float

    @property
    def segment(self) -> float:
        """Seconds for which speeds stay the same."""
        return self.interval / SEGMENTS_PER_INTERVAL

    @property
    def goodput(self) -> Doubles:
        """Speed after failed attempts (n, segments), requests a second."""
        return self.speed * (1 - self.error)


def generate(seed: int, index: int, ranges: Ranges = TRAINING) -> World:
    """Return cluster number `index` of a seed."""
    rng = np.random.default_rng([seed, index])
    n = int(_log_uniform(rng, ranges.servers_log))
    per_interval = _log_uniform(rng, ranges.requests_an_interval_log)
    interval = _log_uniform(rng, ranges.interval_s_log)
    reports = int(np.clip(REQUESTS / per_interval, 24, 200))
    arrival, arrival_cv = _arrivals(rng, ranges, per_interval / interval, reports * interval)
    usual, nominal = _capacities(rng, ranges, n)
    slow, error = _episodes(rng, ranges, n, reports * SEGMENTS_PER_INTERVAL + 1)
    load = rng.uniform(*ranges.utilisation)
    scale = arrival.size / (reports * interval) / (load * (usual[:, None] * slow * (1 - error)).sum(axis=0).mean())
    size_cv = rng.uniform(*ranges.size_cv)
    return World(
        arrival=arrival,
        size=lognormal(rng, size_cv, arrival.size),
        luck=rng.random(arrival.size),
        pick=rng.random((arrival.size, 2)),
        usual=usual * scale,
        nominal=nominal * scale,
        speed=usual[:, None] * slow * scale,
        error=error,
        interval=interval,
        size_cv=size_cv,
        arrival_cv=arrival_cv,
        **_reporting(rng, ranges, n, reports, interval),
    )


def _log_uniform(rng: np.random.Generator, ends: tuple[float, float]) -> float:
    return float(np.exp(rng.uniform(np.log(ends[0]), np.log(ends[1]))))


def lognormal(rng: np.random.Generator, cv: float, n: int) -> Doubles:
    """Return `n` draws of mean 1 and coefficient of variation `cv`."""
    sigma = np.sqrt(np.log1p(cv * cv))
    return np.exp(rng.normal(-sigma * sigma / 2, sigma, n))


def _arrivals(rng: np.random.Generator, ranges: Ranges, rate: float, horizon: float) -> tuple[Doubles, float]:
    """Return a renewal stream with gamma gaps on a clock that surges, and the gaps' coefficient of variation."""
    cv = rng.uniform(*ranges.arrival_cv)
    gaps = rng.gamma(1 / cv**2, cv**2, int(rate * horizon) + 1)
    phases = int(rng.integers(6, 60))
    surge = lognormal(rng, rng.uniform(*ranges.surge) + 1e-9, phases)
    arrival = np.cumsum(gaps / np.repeat(surge, -(-gaps.size // phases))[: gaps.size])
    return arrival * (horizon / arrival[-1] * (1 - 1e-9)), cv


def _capacities(rng: np.random.Generator, ranges: Ranges, n: int) -> tuple[Doubles, Doubles]:
    """Return usual speeds and what operators wrote down for them: relative numbers, sometimes unknown (0)."""
    nominal = np.exp(rng.normal(0, rng.uniform(*ranges.spread_nominal), n))
    usual = nominal * np.exp(rng.normal(0, rng.uniform(*ranges.spread_true), n))
    unknown = rng.random(n) < rng.choice([0.0, 0.1, 1.0], p=[0.8, 0.1, 0.1])
    return usual, np.where(unknown, 0.0, nominal)


def _episodes(rng: np.random.Generator, ranges: Ranges, n: int, segments: int) -> tuple[Doubles, Doubles]:
    """Return factors on speed and error rates (n, segments): slowdowns, failures that err, failures that stall."""
    slow = np.exp(rng.normal(0, 0.04, (n, segments)))
    error = np.repeat(rng.choice([0.0, 0.005, 0.02], n)[:, None], segments, axis=1)
    slowdowns = _log_uniform(rng, ranges.slowdown_every_log) * SEGMENTS_PER_INTERVAL
    failures = _log_uniform(rng, ranges.failure_every_log) * SEGMENTS_PER_INTERVAL
    for server in range(n):
        for when in _spans(rng, ranges, slowdowns, segments):
            slow[server, when] *= rng.uniform(*ranges.slowdown_factor)
        for when in _spans(rng, ranges, failures, segments):
            if rng.random() < 0.5:
                error[server, when] = rng.uniform(0.4, 0.95)
            else:
                slow[server, when] *= STALL
    return slow, error


def _spans(rng: np.random.Generator, ranges: Ranges, every: float, segments: int) -> list[slice]:
    starts = rng.integers(0, segments, rng.poisson(segments / every))
    return [slice(a, a + 1 + int(_log_uniform(rng, ranges.episode_log) * SEGMENTS_PER_INTERVAL)) for a in starts]


def _reporting(rng: np.random.Generator, ranges: Ranges, n: int, reports: int, interval: float) -> dict[str, Any]:
    return {
        "delay": interval * rng.uniform(*ranges.delay_intervals),
        "lost": rng.random((n, reports)) < rng.uniform(*ranges.lost_reports),
        "idle": rng.uniform(0, 0.15, n),
        "effort": rng.uniform(0.3, 0.85, n),
        "noise": rng.normal(0, 0.03, (n, reports)),
        "probe": rng.random((n, reports)),
        "windows": int(rng.integers(ranges.windows[0], ranges.windows[1] + 1)),
    }


def with_requests(world: World, arrival: Doubles, size: Doubles) -> World:
    """Return the same servers under other requests: times in s, sizes of mean 1."""
    return replace(world, arrival=arrival, size=size)
