from acumen.proto.v1 import registry_pb2 as _registry_pb2
from acumen.proto.v1 import training_job_pb2 as _training_job_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TrainingJobWritten(_message.Message):
    __slots__ = ("job", "time_ms", "incremental")
    JOB_FIELD_NUMBER: _ClassVar[int]
    TIME_MS_FIELD_NUMBER: _ClassVar[int]
    INCREMENTAL_FIELD_NUMBER: _ClassVar[int]
    job: _training_job_pb2.TrainingJob
    time_ms: int
    incremental: Incremental
    def __init__(self, job: _Optional[_Union[_training_job_pb2.TrainingJob, _Mapping]] = ..., time_ms: _Optional[int] = ..., incremental: _Optional[_Union[Incremental, _Mapping]] = ...) -> None: ...

class Incremental(_message.Message):
    __slots__ = ("chunk_size", "min_samples", "chunks", "kept", "chunks_learned", "learned", "finished")
    CHUNK_SIZE_FIELD_NUMBER: _ClassVar[int]
    MIN_SAMPLES_FIELD_NUMBER: _ClassVar[int]
    CHUNKS_FIELD_NUMBER: _ClassVar[int]
    KEPT_FIELD_NUMBER: _ClassVar[int]
    CHUNKS_LEARNED_FIELD_NUMBER: _ClassVar[int]
    LEARNED_FIELD_NUMBER: _ClassVar[int]
    FINISHED_FIELD_NUMBER: _ClassVar[int]
    chunk_size: int
    min_samples: int
    chunks: int
    kept: int
    chunks_learned: int
    learned: int
    finished: bool
    def __init__(self, chunk_size: _Optional[int] = ..., min_samples: _Optional[int] = ..., chunks: _Optional[int] = ..., kept: _Optional[int] = ..., chunks_learned: _Optional[int] = ..., learned: _Optional[int] = ..., finished: bool = ...) -> None: ...

class TrainingEventsAdded(_message.Message):
    __slots__ = ("job_id", "events")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    events: _containers.RepeatedCompositeFieldContainer[_training_job_pb2.TrainingEvent]
    def __init__(self, job_id: _Optional[str] = ..., events: _Optional[_Iterable[_Union[_training_job_pb2.TrainingEvent, _Mapping]]] = ...) -> None: ...

class VersionAdded(_message.Message):
    __slots__ = ("version", "serves", "job")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SERVES_FIELD_NUMBER: _ClassVar[int]
    JOB_FIELD_NUMBER: _ClassVar[int]
    version: _registry_pb2.ModelVersion
    serves: bool
    job: TrainingJobWritten
    def __init__(self, version: _Optional[_Union[_registry_pb2.ModelVersion, _Mapping]] = ..., serves: bool = ..., job: _Optional[_Union[TrainingJobWritten, _Mapping]] = ...) -> None: ...

class VersionServed(_message.Message):
    __slots__ = ("model", "version")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    model: str
    version: str
    def __init__(self, model: _Optional[str] = ..., version: _Optional[str] = ...) -> None: ...

class VersionDeleted(_message.Message):
    __slots__ = ("model", "version")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    model: str
    version: str
    def __init__(self, model: _Optional[str] = ..., version: _Optional[str] = ...) -> None: ...

class TrainingImage(_message.Message):
    __slots__ = ("jobs", "versions", "served")
    JOBS_FIELD_NUMBER: _ClassVar[int]
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    SERVED_FIELD_NUMBER: _ClassVar[int]
    jobs: _containers.RepeatedCompositeFieldContainer[TrainingJobImage]
    versions: _containers.RepeatedCompositeFieldContainer[_registry_pb2.ModelVersion]
    served: _containers.RepeatedCompositeFieldContainer[VersionServed]
    def __init__(self, jobs: _Optional[_Iterable[_Union[TrainingJobImage, _Mapping]]] = ..., versions: _Optional[_Iterable[_Union[_registry_pb2.ModelVersion, _Mapping]]] = ..., served: _Optional[_Iterable[_Union[VersionServed, _Mapping]]] = ...) -> None: ...

class TrainingJobImage(_message.Message):
    __slots__ = ("written", "events")
    WRITTEN_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    written: TrainingJobWritten
    events: _containers.RepeatedCompositeFieldContainer[_training_job_pb2.TrainingEvent]
    def __init__(self, written: _Optional[_Union[TrainingJobWritten, _Mapping]] = ..., events: _Optional[_Iterable[_Union[_training_job_pb2.TrainingEvent, _Mapping]]] = ...) -> None: ...

class WorkerMessage(_message.Message):
    __slots__ = ("progress", "checkpoint", "chunk_learned", "result", "failed", "paused", "data")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    CHUNK_LEARNED_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    PAUSED_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    progress: _training_job_pb2.TrainingProgress
    checkpoint: _training_job_pb2.TrainingCheckpoint
    chunk_learned: int
    result: _training_job_pb2.TrainingResult
    failed: WorkerFailure
    paused: bool
    data: WorkerData
    def __init__(self, progress: _Optional[_Union[_training_job_pb2.TrainingProgress, _Mapping]] = ..., checkpoint: _Optional[_Union[_training_job_pb2.TrainingCheckpoint, _Mapping]] = ..., chunk_learned: _Optional[int] = ..., result: _Optional[_Union[_training_job_pb2.TrainingResult, _Mapping]] = ..., failed: _Optional[_Union[WorkerFailure, _Mapping]] = ..., paused: bool = ..., data: _Optional[_Union[WorkerData, _Mapping]] = ...) -> None: ...

class WorkerFailure(_message.Message):
    __slots__ = ("data", "memory")
    DATA_FIELD_NUMBER: _ClassVar[int]
    MEMORY_FIELD_NUMBER: _ClassVar[int]
    data: str
    memory: WorkerMemory
    def __init__(self, data: _Optional[str] = ..., memory: _Optional[_Union[WorkerMemory, _Mapping]] = ...) -> None: ...

class WorkerMemory(_message.Message):
    __slots__ = ("resident_bytes", "limit_bytes")
    RESIDENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    LIMIT_BYTES_FIELD_NUMBER: _ClassVar[int]
    resident_bytes: int
    limit_bytes: int
    def __init__(self, resident_bytes: _Optional[int] = ..., limit_bytes: _Optional[int] = ...) -> None: ...

class WorkerData(_message.Message):
    __slots__ = ("examples", "held_out")
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    HELD_OUT_FIELD_NUMBER: _ClassVar[int]
    examples: int
    held_out: int
    def __init__(self, examples: _Optional[int] = ..., held_out: _Optional[int] = ...) -> None: ...

class WorkerTask(_message.Message):
    __slots__ = ("job_id", "spec", "family", "name", "start", "incumbent", "data", "incremental", "finished")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    FAMILY_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    INCUMBENT_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    INCREMENTAL_FIELD_NUMBER: _ClassVar[int]
    FINISHED_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    spec: _training_job_pb2.TrainingSpec
    family: str
    name: str
    start: _registry_pb2.ModelVersion
    incumbent: bool
    data: _containers.RepeatedScalarFieldContainer[str]
    incremental: bool
    finished: bool
    def __init__(self, job_id: _Optional[str] = ..., spec: _Optional[_Union[_training_job_pb2.TrainingSpec, _Mapping]] = ..., family: _Optional[str] = ..., name: _Optional[str] = ..., start: _Optional[_Union[_registry_pb2.ModelVersion, _Mapping]] = ..., incumbent: bool = ..., data: _Optional[_Iterable[str]] = ..., incremental: bool = ..., finished: bool = ...) -> None: ...
