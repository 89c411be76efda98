"""`client.training`: jobs, their events, and the data they learn from; blocking."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from acumen_client.blocking import blocking, starting
from acumen_client.flows import BlockingFlows, following, paging, talking
from acumen_client.gen.v1 import training_pb2 as pb
from acumen_client.gen.v1.training_job_pb2 import TrainingEvent, TrainingSpec
from acumen_client.training import jobs
from acumen_client.training.data import DataFile, FormatName

Progress = Callable[[int, int], object]


class Training(BlockingFlows):
    """Training on a caller's own data."""

    start_training = blocking(jobs.start_training)
    start_training_future = starting(jobs.start_training)
    get_training_job = blocking(jobs.get_training_job)
    list_training_jobs = paging(jobs.list_training_jobs)
    cancel_training = blocking(jobs.cancel_training)
    pause_training = blocking(jobs.pause_training)
    resume_training = blocking(jobs.resume_training)
    watch_training = following(jobs.watch_training)
    train_incremental = talking(jobs.train_incremental)

    def train(
        self,
        spec: TrainingSpec,
        *,
        request_id: str = "",
        heartbeat_interval: timedelta | None = None,
        timeout: float | None = None,
    ) -> Iterator[TrainingEvent]:
        """Start a job and yield its events until it ends, each once; leaving early does not stop it."""
        job = self.start_training(spec, request_id=request_id).job
        for heard in self.watch_training(job.id, heartbeat_interval=heartbeat_interval, timeout=timeout):
            yield heard.event

    def prepare_data(
        self,
        path: Path,
        model: str,
        *,
        format: FormatName | None = None,  # noqa: A002 (as on the command line)
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> pb.PrepareDataReport:
        """Send a file of examples and return the report on what was kept; raises `OSError` of the file.

        `progress` is called with the records read and kept so far.
        """
        file, report = DataFile(path=Path(path), model=model, format=format), pb.PrepareDataReport()
        for heard in self.talk(file.dialogue(timeout), file.chunks()):
            report = heard.report if heard.HasField("report") else report
            if progress is not None and heard.HasField("progress"):
                progress(heard.progress.read, heard.progress.kept)
        return report
