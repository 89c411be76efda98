"""A trajectory as the distiller keeps it: scrubbed, abstracted, bounded; nothing of the original text besides."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from sys import intern

from acumen.bank.distilling.entities import abstract, masked, slot
from acumen.bank.distilling.scrub import scrub
from acumen.bank.trajectory import Outcome, Step, Trajectory, parsed

MAX_SYMBOLS = 64
MAX_STEPS = 10_000
_TASK_CHARS = 2000
_LESSON_CHARS = 200
_NAME = re.compile(r"[A-Za-z_][\w.:-]{0,63}")
_FAILED = re.compile(
    r"(?i)\s{0,8}(?:[\[{(\"']{0,3}(?:error|exception|fatal|traceback)\b(?![\"']? ?[:=]? ?(?:null|none|false|0)\b)"
    r"|\w{1,40}(?:error|exception):)"
)
_SHELLS = frozenset(
    ["bash", "shell", "sh", "terminal", "execute", "execute_bash", "run", "run_command", "exec", "command"]
)
_SLOT = re.compile(r"<[a-z_]{1,16}>")
_COMMAND = re.compile(r"(?:cd \S{1,200}+ *(?:&&|;) *|sudo +|[A-Z_]{1,40}=\S{0,200}+ +){0,4}([A-Za-z][\w.-]{0,30})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One act: its symbol (name, `!` where it failed, `+` where it was repeated), its arguments' kinds, its error."""

    symbol: str
    shape: str = ""
    lesson: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One attempt. `success` is its probability, None where nobody knows.

    `rank` is a digest of the id: an order that does not depend on the order of arrival.
    """

    id: str
    rank: bytes
    task: str
    task_id: str
    moves: tuple[Move, ...]
    success: float | None
    subject: str
    tags: tuple[str, ...]


def failed(step: Step) -> bool:
    """Tell whether a step failed: it carries an error, or what was observed begins by naming one."""
    return bool(step.error) or _FAILED.match(step.observation[:80]) is not None


def symbol(step: Step, counts: Counter[str] | None = None) -> str:
    """Return the step's action as a symbol: its name, a shell's command word with it, `!` at the end if it failed."""
    name = _name(step.action)
    if counts is not None and name in ("<name>", "<secret>"):
        counts[name[1:-1]] += 1
    if name.lower() in _SHELLS and (command := _command(step.arguments)):
        name = f"{name} {command}"
    return name + "!" if failed(step) else name


@lru_cache(maxsize=8192)
def _name(action: str) -> str:
    """Return the action's name if it is one; anything else, such as a whole command, by its first abstracted words."""
    hidden: Counter[str] = Counter()
    text = abstract(action, hidden, 120)
    if not hidden and _NAME.fullmatch(action):
        return action
    return " ".join(text.replace("(", " ").split()[:3])[:64] or "<blob>"


def _command(arguments: str) -> str:
    values = parsed(arguments)
    text = next((values[key] for key in ("command", "cmd", "code", "input") if key in values), "")
    match = _COMMAND.match(text) if isinstance(text, str) else None
    return _name(match[1]) if match else ""


def shape(arguments: str) -> str:
    """Return the arguments' names with the kinds of their values, sorted: `date=<date>, origin=<word>`."""
    pairs = (f"{_name(key)}={_value_kind(value)}" for key, value in list(parsed(arguments).items())[:16])
    return ", ".join(sorted(pairs))


def _value_kind(value: object) -> str:
    if isinstance(value, str):
        return _text_kind(value) if len(value) <= 80 else "<text>"
    kinds = ((bool, "<flag>"), (int, "<n>"), (float, "<n>"), (list, "<list>"), (dict, "<map>"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "<none>")


def _text_kind(value: str) -> str:
    """Return a slot, never the text itself nor anything of it."""
    if " " in value or not value:
        return "<text>"
    if value.isalpha():
        return "<word>"
    kind = slot(value)
    return kind if kind != value and _SLOT.fullmatch(kind) else "<word>"


def moves_of(steps: Sequence[Step], counts: Counter[str]) -> tuple[Move, ...]:
    """Return the acts of an attempt; messages are left out, and a run of one symbol becomes `x`, `x+`.

    At most `MAX_SYMBOLS` are kept; the last then says that there were more.
    """
    moves: list[Move] = []
    for step in steps:
        if not step.action:
            continue
        name = symbol(step, counts)
        previous = moves[-1].symbol if moves else ""
        if previous == name:
            name += "+"
        elif previous == name + "+":
            continue
        if len(moves) == MAX_SYMBOLS - 1:
            moves.append(Move(symbol="<more>"))
            break
        moves.append(_move(step, name, counts))
    return tuple(moves)


def _move(step: Step, name: str, counts: Counter[str]) -> Move:
    lesson = _lesson(step, counts) if "!" in name else ""
    return Move(symbol=intern(name), shape=intern(shape(step.arguments)), lesson=lesson)


def _lesson(step: Step, counts: Counter[str]) -> str:
    said = abstract(step.error or step.observation, counts, 2 * _LESSON_CHARS)
    return masked(_whole(said[:_LESSON_CHARS]), {})


def _whole(text: str) -> str:
    """Leave no half of a slot or word at the end of a text that may have been cut."""
    return text if len(text) < _LESSON_CHARS else text.rpartition(" ")[0]


def success_of(trajectory: Trajectory, verdict: float | None) -> float | None:
    """Return the probability that it succeeded: its outcome, else its reward, else what was judged."""
    if trajectory.outcome is not Outcome.UNKNOWN:
        return float(trajectory.outcome is Outcome.SUCCESS)
    return trajectory.reward if trajectory.reward is not None else verdict


def record_of(trajectory: Trajectory, verdict: float | None, counts: Counter[str]) -> Record:
    """Return what is kept of a trajectory; `counts` collects what was hidden in it, by kind."""
    return Record(
        id=trajectory.id,
        rank=blake2b(trajectory.id.encode("utf-8", "surrogatepass"), digest_size=8).digest(),
        task=abstract(trajectory.task, counts, _TASK_CHARS),
        task_id=trajectory.task_id,
        moves=moves_of(trajectory.steps, counts),
        success=success_of(trajectory, verdict),
        subject=trajectory.subject,
        tags=tuple(tag for tag in trajectory.tags if scrub(tag, Counter()) == tag),
    )
