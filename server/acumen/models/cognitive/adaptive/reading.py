"""Reading a `FeedbackHistory`: events in order of time, actions by number, and back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.models.cognitive.adaptive import checking
from acumen.proto.models.v1.cognitive_pb2 import CandidateAction, FeedbackEvent, FeedbackHistory
from acumen_accel import feedback
from acumen_accel.feedback import CONTEXT, Histories

Doubles: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A checked history as numbers.

    Of events, by time and then as given: `action` (n,), `reward`, `propensity` (n,) with 0 unknown, `t_ms` (n,),
    `context` (n, D) with NaN where there is none, or None where nothing makes use of them. `now` (D,) the present
    context, `features` (K, d) of the actions, d 0 when there are none.
    """

    actions: int
    action: Indices
    reward: Doubles
    propensity: Doubles
    t_ms: Indices
    context: Doubles | None
    now: Doubles
    features: Doubles
    horizon: int
    risk_aversion: float


def read(message: FeedbackHistory) -> History:
    """Return a message's numbers; raises `InvalidInput` naming every broken rule."""
    names = [action.id.encode() for action in message.actions]
    events = feedback.read_events(message.SerializeToString(), names, len(message.events))
    now = np.array(message.context, np.float64)
    features = [tuple(action.features) for action in message.actions]
    if events.suspects or events.informed or now.size or any(features) or checking.odd(message, names):
        checking.check(message)
    t_ms, action, numbers = events.t_ms, events.action, events.numbers
    context = _contexts(message.events, now.size) if now.size and events.informed else None
    if (t_ms[1:] < t_ms[:-1]).any():
        order = np.argsort(t_ms, kind="stable")
        t_ms, action, numbers = t_ms[order], action[order], numbers[order]
        context = None if context is None else context[order]
    return History(
        actions=len(names),
        action=action,
        reward=np.ascontiguousarray(numbers[:, 0]),
        propensity=np.ascontiguousarray(numbers[:, 1]),
        t_ms=t_ms,
        context=context,
        now=now,
        features=np.array(features, np.float64).reshape(len(names), -1),
        horizon=message.horizon,
        risk_aversion=message.risk_aversion,
    )


def _contexts(events: Sequence[Any], width: int) -> Doubles:
    """Return the contexts (n, width) of events."""
    rows = [list(event.context) or [np.nan] * width for event in events]
    return np.array(rows, np.float64).reshape(-1, width)


def joined(told: Sequence[History]) -> Histories:
    """Lay histories one after the other, as the kernels read them."""
    actions, events = [h.actions for h in told], [h.action.size for h in told]
    row_ends, event_ends = np.array([0, *np.cumsum(actions)]), np.array([0, *np.cumsum(events)])
    context, informed = np.zeros((event_ends[-1], CONTEXT)), np.zeros(event_ends[-1], np.int64)
    now, features = np.zeros((len(told), CONTEXT)), np.zeros((row_ends[-1], CONTEXT))
    contextual, featured = np.zeros(len(told), np.int64), np.zeros(len(told), np.int64)
    for m, history in enumerate(told):
        if history.context is not None:
            contextual[m], (a, b) = 1, event_ends[m : m + 2]
            informed[a:b] = ~np.isnan(history.context[:, 0])
            context[a:b, : history.now.size] = np.nan_to_num(history.context)
            now[m, : history.now.size] = history.now
        if history.features.size and history.actions > 1:
            featured[m], (a, b) = 1, row_ends[m : m + 2]
            features[a:b, : history.features.shape[1]] = standard(history.features)
    return Histories(
        np.concatenate([h.action for h in told]),
        np.concatenate([h.reward for h in told]),
        np.concatenate([h.propensity for h in told]),
        context, informed, now, contextual, features, featured, event_ends, row_ends,
    )  # fmt: skip


def standard(features: Doubles) -> Doubles:
    """Return columns of mean 0 and deviation 1 over the actions; a constant one becomes 0."""
    largest = np.abs(features).max(axis=0)
    scaled = features / np.where(largest > 0, largest, 1.0)
    centered = scaled - scaled.mean(axis=0)
    spread = centered.std(axis=0)
    return np.asarray(np.where(spread > 1e-9, centered / np.maximum(spread, 1e-9), 0.0))


def message_of(history: History) -> FeedbackHistory:
    """Return a history as a message, actions named by their numbers."""
    names = [f"action-{k}" for k in range(history.actions)]
    rows = zip(
        history.t_ms.tolist(),
        history.action.tolist(),
        history.reward.tolist(),
        history.propensity.tolist(),
        strict=True,
    )
    events = [FeedbackEvent(t_ms=t, action_id=names[a], reward=r, propensity=p) for t, a, r, p in rows]
    if history.context is not None:
        for event, row in zip(events, history.context.tolist(), strict=True):
            event.context.extend(row if row[0] == row[0] else [])
    features = history.features.tolist()
    return FeedbackHistory(
        actions=[CandidateAction(id=name, features=row) for name, row in zip(names, features, strict=True)],
        events=events,
        context=history.now.tolist(),
        horizon=history.horizon,
        risk_aversion=history.risk_aversion,
    )
