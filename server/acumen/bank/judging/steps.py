"""A trajectory's steps as acts: who spoke, what was read, what was written, what failed.

Callers write messages in several ways; here they become one. A step of the user is what the user said. A step of an
agent without an action, or with an action that only speaks (`respond`, `message`), is a message; what was observed
after it is the user's answer. A step of the tool itself is what the call before it answered.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Final

from acumen.bank.judging.outcomes import executed
from acumen.bank.judging.words import lowered
from acumen.bank.trajectory import Step, Trajectory, parsed


class Role(Enum):
    """What an act does."""

    USER = "user"
    SAY = "say"
    THINK = "think"
    READ = "read"
    WRITE = "write"
    HAND = "hand"  # hands the task to somebody else
    FINISH = "finish"  # states the answer


_USERS: Final = frozenset(("user", "customer", "human", "client"))
_TOOLS: Final = frozenset(("tool", "tools", "environment", "env", "function"))
_SYSTEM: Final = frozenset(("system", "developer"))
_SAYS: Final = frozenset(
    ["respond", "reply", "say", "message", "send_message", "respond_to_user", "tell", "ask", "speak"]
)
_FINISHES: Final = frozenset(
    ["finish", "submit", "answer", "done", "final", "final_answer", "complete", "stop", "return_answer"]
)
_THINKS: Final = frozenset(["think", "reason", "plan", "calculate", "reflect", "note", "scratch", "compute"])
_WRITES: Final = frozenset(
    [
        "book",
        "update",
        "cancel",
        "send",
        "create",
        "delete",
        "modify",
        "add",
        "remove",
        "set",
        "exchange",
        "return",
        "pay",
        "put",
        "write",
        "edit",
        "post",
        "insert",
        "place",
        "refund",
        "move",
        "apply",
        "commit",
        "push",
        "deploy",
        "install",
        "execute",
        "upload",
        "assign",
        "schedule",
        "change",
        "replace",
        "rename",
        "merge",
        "close",
        "open",
        "enable",
        "disable",
        "approve",
        "reject",
        "buy",
        "order",
        "purchase",
        "click",
        "type",
        "fill",
        "str",
        "upgrade",
    ]
)
_HANDS: Final = re.compile(r"transfer|escalat|hand_?off|hand_?over|human_agent")
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_FAILED = re.compile(
    r"\s{0,8}(?:[\[{(\"']{0,3}(?:error|exception|fatal|traceback|failed|failure|invalid|"
    r"could not find|not found|no results?|"
    r"permission denied|access denied|timed? ?out)\b(?![\"']? ?[:=]? ?(?:null|none|false|0)\b)|"
    r"\w{1,40}(?:error|exception):)",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act: its step, agent, role, name; what was said, what it was given, what came back, whether it failed."""

    step: int
    agent: str
    role: Role
    name: str = ""
    text: str = ""
    arguments: str = ""
    observation: str = ""
    failed: bool = False
    quote: str = ""


def acts(trajectory: Trajectory) -> tuple[Act, ...]:
    """Return the acts of all steps in order; a step may hold a message and its answer."""
    found: list[Act] = []
    for index, step in enumerate(trajectory.steps):
        if step.agent.lower() in _TOOLS and not step.action:
            if found and found[-1].role not in (Role.USER, Role.SAY) and not found[-1].observation:
                why = failure(step)
                found[-1] = replace(found[-1], observation=step.observation, failed=bool(why), quote=why)
            continue
        found.extend(_of(index, step))
    return tuple(found)


def _of(index: int, step: Step) -> Iterator[Act]:
    agent = step.agent.lower()
    if agent in _SYSTEM:
        return
    role = role_of(step.action)
    if agent in _USERS and role is Role.SAY:
        text = step.thought or step.observation or _spoken(step.arguments)
        yield Act(step=index, agent=step.agent, role=Role.USER, text=text)
        return
    if role is Role.SAY and not (step.thought or step.arguments or step.error):
        yield Act(step=index, agent=step.agent, role=Role.SAY, name=step.action, text=step.observation)
        return
    if role is Role.SAY:
        text = step.thought if not step.action else _spoken(step.arguments) or step.thought
        yield Act(
            step=index,
            agent=step.agent,
            role=Role.SAY,
            name=step.action,
            text=text,
            failed=bool(step.error),
            quote=step.error,
        )
        if step.observation:
            yield Act(step=index, agent="user", role=Role.USER, text=step.observation)
        return
    why = failure(step)
    if step.thought and role is not Role.THINK:
        yield Act(step=index, agent=step.agent, role=Role.THINK, text=step.thought)
    yield Act(
        step=index,
        agent=step.agent,
        role=role,
        name=step.action,
        text=step.thought,
        arguments=step.arguments,
        observation=step.observation,
        failed=bool(why),
        quote=why,
    )


def failure(step: Step) -> str:
    """Return the words that say that a step failed, verbatim; empty where it did not."""
    if step.error:
        return step.error[:120]
    if _FAILED.match(step.observation[:80]):
        return step.observation[:120].strip().split("\n")[0]
    if len(step.observation) <= 20_000:
        found = sorted(executed(lowered(step.observation)), key=lambda f: f.start)
        if found and not found[-1].good:
            return step.observation[found[-1].start : found[-1].end].strip()[:120]
    return ""


@lru_cache(4096)
def role_of(action: str) -> Role:
    """Return an action's role by its name: its first word decides, whatever the style it is written in."""
    name = action.split("[")[0].split("(")[0].rsplit(".", 1)[-1].strip()
    lower = name.lower()
    if not lower or lower in _SAYS:
        return Role.SAY
    if _HANDS.search(lower):
        return Role.HAND
    words = [w.lower() for w in _TOKEN.findall(name)] or [lower]
    if lower in _FINISHES or words[0] in ("finish", "submit"):
        return Role.FINISH
    if words[0] in _THINKS:
        return Role.THINK
    return Role.WRITE if words[0] in _WRITES else Role.READ


def _spoken(arguments: str) -> str:
    """Return the text a speaking action carries: its longest string argument, or the arguments as they are."""
    values = parsed(arguments)
    texts = [v for v in values.values() if isinstance(v, str)]
    return max(texts, key=lambda t: (len(t), t), default=arguments)


def signature(act: Act) -> str:
    """Return an act's name with its arguments in a fixed order, so that equal acts are equal strings."""
    values = parsed(act.arguments)
    canonical = (
        json.dumps(values, sort_keys=True, separators=(",", ":")) if values else " ".join(act.arguments.lower().split())
    )
    return f"{act.name.lower()} {canonical}".strip()
