"""`acumen neural`: training on files of examples."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from acumen_client.cli import plots, training_live, training_views
from acumen_client.cli import training_options as options
from acumen_client.cli.commands import REFUSED, Command
from acumen_client.cli.screen import document
from acumen_client.cli.session import Session
from acumen_client.errors import AcumenError
from acumen_client.messages import PrepareDataReport, TrainingEvent, TrainingJobState, TrainingSpec
from acumen_client.training.data import FormatName

SUCCEEDED, CANCELLED = TrainingJobState.TRAINING_JOB_STATE_SUCCEEDED, TrainingJobState.TRAINING_JOB_STATE_CANCELLED
_Name = Annotated[str, typer.Option(help="Name of what is made. Default: a new version of the model.")]


def train(
    session: Session,
    model: options.Base,
    data: options.Data,
    epochs: options.Epochs = None,
    batch_size: options.BatchSize = 0,
    learning_rate: options.LearningRate = None,
    validation_split: options.ValidationSplit = 0.2,
    seed: options.Seed = 0,
    gradient_accumulation: options.Accumulation = 1,
    gradient_checkpoint: options.Checkpoint = False,
    checkpoint_layers: options.CheckpointLayers = 0,
    memory_limit: options.MemoryLimit = None,
    memory_monitor: options.MemoryMonitor = False,
    early_stopping: options.EarlyStopping = None,
    freeze_layers: options.Freeze = "",
    anchor: options.Anchor = None,
    name: _Name = "",
    domain: options.Domain = "",
    no_promote: options.NoPromote = False,
    data_format: options.DataFormat = None,
    watch: options.Watch = True,
    plot: options.Plot = None,
) -> None:
    """Train a model on a file of examples; what comes of it serves if it is better on examples held back."""
    given = options.Given(
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        validation_split=validation_split,
        seed=seed,
        gradient_accumulation=gradient_accumulation,
        gradient_checkpoint=gradient_checkpoint,
        checkpoint_layers=checkpoint_layers,
        memory_limit=memory_limit,
        early_stopping=early_stopping,
        freeze_layers=freeze_layers,
        anchor=anchor,
        no_promote=no_promote,
    )
    spec = TrainingSpec(model=model, name=name, domain=domain, options=given.options())
    _run(session, spec, data, data_format, watch=watch, plot=plot, memory=memory_monitor)


def fine_tune(
    session: Session,
    base_model: Annotated[str, typer.Option(help="Model to start from.")],
    data: options.Data,
    output: Annotated[str, typer.Option(help="Name of what is made.")],
    domain: options.Domain = "",
    freeze_layers: options.Freeze = "",
    epochs: options.Epochs = None,
    batch_size: options.BatchSize = 0,
    learning_rate: options.LearningRate = None,
    validation_split: options.ValidationSplit = 0.2,
    seed: options.Seed = 0,
    memory_limit: options.MemoryLimit = None,
    memory_monitor: options.MemoryMonitor = False,
    early_stopping: options.EarlyStopping = None,
    anchor: options.Anchor = None,
    no_promote: options.NoPromote = False,
    data_format: options.DataFormat = None,
    watch: options.Watch = True,
    plot: options.Plot = None,
) -> None:
    """Make a model of another name from a base, some of its layer groups frozen."""
    given = options.Given(
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        validation_split=validation_split,
        seed=seed,
        memory_limit=memory_limit,
        early_stopping=early_stopping,
        freeze_layers=freeze_layers,
        anchor=anchor,
        no_promote=no_promote,
    )
    spec = TrainingSpec(model=base_model, name=output, domain=domain, options=given.options())
    _run(session, spec, data, data_format, watch=watch, plot=plot, memory=memory_monitor)


def prepare_data(
    session: Session,
    source: Annotated[Path, typer.Option(help="A file of records, or a folder of them.")],
    model: options.Base,
    data_format: Annotated[
        FormatName | None, typer.Option("--data-format", help="Default: by each file's ending.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Write the reports to this file, as JSON.")] = None,
) -> None:
    """Turn execution logs or labelled texts into stored data sets, and say what was dropped and why."""
    files = sorted(path for path in source.iterdir() if path.is_file()) if source.is_dir() else [source]
    if not files:
        raise typer.BadParameter(f"{source} holds no file", param_hint="--source")
    reports = [prepared(session, path, model, data_format, "--source") for path in files]
    rows = [{"file": path.name, **document(report)} for path, report in zip(files, reports, strict=True)]
    for row, report in zip(rows, reports, strict=True):
        session.screen.show(row, lambda report=report: training_views.report(report))  # type: ignore[misc]
    session.screen.save({"reports": rows}, output)
    if any(not report.kept for report in reports):
        raise typer.Exit(REFUSED)


def prepared(session: Session, path: Path, model: str, kind: FormatName | None, option: str) -> PrepareDataReport:
    """Send a file while a bar shows its progress; `option` is named when it cannot be read."""
    try:
        with session.screen.phases("preparing") as move:
            return session.client.training.prepare_data(
                path, model, format=kind, progress=lambda read, _: move("preparing", read, 0), timeout=session.timeout_s
            )
    except OSError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


def follow(session: Session, events: Iterable[TrainingEvent], memory: bool) -> list[TrainingEvent]:
    """Show events until there are no more, as JSON lines where those were asked for, and return them."""
    seen = []
    for event in training_live.shown(session.screen, events, memory):
        if event.HasField("heartbeat"):
            continue
        seen.append(event)
        if session.screen.format == "jsonl":
            session.screen.show(document(event), lambda: "")
    return seen


def conclude(session: Session, events: Sequence[TrainingEvent], plot: Path | None) -> None:
    """Show what a job came to; exit code 1 when it failed or was cancelled."""
    job_id = next(event.job.id for event in events if event.HasField("job"))
    job = session.client.training.get_training_job(job_id).job
    if session.screen.format != "jsonl":
        session.screen.show({"job": document(job)}, lambda: training_views.job(job))
    if plot is not None and job.HasField("result"):
        plots.draw(plot, events, job.result)
        session.screen.note(f"drawn to {plot}")
    if job.state != SUCCEEDED:
        session.screen.warn(f"job {job.id} is {training_views.state(job)}")
        raise typer.Exit(REFUSED)


def _run(
    session: Session,
    spec: TrainingSpec,
    data: Path,
    kind: FormatName | None,
    *,
    watch: bool,
    plot: Path | None,
    memory: bool,
) -> None:
    plots.check(plot)
    report = prepared(session, data, spec.model, kind, "--data")
    if report.read > report.kept:
        session.screen.warn(f"{report.read - report.kept} of {report.read} records dropped; the first reasons:")
        for one in report.dropped[:5]:
            session.screen.warn(f"  {one.count}: {one.reason} (line {', '.join(map(str, one.lines[:5]))})")
    if not report.kept:
        raise typer.Exit(REFUSED)
    spec.data.dataset_id = report.dataset_id
    started = session.client.training.start_training(spec)
    if not watch:
        session.screen.show(document(started), lambda: training_views.job(started.job))
        return
    conclude(session, follow(session, _events(session, started.job.id), memory), plot)


def _events(session: Session, job_id: str) -> Iterator[TrainingEvent]:
    try:
        for heard in session.client.training.watch_training(job_id, timeout=session.timeout_s):
            yield heard.event
    except (KeyboardInterrupt, AcumenError):
        session.screen.warn(
            f"no longer watching; the job goes on: acumen neural train-status --job-id {job_id} --follow"
        )
        raise


COMMANDS = [
    Command(name="train", body=train),
    Command(name="fine-tune", body=fine_tune),
    Command(name="prepare-data", body=prepare_data),
]
