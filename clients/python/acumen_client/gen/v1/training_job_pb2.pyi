from acumen_client.gen.v1 import training_example_pb2 as _training_example_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.rpc import status_pb2 as _status_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PromoteMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PROMOTE_MODE_UNSPECIFIED: _ClassVar[PromoteMode]
    PROMOTE_MODE_IF_BETTER: _ClassVar[PromoteMode]
    PROMOTE_MODE_NEVER: _ClassVar[PromoteMode]

class TrainingJobState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRAINING_JOB_STATE_UNSPECIFIED: _ClassVar[TrainingJobState]
    TRAINING_JOB_STATE_QUEUED: _ClassVar[TrainingJobState]
    TRAINING_JOB_STATE_RUNNING: _ClassVar[TrainingJobState]
    TRAINING_JOB_STATE_PAUSED: _ClassVar[TrainingJobState]
    TRAINING_JOB_STATE_SUCCEEDED: _ClassVar[TrainingJobState]
    TRAINING_JOB_STATE_FAILED: _ClassVar[TrainingJobState]
    TRAINING_JOB_STATE_CANCELLED: _ClassVar[TrainingJobState]
    TRAINING_JOB_STATE_WAITING: _ClassVar[TrainingJobState]
PROMOTE_MODE_UNSPECIFIED: PromoteMode
PROMOTE_MODE_IF_BETTER: PromoteMode
PROMOTE_MODE_NEVER: PromoteMode
TRAINING_JOB_STATE_UNSPECIFIED: TrainingJobState
TRAINING_JOB_STATE_QUEUED: TrainingJobState
TRAINING_JOB_STATE_RUNNING: TrainingJobState
TRAINING_JOB_STATE_PAUSED: TrainingJobState
TRAINING_JOB_STATE_SUCCEEDED: TrainingJobState
TRAINING_JOB_STATE_FAILED: TrainingJobState
TRAINING_JOB_STATE_CANCELLED: TrainingJobState
TRAINING_JOB_STATE_WAITING: TrainingJobState

class TrainingSpec(_message.Message):
    __slots__ = ("model", "version", "name", "domain", "data", "options")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    model: str
    version: str
    name: str
    domain: str
    data: TrainingData
    options: TrainingOptions
    def __init__(self, model: _Optional[str] = ..., version: _Optional[str] = ..., name: _Optional[str] = ..., domain: _Optional[str] = ..., data: _Optional[_Union[TrainingData, _Mapping]] = ..., options: _Optional[_Union[TrainingOptions, _Mapping]] = ...) -> None: ...

class TrainingData(_message.Message):
    __slots__ = ("dataset_id", "examples")
    DATASET_ID_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    dataset_id: str
    examples: TrainingExamples
    def __init__(self, dataset_id: _Optional[str] = ..., examples: _Optional[_Union[TrainingExamples, _Mapping]] = ...) -> None: ...

class TrainingExamples(_message.Message):
    __slots__ = ("examples",)
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    examples: _containers.RepeatedCompositeFieldContainer[_training_example_pb2.TrainingExample]
    def __init__(self, examples: _Optional[_Iterable[_Union[_training_example_pb2.TrainingExample, _Mapping]]] = ...) -> None: ...

class TrainingOptions(_message.Message):
    __slots__ = ("epochs", "batch_size", "learning_rate", "validation_split", "seed", "gradient_accumulation", "checkpoint_layers", "memory_limit_bytes", "early_stopping_patience", "freeze_layers", "anchor", "checkpoint_every_steps", "promote")
    EPOCHS_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    LEARNING_RATE_FIELD_NUMBER: _ClassVar[int]
    VALIDATION_SPLIT_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    GRADIENT_ACCUMULATION_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_LAYERS_FIELD_NUMBER: _ClassVar[int]
    MEMORY_LIMIT_BYTES_FIELD_NUMBER: _ClassVar[int]
    EARLY_STOPPING_PATIENCE_FIELD_NUMBER: _ClassVar[int]
    FREEZE_LAYERS_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_EVERY_STEPS_FIELD_NUMBER: _ClassVar[int]
    PROMOTE_FIELD_NUMBER: _ClassVar[int]
    epochs: int
    batch_size: int
    learning_rate: float
    validation_split: float
    seed: int
    gradient_accumulation: int
    checkpoint_layers: int
    memory_limit_bytes: int
    early_stopping_patience: int
    freeze_layers: str
    anchor: float
    checkpoint_every_steps: int
    promote: PromoteMode
    def __init__(self, epochs: _Optional[int] = ..., batch_size: _Optional[int] = ..., learning_rate: _Optional[float] = ..., validation_split: _Optional[float] = ..., seed: _Optional[int] = ..., gradient_accumulation: _Optional[int] = ..., checkpoint_layers: _Optional[int] = ..., memory_limit_bytes: _Optional[int] = ..., early_stopping_patience: _Optional[int] = ..., freeze_layers: _Optional[str] = ..., anchor: _Optional[float] = ..., checkpoint_every_steps: _Optional[int] = ..., promote: _Optional[_Union[PromoteMode, str]] = ...) -> None: ...

class TrainingJob(_message.Message):
    __slots__ = ("id", "state", "spec", "progress", "create_time", "start_time", "end_time", "error", "result", "cursor", "runs", "examples", "held_out")
    ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    RUNS_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    HELD_OUT_FIELD_NUMBER: _ClassVar[int]
    id: str
    state: TrainingJobState
    spec: TrainingSpec
    progress: TrainingProgress
    create_time: _timestamp_pb2.Timestamp
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    error: _status_pb2.Status
    result: TrainingResult
    cursor: int
    runs: int
    examples: int
    held_out: int
    def __init__(self, id: _Optional[str] = ..., state: _Optional[_Union[TrainingJobState, str]] = ..., spec: _Optional[_Union[TrainingSpec, _Mapping]] = ..., progress: _Optional[_Union[TrainingProgress, _Mapping]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ..., result: _Optional[_Union[TrainingResult, _Mapping]] = ..., cursor: _Optional[int] = ..., runs: _Optional[int] = ..., examples: _Optional[int] = ..., held_out: _Optional[int] = ...) -> None: ...

class TrainingResult(_message.Message):
    __slots__ = ("model", "version", "weights_sha256", "promoted", "reason", "measure", "base_quality", "quality", "gain", "gain_low", "gain_high", "n", "calibration_error", "epoch", "reliability")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_SHA256_FIELD_NUMBER: _ClassVar[int]
    PROMOTED_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MEASURE_FIELD_NUMBER: _ClassVar[int]
    BASE_QUALITY_FIELD_NUMBER: _ClassVar[int]
    QUALITY_FIELD_NUMBER: _ClassVar[int]
    GAIN_FIELD_NUMBER: _ClassVar[int]
    GAIN_LOW_FIELD_NUMBER: _ClassVar[int]
    GAIN_HIGH_FIELD_NUMBER: _ClassVar[int]
    N_FIELD_NUMBER: _ClassVar[int]
    CALIBRATION_ERROR_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    RELIABILITY_FIELD_NUMBER: _ClassVar[int]
    model: str
    version: str
    weights_sha256: str
    promoted: bool
    reason: str
    measure: str
    base_quality: float
    quality: float
    gain: float
    gain_low: float
    gain_high: float
    n: int
    calibration_error: float
    epoch: int
    reliability: _containers.RepeatedCompositeFieldContainer[ReliabilityBin]
    def __init__(self, model: _Optional[str] = ..., version: _Optional[str] = ..., weights_sha256: _Optional[str] = ..., promoted: bool = ..., reason: _Optional[str] = ..., measure: _Optional[str] = ..., base_quality: _Optional[float] = ..., quality: _Optional[float] = ..., gain: _Optional[float] = ..., gain_low: _Optional[float] = ..., gain_high: _Optional[float] = ..., n: _Optional[int] = ..., calibration_error: _Optional[float] = ..., epoch: _Optional[int] = ..., reliability: _Optional[_Iterable[_Union[ReliabilityBin, _Mapping]]] = ...) -> None: ...

class ReliabilityBin(_message.Message):
    __slots__ = ("confidence", "happened", "n")
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    HAPPENED_FIELD_NUMBER: _ClassVar[int]
    N_FIELD_NUMBER: _ClassVar[int]
    confidence: float
    happened: float
    n: int
    def __init__(self, confidence: _Optional[float] = ..., happened: _Optional[float] = ..., n: _Optional[int] = ...) -> None: ...

class TrainingEvent(_message.Message):
    __slots__ = ("cursor", "time", "progress", "checkpoint", "job", "heartbeat")
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    JOB_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    cursor: int
    time: _timestamp_pb2.Timestamp
    progress: TrainingProgress
    checkpoint: TrainingCheckpoint
    job: TrainingJob
    heartbeat: TrainingHeartbeat
    def __init__(self, cursor: _Optional[int] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., progress: _Optional[_Union[TrainingProgress, _Mapping]] = ..., checkpoint: _Optional[_Union[TrainingCheckpoint, _Mapping]] = ..., job: _Optional[_Union[TrainingJob, _Mapping]] = ..., heartbeat: _Optional[_Union[TrainingHeartbeat, _Mapping]] = ...) -> None: ...

class TrainingHeartbeat(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class TrainingCheckpoint(_message.Message):
    __slots__ = ("step", "epoch")
    STEP_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    step: int
    epoch: int
    def __init__(self, step: _Optional[int] = ..., epoch: _Optional[int] = ...) -> None: ...

class TrainingProgress(_message.Message):
    __slots__ = ("epoch", "epochs", "step", "steps", "loss", "quality", "validation_loss", "validation_quality", "measure", "learning_rate", "eta", "memory", "epoch_end")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    EPOCHS_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    LOSS_FIELD_NUMBER: _ClassVar[int]
    QUALITY_FIELD_NUMBER: _ClassVar[int]
    VALIDATION_LOSS_FIELD_NUMBER: _ClassVar[int]
    VALIDATION_QUALITY_FIELD_NUMBER: _ClassVar[int]
    MEASURE_FIELD_NUMBER: _ClassVar[int]
    LEARNING_RATE_FIELD_NUMBER: _ClassVar[int]
    ETA_FIELD_NUMBER: _ClassVar[int]
    MEMORY_FIELD_NUMBER: _ClassVar[int]
    EPOCH_END_FIELD_NUMBER: _ClassVar[int]
    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    quality: float
    validation_loss: float
    validation_quality: float
    measure: str
    learning_rate: float
    eta: _duration_pb2.Duration
    memory: TrainingMemory
    epoch_end: bool
    def __init__(self, epoch: _Optional[int] = ..., epochs: _Optional[int] = ..., step: _Optional[int] = ..., steps: _Optional[int] = ..., loss: _Optional[float] = ..., quality: _Optional[float] = ..., validation_loss: _Optional[float] = ..., validation_quality: _Optional[float] = ..., measure: _Optional[str] = ..., learning_rate: _Optional[float] = ..., eta: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., memory: _Optional[_Union[TrainingMemory, _Mapping]] = ..., epoch_end: bool = ...) -> None: ...

class TrainingMemory(_message.Message):
    __slots__ = ("resident_bytes", "weights_bytes", "gradient_bytes", "optimiser_bytes", "activation_bytes", "data_bytes")
    RESIDENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_BYTES_FIELD_NUMBER: _ClassVar[int]
    GRADIENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    OPTIMISER_BYTES_FIELD_NUMBER: _ClassVar[int]
    ACTIVATION_BYTES_FIELD_NUMBER: _ClassVar[int]
    DATA_BYTES_FIELD_NUMBER: _ClassVar[int]
    resident_bytes: int
    weights_bytes: int
    gradient_bytes: int
    optimiser_bytes: int
    activation_bytes: int
    data_bytes: int
    def __init__(self, resident_bytes: _Optional[int] = ..., weights_bytes: _Optional[int] = ..., gradient_bytes: _Optional[int] = ..., optimiser_bytes: _Optional[int] = ..., activation_bytes: _Optional[int] = ..., data_bytes: _Optional[int] = ...) -> None: ...
