"""The next action of an agent, from the task and everything before it."""

from collections.abc import Sequence
from dataclasses import dataclass

from acumen.bank.distilling.maxent import MaxEnt, fit
from acumen.bank.distilling.promotion import tilt
from acumen.bank.distilling.record import symbol
from acumen.bank.distilling.signs import signs
from acumen.bank.pattern import Pattern
from acumen.bank.trajectory import Step, Trajectory
from acumen.errors import ModelNotTrained

MAX_DECISIONS = 20_000


@dataclass(frozen=True, slots=True)
class ActionModel:
    """Probabilities of the next action, given that one follows.

    What is predicted is the name of the next tool call, given the task and the steps before it: at a moment when the
    agent is about to call a tool, not whether it will. Neither later steps nor outcome nor reward are seen.
    """

    model: MaxEnt
    context: bool

    @classmethod
    def fit(cls, trajectories: Sequence[Trajectory], context: bool = True) -> "ActionModel":
        """Learn from attempts, whatever their outcome; `context=False` sees the acts alone.

        At most `MAX_DECISIONS` decisions are used, of the trajectories with the lowest ids. Raises ModelNotTrained
        where there is no action to learn from.
        """
        cases, labels = decisions(sorted(trajectories, key=lambda t: t.id), context)
        if not labels:
            raise ModelNotTrained("no trajectory has an action to learn from")
        return cls(fit(cases[:MAX_DECISIONS], labels[:MAX_DECISIONS]), context)

    def next(self, task: str, steps: Sequence[Step], patterns: Sequence[Pattern] = ()) -> list[tuple[str, float]]:
        """Return the actions with their probabilities, likeliest first, ties by name; `patterns` move the odds."""
        found = self.probabilities(task, steps)
        for pattern in patterns:
            found = tilt(found, pattern, steps)
        return sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))

    def probabilities(self, task: str, steps: Sequence[Step]) -> dict[str, float]:
        """Return each action's probability, by name."""
        values = self.model(signs(task, steps, self.context))
        return dict(zip(self.model.classes, values.tolist(), strict=True))


def decisions(trajectories: Sequence[Trajectory], context: bool = True) -> tuple[list[list[str]], list[str]]:
    """Return what could be seen before each action, and the action: features and names, in order."""
    cases, labels = [], []
    for trajectory in trajectories:
        for number, step in enumerate(trajectory.steps):
            if step.action:
                cases.append(signs(trajectory.task, trajectory.steps[:number], context))
                labels.append(symbol(step).rstrip("!"))
    return cases, labels
