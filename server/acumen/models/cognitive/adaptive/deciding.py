"""From scores to a policy: pure functions, valid for any scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from acumen.models.cognitive.adaptive.reading import Doubles, Indices
from acumen.neural.rounding import significant_array
from acumen_accel import feedback

EXPLORE = 0.01


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


def decide_all(
    scores: Mapping[str, Any], offsets: Indices, risk_aversion: Doubles
) -> tuple[Doubles, Doubles, Doubles, Indices]:
    """Decide for histories whose rows begin at `offsets` (B + 1,); `risk_aversion` (B,).

    Returns by row `odds` of being best, the policy before rounding and `estimates` (rows, 3) as printed, and by history
    the recommended action's number.
    """
    odds, headline, exact = feedback.decide(scores, offsets, risk_aversion)
    estimates = significant_array(exact)
    best = feedback.recommend(estimates, significant_array(headline), risk_aversion, offsets)
    return odds, headline, estimates, best


def decide(scores: Mapping[str, Any], offsets: Indices, risk_aversion: Doubles) -> list[Decision]:
    """Return the decision of each history."""
    odds, headline, estimates, best = decide_all(scores, offsets, risk_aversion)
    policy, ends = significant_array(headline), offsets.tolist()
    return [
        Decision(odds=odds[a:b], policy=policy[a:b], headline=headline[a:b], estimates=estimates[a:b], recommended=k)
        for a, b, k in zip(ends, ends[1:], best.tolist(), strict=False)
    ]
