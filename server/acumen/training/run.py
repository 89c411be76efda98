"""One run of one job: its process started, its messages journalled, its end made the job's."""

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from google.rpc import status_pb2

from acumen import log
from acumen.errors import AcumenError, DataUnusable, JobState, MemoryLimit, TrainingCrashed
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.proto.storage.v1.training_pb2 import (
    TrainingJobWritten,
    WorkerData,
    WorkerFailure,
    WorkerMessage,
)
from acumen.proto.v1 import training_job_pb2 as pb
from acumen.storage import training as table
from acumen.storage.leases import Lease
from acumen.training.adoption import adopt
from acumen.training.desk import Asked, Desk
from acumen.training.folder import prepare
from acumen.training.jobs import FAILED, QUEUED, RUNNING, WAITING, Job
from acumen.training.process import Process

MOST_CRASHES = 10  # in a row, without getting further

_log = log.logger("training")


@dataclass(slots=True)
class Run:
    """A job in the hands of the worker that holds `lease`."""

    desk: Desk
    lease: Lease
    job: Job
    folder: Path
    kernels: str
    status_of: Callable[[AcumenError], status_pb2.Status]
    process: Process | None = None
    crashes: int = field(default=0, init=False)
    _settled: bool = field(default=False, init=False)
    _orderly: bool = field(default=False, init=False)
    _chunks: int = field(default=0, init=False)  # of a stream, those its process was given

    @property
    def id(self) -> str:
        """The job's id."""
        return self.job.message.id

    async def to_end(self) -> None:
        """Run processes until one has settled the job, or it is no longer to run; raises `LeaseHeld`."""
        while not self._settled:
            await self._one_process()

    async def _one_process(self) -> None:
        self._chunks = await asyncio.to_thread(prepare, self.desk, self.job, self.folder)
        saved, self._orderly = self.job.saved_step, False
        try:
            await self.desk.change(self.id, {QUEUED, RUNNING}, self._begun)
        except JobState:
            self._settled = True
            return
        self.process = await Process.start(self.folder, self.kernels)
        try:
            async for message in self.process.messages():
                await self._take(message)
            status = await self.process.wait()
        finally:
            await self.process.end()
        if not self._settled and not self._orderly and self.job.message.state == RUNNING:
            await self._crashed(status, self.job.saved_step > saved)
        self._settled = self._settled or self.job.message.state != RUNNING

    def _begun(self, written: TrainingJobWritten) -> None:
        written.job.state = RUNNING
        written.job.runs += 1
        if not written.job.HasField("start_time"):
            written.job.start_time.FromMilliseconds(self.desk.clock.now_ms())

    async def _take(self, message: WorkerMessage) -> None:
        kind = message.WhichOneof("message")
        try:
            await getattr(self, f"_on_{kind}")(getattr(message, kind or ""))
        except JobState:  # it was cancelled or paused; what its process still says is of no interest
            self._settled = True
            if self.process is not None:
                self.process.ask_to_stop()

    async def _on_progress(self, progress: pb.TrainingProgress) -> None:
        if progress.step > self.job.reported_step:  # else a process that was killed had told it already
            await self._add(pb.TrainingEvent(progress=progress))

    async def _on_checkpoint(self, checkpoint: pb.TrainingCheckpoint) -> None:
        if checkpoint.step > self.job.saved_step:
            self.crashes = 0
            await self._add(pb.TrainingEvent(checkpoint=checkpoint))

    async def _on_data(self, found: WorkerData) -> None:
        if not self.job.message.examples or self.job.incremental:
            await self.desk.change(self.id, {RUNNING}, lambda written: _set_data(written, found))

    async def _on_chunk_learned(self, chunks: int) -> None:
        """Note how far a stream is; where the process has learned all it was given, it ends by itself."""
        stream = self.job.incremental
        if stream is None:
            return
        if chunks > stream.chunks_learned:
            await self.desk.change(self.id, {RUNNING}, lambda written: _set_learned(written, chunks))
        self._orderly = chunks >= self._chunks
        self._settled = self.job.message.state == WAITING

    async def _on_result(self, result: pb.TrainingResult) -> None:
        await adopt(self.desk, self.lease, self.job, self.folder, result)
        self._settled = True
        _log.info("trained", job=self.id, model=result.model, promoted=result.promoted, gain=result.gain)
        await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)

    async def _on_failed(self, failure: WorkerFailure) -> None:
        memory = failure.memory
        over = failure.HasField("memory")
        await self.fail(MemoryLimit(memory.resident_bytes, memory.limit_bytes) if over else DataUnusable(failure.data))

    async def _on_paused(self, _: bool) -> None:
        self._settled = True

    async def _crashed(self, status: int, got_further: bool) -> None:
        self.crashes = 0 if got_further else self.crashes + 1
        words = self.process.last_words() if self.process else ""
        _log.warning("training process ended", job=self.id, status=status, crashes=self.crashes, last_words=words)
        if self.crashes >= MOST_CRASHES:
            how = f"signal {-status}" if status < 0 else f"exit status {status}"
            await self.fail(
                TrainingCrashed(f"the job's process ended {self.crashes} times without getting further: {how}")
            )

    async def fail(self, error: AcumenError) -> None:
        """End the job with an error."""
        self._settled = True

        def do(written: TrainingJobWritten) -> None:
            written.job.state = FAILED
            written.job.error.CopyFrom(self.status_of(error))
            written.job.end_time.FromMilliseconds(self.desk.clock.now_ms())

        with contextlib.suppress(JobState):  # it was stopped
            await self.desk.change(self.id, {QUEUED, RUNNING}, do)

    async def _add(self, event: pb.TrainingEvent) -> None:
        event.time.FromMilliseconds(self.desk.clock.now_ms())

        def decide(connection: sqlite3.Connection, _: int) -> JournalEntry:
            self.lease.check(connection)
            added = table.add_events(connection, self.id, {RUNNING}, [event])
            return JournalEntry(training_events_added=added)

        await self.desk.journal.append(decide, Asked(request=event).request)


def _set_data(written: TrainingJobWritten, found: WorkerData) -> None:
    written.job.examples, written.job.held_out = found.examples, found.held_out


def _set_learned(written: TrainingJobWritten, chunks: int) -> None:
    stream = written.incremental
    stream.chunks_learned = chunks
    stream.learned = min(chunks * stream.chunk_size, stream.kept)
    if chunks == stream.chunks and not stream.finished:
        written.job.state = WAITING
