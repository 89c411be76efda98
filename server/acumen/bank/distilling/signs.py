"""What can be seen just before an agent acts, as named binary features."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from acumen.bank.distilling.entities import abstract
from acumen.bank.distilling.record import symbol
from acumen.bank.trajectory import Step

_WORD = re.compile(r"<[a-z_]+>|[a-z][a-z_'\u2019]*|\?")
_HEAD_CHARS = 400  # of an observation: what it is shows at its beginning
_TEXT_CHARS = 4000


def signs(task: str, steps: Sequence[Step], context: bool = True) -> list[str]:
    """Return the features of a moment: the task, and the steps before it, never the one to be predicted or later ones.

    Acts: the last one, two and three, which there were, how many, how often in a row. Context: whether the last thing
    was said or done, whether it failed, the words of what came back and of what the agent had said.
    """
    found = _acts([symbol(step) for step in steps if step.action])
    if context:
        found += _context(task, steps)
    return list(dict.fromkeys(found))


def _acts(acts: list[str]) -> list[str]:
    last = ["^", "^", "^", *acts][-3:]
    run = next((i for i, act in enumerate(reversed(acts)) if act != last[-1]), len(acts))
    return [
        f"1 {last[2]}",
        f"2 {last[1]} {last[2]}",
        f"3 {' '.join(last)}",
        f"run {min(run, 3)}",
        f"acts {min(len(acts), 6)}",
        *(f"did {act}" for act in dict.fromkeys(acts)),
    ]


def _context(task: str, steps: Sequence[Step]) -> list[str]:
    if not steps:
        return ["at start", *(f"heard {word}" for word in words(task, _TEXT_CHARS))]
    last = steps[-1]
    done = bool(last.action)
    heard = words(last.error or last.observation, _HEAD_CHARS if done else _TEXT_CHARS)
    kind = "saw" if done else "heard"
    messages = sum(not step.action for step in steps)
    return [
        f"after {'act' if done else 'message'}",
        f"after {kind} {next((symbol(s) for s in reversed(steps) if s.action), '^')}",
        f"messages {min(messages, 4)}",
        *(f"{kind} {word}" for word in heard),
        *(f"said {word}" for word in words(last.thought, _TEXT_CHARS)),
    ]


@lru_cache(maxsize=4096)
def words(text: str, limit: int) -> tuple[str, ...]:
    """Return the words and slots of a text, scrubbed and abstracted, each once."""
    plain = abstract(text, Counter(), min(limit, _TEXT_CHARS)).lower()
    return tuple(dict.fromkeys(_WORD.findall(plain)))
