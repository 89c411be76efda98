"""Moments of simulated loops: what the client knew, and what turned out to be true in the interval after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.performance.throttle import learning, limiters, world
from acumen.models.performance.throttle.features import Features, extract
from acumen.models.performance.throttle.learning import Truths
from acumen.models.performance.throttle.loop import Loop, Policy, run
from acumen.models.performance.throttle.metrics import Metrics
from acumen.models.performance.throttle.reading import message_of
from acumen.models.performance.throttle.world import Worlds

EXAMPLE_WINDOWS = 56
# Where nothing is wanted a limit costs nothing, so such moments teach less; a few keep it from drifting.
IDLE_SHARE = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Features of B moments with what was true; `owner` (B,) is the world of each."""

    features: Features
    truth: Truths
    owner: NDArray[np.int64]

    def take(self, index: Any) -> "Moments":
        """Return some moments."""
        return Moments(features=chosen(self.features, index), truth=self.truth.take(index), owner=self.owner[index])

    @staticmethod
    def joined(parts: Sequence["Moments"]) -> "Moments":
        """Return several as one."""
        together = {
            field.name: np.concatenate([getattr(part.features, field.name) for part in parts])
            for field in fields(Features)
        }
        return Moments(
            features=Features(**together),
            truth=Truths.joined([part.truth for part in parts]),
            owner=np.concatenate([part.owner for part in parts]),
        )


def chosen(features: Features, index: Any) -> Features:
    """Return the features of some inputs."""
    return Features(**{field.name: getattr(features, field.name)[index] for field in fields(Features)})


@dataclass(slots=True)
class Gatherer:
    """Keeps about a `share` of the moments of a run, fewer where little was wanted; closes each after its interval."""

    share: float
    rng: np.random.Generator
    kept: list[Moments]
    open: Callable[[Loop], Moments] | None = None

    def __call__(self, seen: Metrics, loop: Loop) -> None:
        """Close the moment before, and open this one."""
        if self.open:
            self.kept.append(self.open(loop))
        best, capacity = loop.sustainable(), loop.capacity()
        matters = np.clip(loop.wanted() / best, IDLE_SHARE, 1.0)
        picked = np.flatnonzero(self.rng.random(seen.size) < self.share * matters)
        made, best, capacity = chosen(extract(seen), picked), best[picked], capacity[picked]

        def close(later: Loop) -> Moments:
            observed = {"capacity": capacity, "sustainable": best, "latency": later.p95_s[picked] * 1e3}
            return Moments(features=made, truth=learning.truths(made, **observed), owner=picked)

        self.open = close


def gather(worlds: Worlds, policy: Policy, share: float, seed: int) -> tuple[Moments, Loop]:
    """Return up to a `share` of the moments at which `policy` set limits, in order of time, and the run's end."""
    gatherer = Gatherer(share, np.random.default_rng(seed), [])
    loop = run(worlds, policy, gatherer)
    return Moments.joined(gatherer.kept), loop


def examples(seed: int, n: int) -> list[Any]:
    """Return `n` messages of random moments, one a world, under additive increase and multiplicative decrease."""
    rng = np.random.default_rng([seed, 1])
    worlds = world.generate(seed, n, first=int(rng.integers(0, 8)), windows=EXAMPLE_WINDOWS)
    when = rng.integers(1, EXAMPLE_WINDOWS, n)
    made: list[Any] = [None] * n

    def on_step(seen: Metrics, loop: Loop) -> None:
        for i in np.flatnonzero(when == loop.step).tolist():
            made[i] = message_of(seen, i)

    run(worlds, limiters.Aimd(), on_step)
    return [_varied(message, rng) for message in made]


def _varied(message: Any, rng: np.random.Generator) -> Any:
    """Return the message, sometimes with clients, with a quota that may be spent, or with steps of its own."""
    limit = message.current_limit_per_s
    if rng.random() < 0.4:
        for i in range(int(rng.integers(1, 9))):
            message.clients.add(id=f"client-{i}", weight=float(rng.choice([0.0, 1.0, 2.5])))
            if rng.random() < 0.7:
                message.clients[i].demand_per_s = float(limit * rng.exponential(0.3))
    if rng.random() < 0.3:
        seconds = float(np.exp(rng.uniform(-2, 6)))
        message.quota.reset_ms = seconds * 1e3
        message.quota.remaining = float(np.floor(limit * seconds * rng.uniform(0, 1.5) * (rng.random() < 0.9)))
    if rng.random() < 0.3:
        message.max_rise, message.max_fall = float(rng.uniform(1, 3)), float(rng.uniform(1, 3))
    return message
