from acumen_client.gen.v1 import training_example_pb2 as _training_example_pb2
from acumen_client.gen.v1 import training_job_pb2 as _training_job_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DataFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DATA_FORMAT_UNSPECIFIED: _ClassVar[DataFormat]
    DATA_FORMAT_JSONL: _ClassVar[DataFormat]
    DATA_FORMAT_JSON: _ClassVar[DataFormat]
    DATA_FORMAT_CSV: _ClassVar[DataFormat]
DATA_FORMAT_UNSPECIFIED: DataFormat
DATA_FORMAT_JSONL: DataFormat
DATA_FORMAT_JSON: DataFormat
DATA_FORMAT_CSV: DataFormat

class StartTrainingRequest(_message.Message):
    __slots__ = ("spec", "request_id")
    SPEC_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    spec: _training_job_pb2.TrainingSpec
    request_id: str
    def __init__(self, spec: _Optional[_Union[_training_job_pb2.TrainingSpec, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class StartTrainingResponse(_message.Message):
    __slots__ = ("job", "revision")
    JOB_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    job: _training_job_pb2.TrainingJob
    revision: int
    def __init__(self, job: _Optional[_Union[_training_job_pb2.TrainingJob, _Mapping]] = ..., revision: _Optional[int] = ...) -> None: ...

class TrainRequest(_message.Message):
    __slots__ = ("spec", "request_id", "heartbeat_interval")
    SPEC_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    spec: _training_job_pb2.TrainingSpec
    request_id: str
    heartbeat_interval: _duration_pb2.Duration
    def __init__(self, spec: _Optional[_Union[_training_job_pb2.TrainingSpec, _Mapping]] = ..., request_id: _Optional[str] = ..., heartbeat_interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class TrainResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: _training_job_pb2.TrainingEvent
    def __init__(self, event: _Optional[_Union[_training_job_pb2.TrainingEvent, _Mapping]] = ...) -> None: ...

class WatchTrainingRequest(_message.Message):
    __slots__ = ("job_id", "after_cursor", "heartbeat_interval")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_CURSOR_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    after_cursor: int
    heartbeat_interval: _duration_pb2.Duration
    def __init__(self, job_id: _Optional[str] = ..., after_cursor: _Optional[int] = ..., heartbeat_interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class WatchTrainingResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: _training_job_pb2.TrainingEvent
    def __init__(self, event: _Optional[_Union[_training_job_pb2.TrainingEvent, _Mapping]] = ...) -> None: ...

class GetTrainingJobRequest(_message.Message):
    __slots__ = ("job_id", "min_revision")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    MIN_REVISION_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    min_revision: int
    def __init__(self, job_id: _Optional[str] = ..., min_revision: _Optional[int] = ...) -> None: ...

class GetTrainingJobResponse(_message.Message):
    __slots__ = ("job",)
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: _training_job_pb2.TrainingJob
    def __init__(self, job: _Optional[_Union[_training_job_pb2.TrainingJob, _Mapping]] = ...) -> None: ...

class ListTrainingJobsRequest(_message.Message):
    __slots__ = ("state", "page_size", "page_token", "min_revision")
    STATE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    MIN_REVISION_FIELD_NUMBER: _ClassVar[int]
    state: _training_job_pb2.TrainingJobState
    page_size: int
    page_token: str
    min_revision: int
    def __init__(self, state: _Optional[_Union[_training_job_pb2.TrainingJobState, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., min_revision: _Optional[int] = ...) -> None: ...

class ListTrainingJobsResponse(_message.Message):
    __slots__ = ("jobs", "next_page_token")
    JOBS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    jobs: _containers.RepeatedCompositeFieldContainer[_training_job_pb2.TrainingJob]
    next_page_token: str
    def __init__(self, jobs: _Optional[_Iterable[_Union[_training_job_pb2.TrainingJob, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CancelTrainingRequest(_message.Message):
    __slots__ = ("job_id", "request_id")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    request_id: str
    def __init__(self, job_id: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class CancelTrainingResponse(_message.Message):
    __slots__ = ("job", "revision")
    JOB_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    job: _training_job_pb2.TrainingJob
    revision: int
    def __init__(self, job: _Optional[_Union[_training_job_pb2.TrainingJob, _Mapping]] = ..., revision: _Optional[int] = ...) -> None: ...

class PauseTrainingRequest(_message.Message):
    __slots__ = ("job_id", "request_id")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    request_id: str
    def __init__(self, job_id: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class PauseTrainingResponse(_message.Message):
    __slots__ = ("job", "revision")
    JOB_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    job: _training_job_pb2.TrainingJob
    revision: int
    def __init__(self, job: _Optional[_Union[_training_job_pb2.TrainingJob, _Mapping]] = ..., revision: _Optional[int] = ...) -> None: ...

class ResumeTrainingRequest(_message.Message):
    __slots__ = ("job_id", "memory_limit_bytes", "request_id")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    MEMORY_LIMIT_BYTES_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    memory_limit_bytes: int
    request_id: str
    def __init__(self, job_id: _Optional[str] = ..., memory_limit_bytes: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class ResumeTrainingResponse(_message.Message):
    __slots__ = ("job", "revision")
    JOB_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    job: _training_job_pb2.TrainingJob
    revision: int
    def __init__(self, job: _Optional[_Union[_training_job_pb2.TrainingJob, _Mapping]] = ..., revision: _Optional[int] = ...) -> None: ...

class TrainIncrementalRequest(_message.Message):
    __slots__ = ("start", "examples", "finish")
    START_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    FINISH_FIELD_NUMBER: _ClassVar[int]
    start: IncrementalStart
    examples: IncrementalExamples
    finish: IncrementalFinish
    def __init__(self, start: _Optional[_Union[IncrementalStart, _Mapping]] = ..., examples: _Optional[_Union[IncrementalExamples, _Mapping]] = ..., finish: _Optional[_Union[IncrementalFinish, _Mapping]] = ...) -> None: ...

class IncrementalStart(_message.Message):
    __slots__ = ("spec", "resume_job_id", "chunk_size", "checkpoint_every_steps", "min_samples")
    SPEC_FIELD_NUMBER: _ClassVar[int]
    RESUME_JOB_ID_FIELD_NUMBER: _ClassVar[int]
    CHUNK_SIZE_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_EVERY_STEPS_FIELD_NUMBER: _ClassVar[int]
    MIN_SAMPLES_FIELD_NUMBER: _ClassVar[int]
    spec: _training_job_pb2.TrainingSpec
    resume_job_id: str
    chunk_size: int
    checkpoint_every_steps: int
    min_samples: int
    def __init__(self, spec: _Optional[_Union[_training_job_pb2.TrainingSpec, _Mapping]] = ..., resume_job_id: _Optional[str] = ..., chunk_size: _Optional[int] = ..., checkpoint_every_steps: _Optional[int] = ..., min_samples: _Optional[int] = ...) -> None: ...

class IncrementalExamples(_message.Message):
    __slots__ = ("examples",)
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    examples: _containers.RepeatedCompositeFieldContainer[_training_example_pb2.TrainingExample]
    def __init__(self, examples: _Optional[_Iterable[_Union[_training_example_pb2.TrainingExample, _Mapping]]] = ...) -> None: ...

class IncrementalFinish(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class TrainIncrementalResponse(_message.Message):
    __slots__ = ("position", "event")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    position: IncrementalPosition
    event: _training_job_pb2.TrainingEvent
    def __init__(self, position: _Optional[_Union[IncrementalPosition, _Mapping]] = ..., event: _Optional[_Union[_training_job_pb2.TrainingEvent, _Mapping]] = ...) -> None: ...

class IncrementalPosition(_message.Message):
    __slots__ = ("job_id", "kept", "learned", "waiting")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    KEPT_FIELD_NUMBER: _ClassVar[int]
    LEARNED_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    kept: int
    learned: int
    waiting: int
    def __init__(self, job_id: _Optional[str] = ..., kept: _Optional[int] = ..., learned: _Optional[int] = ..., waiting: _Optional[int] = ...) -> None: ...

class PrepareDataRequest(_message.Message):
    __slots__ = ("start", "chunk")
    START_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    start: PrepareDataStart
    chunk: bytes
    def __init__(self, start: _Optional[_Union[PrepareDataStart, _Mapping]] = ..., chunk: _Optional[bytes] = ...) -> None: ...

class PrepareDataStart(_message.Message):
    __slots__ = ("model", "format")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    model: str
    format: DataFormat
    def __init__(self, model: _Optional[str] = ..., format: _Optional[_Union[DataFormat, str]] = ...) -> None: ...

class PrepareDataResponse(_message.Message):
    __slots__ = ("progress", "report")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    REPORT_FIELD_NUMBER: _ClassVar[int]
    progress: PrepareDataProgress
    report: PrepareDataReport
    def __init__(self, progress: _Optional[_Union[PrepareDataProgress, _Mapping]] = ..., report: _Optional[_Union[PrepareDataReport, _Mapping]] = ...) -> None: ...

class PrepareDataProgress(_message.Message):
    __slots__ = ("read", "kept")
    READ_FIELD_NUMBER: _ClassVar[int]
    KEPT_FIELD_NUMBER: _ClassVar[int]
    read: int
    kept: int
    def __init__(self, read: _Optional[int] = ..., kept: _Optional[int] = ...) -> None: ...

class PrepareDataReport(_message.Message):
    __slots__ = ("dataset_id", "read", "kept", "dropped", "labels")
    DATASET_ID_FIELD_NUMBER: _ClassVar[int]
    READ_FIELD_NUMBER: _ClassVar[int]
    KEPT_FIELD_NUMBER: _ClassVar[int]
    DROPPED_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    dataset_id: str
    read: int
    kept: int
    dropped: _containers.RepeatedCompositeFieldContainer[DropReason]
    labels: _containers.RepeatedCompositeFieldContainer[LabelCount]
    def __init__(self, dataset_id: _Optional[str] = ..., read: _Optional[int] = ..., kept: _Optional[int] = ..., dropped: _Optional[_Iterable[_Union[DropReason, _Mapping]]] = ..., labels: _Optional[_Iterable[_Union[LabelCount, _Mapping]]] = ...) -> None: ...

class DropReason(_message.Message):
    __slots__ = ("reason", "count", "lines")
    REASON_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    reason: str
    count: int
    lines: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, reason: _Optional[str] = ..., count: _Optional[int] = ..., lines: _Optional[_Iterable[int]] = ...) -> None: ...

class LabelCount(_message.Message):
    __slots__ = ("label", "count")
    LABEL_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    label: str
    count: int
    def __init__(self, label: _Optional[str] = ..., count: _Optional[int] = ...) -> None: ...
