"""`TrainIncremental`: examples in as they come; positions and events out."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from pathlib import Path

from acumen.errors import InvalidInput, JobState
from acumen.proto.storage.v1.training_pb2 import Incremental, TrainingJobWritten
from acumen.proto.v1 import training_pb2 as pb
from acumen.proto.v1.training_example_pb2 import TrainingExample
from acumen.rpc.stream import Stream
from acumen.rpc.training import end_for_drain
from acumen.storage import datasets
from acumen.storage.journal import SqliteJournal
from acumen.storage.training import name_of
from acumen.training.desk import Asked, Desk, check_all
from acumen.training.folder import chunk_name
from acumen.training.jobs import ENDED, QUEUED, RUNNING, WAITING, Job
from acumen.training.split import FEWEST

CHUNK_SIZE, CHECKPOINT_EVERY_STEPS, EPOCHS = 1_000, 100, 5
POLL_S = 10.0


@dataclass(slots=True)
class IncrementalServicer:
    """The TrainIncremental method; `folder` is where jobs have theirs."""

    desk: Desk
    journal: SqliteJournal
    folder: Path

    async def train_incremental(self, _: object, stream: Stream) -> None:
        """Learn from a stream of examples."""
        first = await stream.read()
        if first is None or not first.HasField("start"):
            raise InvalidInput.of("message", "the first message must be start")
        job = await self._job(first.start, Asked(request=first))
        await Conversation(self.desk, self.journal, stream, job, self.folder / job.message.id).run()

    async def _job(self, start: pb.IncrementalStart, asked: Asked) -> Job:
        if start.resume_job_id:
            job = self.desk.jobs.find(start.resume_job_id)
            if job.incremental is None or job.ended:
                raise JobState(start.resume_job_id, name_of(job.message.state), "an incremental one that has not ended")
            return job
        if start.spec.data.WhichOneof("source"):
            raise InvalidInput.of("start.spec.data", "is given, and the examples come on the stream")
        options = start.spec.options
        options.checkpoint_every_steps = start.checkpoint_every_steps or CHECKPOINT_EVERY_STEPS
        if not options.HasField("epochs"):
            options.epochs = EPOCHS
        stream = Incremental(chunk_size=start.chunk_size or CHUNK_SIZE, min_samples=start.min_samples or FEWEST)
        for name, value in (("chunk_size", stream.chunk_size), ("min_samples", stream.min_samples)):
            if value < FEWEST:
                raise InvalidInput.of(f"start.{name}", f"{value}, at least {FEWEST} examples are learned from")
        return (await self.desk.start(start.spec, asked, stream))[0]


@dataclass(slots=True)
class Conversation:
    """One stream; what has not filled a chunk waits in memory and is lost with the stream, as its position says."""

    desk: Desk
    journal: SqliteJournal
    stream: Stream
    job: Job
    folder: Path
    waiting: list[TrainingExample] = field(default_factory=list)
    cursor: int = field(init=False, default=0)

    @property
    def at(self) -> Incremental:
        """How far the job is."""
        assert self.job.incremental is not None
        return self.job.incremental

    async def run(self) -> None:
        """Talk until the job has ended, or the client leaves without finishing it."""
        self.stream.on_drain = self._drain
        self.cursor = self.job.message.cursor
        await self._tell_position()
        watching = asyncio.create_task(self._watch())
        try:
            finished = await self._listen()
            if finished:
                await watching
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching

    async def _drain(self) -> None:
        await end_for_drain(self.stream)

    async def _listen(self) -> bool:
        """Take examples; return whether the client said that there are no more."""
        entry = self.desk.trainable(self.job.message.spec.model, self.job.message.spec.version)
        while (message := await self.stream.read()) is not None:
            if message.HasField("finish"):
                await self._finish()
                return True
            if not message.HasField("examples"):
                raise InvalidInput.of("message.start", "start is sent once, as the first message")
            await asyncio.to_thread(check_all, message.examples.examples, entry, "examples.examples")
            self.waiting.extend(message.examples.examples)
            while len(self.waiting) >= self.at.chunk_size:
                await self._keep(self.waiting[: self.at.chunk_size])
            await self._tell_position()
        return False

    async def _keep(self, examples: list[TrainingExample]) -> None:
        """Bring a chunk to disk and queue the job for it."""
        path = self.folder / chunk_name(self.at.chunks)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        await asyncio.to_thread(datasets.write, path, datasets.pack(examples))

        def do(written: TrainingJobWritten) -> None:
            written.incremental.chunks += 1
            written.incremental.kept += len(examples)
            _queue(written)

        await self.desk.change(self.job.message.id, {WAITING, QUEUED, RUNNING}, do)
        del self.waiting[: len(examples)]

    async def _finish(self) -> None:
        if len(self.waiting) >= self.at.min_samples:
            await self._keep(list(self.waiting))
        if not self.at.chunks:
            raise InvalidInput.of("examples", f"{len(self.waiting)} in all, at least {self.at.min_samples} are needed")

        def do(written: TrainingJobWritten) -> None:
            written.incremental.finished = True
            _queue(written)

        await self.desk.change(self.job.message.id, {WAITING, QUEUED, RUNNING}, do)

    async def _watch(self) -> None:
        """Send events as they come, and the position after each that moved it, until the job has ended."""
        while True:
            revision = self.journal.revision
            for event in self.job.after(self.cursor):
                await self.stream.write(pb.TrainIncrementalResponse(event=event))
                self.cursor = event.cursor
                if event.HasField("job"):
                    await self._tell_position()
            if self.job.message.state in ENDED:
                return
            await self.journal.advances(revision, POLL_S)

    async def _tell_position(self) -> None:
        at = self.at
        position = pb.IncrementalPosition(
            job_id=self.job.message.id, kept=at.kept, learned=at.learned, waiting=len(self.waiting)
        )
        await self.stream.write(pb.TrainIncrementalResponse(position=position))


def _queue(written: TrainingJobWritten) -> None:
    if written.job.state == WAITING:
        written.job.state = QUEUED
