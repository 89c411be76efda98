"""From scores to a policy: pure functions, valid for any scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.cognitive.adaptive.reading import Doubles
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


def decide(log_odds: Doubles, estimates: Doubles, sharpness: float, risk_aversion: float) -> Decision:
    """Decide for the actions of one history."""
    odds = softmax(log_odds)
    risk = AVERSION * risk_aversion * (estimates[:, 0] - estimates[:, 1])
    headline = with_floor(softmax(min(max(sharpness, 0.0), 1e3) * np.log(odds + 1e-12) - risk))
    policy = significant_array(headline)
    return Decision(
        odds=odds,
        policy=policy,
        headline=headline,
        estimates=estimates,
        recommended=recommended(estimates, policy, risk_aversion),
    )


def recommended(estimates: Doubles, policy: Doubles, risk_aversion: float) -> int:
    """Return the action of the largest mean, or between mean and q10; ties go to the more probable, then the first."""
    worth = (1 - risk_aversion) * estimates[:, 0] + risk_aversion * estimates[:, 1]
    return int(np.where(worth == worth.max(), policy, -1.0).argmax())


def with_floor(p: Doubles) -> Doubles:
    """Return a distribution of which every action has at least its share of `EXPLORE`."""
    return (1 - EXPLORE) * p + EXPLORE / p.size


def softmax(x: Doubles) -> Doubles:
    """Return the softmax of finite numbers."""
    e = np.exp(x - x.max())
    return np.asarray(e / e.sum())


def _clean(values: NDArray[Any], instead: float) -> Doubles:
    x = np.asarray(values, np.float64)
    return x if np.isfinite(x).all() else np.where(np.isnan(x), instead, x)
