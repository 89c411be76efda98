"""Histories at random steps of simulated bandits, with what was true then."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from acumen.models.cognitive.adaptive import baselines
from acumen.models.cognitive.adaptive.baselines import Way
from acumen.models.cognitive.adaptive.oracle import Oracle
from acumen.models.cognitive.adaptive.reading import Doubles, History, message_of
from acumen.models.cognitive.adaptive.replay import Past, play
from acumen.models.cognitive.adaptive.world import TRAINING, Kind, Ranges, Worlds, generate
from acumen.proto.models.v1.cognitive_pb2 import FeedbackHistory

EXAMPLE_SEEDS = 7_000
CHUNK = 64
KNOWN = (Kind.SWITCHING, Kind.DRIFTING)
Make = Callable[[Worlds, int], Way]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A history, the true means (K,) at the next choice, and how probably each action is the best (K,).

    The probabilities are those of the filter that knows the generator; where there is none, all for the true best.
    """

    history: History
    mean: Doubles
    best: Doubles


# What histories come from in the end depends on who chose; propensities are known of some only.
BEHAVIOURS: tuple[Make, ...] = (
    lambda worlds, seed: baselines.Thompson(worlds, seed),
    lambda worlds, seed: baselines.Greedy(worlds, seed),
    lambda worlds, seed: baselines.Uniform(worlds),  # noqa: ARG005
    lambda worlds, seed: _bound(worlds, seed),
    lambda worlds, seed: baselines.Logger(worlds, 4.0),  # noqa: ARG005
    lambda worlds, seed: baselines.Thompson(worlds, seed, 0.98),
    lambda worlds, seed: baselines.Linear(worlds, seed, 1.0, True),
)


def _bound(worlds: Worlds, seed: int) -> Way:
    way = baselines.UpperBound(worlds, seed)
    way.width = 0.5
    return way


def gather(
    seed: int, indices: Sequence[int], per_world: int, make: Make | None = None, ranges: Ranges = TRAINING
) -> list[Moment]:
    """Return `per_world` moments of each bandit, in chunks each played by one behaviour, or all by `make`."""
    found: list[Moment] = []
    for start in range(0, len(indices), CHUNK):
        part = indices[start : start + CHUNK]
        worlds = generate(seed, part, ranges)
        way = (make or BEHAVIOURS[start // CHUNK % len(BEHAVIOURS)])(worlds, part[0] + seed)
        found.extend(_moments(worlds, way, np.random.default_rng([seed, part[0], 9]), per_world))
    return found


def _moments(worlds: Worlds, way: Way, rng: np.random.Generator, per_world: int) -> Iterator[Moment]:
    steps = worlds.mean.shape[1]
    # Half of the moments are early, where little is known.
    late = rng.random((worlds.size, per_world)) < 0.5
    at = np.where(late, rng.integers(0, steps, late.shape), (60 * rng.random(late.shape) ** 2).astype(int) % steps)
    oracle = Oracle(worlds)
    seen: list[tuple[int, int, Doubles]] = []

    def watch(t: int, _: Past) -> None:
        rows = np.repeat(np.arange(worlds.size), (at == t).sum(axis=1))
        if rows.size:
            best = oracle.best()
            seen.extend((int(r), t, best[r]) for r in rows)

    past = play(worlds, way, [oracle], watch)
    for r, t, best in seen:
        yield _moment(worlds, past, rng, (r, t), best)


def _moment(worlds: Worlds, past: Past, rng: np.random.Generator, at: tuple[int, int], best: Doubles) -> Moment:
    r, t = at
    blind = bool(rng.random() < 0.25)
    history = past.history(r, t, blind, **_said(rng))
    mean = worlds.truth(t, blind)[r, : history.actions]
    told = int(worlds.kind[r]) in KNOWN
    return Moment(
        history=history if rng.random() < 0.7 else _unsaid(history),
        mean=mean,
        best=best[: history.actions] if told else (mean == mean.max()) / (mean == mean.max()).sum(),
    )


def _said(rng: np.random.Generator) -> dict[str, Any]:
    horizon = int(np.exp(rng.uniform(0, 7))) if rng.random() < 0.5 else 0
    return {"horizon": horizon, "risk_aversion": float(round(rng.random(), 2)) if rng.random() < 0.3 else 0.0}


def _unsaid(history: History) -> History:
    """Return the history with its propensities unknown."""
    return History(
        **{name: getattr(history, name) for name in History.__slots__ if name != "propensity"},
        propensity=np.zeros(history.action.size),
    )


def examples(seed: int, n: int) -> list[FeedbackHistory]:
    """Return one message of each of `n` bandits, from seeds that training does not use."""
    moments: Iterable[Moment] = [
        moment
        for k in range(len(BEHAVIOURS))
        for moment in gather(EXAMPLE_SEEDS + seed, range(k, n, len(BEHAVIOURS)), 1, BEHAVIOURS[k])
    ]
    return [message_of(moment.history) for moment in moments][:n]
