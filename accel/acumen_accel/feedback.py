"""What histories of feedback on actions say, by compiled filters: beliefs, odds of being best, plain statistics."""

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen_accel.levels import load

_BELIEFS: Any = load("bandit_beliefs")
_REGRESSION: Any = load("bandit_regression")
_ODDS: Any = load("bandit_odds")
_HISTORY: Any = load("bandit_history")
_WIRE: Any = load("bandit_wire")
_POLICY: Any = load("bandit_policy")

Doubles: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.int64]

MOST_ACTIONS: Final = 64
CONTEXT: Final = 8
NODES: Final = 32
HAZARDS: Final = (0.0, 0.001, 0.004, 0.015, 0.05)
RETAINS: Final = (0.995, 0.98, 0.93)
MEMBERS: Final = len(HAZARDS) + len(RETAINS) + 2
PRIOR: Final = (0.3, 0.1, 0.15, 0.15, 0.05, 0.1, 0.1, 0.05, 0.2, 0.2)
"""What is believed of the bank's members before any event, up to a factor; the last two only where they run."""
STATISTICS: Final = 9
WIDTH: Final = CONTEXT + 1
NOISE: Final = 0.2
STRENGTH: Final = 4.0
GAPS: Final = 48
_ABSENT: Final = -1e4
_ANGLE: Final = np.pi / 2 / NODES
EDGES: Final = np.sin(_ANGLE * np.arange(NODES + 1)) ** 2
MEANS: Final = np.sin(_ANGLE * (np.arange(NODES) + 0.5)) ** 2
GRID: Final = np.stack([MEANS, np.log(MEANS), np.log1p(-MEANS), np.diff(EDGES)])
"""Means (equally spaced in the arcsine of their roots), their logarithms, those of the rest, a uniform prior."""


class Histories(NamedTuple):
    """Histories one after the other, events in order of time.

    Of events: `action` (N,) from 0 within a history, `reward` and `propensity` (N,) (0 unknown), `context` (N, 8) and
    `informed` (N,) 1 where there is one. `now` (B, 8) the present contexts, `features` (rows, 8) of the actions, with
    mean 0 and deviation 1 within a history; `contextual` and `featured` (B,) 1 where they are of use. `event_ends` and
    `row_ends` (B + 1,) begin with 0.
    """

    action: Indices
    reward: Doubles
    propensity: Doubles
    context: Doubles
    informed: Indices
    now: Doubles
    contextual: Indices
    features: Doubles
    featured: Indices
    event_ends: Indices
    row_ends: Indices


class Beliefs(NamedTuple):
    """What the bank believes; see the kernels.

    `share` (B, F); `best` (rows, F + 1) log probabilities; `mixed` (rows, G); `moments` (rows, 4); `tally` (rows, D,
    2); `seen` (rows,); `exactness` (B,); `stats` (rows, 9); `changed` (rows,).
    """

    share: Doubles
    best: Doubles
    mixed: Doubles
    moments: Doubles
    tally: Doubles
    seen: Indices
    exactness: Doubles
    stats: Doubles
    changed: Indices


class Events(NamedTuple):
    """Events as they stand in a message: `t_ms`, `action` (n,), -1 unknown; `numbers` (n, 2) reward and propensity.

    `suspects` counts events with an unknown action or a number that is not 0 to 1; `informed` those with a context.
    """

    t_ms: Indices
    action: Indices
    numbers: Doubles
    suspects: int
    informed: int


def read_events(wire: bytes, names: Sequence[bytes], events: int) -> Events:
    """Read the events of a serialised `FeedbackHistory`, valid wire format, of so many events on actions `names`."""
    t_ms, action = np.zeros(events, np.uint64), np.full(events, -1)
    numbers, found = np.zeros((events, 2), np.uint64), np.zeros(3, np.int64)
    ends = np.array([*accumulate(map(len, names))], np.int64)
    text = np.frombuffer(b"".join(names) or b"\0", np.uint8)
    _WIRE.read_events(np.frombuffer(wire, np.uint8), text, ends, t_ms, action, numbers, found)
    return Events(t_ms.view(np.int64), action, numbers.view(np.float64), int(found[1]), int(found[2]))


def believe(told: Histories) -> Beliefs:
    """Run the bank of filters over histories."""
    rows, size = int(told.row_ends[-1]), told.row_ends.size - 1
    hazards, rates = len(HAZARDS), len(RETAINS)
    belief, tally = np.zeros((rows, hazards, NODES)), np.zeros((rows, rates, 2))
    evidence, exactness, seen = np.zeros((size, MEMBERS)), np.ones(size), np.zeros(rows, np.int64)
    _BELIEFS.believe(
        told.action, told.reward, told.event_ends, told.row_ends, _LOG_KEEP, hazards, GRID, belief, evidence, exactness,
        tally, seen, np.zeros(MOST_ACTIONS), np.zeros(NODES), np.zeros(hazards + rates),
        np.zeros((hazards + rates, GAPS)),
    )  # fmt: skip
    expected, plain = _regress(told, exactness, evidence)
    share, best, mixed = np.zeros((size, MEMBERS)), np.zeros((rows, MEMBERS + 1)), np.zeros((rows, NODES))
    moments = np.zeros((rows, 4))
    _ODDS.compare(
        told.row_ends, belief, evidence, tally, plain, expected, _prior(told), GRID, EDGES, share, best, mixed, moments,
        np.zeros(rows), np.zeros(NODES), np.zeros((rows, NODES)),
    )  # fmt: skip
    stats, changed = summarise(told, exactness)
    return Beliefs(share, best, mixed, moments, tally, seen, exactness, stats, changed)


def decide(scores: Mapping[str, Any], ends: Indices, risk_aversion: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """Return by row odds of being best, the policy, and estimates (rows, 3): mean, q10, q90; see the kernel.

    `scores` are columns (rows, 1) `odds`, `mean`, `low`, `high` of any numbers, and `sharpness`, `reach` (B,).
    """
    odds, mean, low, high = (np.array(scores[name], np.float64).ravel() for name in ("odds", "mean", "low", "high"))
    policy, estimates = np.empty(odds.size), np.empty((odds.size, 3))
    sharpness, reach = (np.ascontiguousarray(scores[name], np.float64) for name in ("sharpness", "reach"))
    _POLICY.decide(mean, low, high, sharpness, reach, ends, risk_aversion, odds, policy, estimates)
    return odds, policy, estimates


def recommend(estimates: Doubles, policy: Doubles, risk_aversion: Doubles, ends: Indices) -> Indices:
    """Return (B,) the recommended actions, from estimates (rows, 3) and policy (rows,) as they are printed."""
    best = np.zeros(ends.size - 1, np.int64)
    _POLICY.recommend(estimates, policy, risk_aversion, ends, best)
    return best


def summarise(told: Histories, exactness: Doubles) -> tuple[Doubles, Indices]:
    """Return `stats` (rows, 9) and `changed` (rows,); `bandit_history.summarise` names the columns."""
    rows, events = int(told.row_ends[-1]), told.action.size
    stats, changed = np.zeros((rows, STATISTICS)), np.zeros(rows, np.int64)
    _HISTORY.summarise(
        told.action, told.reward, told.propensity, told.event_ends, told.row_ends, exactness,
        np.zeros(MOST_ACTIONS + 1, np.int64), np.zeros(events), np.zeros(events), np.zeros(events, np.int64),
        np.zeros(2), stats, changed,
    )  # fmt: skip
    return stats, changed


def _regress(told: Histories, exactness: Doubles, evidence: Doubles) -> tuple[Doubles, Doubles]:
    """Return what the regressions expect (rows, 3): mean and variance by context, mean by features; and plain sums.

    Fills their part of the evidence. `plain` (rows, 2) are sums of weights and of weighted rewards.
    """
    rows = int(told.row_ends[-1])
    expected, plain = np.zeros((rows, 3)), np.zeros((rows, 2))
    if told.contextual.any() or told.featured.any():
        events, owner = np.diff(told.event_ends), np.repeat(np.arange(exactness.size), np.diff(told.row_ends))
        row = told.action + np.repeat(told.row_ends[:-1], events)
        weight = np.repeat(exactness, events)
        if told.contextual.any():
            evidence[:, -2] = _by_context(told, row, owner, weight, expected)
        if told.featured.any():
            evidence[:, -1] = _by_features(told, row, owner, weight, expected, plain)
    return expected, plain


def _by_context(told: Histories, row: Indices, owner: Indices, weight: Doubles, expected: Doubles) -> Doubles:
    """Return the evidence (B,) of a regression of each action's rewards on the context, where there is one."""
    context, now = told.context.copy(), told.now.copy()
    _REGRESSION.standardise(context, told.informed.astype(np.float64), told.event_ends, now)
    at = np.flatnonzero(np.repeat(told.contextual, np.diff(told.event_ends)))
    state, predicted, y = _priors(len(expected)), np.zeros(at.size), told.reward[at]
    _REGRESSION.regress(row[at], at, context, y, NOISE / weight[at], predicted, state)
    x = np.concatenate([np.ones((len(now), 1)), now], axis=1)[owner]
    expected[:, 0] = (state[:, WIDTH] * x).sum(axis=1)
    expected[:, 1] = ((state[:, :WIDTH] * x[:, None]).sum(axis=2) * x).sum(axis=1)
    return _totals(weight[at] * _surprise(predicted, y), told.event_ends, at)


def _by_features(
    told: Histories, row: Indices, owner: Indices, weight: Doubles, expected: Doubles, plain: Doubles
) -> Doubles:
    """Return the evidence (B,) of counts of each action around a regression on features, where there are some."""
    at = np.flatnonzero(np.repeat(told.featured, np.diff(told.event_ends)))
    state, predicted, y = _priors(told.featured.size), np.zeros(at.size), told.reward[at]
    near, heavy, before = row[at], weight[at], np.zeros((at.size, 2))
    _REGRESSION.regress(owner[near], near, told.features, y, NOISE / heavy, predicted, state)
    _REGRESSION.running(near, heavy, y, plain, before)
    own = (STRENGTH * _within(predicted) + before[:, 1]) / (STRENGTH + before[:, 0])
    slope = state[owner, WIDTH]
    expected[:, 2] = _within(slope[:, 0] + (slope[:, 1:] * told.features).sum(axis=1))
    return _totals(heavy * _surprise(own, y), told.event_ends, at)


def _priors(count: int) -> Doubles:
    """Return the states (count, 11, 9) of regressions that have seen nothing: a mean of .5."""
    state = np.zeros((count, WIDTH + 2, WIDTH))
    state[:, :WIDTH] = np.eye(WIDTH) / 12
    state[:, WIDTH, 0] = 0.5
    return state


def _within(mean: Doubles) -> Doubles:
    """Return means that both outcomes are possible with."""
    return np.minimum(np.maximum(mean, 0.01), 0.99)


def _surprise(mean: Doubles, reward: Doubles) -> Doubles:
    """Return Bernoulli log-likelihoods of rewards."""
    near = _within(mean)
    return np.asarray(reward * np.log(near) + (1 - reward) * np.log(1 - near))


def _totals(likely: Doubles, ends: Indices, at: Indices) -> Doubles:
    """Return (B,) sums of what belongs to the events `at`, each in one order whatever stands beside it."""
    cuts = np.searchsorted(at, ends).tolist()
    return np.array([likely[a:b].sum() for a, b in pairwise(cuts)])


def _prior(told: Histories) -> Doubles:
    """Return (B, F) log prior of the members."""
    prior = np.tile(_LOG_PRIOR, (told.contextual.size, 1))
    prior[told.contextual == 0, -2] = _ABSENT
    prior[told.featured == 0, -1] = _ABSENT
    return prior


_LOG_KEEP: Final = np.log(np.array([*(1 - hazard for hazard in HAZARDS), *RETAINS]))
_LOG_PRIOR: Final = np.log(np.array(PRIOR))
