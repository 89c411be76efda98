"""Which jobs and versions there are: what a decision about training asks and notes inside its transaction."""

import sqlite3
from collections.abc import Callable, Collection, Iterable
from typing import TypeAlias

from acumen.errors import JobState, TrainingJobNotFound
from acumen.proto.storage.v1.training_pb2 import TrainingEventsAdded, TrainingJobWritten
from acumen.proto.v1.training_job_pb2 import TrainingEvent, TrainingJobState

Change: TypeAlias = Callable[[TrainingJobWritten], None]
_PREFIX = "TRAINING_JOB_STATE_"


def name_of(state: int) -> str:
    """Return a state in words."""
    return TrainingJobState.Name(state).removeprefix(_PREFIX)


def put(connection: sqlite3.Connection, written: TrainingJobWritten) -> None:
    """Note a job's form, without its progress, which only its events tell."""
    body = TrainingJobWritten.FromString(written.SerializeToString())
    body.job.ClearField("progress")
    connection.execute("INSERT OR REPLACE INTO jobs VALUES (?, ?)", (written.job.id, body.SerializeToString()))


def get(connection: sqlite3.Connection, job_id: str, allowed: Collection[int]) -> TrainingJobWritten:
    """Return a job's form; raises `TrainingJobNotFound`, and `JobState` where its state is no allowed one."""
    row = connection.execute("SELECT body FROM jobs WHERE id = ?", (job_id,)).fetchone()
    if row is None:
        raise TrainingJobNotFound(job_id)
    written = TrainingJobWritten.FromString(row[0])
    if written.job.state not in allowed:
        raise JobState(job_id, name_of(written.job.state), " or ".join(name_of(one) for one in sorted(allowed)))
    return written


def change(
    connection: sqlite3.Connection, job_id: str, allowed: Collection[int], now_ms: int, do: Change
) -> TrainingJobWritten:
    """Change a job in one of the allowed states and return its new form, which is its next event."""
    written = get(connection, job_id, allowed)
    do(written)
    written.job.cursor += 1
    written.time_ms = now_ms
    put(connection, written)
    return written


def add_events(
    connection: sqlite3.Connection, job_id: str, allowed: Collection[int], events: Iterable[TrainingEvent]
) -> TrainingEventsAdded:
    """Number events of a job in one of the allowed states, and return them."""
    written = get(connection, job_id, allowed)
    added = TrainingEventsAdded(job_id=job_id, events=events)
    for event in added.events:
        written.job.cursor += 1
        event.cursor = written.job.cursor
    put(connection, written)
    return added


def versions_of(connection: sqlite3.Connection, model: str) -> dict[str, str]:
    """Return a model's versions that are not built in, with the hashes of their weights."""
    return dict(connection.execute("SELECT version, sha256 FROM versions WHERE model = ?", (model,)).fetchall())


def add_version(connection: sqlite3.Connection, model: str, version: str, sha256: str) -> None:
    """Note a version."""
    connection.execute("INSERT OR REPLACE INTO versions VALUES (?, ?, ?)", (model, version, sha256))


def delete_version(connection: sqlite3.Connection, model: str, version: str) -> None:
    """Forget a version."""
    connection.execute("DELETE FROM versions WHERE model = ? AND version = ?", (model, version))


def drop(connection: sqlite3.Connection, job_ids: Iterable[str]) -> None:
    """Forget jobs."""
    connection.executemany("DELETE FROM jobs WHERE id = ?", [(job_id,) for job_id in job_ids])


def replace_all(
    connection: sqlite3.Connection, jobs: Iterable[TrainingJobWritten], versions: Iterable[tuple[str, str, str]]
) -> None:
    """Take what a snapshot holds in place of what is noted."""
    connection.execute("DELETE FROM jobs")
    connection.execute("DELETE FROM versions")
    for written in jobs:
        put(connection, written)
    for version in versions:
        add_version(connection, *version)
