from acumen_client.gen.models.v1 import cognitive_pb2 as _cognitive_pb2
from acumen_client.gen.models.v1 import coordination_pb2 as _coordination_pb2
from acumen_client.gen.models.v1 import performance_pb2 as _performance_pb2
from acumen_client.gen.models.v1 import tensor_pb2 as _tensor_pb2
from acumen_client.gen.models.v1 import text_pb2 as _text_pb2
from acumen_client.gen.v1 import decision_pb2 as _decision_pb2
from acumen_client.gen.v1 import drift_pb2 as _drift_pb2
from acumen_client.gen.v1 import ensemble_pb2 as _ensemble_pb2
from acumen_client.gen.v1 import model_pb2 as _model_pb2
from acumen_client.gen.v1 import registry_pb2 as _registry_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.rpc import status_pb2 as _status_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class KernelLevel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    KERNEL_LEVEL_UNSPECIFIED: _ClassVar[KernelLevel]
    KERNEL_LEVEL_AUTO: _ClassVar[KernelLevel]
    KERNEL_LEVEL_V4: _ClassVar[KernelLevel]
    KERNEL_LEVEL_V3: _ClassVar[KernelLevel]
    KERNEL_LEVEL_V2: _ClassVar[KernelLevel]
    KERNEL_LEVEL_PYTHON: _ClassVar[KernelLevel]

class Backend(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BACKEND_UNSPECIFIED: _ClassVar[Backend]
    BACKEND_KERNELS: _ClassVar[Backend]
    BACKEND_NUMPY: _ClassVar[Backend]
    BACKEND_PYTHON: _ClassVar[Backend]
KERNEL_LEVEL_UNSPECIFIED: KernelLevel
KERNEL_LEVEL_AUTO: KernelLevel
KERNEL_LEVEL_V4: KernelLevel
KERNEL_LEVEL_V3: KernelLevel
KERNEL_LEVEL_V2: KernelLevel
KERNEL_LEVEL_PYTHON: KernelLevel
BACKEND_UNSPECIFIED: Backend
BACKEND_KERNELS: Backend
BACKEND_NUMPY: Backend
BACKEND_PYTHON: Backend

class ListModelsRequest(_message.Message):
    __slots__ = ("category", "page_size", "page_token", "min_revision")
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    MIN_REVISION_FIELD_NUMBER: _ClassVar[int]
    category: _model_pb2.ModelCategory
    page_size: int
    page_token: str
    min_revision: int
    def __init__(self, category: _Optional[_Union[_model_pb2.ModelCategory, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., min_revision: _Optional[int] = ...) -> None: ...

class ListModelsResponse(_message.Message):
    __slots__ = ("models", "next_page_token")
    MODELS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    models: _containers.RepeatedCompositeFieldContainer[_model_pb2.Model]
    next_page_token: str
    def __init__(self, models: _Optional[_Iterable[_Union[_model_pb2.Model, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetModelRequest(_message.Message):
    __slots__ = ("model", "version", "namespace", "min_revision")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    MIN_REVISION_FIELD_NUMBER: _ClassVar[int]
    model: str
    version: str
    namespace: str
    min_revision: int
    def __init__(self, model: _Optional[str] = ..., version: _Optional[str] = ..., namespace: _Optional[str] = ..., min_revision: _Optional[int] = ...) -> None: ...

class GetModelResponse(_message.Message):
    __slots__ = ("model", "card", "outcomes")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    CARD_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    model: _model_pb2.Model
    card: _model_pb2.Card
    outcomes: _model_pb2.OutcomeStatistics
    def __init__(self, model: _Optional[_Union[_model_pb2.Model, _Mapping]] = ..., card: _Optional[_Union[_model_pb2.Card, _Mapping]] = ..., outcomes: _Optional[_Union[_model_pb2.OutcomeStatistics, _Mapping]] = ...) -> None: ...

class LoadModelRequest(_message.Message):
    __slots__ = ("model", "version", "request_id")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    model: str
    version: str
    request_id: str
    def __init__(self, model: _Optional[str] = ..., version: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class LoadModelResponse(_message.Message):
    __slots__ = ("model", "revision")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    model: _model_pb2.Model
    revision: int
    def __init__(self, model: _Optional[_Union[_model_pb2.Model, _Mapping]] = ..., revision: _Optional[int] = ...) -> None: ...

class UnloadModelRequest(_message.Message):
    __slots__ = ("model", "request_id")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    model: str
    request_id: str
    def __init__(self, model: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class UnloadModelResponse(_message.Message):
    __slots__ = ("model", "revision")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    model: _model_pb2.Model
    revision: int
    def __init__(self, model: _Optional[_Union[_model_pb2.Model, _Mapping]] = ..., revision: _Optional[int] = ...) -> None: ...

class RuntimeConfig(_message.Message):
    __slots__ = ("memory_max_bytes", "threads", "batch_window", "kernels")
    MEMORY_MAX_BYTES_FIELD_NUMBER: _ClassVar[int]
    THREADS_FIELD_NUMBER: _ClassVar[int]
    BATCH_WINDOW_FIELD_NUMBER: _ClassVar[int]
    KERNELS_FIELD_NUMBER: _ClassVar[int]
    memory_max_bytes: int
    threads: int
    batch_window: _duration_pb2.Duration
    kernels: KernelLevel
    def __init__(self, memory_max_bytes: _Optional[int] = ..., threads: _Optional[int] = ..., batch_window: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., kernels: _Optional[_Union[KernelLevel, str]] = ...) -> None: ...

class UpdateConfigRequest(_message.Message):
    __slots__ = ("config", "update_mask", "request_id")
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    config: RuntimeConfig
    update_mask: _field_mask_pb2.FieldMask
    request_id: str
    def __init__(self, config: _Optional[_Union[RuntimeConfig, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class UpdateConfigResponse(_message.Message):
    __slots__ = ("config", "revision")
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    config: RuntimeConfig
    revision: int
    def __init__(self, config: _Optional[_Union[RuntimeConfig, _Mapping]] = ..., revision: _Optional[int] = ...) -> None: ...

class RecordOutcomeRequest(_message.Message):
    __slots__ = ("prediction_id", "event_happened", "namespace", "request_id")
    PREDICTION_ID_FIELD_NUMBER: _ClassVar[int]
    EVENT_HAPPENED_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    prediction_id: str
    event_happened: bool
    namespace: str
    request_id: str
    def __init__(self, prediction_id: _Optional[str] = ..., event_happened: bool = ..., namespace: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class RecordOutcomeResponse(_message.Message):
    __slots__ = ("model", "outcomes", "revision")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    model: str
    outcomes: _model_pb2.OutcomeStatistics
    revision: int
    def __init__(self, model: _Optional[str] = ..., outcomes: _Optional[_Union[_model_pb2.OutcomeStatistics, _Mapping]] = ..., revision: _Optional[int] = ...) -> None: ...

class PredictOptions(_message.Message):
    __slots__ = ("explain", "alternatives", "record", "namespace")
    EXPLAIN_FIELD_NUMBER: _ClassVar[int]
    ALTERNATIVES_FIELD_NUMBER: _ClassVar[int]
    RECORD_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    explain: _decision_pb2.ExplainLevel
    alternatives: int
    record: _decision_pb2.RecordMode
    namespace: str
    def __init__(self, explain: _Optional[_Union[_decision_pb2.ExplainLevel, str]] = ..., alternatives: _Optional[int] = ..., record: _Optional[_Union[_decision_pb2.RecordMode, str]] = ..., namespace: _Optional[str] = ...) -> None: ...

class PredictRequest(_message.Message):
    __slots__ = ("model", "version", "options", "context", "min_revision", "tensor", "text", "problem_context", "feedback_history", "load_metrics", "vote_table", "swarm_state", "access_pattern", "api_metrics")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    MIN_REVISION_FIELD_NUMBER: _ClassVar[int]
    TENSOR_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_CONTEXT_FIELD_NUMBER: _ClassVar[int]
    FEEDBACK_HISTORY_FIELD_NUMBER: _ClassVar[int]
    LOAD_METRICS_FIELD_NUMBER: _ClassVar[int]
    VOTE_TABLE_FIELD_NUMBER: _ClassVar[int]
    SWARM_STATE_FIELD_NUMBER: _ClassVar[int]
    ACCESS_PATTERN_FIELD_NUMBER: _ClassVar[int]
    API_METRICS_FIELD_NUMBER: _ClassVar[int]
    model: str
    version: str
    options: PredictOptions
    context: _struct_pb2.Struct
    min_revision: int
    tensor: _tensor_pb2.Tensor
    text: _text_pb2.Text
    problem_context: _cognitive_pb2.ProblemContext
    feedback_history: _cognitive_pb2.FeedbackHistory
    load_metrics: _coordination_pb2.LoadMetrics
    vote_table: _coordination_pb2.VoteTable
    swarm_state: _coordination_pb2.SwarmState
    access_pattern: _performance_pb2.AccessPattern
    api_metrics: _performance_pb2.ApiMetrics
    def __init__(self, model: _Optional[str] = ..., version: _Optional[str] = ..., options: _Optional[_Union[PredictOptions, _Mapping]] = ..., context: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., min_revision: _Optional[int] = ..., tensor: _Optional[_Union[_tensor_pb2.Tensor, _Mapping]] = ..., text: _Optional[_Union[_text_pb2.Text, _Mapping]] = ..., problem_context: _Optional[_Union[_cognitive_pb2.ProblemContext, _Mapping]] = ..., feedback_history: _Optional[_Union[_cognitive_pb2.FeedbackHistory, _Mapping]] = ..., load_metrics: _Optional[_Union[_coordination_pb2.LoadMetrics, _Mapping]] = ..., vote_table: _Optional[_Union[_coordination_pb2.VoteTable, _Mapping]] = ..., swarm_state: _Optional[_Union[_coordination_pb2.SwarmState, _Mapping]] = ..., access_pattern: _Optional[_Union[_performance_pb2.AccessPattern, _Mapping]] = ..., api_metrics: _Optional[_Union[_performance_pb2.ApiMetrics, _Mapping]] = ...) -> None: ...

class PredictResponse(_message.Message):
    __slots__ = ("decision", "tensor_classes", "text_labels", "solution_path", "learned_policy", "distribution_plan", "consensus", "coordination_plan", "cache_plan", "rate_limits")
    DECISION_FIELD_NUMBER: _ClassVar[int]
    TENSOR_CLASSES_FIELD_NUMBER: _ClassVar[int]
    TEXT_LABELS_FIELD_NUMBER: _ClassVar[int]
    SOLUTION_PATH_FIELD_NUMBER: _ClassVar[int]
    LEARNED_POLICY_FIELD_NUMBER: _ClassVar[int]
    DISTRIBUTION_PLAN_FIELD_NUMBER: _ClassVar[int]
    CONSENSUS_FIELD_NUMBER: _ClassVar[int]
    COORDINATION_PLAN_FIELD_NUMBER: _ClassVar[int]
    CACHE_PLAN_FIELD_NUMBER: _ClassVar[int]
    RATE_LIMITS_FIELD_NUMBER: _ClassVar[int]
    decision: _decision_pb2.Decision
    tensor_classes: _tensor_pb2.TensorClasses
    text_labels: _text_pb2.TextLabels
    solution_path: _cognitive_pb2.SolutionPath
    learned_policy: _cognitive_pb2.LearnedPolicy
    distribution_plan: _coordination_pb2.DistributionPlan
    consensus: _coordination_pb2.ConsensusDecision
    coordination_plan: _coordination_pb2.CoordinationPlan
    cache_plan: _performance_pb2.CachePlan
    rate_limits: _performance_pb2.RateLimits
    def __init__(self, decision: _Optional[_Union[_decision_pb2.Decision, _Mapping]] = ..., tensor_classes: _Optional[_Union[_tensor_pb2.TensorClasses, _Mapping]] = ..., text_labels: _Optional[_Union[_text_pb2.TextLabels, _Mapping]] = ..., solution_path: _Optional[_Union[_cognitive_pb2.SolutionPath, _Mapping]] = ..., learned_policy: _Optional[_Union[_cognitive_pb2.LearnedPolicy, _Mapping]] = ..., distribution_plan: _Optional[_Union[_coordination_pb2.DistributionPlan, _Mapping]] = ..., consensus: _Optional[_Union[_coordination_pb2.ConsensusDecision, _Mapping]] = ..., coordination_plan: _Optional[_Union[_coordination_pb2.CoordinationPlan, _Mapping]] = ..., cache_plan: _Optional[_Union[_performance_pb2.CachePlan, _Mapping]] = ..., rate_limits: _Optional[_Union[_performance_pb2.RateLimits, _Mapping]] = ...) -> None: ...

class PredictBatchRequest(_message.Message):
    __slots__ = ("requests",)
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    requests: _containers.RepeatedCompositeFieldContainer[PredictRequest]
    def __init__(self, requests: _Optional[_Iterable[_Union[PredictRequest, _Mapping]]] = ...) -> None: ...

class PredictBatchResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[PredictResult]
    def __init__(self, results: _Optional[_Iterable[_Union[PredictResult, _Mapping]]] = ...) -> None: ...

class PredictResult(_message.Message):
    __slots__ = ("response", "status")
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    response: PredictResponse
    status: _status_pb2.Status
    def __init__(self, response: _Optional[_Union[PredictResponse, _Mapping]] = ..., status: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class PredictStreamRequest(_message.Message):
    __slots__ = ("start", "item")
    START_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    start: PredictStreamStart
    item: PredictStreamItem
    def __init__(self, start: _Optional[_Union[PredictStreamStart, _Mapping]] = ..., item: _Optional[_Union[PredictStreamItem, _Mapping]] = ...) -> None: ...

class PredictStreamStart(_message.Message):
    __slots__ = ("model", "version", "options", "max_in_flight")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    MAX_IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    model: str
    version: str
    options: PredictOptions
    max_in_flight: int
    def __init__(self, model: _Optional[str] = ..., version: _Optional[str] = ..., options: _Optional[_Union[PredictOptions, _Mapping]] = ..., max_in_flight: _Optional[int] = ...) -> None: ...

class PredictStreamItem(_message.Message):
    __slots__ = ("correlation_id", "request")
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    correlation_id: int
    request: PredictRequest
    def __init__(self, correlation_id: _Optional[int] = ..., request: _Optional[_Union[PredictRequest, _Mapping]] = ...) -> None: ...

class PredictStreamResponse(_message.Message):
    __slots__ = ("result", "backoff", "draining")
    RESULT_FIELD_NUMBER: _ClassVar[int]
    BACKOFF_FIELD_NUMBER: _ClassVar[int]
    DRAINING_FIELD_NUMBER: _ClassVar[int]
    result: PredictStreamResult
    backoff: Backoff
    draining: Draining
    def __init__(self, result: _Optional[_Union[PredictStreamResult, _Mapping]] = ..., backoff: _Optional[_Union[Backoff, _Mapping]] = ..., draining: _Optional[_Union[Draining, _Mapping]] = ...) -> None: ...

class PredictStreamResult(_message.Message):
    __slots__ = ("correlation_id", "result")
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    correlation_id: int
    result: PredictResult
    def __init__(self, correlation_id: _Optional[int] = ..., result: _Optional[_Union[PredictResult, _Mapping]] = ...) -> None: ...

class Backoff(_message.Message):
    __slots__ = ("correlation_id", "retry_delay")
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    RETRY_DELAY_FIELD_NUMBER: _ClassVar[int]
    correlation_id: int
    retry_delay: _duration_pb2.Duration
    def __init__(self, correlation_id: _Optional[int] = ..., retry_delay: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class Draining(_message.Message):
    __slots__ = ("grace",)
    GRACE_FIELD_NUMBER: _ClassVar[int]
    grace: _duration_pb2.Duration
    def __init__(self, grace: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ValidateInputRequest(_message.Message):
    __slots__ = ("request",)
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    request: PredictRequest
    def __init__(self, request: _Optional[_Union[PredictRequest, _Mapping]] = ...) -> None: ...

class ValidateInputResponse(_message.Message):
    __slots__ = ("valid", "violations", "warnings", "ood_score")
    VALID_FIELD_NUMBER: _ClassVar[int]
    VIOLATIONS_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    OOD_SCORE_FIELD_NUMBER: _ClassVar[int]
    valid: bool
    violations: _containers.RepeatedCompositeFieldContainer[FieldViolation]
    warnings: _containers.RepeatedCompositeFieldContainer[RangeWarning]
    ood_score: float
    def __init__(self, valid: bool = ..., violations: _Optional[_Iterable[_Union[FieldViolation, _Mapping]]] = ..., warnings: _Optional[_Iterable[_Union[RangeWarning, _Mapping]]] = ..., ood_score: _Optional[float] = ...) -> None: ...

class FieldViolation(_message.Message):
    __slots__ = ("field", "description")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    field: str
    description: str
    def __init__(self, field: _Optional[str] = ..., description: _Optional[str] = ...) -> None: ...

class RangeWarning(_message.Message):
    __slots__ = ("feature", "value", "low", "high")
    FEATURE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    LOW_FIELD_NUMBER: _ClassVar[int]
    HIGH_FIELD_NUMBER: _ClassVar[int]
    feature: str
    value: float
    low: float
    high: float
    def __init__(self, feature: _Optional[str] = ..., value: _Optional[float] = ..., low: _Optional[float] = ..., high: _Optional[float] = ...) -> None: ...

class GetRuntimeRequest(_message.Message):
    __slots__ = ("min_revision",)
    MIN_REVISION_FIELD_NUMBER: _ClassVar[int]
    min_revision: int
    def __init__(self, min_revision: _Optional[int] = ...) -> None: ...

class GetRuntimeResponse(_message.Message):
    __slots__ = ("version", "start_time", "worker", "workers", "kernels", "platform", "config", "limits", "resident_bytes", "revision", "dropped_records")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    WORKER_FIELD_NUMBER: _ClassVar[int]
    WORKERS_FIELD_NUMBER: _ClassVar[int]
    KERNELS_FIELD_NUMBER: _ClassVar[int]
    PLATFORM_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    RESIDENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    DROPPED_RECORDS_FIELD_NUMBER: _ClassVar[int]
    version: str
    start_time: _timestamp_pb2.Timestamp
    worker: int
    workers: int
    kernels: Kernels
    platform: Platform
    config: RuntimeConfig
    limits: Limits
    resident_bytes: int
    revision: int
    dropped_records: int
    def __init__(self, version: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., worker: _Optional[int] = ..., workers: _Optional[int] = ..., kernels: _Optional[_Union[Kernels, _Mapping]] = ..., platform: _Optional[_Union[Platform, _Mapping]] = ..., config: _Optional[_Union[RuntimeConfig, _Mapping]] = ..., limits: _Optional[_Union[Limits, _Mapping]] = ..., resident_bytes: _Optional[int] = ..., revision: _Optional[int] = ..., dropped_records: _Optional[int] = ...) -> None: ...

class Kernels(_message.Message):
    __slots__ = ("level", "built", "supported", "names", "compiled")
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    BUILT_FIELD_NUMBER: _ClassVar[int]
    SUPPORTED_FIELD_NUMBER: _ClassVar[int]
    NAMES_FIELD_NUMBER: _ClassVar[int]
    COMPILED_FIELD_NUMBER: _ClassVar[int]
    level: str
    built: _containers.RepeatedScalarFieldContainer[str]
    supported: _containers.RepeatedScalarFieldContainer[str]
    names: _containers.RepeatedScalarFieldContainer[str]
    compiled: bool
    def __init__(self, level: _Optional[str] = ..., built: _Optional[_Iterable[str]] = ..., supported: _Optional[_Iterable[str]] = ..., names: _Optional[_Iterable[str]] = ..., compiled: bool = ...) -> None: ...

class Platform(_message.Message):
    __slots__ = ("machine", "processors", "cpu_features", "python_version", "numpy_version")
    MACHINE_FIELD_NUMBER: _ClassVar[int]
    PROCESSORS_FIELD_NUMBER: _ClassVar[int]
    CPU_FEATURES_FIELD_NUMBER: _ClassVar[int]
    PYTHON_VERSION_FIELD_NUMBER: _ClassVar[int]
    NUMPY_VERSION_FIELD_NUMBER: _ClassVar[int]
    machine: str
    processors: int
    cpu_features: _containers.RepeatedScalarFieldContainer[str]
    python_version: str
    numpy_version: str
    def __init__(self, machine: _Optional[str] = ..., processors: _Optional[int] = ..., cpu_features: _Optional[_Iterable[str]] = ..., python_version: _Optional[str] = ..., numpy_version: _Optional[str] = ...) -> None: ...

class Limits(_message.Message):
    __slots__ = ("message_bytes", "calls_in_flight", "streams", "batch_items", "stream_window", "default_deadline", "stream_idle")
    MESSAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    CALLS_IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    STREAMS_FIELD_NUMBER: _ClassVar[int]
    BATCH_ITEMS_FIELD_NUMBER: _ClassVar[int]
    STREAM_WINDOW_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_DEADLINE_FIELD_NUMBER: _ClassVar[int]
    STREAM_IDLE_FIELD_NUMBER: _ClassVar[int]
    message_bytes: int
    calls_in_flight: int
    streams: int
    batch_items: int
    stream_window: int
    default_deadline: _duration_pb2.Duration
    stream_idle: _duration_pb2.Duration
    def __init__(self, message_bytes: _Optional[int] = ..., calls_in_flight: _Optional[int] = ..., streams: _Optional[int] = ..., batch_items: _Optional[int] = ..., stream_window: _Optional[int] = ..., default_deadline: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., stream_idle: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class BenchmarkRequest(_message.Message):
    __slots__ = ("model", "iterations", "rounds", "batch_size", "backends", "inputs")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    ITERATIONS_FIELD_NUMBER: _ClassVar[int]
    ROUNDS_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    BACKENDS_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    model: str
    iterations: int
    rounds: int
    batch_size: int
    backends: _containers.RepeatedScalarFieldContainer[Backend]
    inputs: _containers.RepeatedCompositeFieldContainer[PredictRequest]
    def __init__(self, model: _Optional[str] = ..., iterations: _Optional[int] = ..., rounds: _Optional[int] = ..., batch_size: _Optional[int] = ..., backends: _Optional[_Iterable[_Union[Backend, str]]] = ..., inputs: _Optional[_Iterable[_Union[PredictRequest, _Mapping]]] = ...) -> None: ...

class BenchmarkResponse(_message.Message):
    __slots__ = ("round", "summary")
    ROUND_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    round: BenchmarkRound
    summary: BenchmarkSummary
    def __init__(self, round: _Optional[_Union[BenchmarkRound, _Mapping]] = ..., summary: _Optional[_Union[BenchmarkSummary, _Mapping]] = ...) -> None: ...

class BenchmarkRound(_message.Message):
    __slots__ = ("round", "backend", "timing")
    ROUND_FIELD_NUMBER: _ClassVar[int]
    BACKEND_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    round: int
    backend: Backend
    timing: Timing
    def __init__(self, round: _Optional[int] = ..., backend: _Optional[_Union[Backend, str]] = ..., timing: _Optional[_Union[Timing, _Mapping]] = ...) -> None: ...

class BenchmarkSummary(_message.Message):
    __slots__ = ("model", "version", "level", "backends", "resident_bytes")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    BACKENDS_FIELD_NUMBER: _ClassVar[int]
    RESIDENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    model: str
    version: str
    level: str
    backends: _containers.RepeatedCompositeFieldContainer[BackendTiming]
    resident_bytes: int
    def __init__(self, model: _Optional[str] = ..., version: _Optional[str] = ..., level: _Optional[str] = ..., backends: _Optional[_Iterable[_Union[BackendTiming, _Mapping]]] = ..., resident_bytes: _Optional[int] = ...) -> None: ...

class BackendTiming(_message.Message):
    __slots__ = ("backend", "timing", "ratio")
    BACKEND_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    RATIO_FIELD_NUMBER: _ClassVar[int]
    backend: Backend
    timing: Timing
    ratio: float
    def __init__(self, backend: _Optional[_Union[Backend, str]] = ..., timing: _Optional[_Union[Timing, _Mapping]] = ..., ratio: _Optional[float] = ...) -> None: ...

class Timing(_message.Message):
    __slots__ = ("n", "p50", "p95", "p99", "items_per_s")
    N_FIELD_NUMBER: _ClassVar[int]
    P50_FIELD_NUMBER: _ClassVar[int]
    P95_FIELD_NUMBER: _ClassVar[int]
    P99_FIELD_NUMBER: _ClassVar[int]
    ITEMS_PER_S_FIELD_NUMBER: _ClassVar[int]
    n: int
    p50: _duration_pb2.Duration
    p95: _duration_pb2.Duration
    p99: _duration_pb2.Duration
    items_per_s: float
    def __init__(self, n: _Optional[int] = ..., p50: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., p95: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., p99: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., items_per_s: _Optional[float] = ...) -> None: ...

class EnsembleRequest(_message.Message):
    __slots__ = ("models", "request", "members", "voting", "threshold", "examples", "namespace", "min_revision")
    MODELS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    VOTING_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    MIN_REVISION_FIELD_NUMBER: _ClassVar[int]
    models: _containers.RepeatedScalarFieldContainer[str]
    request: PredictRequest
    members: _containers.RepeatedCompositeFieldContainer[PredictRequest]
    voting: _ensemble_pb2.Voting
    threshold: float
    examples: _containers.RepeatedCompositeFieldContainer[EnsembleExample]
    namespace: str
    min_revision: int
    def __init__(self, models: _Optional[_Iterable[str]] = ..., request: _Optional[_Union[PredictRequest, _Mapping]] = ..., members: _Optional[_Iterable[_Union[PredictRequest, _Mapping]]] = ..., voting: _Optional[_Union[_ensemble_pb2.Voting, str]] = ..., threshold: _Optional[float] = ..., examples: _Optional[_Iterable[_Union[EnsembleExample, _Mapping]]] = ..., namespace: _Optional[str] = ..., min_revision: _Optional[int] = ...) -> None: ...

class EnsembleExample(_message.Message):
    __slots__ = ("inputs", "votes", "outcome")
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    VOTES_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    inputs: _containers.RepeatedCompositeFieldContainer[PredictRequest]
    votes: _containers.RepeatedCompositeFieldContainer[_ensemble_pb2.MemberVote]
    outcome: str
    def __init__(self, inputs: _Optional[_Iterable[_Union[PredictRequest, _Mapping]]] = ..., votes: _Optional[_Iterable[_Union[_ensemble_pb2.MemberVote, _Mapping]]] = ..., outcome: _Optional[str] = ...) -> None: ...

class DetectDriftRequest(_message.Message):
    __slots__ = ("model", "version", "window", "recorded", "baseline", "baseline_inputs", "return_baseline", "namespace", "min_revision")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    RECORDED_FIELD_NUMBER: _ClassVar[int]
    BASELINE_FIELD_NUMBER: _ClassVar[int]
    BASELINE_INPUTS_FIELD_NUMBER: _ClassVar[int]
    RETURN_BASELINE_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    MIN_REVISION_FIELD_NUMBER: _ClassVar[int]
    model: str
    version: str
    window: _containers.RepeatedCompositeFieldContainer[PredictRequest]
    recorded: int
    baseline: _drift_pb2.DriftBaseline
    baseline_inputs: _containers.RepeatedCompositeFieldContainer[PredictRequest]
    return_baseline: bool
    namespace: str
    min_revision: int
    def __init__(self, model: _Optional[str] = ..., version: _Optional[str] = ..., window: _Optional[_Iterable[_Union[PredictRequest, _Mapping]]] = ..., recorded: _Optional[int] = ..., baseline: _Optional[_Union[_drift_pb2.DriftBaseline, _Mapping]] = ..., baseline_inputs: _Optional[_Iterable[_Union[PredictRequest, _Mapping]]] = ..., return_baseline: bool = ..., namespace: _Optional[str] = ..., min_revision: _Optional[int] = ...) -> None: ...
