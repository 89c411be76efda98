"""What a feedback history must satisfy before it can be answered; all broken rules are found at once."""

import math
from collections.abc import Iterator, Sequence
from itertools import chain

from acumen.errors import InvalidInput, Violation
from acumen.proto.models.v1.cognitive_pb2 import FeedbackEvent, FeedbackHistory

ROOT = "feedback_history"
MOST_ACTIONS, MOST_EVENTS, MOST_NUMBERS, NAME_BYTES = 64, 10_000, 8, 256
LARGEST = 1e9


def check(message: FeedbackHistory) -> None:
    """Raise `InvalidInput` with every violation; of lists that are too long their length is the only one looked for."""
    violations = list(_sizes(message))
    if not violations:
        violations = list(chain(_actions(message), _numbers(message), _events(message)))
    if violations:
        raise InvalidInput(violations)


def odd(message: FeedbackHistory, names: Sequence[bytes]) -> bool:
    """Return whether a history without contexts and features breaks a rule, its events aside; `names` are the ids."""
    sizes = [len(name) for name in names]
    return not (
        0 < len(names) <= MOST_ACTIONS
        and len(message.events) <= MOST_EVENTS
        and 1 <= min(sizes) <= max(sizes) <= NAME_BYTES
        and len(set(names)) == len(names)
        and 0 <= message.risk_aversion <= 1
    )


def _violation(field: str, text: str) -> Violation:
    return Violation(field=f"{ROOT}.{field}", description=text)


def _sizes(message: FeedbackHistory) -> Iterator[Violation]:
    if not message.actions:
        yield _violation("actions", "is empty, must have at least 1")
    for name, limit in (("actions", MOST_ACTIONS), ("events", MOST_EVENTS), ("context", MOST_NUMBERS)):
        size = len(getattr(message, name))
        if size > limit:
            yield _violation(name, f"has {size} entries, must have at most {limit}")


def _actions(message: FeedbackHistory) -> Iterator[Violation]:
    seen: dict[str, int] = {}
    width = len(message.actions[0].features)
    for i, action in enumerate(message.actions):
        size = len(action.id.encode())
        if not 1 <= size <= NAME_BYTES:
            yield _violation(f"actions[{i}].id", f"has {size} bytes, must have 1 to {NAME_BYTES}")
        elif action.id in seen:
            yield _violation(f"actions[{i}].id", f"'{action.id}' is also actions[{seen[action.id]}], must be distinct")
        seen.setdefault(action.id, i)
        yield from _vector(f"actions[{i}].features", action.features, width, "actions[0]")


def _vector(path: str, values: Sequence[float], width: int, like: str) -> Iterator[Violation]:
    if len(values) != width or width > MOST_NUMBERS:
        text = f"has {len(values)} numbers, must have {width} as {like} has, and at most {MOST_NUMBERS}"
        yield _violation(path, text)
    for j, value in enumerate(values):
        if not abs(value) <= LARGEST:
            yield _violation(f"{path}[{j}]", f"is {value}, must be finite and at most {LARGEST:g} in size")


def _numbers(message: FeedbackHistory) -> Iterator[Violation]:
    yield from _vector("context", message.context, len(message.context), "it")
    if not 0 <= message.risk_aversion <= 1:
        yield _violation("risk_aversion", f"is {message.risk_aversion}, must be 0 to 1")


def _events(message: FeedbackHistory) -> Iterator[Violation]:
    """Look at whole columns first; single events are named only when a column has a bad one."""
    known = {action.id for action in message.actions}
    rows = [(event.action_id in known, event.reward, event.propensity) for event in message.events]
    if not all(named and 0 <= reward <= 1 and 0 <= chance <= 1 for named, reward, chance in rows):
        for i, event in enumerate(message.events):
            yield from _event(i, event, known)
    width, like = len(message.context), "the present context"
    for i, context in enumerate([event.context for event in message.events]):
        if context:
            width, like = (width, like) if width else (len(context), f"events[{i}]")
            yield from _vector(f"events[{i}].context", context, width, like)


def _event(i: int, event: FeedbackEvent, known: set[str]) -> Iterator[Violation]:
    if event.action_id not in known:
        yield _violation(f"events[{i}].action_id", f"'{event.action_id}' is not one of the {len(known)} actions")
    for name, value in (("reward", event.reward), ("propensity", event.propensity)):
        if math.isnan(value) or not 0 <= value <= 1:
            yield _violation(f"events[{i}].{name}", f"is {value}, must be 0 to 1")
