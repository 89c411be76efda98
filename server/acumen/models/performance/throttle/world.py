"""Services that a client may face: capacity that nobody states and that changes, and what clients want of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from acumen_accel.throttle_simulation import Doubles, Services

TICKS = 8
WINDOWS = 160
REGIMES = ("steady", "steps", "ramps", "waves", "walk", "dips", "quota", "faults")
START = (0.4, 1.5)
LEAST_IN_FLIGHT = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranges:
    """From where services are drawn; pairs are the ends of uniform draws, `_log` ones of log-uniform draws."""

    window_s_log: tuple[float, float] = (0.5, 5.0)
    capacity_log: tuple[float, float] = (30.0, 800.0)
    unloaded_windows_log: tuple[float, float] = (0.02, 0.3)
    growth_log: tuple[float, float] = (0.02, 0.2)
    queue_trips_log: tuple[float, float] = (1.0, 15.0)
    gate: float = 0.1
    reject_cost: tuple[float, float] = (0.0, 0.3)
    tail: tuple[float, float] = (1.2, 2.5)
    promise: tuple[float, float] = (2.5, 8.0)
    demand_log: tuple[float, float] = (0.6, 3.0)
    demand_noise: tuple[float, float] = (0.05, 0.4)
    jitter: tuple[float, float] = (0.0, 0.05)
    noise: tuple[float, float] = (0.01, 0.06)
    every_log: tuple[float, float] = (30.0, 120.0)
    depth: tuple[float, float] = (0.2, 0.7)
    swing: tuple[float, float] = (0.15, 0.6)
    lost: tuple[float, float] = (0.0, 0.15)
    pausing: float = 0.3


USUAL = Ranges()
# Half of the services of training are wider, so that no limit learns to shrink without end where latency is unusual.
WIDE = Ranges(
    window_s_log=(0.1, 20.0),
    capacity_log=(10.0, 3000.0),
    unloaded_windows_log=(0.005, 0.6),
    growth_log=(0.01, 0.4),
    queue_trips_log=(0.3, 25.0),
    gate=0.15,
    reject_cost=(0.0, 0.4),
    tail=(1.1, 3.0),
    promise=(1.8, 12.0),
    demand_log=(0.3, 5.0),
    demand_noise=(0.02, 0.8),
    jitter=(0.0, 0.08),
    noise=(0.0, 0.12),
    every_log=(20.0, 150.0),
    depth=(0.12, 0.8),
    swing=(0.1, 0.7),
    lost=(0.0, 0.25),
    pausing=0.5,
)
SHIFTED = Ranges(
    unloaded_windows_log=(0.6, 0.9),
    growth_log=(0.4, 0.8),
    queue_trips_log=(25.0, 50.0),
    reject_cost=(0.4, 0.5),
    tail=(3.0, 4.0),
    demand_noise=(0.8, 1.0),
    jitter=(0.08, 0.12),
    noise=(0.12, 0.16),
    every_log=(12.0, 20.0),
    depth=(0.08, 0.12),
    swing=(0.7, 0.8),
    lost=(0.25, 0.35),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worlds:
    """B services and all that will happen to them, whatever the client does.

    `regime` (B,) numbers into REGIMES; `window_s` (B,); `noise` (B, windows, 2) factors on the median and the 95th
    percentile of round trips as measured; `lost` (B, windows) whether a window's report never arrives; `promise_s` (B,)
    as the client states it, 0 where it does not; `start` (B,) limits to begin with, requests a second.
    """

    services: Services
    regime: Any
    window_s: Doubles
    noise: Doubles
    lost: Any
    promise_s: Doubles
    start: Doubles

    @property
    def size(self) -> int:
        """How many."""
        return self.services.size

    @property
    def windows(self) -> int:
        """Windows in a run."""
        return self.noise.shape[1]


def generate(seed: int, count: int, ranges: Ranges = USUAL, first: int = 0, windows: int = WINDOWS) -> Worlds:
    """Return worlds number `first` on of a seed; their regimes take turns."""
    return stack([_world(np.random.default_rng([seed, i]), i, ranges, windows) for i in range(first, first + count)])


def training(seed: int, count: int) -> Worlds:
    """Return worlds to learn from, every second run of eight regimes from the wider ranges."""
    ranges = (USUAL, WIDE)
    return stack([_world(np.random.default_rng([seed, i]), i, ranges[i // 8 % 2], WINDOWS) for i in range(count)])


def stack(drawn: list[dict[str, Any]]) -> Worlds:
    """Return drawn worlds as one."""
    column = {name: np.array([one[name] for one in drawn]) for name in drawn[0]}
    parts = {name: column.pop(name) for name in ("tick", "capacity", "demand", "failing", "fixed", "quota")}
    return Worlds(services=Services(**parts), **column)


def _world(rng: np.random.Generator, index: int, ranges: Ranges, windows: int) -> dict[str, Any]:
    regime = index % len(REGIMES)
    window, usual = _log_uniform(rng, ranges.window_s_log), _log_uniform(rng, ranges.capacity_log)
    fixed = _fixed(rng, ranges, window, usual)
    failing = np.full(windows * TICKS, rng.choice([0.0, 0.002, 0.01]))
    if REGIMES[regime] == "faults":
        for span in _spans(rng, ranges, windows):
            failing[span] = rng.uniform(0.05, 0.4)
    return {
        "tick": window / TICKS,
        "capacity": usual * _capacity(rng, REGIMES[regime], ranges, windows),
        "demand": usual * _demand(rng, ranges, windows, usual * window / TICKS),
        "failing": failing,
        "fixed": fixed,
        "quota": _quota(rng, REGIMES[regime], usual * window, windows),
        "regime": regime,
        "window_s": window,
        "noise": np.exp(rng.normal(0, 1, (windows, 2)) * rng.uniform(*ranges.noise)),
        "lost": _lost(rng, ranges, windows),
        "promise_s": fixed[6] if rng.random() < 0.8 else 0.0,
        "start": usual * _log_uniform(rng, START),
    }


def _lost(rng: np.random.Generator, ranges: Ranges, windows: int) -> Any:
    """Return which reports are lost: none in most worlds, never the first."""
    lost = rng.random(windows) < rng.uniform(*ranges.lost) * (rng.random() < 0.3)
    lost[0] = False
    return lost


def _log_uniform(rng: np.random.Generator, ends: tuple[float, float]) -> float:
    return float(np.exp(rng.uniform(np.log(ends[0]), np.log(ends[1]))))


def _fixed(rng: np.random.Generator, ranges: Ranges, window: float, usual: float) -> Doubles:
    """Return the seven numbers of one service that never change; a gate counts, and neither queues nor slows."""
    unloaded = max(window * _log_uniform(rng, ranges.unloaded_windows_log), LEAST_IN_FLIGHT / usual)
    gate = rng.random() < ranges.gate
    growth, queue = _log_uniform(rng, ranges.growth_log), unloaded * _log_uniform(rng, ranges.queue_trips_log)
    tail, share_5xx = rng.uniform(*ranges.tail), 0.0 if gate else rng.choice([0.0, 1.0, rng.random()])
    waits = (0.0, 0.02 * window) if gate else (growth, queue)
    promise = unloaded * tail * rng.uniform(*ranges.promise)
    return np.array([unloaded, *waits, rng.uniform(*ranges.reject_cost), share_5xx, tail, promise])


def _quota(rng: np.random.Generator, regime: str, usual: float, windows: int) -> Doubles:
    if regime != "quota":
        return np.array([np.inf, 0.0])
    period = int(rng.integers(8, windows // 2))
    return np.array([max(1.0, np.floor(usual * period * rng.uniform(0.4, 1.1))), period * TICKS])


def _capacity(rng: np.random.Generator, regime: str, ranges: Ranges, windows: int) -> Doubles:
    """Return capacity over the usual one, by tick."""
    n = windows * TICKS
    shape = {"steps": _steps, "ramps": _ramps, "waves": _waves, "walk": _walk, "dips": _dips}.get(regime)
    level = shape(rng, ranges, windows) if shape else np.ones(n)
    return np.clip(level * np.exp(rng.normal(0, rng.uniform(*ranges.jitter), n)), 0.02, 20.0)


def _spans(rng: np.random.Generator, ranges: Ranges, windows: int) -> list[slice]:
    """Return episodes of 3 to 12 windows."""
    starts = rng.integers(0, windows * TICKS, rng.poisson(windows / _log_uniform(rng, ranges.every_log)) + 1)
    return [slice(a, a + int(rng.uniform(3, 12) * TICKS)) for a in starts]


def _knots(rng: np.random.Generator, ranges: Ranges, windows: int) -> tuple[Doubles, Doubles]:
    """Return ticks at which something changes, and a level for each."""
    count = rng.poisson(windows / _log_uniform(rng, ranges.every_log)) + 1
    when = np.sort(rng.uniform(0, windows * TICKS, count))
    return np.concatenate([[0.0], when]), np.exp(rng.normal(0, rng.uniform(0.3, 0.8), count + 1))


def _steps(rng: np.random.Generator, ranges: Ranges, windows: int) -> Doubles:
    when, level = _knots(rng, ranges, windows)
    return level[np.searchsorted(when, np.arange(windows * TICKS), side="right") - 1]


def _ramps(rng: np.random.Generator, ranges: Ranges, windows: int) -> Doubles:
    when, level = _knots(rng, ranges, windows)
    return np.exp(np.interp(np.arange(windows * TICKS), when, np.log(level)))


def _waves(rng: np.random.Generator, ranges: Ranges, windows: int) -> Doubles:
    period, phase = _log_uniform(rng, ranges.every_log) * TICKS * 1.5, rng.uniform(0, 2 * np.pi)
    return 1 + rng.uniform(*ranges.swing) * np.sin(2 * np.pi * np.arange(windows * TICKS) / period + phase)


def _walk(rng: np.random.Generator, ranges: Ranges, windows: int) -> Doubles:
    """Return a walk in logarithms that is drawn back to 1."""
    scale, level, path = rng.uniform(*ranges.swing) / np.sqrt(_log_uniform(rng, ranges.every_log)), 0.0, []
    for kick in rng.normal(0, scale, windows):
        level = 0.99 * level + kick
        path.append(level)
    return np.exp(np.interp(np.arange(windows * TICKS) / TICKS, np.arange(windows), path))


def _dips(rng: np.random.Generator, ranges: Ranges, windows: int) -> Doubles:
    level = np.ones(windows * TICKS)
    for span in _spans(rng, ranges, windows):
        level[span] = rng.uniform(*ranges.depth)
    return level


def _demand(rng: np.random.Generator, ranges: Ranges, windows: int, requests_a_tick: float) -> Doubles:
    """Return what the client wants over the usual capacity, by tick.

    A level that surges, noise, and in some worlds pauses; then whole requests, by Poisson's law.
    """
    n = windows * TICKS
    mean, noise = _log_uniform(rng, ranges.demand_log), rng.uniform(*ranges.demand_noise)
    phases = int(rng.integers(1, 12))
    surge = np.exp(rng.normal(0, rng.uniform(0, 0.5), phases))
    level = mean * np.repeat(surge, -(-n // phases))[:n] * np.exp(rng.normal(-noise * noise / 2, noise, n))
    if rng.random() < ranges.pausing:
        level *= _pauses(rng, n)
    return rng.poisson(level * requests_a_tick) / requests_a_tick


def _pauses(rng: np.random.Generator, n: int) -> Doubles:
    """Return 0 in pauses and else a factor a burst, by tick: bursts and pauses last from a tick to 30 windows."""
    busy, idle = (_log_uniform(rng, (1.0, 30.0 * TICKS)) for _ in range(2))
    heavy = rng.uniform(0, 1.2)
    parts: list[Doubles] = []
    while sum(part.size for part in parts) < n:
        burst = np.full(1 + int(rng.exponential(busy)), np.exp(rng.normal(-heavy * heavy / 2, heavy)))
        parts += [burst, np.zeros(int(rng.exponential(idle)))]
    return np.concatenate(parts)[:n]
