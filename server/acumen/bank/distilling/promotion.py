"""A pattern must predict: PENDING becomes ACTIVE only when it raised the score of the right next action.

The right next action is the one taken in an attempt that succeeded, at a task that the pattern was not learned from.
The score is its log-probability: without the pattern as a model of actions gives it, with the pattern as `tilt` does.
A proper scoring rule cannot be raised on average by a tilt that is wrong (Gneiting & Raftery, 2007).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from acumen.bank.distilling.lessons import symbols_of
from acumen.bank.distilling.record import symbol
from acumen.bank.pattern import Pattern, Polarity, State
from acumen.bank.trajectory import Step, Trajectory

_ODDS = 2.0  # a strategy doubles the odds of the step it foresees, a guardrail halves those of what it warns of
_Z = 1.645  # one-sided 95 %
_FLOOR = 1e-9

Predict = Callable[[str, Sequence[Step]], Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Gains in log score, one per attempt at which the pattern spoke; sums, so that they can be added."""

    attempts: int = 0
    total: float = 0.0
    squares: float = 0.0

    def __add__(self, other: "Evidence") -> "Evidence":
        return Evidence(
            attempts=self.attempts + other.attempts,
            total=self.total + other.total,
            squares=self.squares + other.squares,
        )

    @property
    def lower(self) -> float:
        """Lower end of the mean gain's one-sided 95 % interval; minus infinity below two attempts."""
        if self.attempts < 2:
            return -math.inf
        mean = self.total / self.attempts
        variance = max(0.0, self.squares - self.attempts * mean * mean) / (self.attempts - 1)
        return mean - _Z * math.sqrt(variance / self.attempts)


def foreseen(pattern: Pattern, steps: Sequence[Step]) -> str:
    """Return the action that the pattern speaks of now, or nothing.

    A strategy speaks when the latest act was its next step (or there was none yet): then it foresees the one after. A
    guardrail speaks when all but its last step have been taken: then it warns of the last.
    """
    wanted = [_plain(name) for name in symbols_of(pattern)]
    taken = [_plain(symbol(step)) for step in steps if step.action]
    if len(wanted) == 1:
        return wanted[0] if pattern.polarity is Polarity.GUARDRAIL or not taken else ""
    matched, latest = 0, True
    for name in taken:
        latest = matched < len(wanted) and name == wanted[matched]
        matched += latest
    if pattern.polarity is Polarity.GUARDRAIL:
        return wanted[-1] if matched == len(wanted) - 1 else ""
    return wanted[matched] if latest and matched < len(wanted) else ""


def _plain(name: str) -> str:
    return name.rstrip("!+")


def tilt(probabilities: Mapping[str, float], pattern: Pattern, steps: Sequence[Step]) -> dict[str, float]:
    """Return the probabilities as the pattern moves them: its action's odds doubled, or halved for a guardrail."""
    action = foreseen(pattern, steps)
    if not action:
        return dict(probabilities)
    factor = _ODDS if pattern.polarity is Polarity.STRATEGY else 1 / _ODDS
    tilted = {name: p * (factor if name == action else 1.0) for name, p in probabilities.items()}
    total = math.fsum(tilted.values()) or 1.0
    return {name: p / total for name, p in tilted.items()}


def evidence(pattern: Pattern, trajectory: Trajectory, success: float | None, predict: Predict) -> Evidence:
    """Return what one later attempt says of a pattern: nothing if it failed, is unknown, or is one of its sources.

    `predict` gives the probabilities of the next action from the task and the steps before it.
    """
    if success is None or success < 0.5 or trajectory.id in pattern.sources:
        return Evidence()
    gains = []
    for number, step in enumerate(trajectory.steps):
        before = trajectory.steps[:number]
        if step.action and foreseen(pattern, before):
            probabilities = predict(trajectory.task, before)
            right = _plain(symbol(step))
            gains.append(_log(tilt(probabilities, pattern, before), right) - _log(probabilities, right))
    gain = math.fsum(gains)
    return Evidence(attempts=1, total=gain, squares=gain * gain) if gains else Evidence()


def _log(probabilities: Mapping[str, float], action: str) -> float:
    return math.log(max(probabilities.get(action, 0.0), _FLOOR))


def promote(pattern: Pattern, gathered: Evidence, min_attempts: int = 5) -> Pattern:
    """Return the pattern, ACTIVE if it was PENDING and its gain is above zero beyond doubt; the caller journals it."""
    if pattern.state is not State.PENDING or gathered.attempts < min_attempts or gathered.lower <= 0:
        return pattern
    return replace(pattern, state=State.ACTIVE)
