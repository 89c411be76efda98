"""Labelled attempts, traces and pairs of responses; the labels stay out of what is judged."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from acumen.bank.trajectory import Outcome, Step, Trajectory

PAIR_SETS: Final = {
    "natural": "LLMBar__Natural",
    "gptinst": "LLMBar__Adversarial__GPTInst",
    "gptout": "LLMBar__Adversarial__GPTOut",
    "manual": "LLMBar__Adversarial__Manual",
    "neighbor": "LLMBar__Adversarial__Neighbor",
    "mtbench": "Processed__MT-Bench",
    "faireval": "Processed__FairEval",
    "llmeval2": "Processed__LLMEval^2",
    "base10": "CaseStudy__Base_10",
}
_LABELS = re.compile(r"^(?:Observation \d+: Answer is (?:IN)?CORRECT|Correct answer:.*)$", re.M)
_QUESTION = re.compile(r"^Question:\s*", re.M)
_TURN = re.compile(r"^(Thought|Action|Observation) (\d+):", re.M)
_CALL = re.compile(r"\s*(\w+)\[(.*)\]", re.S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A trajectory to be judged and, apart from it, how it ended; attempts of one `group` are never split."""

    trajectory: Trajectory
    opening: Trajectory
    group: str
    success: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two responses to a task; `first_better` is the label."""

    task: str
    first: str
    second: str
    first_better: bool
    subset: str


def tau(data: Path) -> list[Attempt]:
    """Return the 200 airline attempts; neither `reward_info` nor the task's actions are read.

    `trajectory.task` is the instruction the simulated user was given, `opening.task` the user's first message instead.
    """
    with gzip.open(data / "taubench" / "gpt-4o-airline.json.gz") as file:
        rows = json.load(file)
    return [_attempt(row) for row in rows]


def _attempt(row: dict[str, Any]) -> Attempt:
    messages = [m for m in row["traj"] if m["role"] != "system"]
    identity, task_id = f"airline-{row['task_id']}-{row['trial']}", f"airline-{row['task_id']}"
    steps = tuple(_steps(messages))
    made = [
        Trajectory(id=identity, task=task, task_id=task_id, steps=steps)
        for task in (row["info"]["task"]["instruction"], messages[0]["content"])
    ]
    return Attempt(trajectory=made[0], opening=made[1], group=task_id, success=row["reward"] >= 1)


def _steps(messages: list[dict[str, Any]]) -> Iterator[Step]:
    answers = {m.get("tool_call_id"): m["content"] for m in messages if m["role"] == "tool"}
    for index, message in enumerate(messages):
        if message["role"] == "user":
            yield Step(agent="user", thought=message["content"])
        elif message["role"] == "assistant":
            calls = (message.get("tool_calls") or [])[:1]
            if not calls:
                yield Step(agent="assistant", thought=message["content"] or "")
            for call in calls:
                after = messages[index + 1] if index + 1 < len(messages) else {}
                seen = after["content"] if after.get("role") == "tool" else answers.get(call["id"], "")
                function = call["function"]
                yield Step(
                    agent="assistant",
                    thought=message["content"] or "",
                    action=function["name"],
                    arguments=function["arguments"],
                    observation=seen,
                )


def reflexion(data: Path) -> list[Attempt]:
    """Return the distinct question-answering traces, without what tells the outcome and without reflections."""
    found: dict[str, Attempt] = {}
    for name in ("react_base_5trials", "react_reflexion_7trials"):
        with gzip.open(data / "reflexion" / f"{name}.txt.gz", "rt", encoding="utf-8") as file:
            text = file.read()
        for part in re.split(r"-+ BEGIN (?=CORRECT|INCORRECT|HALTED)", text)[1:]:
            success = part.startswith("CORRECT")
            for trace in _QUESTION.split(part)[1:]:
                trace = trace.split("#####")[0].strip()
                if trace not in found:
                    found[trace] = _traced(trace, f"reflexion-{len(found)}", success)
    return [a for a in found.values() if a.trajectory.steps]


def _traced(trace: str, identity: str, success: bool) -> Attempt:
    clean = _LABELS.sub("", trace)
    pieces = _TURN.split(clean)
    question = pieces[0].split("You have attempted to answer")[0].split("\nReflection")[0].strip()
    turns: dict[int, dict[str, str]] = {}
    for kind, number, text in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        turns.setdefault(int(number), {})[kind] = text.strip()
    trajectory = Trajectory(id=identity, task=question, task_id=question, steps=tuple(_turn(t) for t in turns.values()))
    return Attempt(trajectory=trajectory, opening=trajectory, group=question, success=success)


def _turn(turn: dict[str, str]) -> Step:
    call = _CALL.match(turn.get("Action", ""))
    name, arguments = (call[1], call[2]) if call else (turn.get("Action", ""), "")
    return Step(
        agent="agent",
        thought=turn.get("Thought", ""),
        action=name,
        arguments=arguments,
        observation=turn.get("Observation", ""),
    )


def answered(data: Path) -> list[tuple[str, str, str, bool]]:
    """Return question, stated answer, reference answer and whether the source counted it as correct, once for each."""
    found = {}
    for name in ("react_base_5trials", "react_reflexion_7trials"):
        with gzip.open(data / "reflexion" / f"{name}.txt.gz", "rt", encoding="utf-8") as file:
            text = file.read()
        for trace in _QUESTION.split(text)[1:]:
            given = re.search(r"^Action \d+: Finish\[(.*)\]$", trace, re.M)
            verdict = re.search(r"Answer is (IN)?CORRECT", trace)
            reference = re.search(r"^Correct answer: (.*)$", trace, re.M)
            if given and verdict and reference:
                found[trace.split("\n")[0].strip(), given[1], reference[1]] = verdict[1] is None
    return [(*key, label) for key, label in found.items()]


def pairs(data: Path) -> list[Pair]:
    """Return all pairs of `PAIR_SETS`."""
    return [pair for name, file in PAIR_SETS.items() for pair in _pairs(data / "llmbar" / f"{file}.json", name)]


def _pairs(path: Path, subset: str) -> list[Pair]:
    rows = json.loads(path.read_text())
    return [
        Pair(
            task=r["input"], first=r["output_1"], second=r["output_2"], first_better=int(r["label"]) == 1, subset=subset
        )
        for r in rows
    ]


def neighbours(attempts: list[Attempt], index: int) -> list[tuple[Trajectory, Outcome, float]]:
    """Return the other attempts at the same task with their outcomes, as a bank that holds them would."""
    mine = attempts[index]
    return [
        (other.trajectory, Outcome.SUCCESS if other.success else Outcome.FAILURE, 1.0)
        for i, other in enumerate(attempts)
        if i != index and other.group == mine.group
    ]
