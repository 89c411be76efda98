"""The training jobs as the journal tells of them: their last form, and the events that are kept."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from acumen.errors import CursorTooOld, TrainingJobNotFound
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.proto.storage.v1.training_pb2 import Incremental, TrainingImage, TrainingJobImage, TrainingJobWritten
from acumen.proto.v1 import training_job_pb2 as pb

MOST_EVENTS = 4_096
MOST_JOBS = 1_000
QUEUED, RUNNING, PAUSED = pb.TRAINING_JOB_STATE_QUEUED, pb.TRAINING_JOB_STATE_RUNNING, pb.TRAINING_JOB_STATE_PAUSED
SUCCEEDED, FAILED = pb.TRAINING_JOB_STATE_SUCCEEDED, pb.TRAINING_JOB_STATE_FAILED
CANCELLED, WAITING = pb.TRAINING_JOB_STATE_CANCELLED, pb.TRAINING_JOB_STATE_WAITING
ENDED = frozenset({SUCCEEDED, FAILED, CANCELLED})
TO_DO = frozenset({QUEUED, RUNNING})


@dataclass(slots=True)
class Job:
    """A job; `incremental` says how far its stream is, None where its data are one set."""

    message: pb.TrainingJob
    incremental: Incremental | None = None
    events: deque[pb.TrainingEvent] = field(default_factory=lambda: deque(maxlen=MOST_EVENTS))
    reported_step: int = -1
    saved_step: int = -1

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.message.state in ENDED

    def after(self, cursor: int) -> list[pb.TrainingEvent]:
        """Return the events after a cursor, oldest first; raises `CursorTooOld`."""
        oldest = self.events[0].cursor if self.events else self.message.cursor + 1
        if 0 < cursor < oldest - 1:
            raise CursorTooOld(self.message.id, cursor, oldest - 1)
        return [event for event in self.events if event.cursor > cursor]

    def take(self, event: pb.TrainingEvent) -> None:
        """Note an event."""
        self.events.append(event)
        self.message.cursor = event.cursor
        if event.HasField("progress"):
            self.message.progress.CopyFrom(event.progress)
            self.reported_step = event.progress.step
        elif event.HasField("checkpoint"):
            self.saved_step = event.checkpoint.step


class Jobs:
    """All jobs that are kept, in the order they were asked for."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    def find(self, job_id: str) -> Job:
        """Return a job; raises `TrainingJobNotFound`."""
        job = self._jobs.get(job_id)
        if job is None:
            raise TrainingJobNotFound(job_id)
        return job

    def to_do(self) -> Job | None:
        """Return the job whose turn it is: one that runs, else the oldest that waits."""
        waiting = [job for job in self if job.message.state in TO_DO]
        return min(waiting, key=lambda job: job.message.state != RUNNING, default=None)

    def apply(self, entry: JournalEntry) -> None:
        """Fold an entry of the journal; those of others change nothing here."""
        change = entry.WhichOneof("change")
        if change == "training_job_written":
            self._write(entry.training_job_written)
        elif change == "version_added" and entry.version_added.HasField("job"):
            self._write(entry.version_added.job)
        elif change == "training_events_added" and entry.training_events_added.job_id in self._jobs:
            job = self._jobs[entry.training_events_added.job_id]
            for event in entry.training_events_added.events:
                job.take(event)

    def _write(self, written: TrainingJobWritten) -> None:
        job = self._jobs.setdefault(written.job.id, Job(pb.TrainingJob()))
        progress = job.message.progress if job.message.HasField("progress") else None
        job.message = pb.TrainingJob.FromString(written.job.SerializeToString())
        if progress is not None:
            job.message.progress.CopyFrom(progress)
        job.incremental = written.incremental if written.HasField("incremental") else None
        event = pb.TrainingEvent(cursor=written.job.cursor, job=written.job)
        event.time.FromMilliseconds(written.time_ms)
        job.take(event)
        self._let_go()

    def _let_go(self) -> None:
        """Forget the oldest jobs that have ended."""
        for job_id in [i for i, job in self._jobs.items() if job.ended][: max(len(self._jobs) - MOST_JOBS, 0)]:
            del self._jobs[job_id]

    def image(self, into: TrainingImage) -> None:
        """Write the state into a snapshot's message."""
        for job in self:
            written = TrainingJobWritten(job=job.message, incremental=job.incremental)
            into.jobs.append(TrainingJobImage(written=written, events=job.events))

    def restore(self, image: TrainingImage) -> None:
        """Take the state of a snapshot in place of the present one."""
        self._jobs = {}
        for one in image.jobs:
            job = Job(one.written.job, one.written.incremental if one.written.HasField("incremental") else None)
            for event in one.events:
                job.take(event)
            job.message.CopyFrom(one.written.job)
            self._jobs[job.message.id] = job
