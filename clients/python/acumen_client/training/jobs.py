"""The calls about training jobs, as values. No I/O; see `acumen_client.calls` for what all calls have in common."""

from datetime import timedelta
from typing import Literal

from google.protobuf.message import Message

from acumen_client.call import TRAINING, Call, Defaults, Dialogue, Following, Pages, new_id, unary
from acumen_client.gen.v1 import training_pb2 as pb
from acumen_client.gen.v1.training_example_pb2 import TrainingExample
from acumen_client.gen.v1.training_job_pb2 import TrainingJob, TrainingSpec

StateName = Literal["queued", "running", "paused", "succeeded", "failed", "cancelled", "waiting"]


def start_training(
    defaults: Defaults, spec: TrainingSpec, *, request_id: str = "", timeout: float | None = None
) -> Call[pb.StartTrainingResponse]:
    """Start a job and return at once."""
    request = pb.StartTrainingRequest(spec=spec, request_id=request_id or new_id())
    return unary(defaults, TRAINING, "StartTraining", request, pb.StartTrainingResponse, timeout)


def get_training_job(
    defaults: Defaults, job_id: str, *, min_revision: int = 0, timeout: float | None = None
) -> Call[pb.GetTrainingJobResponse]:
    """Describe a job."""
    request = pb.GetTrainingJobRequest(job_id=job_id, min_revision=min_revision)
    return unary(defaults, TRAINING, "GetTrainingJob", request, pb.GetTrainingJobResponse, timeout)


def list_training_jobs(
    defaults: Defaults, *, state: StateName | None = None, page_size: int = 0, timeout: float | None = None
) -> Pages[pb.ListTrainingJobsResponse, TrainingJob]:
    """List jobs, newest first; the pages are turned as they are needed."""
    request = pb.ListTrainingJobsRequest(
        state=None if state is None else f"TRAINING_JOB_STATE_{state.upper()}", page_size=page_size
    )
    call = unary(defaults, TRAINING, "ListTrainingJobs", request, pb.ListTrainingJobsResponse, timeout)
    return Pages(call=call, items=lambda page: page.jobs)


def cancel_training(
    defaults: Defaults, job_id: str, *, request_id: str = "", timeout: float | None = None
) -> Call[pb.CancelTrainingResponse]:
    """Stop a job for good."""
    request = pb.CancelTrainingRequest(job_id=job_id, request_id=request_id or new_id())
    return unary(defaults, TRAINING, "CancelTraining", request, pb.CancelTrainingResponse, timeout)


def pause_training(
    defaults: Defaults, job_id: str, *, request_id: str = "", timeout: float | None = None
) -> Call[pb.PauseTrainingResponse]:
    """Stop a job for now."""
    request = pb.PauseTrainingRequest(job_id=job_id, request_id=request_id or new_id())
    return unary(defaults, TRAINING, "PauseTraining", request, pb.PauseTrainingResponse, timeout)


def resume_training(
    defaults: Defaults,
    job_id: str,
    *,
    memory_limit_bytes: int = 0,
    request_id: str = "",
    timeout: float | None = None,
) -> Call[pb.ResumeTrainingResponse]:
    """Have a paused or failed job go on from its last checkpoint."""
    request = pb.ResumeTrainingRequest(
        job_id=job_id, memory_limit_bytes=memory_limit_bytes, request_id=request_id or new_id()
    )
    return unary(defaults, TRAINING, "ResumeTraining", request, pb.ResumeTrainingResponse, timeout)


def watch_training(
    defaults: Defaults,  # noqa: ARG001 (a watch takes no default)
    job_id: str,
    *,
    after_cursor: int = 0,
    heartbeat_interval: timedelta | None = None,
    timeout: float | None = None,
) -> Following[pb.WatchTrainingResponse]:
    """Follow a job's events until it ends, each once, through broken connections and restarts of the server."""
    request = pb.WatchTrainingRequest(job_id=job_id, after_cursor=after_cursor, heartbeat_interval=heartbeat_interval)
    call = Call(
        service=TRAINING, method="WatchTraining", request=request, response=pb.WatchTrainingResponse, timeout_s=timeout
    )
    return Following(call=call, pass_over=_after_cursor)


def train_incremental(
    defaults: Defaults,  # noqa: ARG001 (a stream takes no default)
    *,
    spec: TrainingSpec | None = None,
    resume_job_id: str = "",
    chunk_size: int = 0,
    checkpoint_every_steps: int = 0,
    min_samples: int = 0,
    timeout: float | None = None,
) -> Dialogue[pb.TrainIncrementalResponse]:
    """Learn from examples as they come, one by one or as `IncrementalExamples`; `finish()` is to be the last item."""
    start = pb.IncrementalStart(
        spec=spec,
        resume_job_id=resume_job_id,
        chunk_size=chunk_size,
        checkpoint_every_steps=checkpoint_every_steps,
        min_samples=min_samples,
    )
    call = Call(
        service=TRAINING,
        method="TrainIncremental",
        request=pb.TrainIncrementalRequest(start=start),
        response=pb.TrainIncrementalResponse,
        timeout_s=timeout,
    )
    return Dialogue(call=call, say=_say)


def _after_cursor(request: pb.WatchTrainingRequest, heard: pb.WatchTrainingResponse) -> None:
    request.after_cursor = heard.event.cursor


def _say(item: Message) -> pb.TrainIncrementalRequest:
    if isinstance(item, pb.TrainIncrementalRequest):
        return item
    if isinstance(item, pb.IncrementalExamples):
        return pb.TrainIncrementalRequest(examples=item)
    if not isinstance(item, TrainingExample):
        raise TypeError(f"train_incremental learns from training examples, not from {item.DESCRIPTOR.full_name}")
    return pb.TrainIncrementalRequest(examples=pb.IncrementalExamples(examples=[item]))


def finish() -> pb.TrainIncrementalRequest:
    """Return what is sent last on a stream: no more will come, judge the result."""
    return pb.TrainIncrementalRequest(finish=pb.IncrementalFinish())
