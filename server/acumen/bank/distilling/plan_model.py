"""The actions a task will take, from its text: which of them, and how often each."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from acumen.bank.distilling.entities import abstract
from acumen.bank.distilling.maxent import MaxEnt, fit
from acumen.errors import ModelNotTrained

_WORD = re.compile(r"[a-z][a-z'\u2019]*")
_STEM = 6  # letters; inflections of one word mostly share them
_RIDGE = 20.0  # strong: the words of the tasks to come differ from those learned from, so that no word may decide alone
_MIN_COUNT = 5
_TASK_CHARS = 4000


def stems(text: str) -> list[str]:
    """Return the stems of a text's words, scrubbed and abstracted, each once."""
    plain = re.sub(r"<[a-z_]+>|\{[^}]{0,2000}\}", " ", abstract(text, Counter(), _TASK_CHARS).lower())
    return list(dict.fromkeys(word[:_STEM] for word in _WORD.findall(plain)))


@dataclass(frozen=True, slots=True)
class PlanModel:
    """One logistic regression per action (binary relevance: Tsoumakas & Katakis, 2007) over the stems of the text."""

    actions: tuple[str, ...]
    models: tuple[MaxEnt, ...]
    repeats: tuple[int, ...]
    never_empty: bool

    @classmethod
    def fit(cls, texts: Sequence[str], plans: Sequence[Sequence[str]]) -> "PlanModel":
        """Learn from tasks' texts and the actions each took, repeats included. Raises ModelNotTrained without any."""
        actions = tuple(sorted({action for plan in plans for action in plan}))
        if not actions:
            raise ModelNotTrained("no task has an action to learn from")
        cases = [stems(text) for text in texts]
        models = tuple(
            fit(cases, ["yes" if a in plan else "no" for plan in plans], ridge=_RIDGE, min_count=_MIN_COUNT)
            for a in actions
        )
        return cls(actions, models, tuple(_usual_count(a, plans) for a in actions), all(plans))

    def probabilities(self, text: str) -> dict[str, float]:
        """Return, by action, the probability that the task takes it at least once."""
        seen = stems(text)
        return {a: _yes(model, seen) for a, model in zip(self.actions, self.models, strict=True)}

    def predict(self, text: str) -> tuple[str, ...]:
        """Return the likeliest actions, sorted, each as often as it mostly occurs; the best one if none is likely."""
        found = self.probabilities(text)
        chosen = {a for a, p in found.items() if p > 0.5}
        if not chosen and self.never_empty:
            chosen = {max(self.actions, key=lambda a: (found[a], a))}
        return tuple(a for a, n in zip(self.actions, self.repeats, strict=True) if a in chosen for _ in range(n))


def _yes(model: MaxEnt, seen: Sequence[str]) -> float:
    return float(model(seen)[model.classes.index("yes")])


def _usual_count(action: str, plans: Sequence[Sequence[str]]) -> int:
    counts = Counter(list(plan).count(action) for plan in plans if action in plan)
    return max(counts, key=lambda n: (counts[n], -n))
