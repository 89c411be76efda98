"""`acumen neural ensemble`: several models answer together."""

import json
from collections.abc import Callable
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
from acumen_client.ensemble_calls import VotingName
from acumen_client.messages import EnsembleExample, EnsembleResponse, PredictRequest, Voting, WeightSource

DEFAULT_THRESHOLD = 0.85


def ensemble(
    session: Session,
    models: Annotated[str, typer.Option(help="Names with commas between, at least three.")] = "",
    source: Annotated[str, typer.Option("--input", help="What all take: JSON, @file or - for JSON.")] = "",
    members: Annotated[Path | None, typer.Option(help="In place of both: JSON lines with model and input.")] = None,
    voting: Annotated[VotingName, typer.Option(help="How votes become one answer.")] = "majority",
    threshold: Annotated[
        float, typer.Option(min=0, max=1, help="Confidence below which the answer abstains.")
    ] = DEFAULT_THRESHOLD,
    examples: Annotated[
        Path | None, typer.Option(help='JSON lines to learn from: {"input": {...}, "outcome": "..."}.')
    ] = None,
) -> None:
    """Let three to sixteen models that score the same options answer together."""
    if bool(members) == bool(models and source):
        raise typer.BadParameter("give --models and --input, or --members", param_hint="--models")
    names = [name.strip() for name in models.split(",") if name.strip()]
    field = cache(lambda: session.input_field(names[0] if names else ""))
    response = session.client.ensemble(
        _question(source, field) if source else None,
        models=names,
        members=_lines(members, lambda value: questions.question_of(value, field), "--members"),
        voting=voting,
        threshold=threshold,
        examples=_lines(examples, lambda value: _example(value, field), "--examples"),
    )
    session.screen.show(document(response), lambda: view(response))


def view(response: EnsembleResponse) -> Group:
    """Return the pooled answer, the options and what each member said."""
    voting = Voting.Name(response.voting).removeprefix("VOTING_").lower()
    weights = WeightSource.Name(response.weight_source).removeprefix("WEIGHT_SOURCE_").lower()
    sure = Text.assemble((response.choice, "bold"), f" {figures.share(response.confidence)} · {voting} · {weights}")
    parts: list[RenderableType] = [sure]
    if response.abstained:
        parts.append(Text("abstains: what it says is a best guess", style="yellow"))
    parts.append(Text(f"disagreement {figures.scalar(response.disagreement)}; {response.weight_note}"))
    options = [(one.option, figures.share(one.p)) for one in response.options]
    parts.append(tables.table("Options", ["option", "p"], options, [1]))
    votes = [
        (one.model, one.choice, figures.share(max(share.p for share in one.options)), figures.scalar(one.weight))
        for one in response.members
    ]
    parts.append(tables.table("Members", ["model", "choice", "p", "weight"], votes, [2, 3]))
    return Group(*parts)


def _question(source: str, field: Callable[[], str]) -> Any:
    try:
        return questions.read(source, field, None).message
    except (OSError, ValueError, EOFError) as error:
        raise typer.BadParameter(str(error), param_hint="--input") from None


def _lines(path: Path | None, parse: Callable[[dict[str, Any]], Any], option: str) -> list[Any]:
    if path is None:
        return []
    try:
        with open_text(path) as texts:
            return [_parsed(number, text, parse) for number, text in enumerate(texts, 1) if text.strip()]
    except (OSError, ValueError, EOFError) as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


def _parsed(number: int, text: str, parse: Callable[[dict[str, Any]], Any]) -> Any:
    try:
        value = json.loads(text)
        if not isinstance(value, dict):
            raise ValueError("not a JSON object")
        return parse(value)
    except (ValueError, ParseError) as error:
        raise ValueError(f"line {number}: {' '.join(str(error).split())}") from None


def _example(value: dict[str, Any], field: Callable[[], str]) -> EnsembleExample:
    """Return an `EnsembleExample`, or one made of `input` (as `--input` takes it) and `outcome`."""
    if "input" not in value:
        return ParseDict(value, EnsembleExample())
    if not isinstance(value["input"], dict):
        raise ValueError("input is not a JSON object")
    asked: PredictRequest = questions.question_of(value["input"], field)
    return EnsembleExample(inputs=[asked], outcome=str(value.get("outcome", "")))
