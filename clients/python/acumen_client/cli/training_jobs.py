"""`acumen neural`: jobs as they are, stopped and resumed, and streams of examples."""

from collections.abc import Iterator
from itertools import islice
from typing import Annotated

import typer

from acumen_client.cli import given, plots, training, training_views
from acumen_client.cli import training_options as options
from acumen_client.cli.commands import Command
from acumen_client.cli.screen import document
from acumen_client.cli.session import Session
from acumen_client.cli.sizes import size_bytes
from acumen_client.messages import (
    IncrementalExamples,
    TrainIncrementalRequest,
    TrainingEvent,
    TrainingExample,
    TrainingOptions,
    TrainingSpec,
)
from acumen_client.training.jobs import StateName, finish

_JobId = Annotated[str, typer.Option(help="The job's id.")]
SENT_TOGETHER = 100


def train_status(
    session: Session,
    job_id: _JobId,
    follow: Annotated[bool, typer.Option("--follow", help="Show events until the job ends.")] = False,
    after: Annotated[int, typer.Option(min=0, help="With --follow: only events after this cursor.")] = 0,
    memory_monitor: options.MemoryMonitor = False,
    plot: options.Plot = None,
) -> None:
    """Show a job, or follow it to its end."""
    plots.check(plot)
    if not follow:
        found = session.client.training.get_training_job(job_id).job
        session.screen.show({"job": document(found)}, lambda: training_views.job(found))
        return
    heard = session.client.training.watch_training(job_id, after_cursor=after, timeout=session.timeout_s)
    training.conclude(session, training.follow(session, (one.event for one in heard), memory_monitor), plot)


def jobs(
    session: Session,
    state: Annotated[StateName | None, typer.Option(help="Only jobs in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Most jobs to list.")] = 50,
) -> None:
    """List jobs, newest first."""
    found = list(islice(session.client.training.list_training_jobs(state=state), limit))
    rows = [document(one) for one in found]
    session.screen.show({"jobs": rows}, lambda: training_views.jobs(found), rows)


def cancel(session: Session, job_id: _JobId) -> None:
    """Stop a job for good."""
    response = session.client.training.cancel_training(job_id)
    session.screen.show(document(response), lambda: training_views.job(response.job))


def pause(session: Session, job_id: _JobId) -> None:
    """Stop a job for now; its state is saved."""
    response = session.client.training.pause_training(job_id)
    session.screen.show(document(response), lambda: training_views.job(response.job))


def resume(session: Session, job_id: _JobId, memory_limit: options.MemoryLimit = None) -> None:
    """Have a paused or failed job go on from its last checkpoint."""
    limit = size_bytes(memory_limit, "--memory-limit") if memory_limit else 0
    response = session.client.training.resume_training(job_id, memory_limit_bytes=limit)
    session.screen.show(document(response), lambda: training_views.job(response.job))


def train_incremental(
    session: Session,
    data: Annotated[str, typer.Option(help="Training examples as JSON lines, @file or - for standard input.")],
    model: Annotated[str, typer.Option(help="Model to start from; not with --resume.")] = "",
    name: Annotated[str, typer.Option(help="Name of what is made. Default: a new version of the model.")] = "",
    epochs: Annotated[int, typer.Option(min=0, max=10_000, help="Passes over a chunk.")] = 5,
    batch_size: options.BatchSize = 0,
    learning_rate: options.LearningRate = None,
    seed: options.Seed = 0,
    chunk_size: Annotated[int, typer.Option(min=10, max=100_000, help="Examples learned from together.")] = 1000,
    checkpoint_every: Annotated[int, typer.Option(min=1, max=100_000, help="Steps between checkpoints.")] = 100,
    min_samples: Annotated[int, typer.Option(min=10, max=100_000, help="Fewer examples wait.")] = 10,
    resume: Annotated[str, typer.Option(help="Job of a run that broke; examples it has are passed over.")] = "",
) -> None:
    """Learn from a stream of examples, chunk by chunk; a run that broke goes on with --resume."""
    if bool(model) == bool(resume):
        raise typer.BadParameter("one of --model and --resume is needed", param_hint="--model")
    chosen = TrainingOptions(epochs=epochs, batch_size=batch_size, learning_rate=learning_rate, seed=seed)
    kept = session.client.training.get_training_job(resume).job.examples if resume else 0
    path = data if data == "-" or data.startswith("@") else f"@{data}"
    examples = given.messages(path, TrainingExample, "--data", "examples")
    heard = session.client.training.train_incremental(
        _requests(examples, kept),
        spec=TrainingSpec(model=model, name=name, options=chosen) if model else None,
        resume_job_id=resume,
        chunk_size=chunk_size,
        checkpoint_every_steps=checkpoint_every,
        min_samples=min_samples,
        timeout=session.timeout_s,
    )
    training.conclude(session, training.follow(session, _events(session, heard), memory=False), None)


def _requests(examples: Iterator[TrainingExample], passed_over: int) -> Iterator[TrainIncrementalRequest]:
    rest = islice(examples, passed_over, None)
    while batch := list(islice(rest, SENT_TOGETHER)):
        yield TrainIncrementalRequest(examples=IncrementalExamples(examples=batch))
    yield finish()


def _events(session: Session, heard: Iterator[object]) -> Iterator[TrainingEvent]:
    for message in heard:
        if message.HasField("position"):  # type: ignore[attr-defined]
            at = message.position  # type: ignore[attr-defined]
            session.screen.note(
                f"job {at.job_id}: {at.kept} kept, {at.learned} learned from, {at.waiting} wait for more"
            )
        else:
            yield message.event  # type: ignore[attr-defined]


COMMANDS = [
    Command(name="train-status", body=train_status),
    Command(name="jobs", body=jobs),
    Command(name="cancel", body=cancel),
    Command(name="pause", body=pause),
    Command(name="resume", body=resume),
    Command(name="train-incremental", body=train_incremental),
]
