"""`acumen.v1.Training`: jobs started, described, stopped, watched."""

from dataclasses import dataclass
from functools import partial

from google.protobuf.duration_pb2 import Duration

from acumen.clock import Clock
from acumen.errors import Draining, InvalidInput
from acumen.proto.v1 import training_job_pb2 as jobs_pb
from acumen.proto.v1 import training_pb2 as pb
from acumen.rpc.edge import Call
from acumen.rpc.stream import Stream
from acumen.storage.journal import SqliteJournal
from acumen.training.desk import Asked, Desk
from acumen.training.jobs import Job

LARGEST_PAGE = 100
HEARTBEAT_S, HEARTBEAT_RANGE_S = 10.0, (0.1, 300.0)


@dataclass(slots=True)
class TrainingServicer:
    """The Training service over a worker's state, but for the streams that bring data."""

    desk: Desk
    journal: SqliteJournal
    clock: Clock

    async def start_training(self, request: pb.StartTrainingRequest, _: Call) -> pb.StartTrainingResponse:
        """Queue a job."""
        job, revision = await self.desk.start(request.spec, Asked(request=request, request_id=request.request_id))
        return pb.StartTrainingResponse(job=job.message, revision=revision)

    async def get_training_job(self, request: pb.GetTrainingJobRequest, call: Call) -> pb.GetTrainingJobResponse:
        """Describe a job."""
        await self.journal.wait_for(request.min_revision, call.remaining_s())
        return pb.GetTrainingJobResponse(job=self.desk.jobs.find(request.job_id).message)

    async def list_training_jobs(self, request: pb.ListTrainingJobsRequest, call: Call) -> pb.ListTrainingJobsResponse:
        """Page through the jobs, newest first; the token is the id of the last job of the page before."""
        await self.journal.wait_for(request.min_revision, call.remaining_s())
        found = [job.message for job in self.desk.jobs][::-1]
        if request.page_token:
            ids = [job.id for job in found]
            if request.page_token not in ids:
                raise InvalidInput.of("page_token", f"'{request.page_token}' is of no job that is kept")
            found = found[ids.index(request.page_token) + 1 :]
        found = [job for job in found if request.state in (0, job.state)]
        size = request.page_size or LARGEST_PAGE
        page, more = found[:size], len(found) > size
        return pb.ListTrainingJobsResponse(jobs=page, next_page_token=page[-1].id if more else "")

    async def cancel_training(self, request: pb.CancelTrainingRequest, _: Call) -> pb.CancelTrainingResponse:
        """Stop a job for good."""
        job, revision = await self.desk.cancel(request.job_id, Asked(request=request, request_id=request.request_id))
        return pb.CancelTrainingResponse(job=job.message, revision=revision)

    async def pause_training(self, request: pb.PauseTrainingRequest, _: Call) -> pb.PauseTrainingResponse:
        """Stop a job for now."""
        job, revision = await self.desk.pause(request.job_id, Asked(request=request, request_id=request.request_id))
        return pb.PauseTrainingResponse(job=job.message, revision=revision)

    async def resume_training(self, request: pb.ResumeTrainingRequest, _: Call) -> pb.ResumeTrainingResponse:
        """Queue a job again."""
        asked = Asked(request=request, request_id=request.request_id)
        job, revision = await self.desk.resume(request.job_id, request.memory_limit_bytes, asked)
        return pb.ResumeTrainingResponse(job=job.message, revision=revision)

    async def train(self, request: pb.TrainRequest, stream: Stream) -> None:
        """Queue a job and watch it."""
        heartbeat_s = seconds_of(request.heartbeat_interval, request.HasField("heartbeat_interval"))
        job, _ = await self.desk.start(request.spec, Asked(request=request, request_id=request.request_id))
        await self._watch(job, 0, heartbeat_s, stream, pb.TrainResponse)

    async def watch_training(self, request: pb.WatchTrainingRequest, stream: Stream) -> None:
        """Watch a job from a cursor on."""
        heartbeat_s = seconds_of(request.heartbeat_interval, request.HasField("heartbeat_interval"))
        job = self.desk.jobs.find(request.job_id)
        await self._watch(job, request.after_cursor, heartbeat_s, stream, pb.WatchTrainingResponse)

    async def _watch(
        self,
        job: Job,
        cursor: int,
        heartbeat_s: float,
        stream: Stream,
        response: type[pb.TrainResponse] | type[pb.WatchTrainingResponse],
    ) -> None:
        """Send events in order until the job has ended and all are sent."""
        stream.on_drain = partial(end_for_drain, stream)
        while True:
            revision = self.journal.revision
            events = job.after(cursor)
            for event in events:
                await stream.write(response(event=event))
                cursor = event.cursor
            if job.ended and cursor >= job.message.cursor:
                return
            if not events and not await self._moved(job, cursor, revision, heartbeat_s):
                await stream.write(response(event=self._heartbeat(cursor)))

    async def _moved(self, job: Job, cursor: int, revision: int, within_s: float) -> bool:
        """Wait for an event after a cursor; return whether one came in time."""
        until_ms = self.clock.now_ms() + within_s * 1e3
        while job.message.cursor <= cursor:
            left_s = (until_ms - self.clock.now_ms()) / 1e3
            if left_s <= 0 or not await self.journal.advances(revision, left_s):
                return False
            revision = self.journal.revision
        return True

    def _heartbeat(self, cursor: int) -> jobs_pb.TrainingEvent:
        event = jobs_pb.TrainingEvent(cursor=cursor, heartbeat=jobs_pb.TrainingHeartbeat())
        event.time.FromMilliseconds(self.clock.now_ms())
        return event


async def end_for_drain(stream: Stream) -> None:
    """A watch has no end of its own that a drain could wait for; it is resumed at another worker or later."""
    stream.end(Draining())


def seconds_of(interval: Duration, given: bool) -> float:
    """Return an interval between heartbeats; raises `InvalidInput` for one out of range."""
    seconds = interval.ToNanoseconds() / 1e9 if given else HEARTBEAT_S
    low, high = HEARTBEAT_RANGE_S
    if not low <= seconds <= high:
        raise InvalidInput.of("heartbeat_interval", f"{seconds:g} s is not within {low:g} to {high:g} s")
    return seconds
