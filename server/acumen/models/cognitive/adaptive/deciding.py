"""From scores to a policy: pure functions, valid for any scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.cognitive.adaptive.reading import Doubles, Indices
from acumen.neural.rounding import significant_array

EXPLORE = 0.01
AVERSION = 8.0
LARGEST = 700.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided for one history; numbers as printed. `odds`, `policy` (K,); `estimates` (K, 3): mean, q10, q90.

    `headline` (K,) is the policy before rounding, `recommended` an action's number.
    """

    odds: Doubles
    policy: Doubles
    headline: Doubles
    estimates: Doubles
    recommended: int


def estimates_of(scores: Mapping[str, Any]) -> Doubles:
    """Return (rows, 3): mean, q10 and q90, within 0 and 1 and in order, rounded as they are printed."""
    mean = _clean(scores["mean"], 0.5)
    mean = np.minimum(np.maximum(mean, 0.0), 1.0)
    low, high = (np.maximum(_clean(scores[name], 0.0), 0.0) for name in ("low", "high"))
    stacked = [mean, np.maximum(mean - low, 0.0), np.minimum(mean + high, 1.0)]
    return significant_array(np.concatenate(stacked, axis=1))


def odds_of(scores: Mapping[str, Any]) -> Doubles:
    """Return (rows,) unnormalised log probabilities of being best, finite."""
    return np.asarray(np.minimum(np.maximum(_clean(scores["odds"], -LARGEST)[:, 0], -LARGEST), LARGEST))


def decide_all(
    scores: Mapping[str, Any], offsets: Indices, risk_aversion: Doubles
) -> tuple[Doubles, Doubles, Doubles, Indices]:
    """Decide for histories whose rows begin at `offsets` (B + 1,); `risk_aversion` (B,).

    Returns by row `odds` of being best, the policy before rounding and `estimates` (rows, 3), and by history the
    recommended action's number.
    """
    estimates, sharpness = estimates_of(scores), np.minimum(np.maximum(scores["sharpness"], 0.0), 1e3)
    starts, owner = offsets[:-1], np.repeat(np.arange(offsets.size - 1), np.diff(offsets))
    odds = softmax(odds_of(scores), starts, owner)
    shunned = AVERSION * risk_aversion[owner] * (estimates[:, 0] - estimates[:, 1])
    p = softmax(sharpness[owner] * np.log(odds + 1e-12) - shunned, starts, owner)
    headline = (1 - EXPLORE) * p + EXPLORE / np.diff(offsets)[owner]
    return odds, headline, estimates, recommended(estimates, significant_array(headline), risk_aversion, offsets)


def decide(scores: Mapping[str, Any], offsets: Indices, risk_aversion: Doubles) -> list[Decision]:
    """Return the decision of each history."""
    odds, headline, estimates, best = decide_all(scores, offsets, risk_aversion)
    policy, ends = significant_array(headline), offsets.tolist()
    return [
        Decision(odds=odds[a:b], policy=policy[a:b], headline=headline[a:b], estimates=estimates[a:b], recommended=k)
        for a, b, k in zip(ends, ends[1:], best.tolist(), strict=False)
    ]


def recommended(estimates: Doubles, policy: Doubles, risk_aversion: Doubles, offsets: Indices) -> Indices:
    """Return (B,) the actions of the largest mean, or between mean and q10; ties go to the more probable, then first.

    `estimates` (rows, 3) and `policy` (rows,) as printed.
    """
    starts, owner = offsets[:-1], np.repeat(np.arange(offsets.size - 1), np.diff(offsets))
    risk = risk_aversion[owner]
    worth = (1 - risk) * estimates[:, 0] + risk * estimates[:, 1]
    kept = np.where(worth == np.maximum.reduceat(worth, starts)[owner], policy, -1.0)
    rows = np.where(kept == np.maximum.reduceat(kept, starts)[owner], np.arange(kept.size), kept.size)
    return np.asarray(np.minimum.reduceat(rows, starts) - starts)


def softmax(x: Doubles, starts: Indices, owner: Indices) -> Doubles:
    """Return the softmax of finite numbers within each history, which begin at `starts`; `owner` (rows,)."""
    e = np.exp(x - np.maximum.reduceat(x, starts)[owner])
    return np.asarray(e / np.add.reduceat(e, starts)[owner])


def _clean(values: NDArray[Any], instead: float) -> Doubles:
    x = np.asarray(values, np.float64)
    return x if np.isfinite(x).all() else np.where(np.isnan(x), instead, x)
