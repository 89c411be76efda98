"""`acumen neural drift-detection`: a file of inputs beside what a model was made for."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer
from google.protobuf.json_format import ParseDict, ParseError
from rich.console import Group, RenderableType
from rich.text import Text

from acumen_client.cli import figures, questions, tables
from acumen_client.cli.files import open_text
from acumen_client.cli.screen import document
from acumen_client.cli.session import Session
from acumen_client.messages import (
    BaselineSource,
    ColumnDrift,
    DetectDriftResponse,
    DriftBaseline,
    DriftLevel,
    DriftTest,
    PredictRequest,
)

_COLOURS = {"none": "green", "watch": "yellow", "alarm": "red"}


def drift_detection(
    session: Session,
    model: Annotated[str, typer.Option("--model", help="Name of the model, for example balance-v1.")],
    window: Annotated[Path | None, typer.Option(help="JSON lines of 50 to 1,000 inputs, .gz too, - for input.")] = None,
    recorded: Annotated[int, typer.Option(min=0, help="In place of a window: newest recorded answers.")] = 0,
    baseline: Annotated[Path | None, typer.Option(help="JSON lines of at least 100 inputs, or a saved one.")] = None,
    save_baseline: Annotated[Path | None, typer.Option(help="Write the baseline here, for later calls.")] = None,
) -> None:
    """Say whether inputs still look like those a model was made for."""
    if (window is None) == (recorded == 0):
        raise typer.BadParameter("give one of --window FILE and --recorded N", param_hint="--window")
    field = cache(lambda: session.input_field(model))
    response = session.client.detect_drift(
        () if window is None else _inputs(window, field, "--window"),
        model=model,
        recorded=recorded,
        baseline=() if baseline is None else _baseline(baseline, field),
        return_baseline=save_baseline is not None,
    )
    if save_baseline is not None:
        session.screen.save(document(response.baseline), save_baseline)
        response.ClearField("baseline")
    session.screen.show(document(response), lambda: report(response))


def report(response: DetectDriftResponse) -> Group:
    """Return what was found, column by column."""
    source = BaselineSource.Name(response.baseline_source).removeprefix("BASELINE_SOURCE_").lower()
    beside = f"{response.window_inputs} inputs beside {response.baseline_inputs} ({source})"
    tests = [DriftTest.Name(one).removeprefix("DRIFT_TEST_").lower().replace("_", " ") for one in response.alarms]
    head = Text.assemble((response.model, "bold"), f" {response.version} · {beside} · ", _level(response.level))
    parts: list[RenderableType] = [head]
    if tests:
        parts.append(Text(f"alarm by {', '.join(tests)}"))
    rows = [_row(column) for column in (*response.features, response.output)]
    parts.append(tables.table("", ["column", "PSI", "KS", "p", "q", "above", "level"], rows, [1, 2, 3, 4, 5]))
    if response.HasField("discrepancy"):
        found = response.discrepancy
        said = f"all features together: {figures.scalar(found.value)}, alarm from {figures.scalar(found.threshold)}"
        parts.append(Text(said))
    return Group(*parts)


def _row(column: ColumnDrift) -> tuple[str, ...]:
    numbers = map(figures.scalar, (column.psi, column.ks, column.p, column.q, column.above))
    return (column.name, *numbers, _level(column.level)[0])


def _level(level: DriftLevel) -> tuple[str, str]:
    word = DriftLevel.Name(level).removeprefix("DRIFT_LEVEL_").lower()
    return word, _COLOURS.get(word, "")


def _inputs(path: Path, field: Callable[[], str], option: str) -> list[PredictRequest]:
    try:
        with open_text(path) as texts:
            return [_parsed(number, text, field) for number, text in enumerate(texts, 1) if text.strip()]
    except (OSError, ValueError, EOFError) as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


def _parsed(number: int, text: str, field: Callable[[], str]) -> PredictRequest:
    try:
        return questions.parse(text, field)
    except ValueError as error:
        raise ValueError(f"line {number}: {error}") from None


def _baseline(path: Path, field: Callable[[], str]) -> DriftBaseline | list[PredictRequest]:
    """Return a saved baseline if the file is one JSON object with `arrays`, else the inputs in its lines."""
    try:
        with open_text(path) as texts:
            saved = next(_saved(texts.read()), None)
        return ParseDict(saved, DriftBaseline()) if saved else _inputs(path, field, "--baseline")
    except (OSError, EOFError, UnicodeDecodeError, ParseError) as error:
        raise typer.BadParameter(" ".join(str(error).split()), param_hint="--baseline") from None


def _saved(text: str) -> Iterator[dict[str, Any]]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return
    if isinstance(value, dict) and "arrays" in value:
        yield value
