"""The folder of a job: what its process is to do, the weights it begins with, the version to beat, and the data."""

from pathlib import Path

from acumen.proto.storage.v1.training_pb2 import WorkerTask
from acumen.storage import datasets
from acumen.storage.durable import publish, temporary
from acumen.training.desk import Desk
from acumen.training.jobs import Job
from acumen.training.task import INCUMBENT, START, TASK, copy_version

DATA = f"data{datasets.ENDING}"


def prepare(desk: Desk, job: Job, folder: Path) -> int:
    """Make a job's folder, once: later runs go on with the weights and the data it began with; return its chunks."""
    if not (folder / TASK).exists():
        _make(desk, job, folder)
    task = WorkerTask.FromString((folder / TASK).read_bytes())
    task.spec.CopyFrom(job.message.spec)
    chunks = 0
    if (stream := job.incremental) is not None:
        chunks = stream.chunks
        task.data[:] = [chunk_name(number) for number in range(chunks)]
        task.incremental, task.finished = True, stream.finished
    _write(task, folder)
    return chunks


def chunk_name(number: int) -> str:
    """Return the file of a chunk of a stream, from 0."""
    return f"chunk-{number:06}{datasets.ENDING}"


def _make(desk: Desk, job: Job, folder: Path) -> None:
    spec, versions = job.message.spec, desk.versions
    entry = versions.find(spec.model, spec.version)
    task = WorkerTask(job_id=job.message.id, family=entry.family_name, name=spec.name, start=versions.describe(entry))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    copy_version(entry.folder, folder / START)
    if spec.name in versions.names() and (rival := versions.serving(spec.name)) is not None:
        copy_version(rival.folder, folder / INCUMBENT)
        task.incumbent = True
    if not job.incremental:
        task.data.append(DATA)
        (folder / DATA).unlink(missing_ok=True)
        (folder / DATA).hardlink_to(desk.datasets.path(spec.data.dataset_id))
    _write(task, folder)


def _write(task: WorkerTask, folder: Path) -> None:
    with temporary(folder, "task") as (path, file):
        file.write(task.SerializeToString(deterministic=True))
    publish(path, folder / TASK, "task")
