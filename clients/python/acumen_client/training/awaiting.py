"""`client.aio.training`: the same, for asyncio."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

from acumen_client.aio_flows import AwaitableFlows, following, paging, talking
from acumen_client.awaiting import awaiting
from acumen_client.gen.v1 import training_pb2 as pb
from acumen_client.gen.v1.training_job_pb2 import TrainingEvent, TrainingSpec
from acumen_client.training import jobs
from acumen_client.training.data import DataFile, FormatName

Progress = Callable[[int, int], object]


class AioTraining(AwaitableFlows):
    """The awaitable form of `Training`."""

    start_training = awaiting(jobs.start_training)
    get_training_job = awaiting(jobs.get_training_job)
    list_training_jobs = paging(jobs.list_training_jobs)
    cancel_training = awaiting(jobs.cancel_training)
    pause_training = awaiting(jobs.pause_training)
    resume_training = awaiting(jobs.resume_training)
    watch_training = following(jobs.watch_training)
    train_incremental = talking(jobs.train_incremental)

    async def train(
        self,
        spec: TrainingSpec,
        *,
        request_id: str = "",
        heartbeat_interval: timedelta | None = None,
        timeout: float | None = None,
    ) -> AsyncIterator[TrainingEvent]:
        """Start a job and yield its events, as `Training.train` does."""
        job = (await self.start_training(spec, request_id=request_id)).job
        async for heard in self.watch_training(job.id, heartbeat_interval=heartbeat_interval, timeout=timeout):
            yield heard.event

    async def prepare_data(
        self,
        path: Path,
        model: str,
        *,
        format: FormatName | None = None,  # noqa: A002 (as on the command line)
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> pb.PrepareDataReport:
        """Send a file of examples, as `Training.prepare_data` does."""
        file, report = DataFile(path=Path(path), model=model, format=format), pb.PrepareDataReport()
        async for heard in self.talk(file.dialogue(timeout), file.chunks()):
            report = heard.report if heard.HasField("report") else report
            if progress is not None and heard.HasField("progress"):
                progress(heard.progress.read, heard.progress.kept)
        return report
