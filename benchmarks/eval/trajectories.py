"""Public agent logs as trajectories: tau-bench (airline runs, retail tasks) and Reflexion (HotpotQA).

`task` is what the agent was told first, never the simulated user's script; labels go to `outcome` and `reward` alone.
"""

import ast
import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acumen.bank.trajectory import Outcome, Step, Trajectory


def airline(folder: Path) -> list[Trajectory]:
    """Return tau-bench's 200 airline runs: 50 tasks, four trials each, in the file's order.

    The system prompt is left out, as it is the same in all. A tool call is a step with an action; a message to the user
    is a step without one, what was said its `thought`, the user's answer its `observation`.
    """
    with gzip.open(folder / "taubench" / "gpt-4o-airline.json.gz", "rt") as file:
        return [_airline_run(run) for run in json.load(file)]


def _airline_run(run: Mapping[str, Any]) -> Trajectory:
    messages = [m for m in run["traj"] if m["role"] != "system"]
    return Trajectory(
        id=f"airline-{run['task_id']}-{run['trial']}",
        task=messages[0]["content"] or "",
        task_id=f"airline-{run['task_id']}",
        steps=tuple(_steps(messages[1:])),
        outcome=Outcome.SUCCESS if run["reward"] == 1 else Outcome.FAILURE,
        reward=float(run["reward"]),
        tags=("airline",),
        metadata={"trial": str(run["trial"])},
    )


def _steps(messages: Sequence[Mapping[str, Any]]) -> Iterator[Step]:
    for number, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        answer = messages[number + 1] if number + 1 < len(messages) else {"content": ""}
        observation = str(answer["content"] or "")
        said = message["content"] or ""
        calls = message.get("tool_calls") or ()
        if not calls:
            yield Step(agent="assistant", thought=said, observation=observation)
        for call in calls[:1]:
            function = call["function"]
            error = observation if observation.startswith("Error") else ""
            yield Step(
                agent="assistant",
                thought=said,
                action=function["name"],
                arguments=function["arguments"],
                observation=observation,
                error=error,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteTask:
    """A retail task: what the user is told to want, and the actions that change the database, sorted, repeats kept."""

    id: str
    instruction: str
    writes: tuple[str, ...]


_READS = ("get_", "find_", "list_", "calculate", "think", "transfer_")


def retail(folder: Path, split: str) -> list[WriteTask]:
    """Return tau-bench's retail tasks of `train` (500) or `test` (115), in the file's order.

    A write is a tool call that changes the database: looking up, calculating and handing over to a person are not.
    """
    with gzip.open(folder / "taubench" / f"retail_tasks_{split}.py.gz", "rt") as file:
        calls = [node for node in ast.walk(ast.parse(file.read())) if _calls(node, "Task")]
    return [_write_task(f"retail-{split}-{number}", call) for number, call in enumerate(calls)]


def _calls(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _write_task(name: str, call: ast.AST) -> WriteTask:
    assert isinstance(call, ast.Call)
    values = {keyword.arg: keyword.value for keyword in call.keywords}
    actions = values["actions"]
    assert isinstance(actions, ast.List)
    names = [_action_name(action) for action in actions.elts]
    return WriteTask(
        id=name,
        instruction=ast.literal_eval(values["instruction"]),
        writes=tuple(sorted(action for action in names if not action.startswith(_READS))),
    )


def _action_name(action: ast.expr) -> str:
    assert isinstance(action, ast.Call)
    return str(next(ast.literal_eval(keyword.value) for keyword in action.keywords if keyword.arg == "name"))


_BLOCK = re.compile(r"BEGIN (CORRECT|INCORRECT|HALTED) AGENTS")
_TURN = re.compile(r"(?m)^(Thought|Action|Observation) (\d+): ?")
_LABEL = re.compile(r"Answer is (?:IN)?CORRECT|Correct answer:.*")
_ACT = re.compile(r"(\w+)\[(.*)\]", re.DOTALL)


def reflexion(folder: Path, run: str = "react_base_5trials") -> list[Trajectory]:
    """Return the ReAct traces of a Reflexion run on HotpotQA; the file's label lines are stripped from the steps.

    `run` is `react_base_5trials` or `react_reflexion_7trials`. Halted attempts are failures: they gave no answer.
    """
    with gzip.open(folder / "reflexion" / f"{run}.txt.gz", "rt") as file:
        trials = file.read().split("BEGIN TRIAL ")[1:]
    return [trajectory for trial in trials for trajectory in _trial(trial, run)]


def _trial(text: str, run: str) -> Iterator[Trajectory]:
    number = text.split("\n", 1)[0].strip()
    parts = _BLOCK.split(text)
    blocks = zip(parts[1::2], parts[2::2], strict=True)
    entries = [(verdict, entry) for verdict, block in blocks for entry in re.split(r"(?m)^Question: ", block)[1:]]
    for place, (verdict, entry) in enumerate(entries):
        question, _, rest = entry.partition("\n")
        outcome = Outcome.SUCCESS if verdict == "CORRECT" else Outcome.FAILURE
        key = question.strip()
        yield Trajectory(
            id=f"{run}-{number}-{place}",
            task=key,
            task_id=key,
            steps=tuple(_react_steps(rest)),
            outcome=outcome,
            reward=float(outcome is Outcome.SUCCESS),
            metadata={"trial": number},
        )


def _react_steps(text: str) -> Iterator[Step]:
    pieces = _TURN.split(text)
    turns: dict[int, dict[str, str]] = {}
    for kind, number, content in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        turns.setdefault(int(number), {})[kind] = _LABEL.sub("", content).strip()
    for _, turn in sorted(turns.items()):
        act = _ACT.match(turn.get("Action", ""))
        yield Step(
            thought=turn.get("Thought", ""),
            action=act[1] if act else "",
            arguments=json.dumps({"query": act[2]}) if act else "",
            observation=turn.get("Observation", ""),
        )
