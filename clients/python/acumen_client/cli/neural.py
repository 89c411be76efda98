"""`acumen neural`: models and their answers."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from acumen_client.calls import Category, KernelName
from acumen_client.cli import answers, batches, drift, ensembles, models, questions, tables
from acumen_client.cli.commands import REFUSED, Command
from acumen_client.cli.screen import document
from acumen_client.cli.session import Session
from acumen_client.cli.sizes import size_bytes
from acumen_client.cli.traces import MOST_ACCESSES, Segment
from acumen_client.inputs import Explain

_ModelOption = Annotated[str, typer.Option("--model", help="Name of the model, for example balance-v1.")]
_AnyModel = Annotated[str, typer.Option("--model", help="Name of the model. Default: the one that takes this input.")]
_Version = Annotated[str, typer.Option("--version", help="Its version. Default: the one that serves.")]
_Input = Annotated[str, typer.Option("--input", help="JSON, @file (JSON, a vote table or a trace) or - for JSON.")]


def list_models(
    session: Session, category: Annotated[Category | None, typer.Option(help="Only this family.")] = None
) -> None:
    """List the models the server knows."""
    found = list(session.models(category))
    rows = [document(one) for one in found]
    session.screen.show({"models": rows}, lambda: models.listing(found), rows)


def status(session: Session) -> None:
    """Show what each model has served and holds, and what the server computes with."""
    found, runtime = list(session.models()), session.client.get_runtime()
    value = {"models": [document(one) for one in found], "runtime": document(runtime)}
    session.screen.show(value, lambda: models.status(found, runtime))


def describe(session: Session, model: _ModelOption, version: _Version = "") -> None:
    """Describe a model: its card with baselines, and how its recorded answers turned out."""
    response = session.client.get_model(model, version=version)
    session.screen.show(document(response), lambda: models.description(response))


def load(session: Session, model: _ModelOption, version: _Version = "") -> None:
    """Bring a model into memory, now and after restarts."""
    response = session.client.load_model(model, version=version)
    session.screen.show(document(response), lambda: models.listing([response.model]))


def unload(session: Session, model: _ModelOption) -> None:
    """Take a model out of service, now and after restarts."""
    response = session.client.unload_model(model)
    session.screen.show(document(response), lambda: models.listing([response.model]))


def config(
    session: Session,
    memory_max: Annotated[str | None, typer.Option(help="Bytes of loaded models: 512MiB, 2GiB, 1048576.")] = None,
    threads: Annotated[int | None, typer.Option(min=0, help="Threads for long work, 1 to 64.")] = None,
    batch_window: Annotated[float | None, typer.Option(min=0, help="ms a call waits for others, 0 to 10.")] = None,
    kernels: Annotated[KernelName | None, typer.Option(help="Build of the compute kernels.")] = None,
) -> None:
    """Show the configuration in force, or change what is given."""
    if memory_max is None and threads is None and batch_window is None and kernels is None:
        runtime = session.client.get_runtime()
        session.screen.show({"config": document(runtime.config)}, lambda: models.config(runtime.config))
        return
    response = session.client.update_config(
        memory_max_bytes=None if memory_max is None else size_bytes(memory_max, "--memory-max"),
        threads=threads,
        batch_window=None if batch_window is None else timedelta(milliseconds=batch_window),
        kernels=kernels,
    )
    session.screen.show(document(response), lambda: models.config(response.config))


def predict(
    session: Session,
    source: _Input,
    model: _AnyModel = "",
    explain: Annotated[Explain | None, typer.Option(help="Reasons to compute. Default: certificate.")] = None,
    alternatives: Annotated[int | None, typer.Option(min=0, help="Other answers to list, 0 to 16.")] = None,
    record: Annotated[bool | None, typer.Option("--record/--no-record", help="Keep it for feedback.")] = None,
    cache_entries: Annotated[
        str | None, typer.Option(help="Cache sizes for a trace, N[,N...]. Default: 1, 5, 20 %.")
    ] = None,
    limit_accesses: Annotated[int | None, typer.Option(min=1, max=MOST_ACCESSES, help="Accesses of a trace.")] = None,
    offset: Annotated[int | None, typer.Option(min=0, help="Accesses of a trace to pass over. Default: 0.")] = None,
) -> None:
    """Answer one input."""
    question = _question(session, source, model, _segment(cache_entries, limit_accesses, offset))
    response = session.client.predict(
        question.message, model=model, explain=explain, alternatives=alternatives, record=record
    )
    session.screen.show(document(response), lambda: answers.answer(response))


def predict_batch(
    session: Session,
    input_file: Annotated[Path, typer.Option(help="JSON lines, .gz too, - for standard input.")],
    model: _AnyModel = "",
    batch_size: Annotated[int, typer.Option(min=1, max=256, help="Lines a call.")] = 32,
    in_flight: Annotated[int, typer.Option(min=1, max=64, help="Calls at once.")] = 4,
) -> None:
    """Answer JSON lines in order; a failed line is a line with its status, and the exit code is then 1."""
    plan = batches.Plan(model=model, batch_size=batch_size, in_flight=in_flight)
    try:
        count, failed = batches.run(session, input_file, plan)
    except OSError as error:
        raise typer.BadParameter(str(error), param_hint="--input-file") from None
    session.screen.note(f"{count - failed} of {count} lines answered")
    if failed:
        session.screen.warn(f"{failed} of {count} lines failed")
        raise typer.Exit(REFUSED)


def validate_input(session: Session, source: _Input, model: _AnyModel = "") -> None:
    """Check an input against a model's rules and training range; exit code 1 when Predict would refuse it."""
    question = _question(session, source, model, None)
    response = session.client.validate_input(question.message, model=model)
    session.screen.show(document(response), lambda: answers.validation(response))
    if not response.valid:
        session.screen.warn(f"not valid: {len(response.violations)} violations")
        raise typer.Exit(REFUSED)


def feedback(
    session: Session,
    prediction_id: Annotated[str, typer.Option(help="The answer's prediction id.")],
    outcome: Annotated[Literal["true", "false"], typer.Option(help="Whether the event of its confidence happened.")],
) -> None:
    """Say how an answer turned out."""
    response = session.client.record_outcome(prediction_id, outcome == "true")
    heading = [("model", response.model), ("outcomes", models.outcomes(response.outcomes))]
    session.screen.show(document(response), lambda: tables.lines(heading))


COMMANDS = [
    Command(name="list", body=list_models),
    Command(name="status", body=status),
    Command(name="describe", body=describe, namespaced=True),
    Command(name="load", body=load),
    Command(name="unload", body=unload),
    Command(name="config", body=config),
    Command(name="predict", body=predict, namespaced=True),
    Command(name="predict-batch", body=predict_batch, namespaced=True, format="jsonl"),
    Command(name="validate-input", body=validate_input, namespaced=True),
    Command(name="drift-detection", body=drift.drift_detection, namespaced=True),
    Command(name="ensemble", body=ensembles.ensemble, namespaced=True),
    Command(name="feedback", body=feedback, namespaced=True),
]


def _question(session: Session, source: str, model: str, segment: Segment | None) -> questions.Question:
    try:
        question = questions.read(source, lambda: session.input_field(model), segment)
    except (OSError, ValueError, EOFError) as error:
        raise typer.BadParameter(str(error), param_hint="--input") from None
    if question.note:
        session.screen.note(question.note)
    return question


def _segment(cache_entries: str | None, limit: int | None, offset: int | None) -> Segment | None:
    if cache_entries is None and limit is None and offset is None:
        return None
    try:
        entries = tuple(int(one) for one in cache_entries.split(",")) if cache_entries else ()
    except ValueError:
        raise typer.BadParameter(f"'{cache_entries}' is not N[,N...]", param_hint="--cache-entries") from None
    return Segment(offset=offset or 0, limit=MOST_ACCESSES if limit is None else limit, cache_entries=entries)
