# ruff: noqa: N802  (methods are called as in the proto)
"""A small `Training` service whose jobs end at once, and that remembers what it was asked."""

import grpc
from fake_calls import Remembering

from acumen_client.gen.v1 import training_pb2 as pb
from acumen_client.gen.v1 import training_pb2_grpc
from acumen_client.messages import (
    DropReason,
    IncrementalPosition,
    LabelCount,
    PrepareDataProgress,
    ReliabilityBin,
    TrainingCheckpoint,
    TrainingEvent,
    TrainingJob,
    TrainingProgress,
    TrainingResult,
)

QUEUED, RUNNING, PAUSED, SUCCEEDED, FAILED, CANCELLED = 1, 2, 3, 4, 5, 6
SECONDS = {"seconds": 1_760_000_000}


def job(job_id="t-1", state=SUCCEEDED, **fields):
    """Return a job that learned `mine` from reference-v1."""
    made = TrainingJob(id=job_id, state=state, cursor=5, examples=100, held_out=20, runs=1, **fields)
    made.spec.model, made.spec.name, made.spec.version = "reference-v1", "mine", "1.0.0"
    made.progress.CopyFrom(progress(2).progress)
    if state == SUCCEEDED:
        made.result.CopyFrom(RESULT)
    return made


def progress(epoch):
    """Return the end of an epoch."""
    value = TrainingProgress(epoch=epoch, epochs=2, step=10 * epoch, steps=20, loss=1 / epoch, validation_loss=0.5)
    value.quality, value.validation_quality, value.measure, value.epoch_end = 0.9, 0.8, "share named right", True
    value.eta.FromSeconds(75 * (2 - epoch))
    value.memory.resident_bytes = 50 << 20
    return TrainingEvent(cursor=2 + epoch, time=SECONDS, progress=value)


RESULT = TrainingResult(
    model="mine",
    version="1.0.0",
    weights_sha256="a" * 64,
    promoted=True,
    reason="gains 0.1 [0.05, 0.15] on 20 examples",
    measure="share named right",
    quality=0.8,
    base_quality=0.7,
    gain=0.1,
    gain_low=0.05,
    gain_high=0.15,
    n=20,
    epoch=2,
    reliability=[ReliabilityBin(confidence=0.5, happened=0.4, n=10), ReliabilityBin(confidence=0.9, happened=1, n=10)],
)


class FakeTraining(Remembering, training_pb2_grpc.TrainingServicer):
    """Answers everything; `break_after` ends a watch as a lost connection does, after so many events."""

    def __init__(self):
        super().__init__()
        self.break_after = []
        self.received = []

    def StartTraining(self, request, context):
        """A job that waits."""
        self.note("StartTraining", request, context)
        return pb.StartTrainingResponse(job=job(state=QUEUED), revision=3)

    def GetTrainingJob(self, request, context):
        """The job that is asked for."""
        self.note("GetTrainingJob", request, context)
        return pb.GetTrainingJobResponse(job=job(request.job_id))

    def ListTrainingJobs(self, request, context):
        """Two pages of a job each."""
        self.note("ListTrainingJobs", request, context)
        if request.page_token:
            return pb.ListTrainingJobsResponse(jobs=[job("t-1", request.state or SUCCEEDED)])
        return pb.ListTrainingJobsResponse(jobs=[job("t-2", request.state or RUNNING)], next_page_token="t-2")

    def CancelTraining(self, request, context):
        """It is cancelled."""
        self.note("CancelTraining", request, context)
        return pb.CancelTrainingResponse(job=job(request.job_id, CANCELLED), revision=4)

    def PauseTraining(self, request, context):
        """It is paused."""
        self.note("PauseTraining", request, context)
        return pb.PauseTrainingResponse(job=job(request.job_id, PAUSED), revision=4)

    def ResumeTraining(self, request, context):
        """It waits again."""
        self.note("ResumeTraining", request, context)
        return pb.ResumeTrainingResponse(job=job(request.job_id, QUEUED), revision=4)

    def events(self, job_id):
        """The story of a job: six events."""
        told = [
            TrainingEvent(cursor=n, time=SECONDS, job=job(job_id, state)) for n, state in ((1, QUEUED), (2, RUNNING))
        ]
        told += [progress(1), progress(2)]
        told.append(TrainingEvent(cursor=5, time=SECONDS, checkpoint=TrainingCheckpoint(epoch=2, step=20)))
        return [*told, TrainingEvent(cursor=6, time=SECONDS, job=job(job_id, SUCCEEDED))]

    def Train(self, request, context):
        """All events."""
        self.note("Train", request, context)
        yield from (pb.TrainResponse(event=event) for event in self.events("t-1"))

    def WatchTraining(self, request, context):
        """Events after a cursor, and a heartbeat among them."""
        self.note("WatchTraining", request, context)
        left = self.break_after.pop(0) if self.break_after else None
        for event in self.events(request.job_id)[request.after_cursor :]:
            if left == 0:
                context.abort(grpc.StatusCode.UNAVAILABLE, "Socket closed")
            yield pb.WatchTrainingResponse(event=event)
            left = None if left is None else left - 1

    def TrainIncremental(self, request_iterator, context):
        """A position for each message, then the end of the job."""
        heard = []
        self.note("TrainIncremental", heard, context)
        kept = 0
        for message in request_iterator:
            heard.append(message)
            kept += len(message.examples.examples)
            yield pb.TrainIncrementalResponse(position=IncrementalPosition(job_id="t-3", kept=kept, waiting=1))
        for event in self.events("t-3"):
            yield pb.TrainIncrementalResponse(event=event)

    def PrepareData(self, request_iterator, context):
        """A report that counts the bytes as records."""
        heard = []
        self.note("PrepareData", heard, context)
        heard.extend(request_iterator)
        read = sum(len(message.chunk) for message in heard)
        yield pb.PrepareDataResponse(progress=PrepareDataProgress(read=read, kept=read))
        dropped = [DropReason(reason="target: is missing", count=1, lines=[2])]
        labels = [LabelCount(label="STEP", count=read)]
        report = pb.PrepareDataReport(dataset_id="d" * 32, read=read + 1, kept=read, dropped=dropped, labels=labels)
        yield pb.PrepareDataResponse(report=report)
