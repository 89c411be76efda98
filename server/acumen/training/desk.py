"""What can be asked of training: jobs started, stopped and resumed, each a decision in the journal."""

import asyncio
import hashlib
import secrets
import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from google.protobuf.message import Message

from acumen.clock import Clock
from acumen.errors import InvalidInput, ModelExists, Violation
from acumen.neural.recipe import Entry
from acumen.neural.versions import Versions
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.proto.storage.v1.training_pb2 import Incremental, TrainingJobWritten
from acumen.proto.v1 import training_job_pb2 as pb
from acumen.proto.v1.training_example_pb2 import TrainingExample
from acumen.storage import training as table
from acumen.storage.datasets import Datasets
from acumen.storage.journal import SqliteJournal
from acumen.training.jobs import CANCELLED, FAILED, PAUSED, QUEUED, RUNNING, WAITING, Job, Jobs
from acumen.training.plan import plan_of
from acumen.training.reading import check
from acumen.training.task import learner_of

MOST_VIOLATIONS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The request that a write is for; `request_id` makes it apply once."""

    request: Message
    request_id: str = ""


@dataclass(slots=True)
class Desk:
    """Writes about training; `jobs` and `versions` are folds of what it writes."""

    journal: SqliteJournal
    jobs: Jobs
    versions: Versions
    datasets: Datasets
    clock: Clock

    async def start(
        self, spec: pb.TrainingSpec, asked: Asked, incremental: Incremental | None = None
    ) -> tuple[Job, int]:
        """Queue a job; return it and the revision.

        Raises `InvalidInput`, `ModelNotFound`, `ModelExists`, `DatasetNotFound`.
        """
        job = pb.TrainingJob(id=_job_id(asked.request_id), state=QUEUED, spec=await self._checked(spec, incremental))
        if incremental is not None:
            job.state = WAITING
        job.create_time.FromMilliseconds(self.clock.now_ms())
        job.cursor = 1
        written = TrainingJobWritten(job=job, time_ms=self.clock.now_ms(), incremental=incremental)

        def decide(connection: sqlite3.Connection, _: int) -> JournalEntry:
            table.put(connection, written)
            return JournalEntry(training_job_written=written)

        revision = await self.journal.append(decide, asked.request, asked.request_id)
        return self.jobs.find(job.id), revision

    async def cancel(self, job_id: str, asked: Asked) -> tuple[Job, int]:
        """Stop a job for good."""

        def do(written: TrainingJobWritten) -> None:
            written.job.state = CANCELLED
            written.job.end_time.FromMilliseconds(self.clock.now_ms())

        return await self._changed(job_id, {QUEUED, RUNNING, PAUSED, WAITING}, do, asked)

    async def pause(self, job_id: str, asked: Asked) -> tuple[Job, int]:
        """Stop a job for now; its process saves its state."""

        def do(written: TrainingJobWritten) -> None:
            written.job.state = PAUSED

        return await self._changed(job_id, {QUEUED, RUNNING}, do, asked)

    async def resume(self, job_id: str, memory_limit_bytes: int, asked: Asked) -> tuple[Job, int]:
        """Queue a paused or failed job again, from its last checkpoint."""
        if memory_limit_bytes:
            plan_of(pb.TrainingOptions(memory_limit_bytes=memory_limit_bytes), ())

        def do(written: TrainingJobWritten) -> None:
            written.job.state = QUEUED
            written.job.ClearField("error")
            written.job.ClearField("end_time")
            if memory_limit_bytes:
                written.job.spec.options.memory_limit_bytes = memory_limit_bytes

        return await self._changed(job_id, {PAUSED, FAILED}, do, asked)

    async def change(self, job_id: str, allowed: Collection[int], do: Callable[[TrainingJobWritten], None]) -> None:
        """Change a job on nobody's request."""
        await self._changed(job_id, allowed, do, Asked(request=pb.TrainingJob(id=job_id)))

    async def _changed(
        self, job_id: str, allowed: Collection[int], do: Callable[[TrainingJobWritten], None], asked: Asked
    ) -> tuple[Job, int]:
        def decide(connection: sqlite3.Connection, _: int) -> JournalEntry:
            written = table.change(connection, job_id, allowed, self.clock.now_ms(), do)
            return JournalEntry(training_job_written=written)

        revision = await self.journal.append(decide, asked.request, asked.request_id)
        return self.jobs.find(job_id), revision

    async def _checked(self, spec: pb.TrainingSpec, incremental: Incremental | None) -> pb.TrainingSpec:
        """Return the specification with versions and names settled and the examples stored."""
        entry = self.trainable(spec.model, spec.version)
        plan_of(spec.options, entry.spec.identity.layer_groups)
        settled = pb.TrainingSpec.FromString(spec.SerializeToString())
        settled.version, settled.name = entry.version, spec.name or spec.model
        self._check_name(settled.name, entry)
        if incremental is None:
            settled.data.dataset_id = await self._dataset(spec.data, entry)
        return settled

    def trainable(self, model: str, version: str = "") -> Entry:
        """Return the entry of a model that can be trained; raises `ModelNotFound` and `InvalidInput`."""
        entry = self.versions.find(model, version)
        if entry.learner is None:
            raise InvalidInput.of("spec.model", f"'{model}' cannot be trained")
        return entry

    def _check_name(self, name: str, entry: Entry) -> None:
        known = self.versions.of(name) if name in self.versions.names() else []
        if known and known[0].family != entry.family_name:
            text = f"'{name}' is a model of the family of {known[0].family}, not of {entry.family_name}"
            raise ModelExists(text)

    async def _dataset(self, data: pb.TrainingData, entry: Entry) -> str:
        source = data.WhichOneof("source")
        if source == "dataset_id":
            self.datasets.path(data.dataset_id)
            return data.dataset_id
        if source is None:
            raise InvalidInput.of("spec.data", "no examples are given, neither a data set nor the examples themselves")
        check_all(data.examples.examples, entry, "spec.data.examples.examples")
        return await asyncio.to_thread(self.datasets.store, data.examples.examples)


def check_all(examples: Sequence[TrainingExample], entry: Entry, path: str) -> None:
    """Raise `InvalidInput` with what is wrong with each example, the first hundred."""
    learner, found = learner_of(entry), []
    for number, example in enumerate(examples):
        try:
            check(example, entry.spec, learner)
        except InvalidInput as error:
            found += [
                Violation(field=f"{path}[{number}].{v.field}", description=v.description) for v in error.violations
            ]
        if len(found) >= MOST_VIOLATIONS:
            break
    if found:
        raise InvalidInput(found[:MOST_VIOLATIONS])


def _job_id(request_id: str) -> str:
    """Return the id of a new job; the same one for the same request, so that a retry finds it."""
    return "t" + (hashlib.sha256(request_id.encode()).hexdigest()[:16] if request_id else secrets.token_hex(8))
