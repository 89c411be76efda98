"""What a benchmark runs on, and running it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from acumen_client.calls import BackendName
from acumen_client.cli import questions
from acumen_client.cli.files import open_text
from acumen_client.cli.session import Session
from acumen_client.messages import BenchmarkSummary, PredictRequest

MOST_EXAMPLES = 256
_ROUNDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Inferences a round (0: as the server has it), what to compare, and inputs (none: the model's generator)."""

    iterations: int = 0
    backends: Sequence[BackendName] = ()
    examples: Sequence[PredictRequest] = ()


def time_model(session: Session, name: str, workload: Workload) -> BenchmarkSummary:
    """Return the summary of a benchmark on the server; without a deadline unless one was asked for."""
    summary = BenchmarkSummary()
    rounds = session.client.benchmark(
        name,
        iterations=workload.iterations,
        backends=workload.backends,
        examples=workload.examples,
        timeout=session.timeout_s,
    )
    with session.screen.progress(f"timing {name}", _ROUNDS * max(len(workload.backends), 1)) as advance:
        for message in rounds:
            if message.HasField("round"):
                advance(1)
            else:
                summary = message.summary
    return summary


def lines_of(path: Path | None) -> list[dict[str, Any]]:
    """Return the JSON objects of a file, none without one; exits as used wrongly when a line is something else."""
    if path is None:
        return []
    try:
        with open_text(path) as lines:
            found = [(number, json.loads(line)) for number, line in enumerate(lines, 1) if line.strip()]
    except (OSError, ValueError) as error:
        raise _wrong(str(error)) from None
    for number, value in found:
        if not isinstance(value, dict):
            raise _wrong(f"line {number} is not a JSON object")
    return [value for _, value in found]


def typed(lines: list[dict[str, Any]]) -> list[PredictRequest]:
    """Return the questions of lines that say their type."""
    return _parsed(lines, "")


def fitting(session: Session, name: str, lines: list[dict[str, Any]]) -> list[PredictRequest]:
    """Return the questions a model takes, 256 at most; exits as used wrongly when there are lines and none fits."""
    if not lines:
        return []
    field = session.input_field(name)
    fit = [one for one in _parsed(lines, field) if one.WhichOneof("input") == field and one.model in ("", name)]
    if not fit:
        raise _wrong(f"no line has an input for {name}, which takes {field}")
    if len(fit) > MOST_EXAMPLES:
        session.screen.note(f"{name}: the first {MOST_EXAMPLES} of {len(fit)} fitting lines are used")
    return fit[:MOST_EXAMPLES]


def _parsed(lines: list[dict[str, Any]], field: str) -> list[PredictRequest]:
    try:
        return [questions.question_of(value, lambda: questions.stated(field, "--models")) for value in lines]
    except ValueError as error:
        raise _wrong(str(error)) from None


def _wrong(text: str) -> typer.BadParameter:
    return typer.BadParameter(text, param_hint="--dataset")
