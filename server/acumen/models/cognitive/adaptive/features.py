"""What the network sees of histories: the filters' beliefs and plain statistics, by action and by history."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from acumen.models.cognitive.adaptive.reading import Doubles, History, joined
from acumen.neural.spec import Batch
from acumen_accel import feedback
from acumen_accel.feedback import MEMBERS, Beliefs, Histories

MEMBER_NAMES = (
    *(f"hazard {hazard:g}" for hazard in feedback.HAZARDS),
    *(f"retaining {retain:g}" for retain in feedback.RETAINS),
    "context",
    "features",
)
ACTION_NAMES = (
    *(f"log odds of being best by {name}" for name in (*MEMBER_NAMES, "the mixture")),
    "mean", "log deviation", "q10", "q90", "mean less the largest", "q90 less the largest mean",
    *(f"mean retaining {retain:g}" for retain in feedback.RETAINS),
    *(f"log events retaining {retain:g}" for retain in feedback.RETAINS),
    "log events since the last", "log events", "mean of the last 5", "mean of the last 20", "change ratio",
    "mean by inverse propensity less the mean", "effective share", "propensities known", "changed",
    "log effective events",
)  # fmt: skip
HISTORY_NAMES = (
    *(f"share of {name}" for name in MEMBER_NAMES),
    "log actions", "log events", "log exactness of rewards", "average mean", "spread of means", "largest mean",
    "context given", "features given",
)  # fmt: skip
SUMMARY = tuple(i for i, name in enumerate(HISTORY_NAMES) if not name.startswith("share of") or "hazard" in name)
BEST = MEMBERS
LEAST_WIDTH = 0.01


@dataclass(frozen=True, slots=True)
class Facts:
    """What the decoder needs of one input: its history, the bank's beliefs of all inputs, and where its rows are."""

    history: History
    beliefs: Beliefs
    rows: slice


def batch_of(told: Sequence[History]) -> Batch:
    """Return the features of histories, laid side by side."""
    laid = joined(told)
    beliefs = feedback.believe(laid)
    ends = laid.row_ends.tolist()
    facts = [Facts(h, beliefs, slice(a, b)) for h, a, b in zip(told, ends, ends[1:], strict=False)]
    return described(laid, beliefs, np.array([h.horizon for h in told], np.float64), facts)


def described(laid: Histories, beliefs: Beliefs, horizon: Doubles, facts: Sequence[Facts] = ()) -> Batch:
    """Return the features of histories whose beliefs are known.

    `actions` (rows, 33) and `histories` (B, 18) in the columns named above; what answers start from: `odds` (rows, 1)
    log probability of being best, `level` (rows, 1) log odds of the mean, `low` and `high` (rows, 1) distances of q10
    and q90 from it; `share` (B, F) of the members, `horizon` (B,), and `offsets`, `owner` of the rows.
    """
    offsets = laid.row_ends
    owner = np.repeat(np.arange(offsets.size - 1), np.diff(offsets))
    histories = _histories(laid, beliefs)
    mean, q10, q90 = beliefs.moments[:, :1], beliefs.moments[:, 2:3], beliefs.moments[:, 3:]
    near = np.minimum(np.maximum(mean, 1e-4), 1 - 1e-4)
    arrays = {
        "actions": _actions(beliefs, histories[owner, -3]).astype(np.float32),
        "histories": histories.astype(np.float32),
        "odds": beliefs.best[:, BEST:].astype(np.float32),
        "level": np.log(near / (1 - near)).astype(np.float32),
        "low": (mean - q10 + LEAST_WIDTH).astype(np.float32),
        "high": (q90 - mean + LEAST_WIDTH).astype(np.float32),
        "share": beliefs.share.astype(np.float32),
        "horizon": horizon,
        "offsets": offsets,
        "owner": owner,
    }
    summary = np.ascontiguousarray(arrays["histories"][:, SUMMARY])
    return Batch(size=offsets.size - 1, arrays=arrays, summary=summary, facts=facts)


def _actions(beliefs: Beliefs, largest: Doubles) -> Doubles:
    """Return (rows, 33); `largest` (rows,) mean among the actions of the same history."""
    moments, stats, tally = beliefs.moments, beliefs.stats, beliefs.tally
    out = np.empty((len(moments), len(ACTION_NAMES)))
    at = BEST + 1
    out[:, :at] = beliefs.best
    out[:, at : at + 4] = moments
    out[:, at + 1] = np.log(moments[:, 1] + 0.01)
    out[:, at + 4] = moments[:, 0] - largest
    out[:, at + 5] = moments[:, 3] - largest
    rates = tally.shape[1]
    out[:, at + 6 : at + 6 + rates] = (tally[:, :, 1] + 1) / (tally[:, :, 0] + 2)
    at += 6 + rates
    out[:, at : at + rates] = np.log1p(tally[:, :, 0])
    at += rates
    out[:, at] = np.log1p(beliefs.seen)
    out[:, at + 1] = np.log1p(stats[:, 0])
    out[:, at + 2 : at + 4] = stats[:, 4:6]
    out[:, at + 4] = stats[:, 2]
    out[:, at + 5] = (stats[:, 6] - moments[:, 0]) * (stats[:, 0] > 0)
    out[:, at + 6 : at + 8] = stats[:, 7:9]
    out[:, at + 8] = beliefs.changed >= 0
    out[:, at + 9] = np.log1p(stats[:, 1])
    return out


def _histories(laid: Histories, beliefs: Beliefs) -> Doubles:
    """Return (B, 18)."""
    starts = laid.row_ends[:-1]
    actions = np.diff(laid.row_ends)
    mean = beliefs.moments[:, 0]
    average = np.add.reduceat(mean, starts) / actions
    out = np.empty((actions.size, len(HISTORY_NAMES)))
    out[:, :MEMBERS] = beliefs.share
    out[:, MEMBERS] = np.log(actions)
    out[:, MEMBERS + 1] = np.log1p(np.diff(laid.event_ends))
    out[:, MEMBERS + 2] = np.log(beliefs.exactness)
    out[:, MEMBERS + 3] = average
    out[:, MEMBERS + 4] = np.sqrt(np.maximum(np.add.reduceat(mean * mean, starts) / actions - average * average, 0))
    out[:, MEMBERS + 5] = np.maximum.reduceat(mean, starts)
    out[:, MEMBERS + 6] = laid.contextual
    out[:, MEMBERS + 7] = laid.featured
    return out
