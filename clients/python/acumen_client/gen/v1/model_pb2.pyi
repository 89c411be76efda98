from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ModelCategory(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MODEL_CATEGORY_UNSPECIFIED: _ClassVar[ModelCategory]
    MODEL_CATEGORY_COGNITIVE: _ClassVar[ModelCategory]
    MODEL_CATEGORY_COORDINATION: _ClassVar[ModelCategory]
    MODEL_CATEGORY_PERFORMANCE: _ClassVar[ModelCategory]
    MODEL_CATEGORY_SPECIALISED: _ClassVar[ModelCategory]
    MODEL_CATEGORY_REFERENCE: _ClassVar[ModelCategory]

class ModelState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MODEL_STATE_UNSPECIFIED: _ClassVar[ModelState]
    MODEL_STATE_AVAILABLE: _ClassVar[ModelState]
    MODEL_STATE_LOADED: _ClassVar[ModelState]
    MODEL_STATE_UNLOADED: _ClassVar[ModelState]
    MODEL_STATE_UNTRAINED: _ClassVar[ModelState]
MODEL_CATEGORY_UNSPECIFIED: ModelCategory
MODEL_CATEGORY_COGNITIVE: ModelCategory
MODEL_CATEGORY_COORDINATION: ModelCategory
MODEL_CATEGORY_PERFORMANCE: ModelCategory
MODEL_CATEGORY_SPECIALISED: ModelCategory
MODEL_CATEGORY_REFERENCE: ModelCategory
MODEL_STATE_UNSPECIFIED: ModelState
MODEL_STATE_AVAILABLE: ModelState
MODEL_STATE_LOADED: ModelState
MODEL_STATE_UNLOADED: ModelState
MODEL_STATE_UNTRAINED: ModelState

class Model(_message.Message):
    __slots__ = ("name", "version", "category", "state", "input_field", "output_field", "summary", "weights_sha256", "memory", "usage")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_SHA256_FIELD_NUMBER: _ClassVar[int]
    MEMORY_FIELD_NUMBER: _ClassVar[int]
    USAGE_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: str
    category: ModelCategory
    state: ModelState
    input_field: str
    output_field: str
    summary: str
    weights_sha256: str
    memory: ModelMemory
    usage: ModelUsage
    def __init__(self, name: _Optional[str] = ..., version: _Optional[str] = ..., category: _Optional[_Union[ModelCategory, str]] = ..., state: _Optional[_Union[ModelState, str]] = ..., input_field: _Optional[str] = ..., output_field: _Optional[str] = ..., summary: _Optional[str] = ..., weights_sha256: _Optional[str] = ..., memory: _Optional[_Union[ModelMemory, _Mapping]] = ..., usage: _Optional[_Union[ModelUsage, _Mapping]] = ...) -> None: ...

class ModelMemory(_message.Message):
    __slots__ = ("weights_bytes", "reference_bytes")
    WEIGHTS_BYTES_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_BYTES_FIELD_NUMBER: _ClassVar[int]
    weights_bytes: int
    reference_bytes: int
    def __init__(self, weights_bytes: _Optional[int] = ..., reference_bytes: _Optional[int] = ...) -> None: ...

class ModelUsage(_message.Message):
    __slots__ = ("inferences", "failures", "p50", "p95", "p99", "cache_hits", "cache_misses")
    INFERENCES_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    P50_FIELD_NUMBER: _ClassVar[int]
    P95_FIELD_NUMBER: _ClassVar[int]
    P99_FIELD_NUMBER: _ClassVar[int]
    CACHE_HITS_FIELD_NUMBER: _ClassVar[int]
    CACHE_MISSES_FIELD_NUMBER: _ClassVar[int]
    inferences: int
    failures: int
    p50: _duration_pb2.Duration
    p95: _duration_pb2.Duration
    p99: _duration_pb2.Duration
    cache_hits: int
    cache_misses: int
    def __init__(self, inferences: _Optional[int] = ..., failures: _Optional[int] = ..., p50: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., p95: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., p99: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., cache_hits: _Optional[int] = ..., cache_misses: _Optional[int] = ...) -> None: ...

class Card(_message.Message):
    __slots__ = ("confidence_event", "alternative_measure", "layer_groups", "parameters", "recipe_sha256", "suites", "limits", "training_data", "model", "version", "weights_sha256", "seed", "family", "base_sha256", "dataset_id", "golden")
    CONFIDENCE_EVENT_FIELD_NUMBER: _ClassVar[int]
    ALTERNATIVE_MEASURE_FIELD_NUMBER: _ClassVar[int]
    LAYER_GROUPS_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    RECIPE_SHA256_FIELD_NUMBER: _ClassVar[int]
    SUITES_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    TRAINING_DATA_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_SHA256_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    FAMILY_FIELD_NUMBER: _ClassVar[int]
    BASE_SHA256_FIELD_NUMBER: _ClassVar[int]
    DATASET_ID_FIELD_NUMBER: _ClassVar[int]
    GOLDEN_FIELD_NUMBER: _ClassVar[int]
    confidence_event: str
    alternative_measure: str
    layer_groups: _containers.RepeatedScalarFieldContainer[str]
    parameters: int
    recipe_sha256: str
    suites: _containers.RepeatedCompositeFieldContainer[Suite]
    limits: _containers.RepeatedScalarFieldContainer[str]
    training_data: str
    model: str
    version: str
    weights_sha256: str
    seed: int
    family: str
    base_sha256: str
    dataset_id: str
    golden: _containers.RepeatedCompositeFieldContainer[GoldenAnswer]
    def __init__(self, confidence_event: _Optional[str] = ..., alternative_measure: _Optional[str] = ..., layer_groups: _Optional[_Iterable[str]] = ..., parameters: _Optional[int] = ..., recipe_sha256: _Optional[str] = ..., suites: _Optional[_Iterable[_Union[Suite, _Mapping]]] = ..., limits: _Optional[_Iterable[str]] = ..., training_data: _Optional[str] = ..., model: _Optional[str] = ..., version: _Optional[str] = ..., weights_sha256: _Optional[str] = ..., seed: _Optional[int] = ..., family: _Optional[str] = ..., base_sha256: _Optional[str] = ..., dataset_id: _Optional[str] = ..., golden: _Optional[_Iterable[_Union[GoldenAnswer, _Mapping]]] = ...) -> None: ...

class GoldenAnswer(_message.Message):
    __slots__ = ("choice", "p")
    CHOICE_FIELD_NUMBER: _ClassVar[int]
    P_FIELD_NUMBER: _ClassVar[int]
    choice: str
    p: float
    def __init__(self, choice: _Optional[str] = ..., p: _Optional[float] = ...) -> None: ...

class Suite(_message.Message):
    __slots__ = ("name", "n", "measures", "data")
    NAME_FIELD_NUMBER: _ClassVar[int]
    N_FIELD_NUMBER: _ClassVar[int]
    MEASURES_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    name: str
    n: int
    measures: _containers.RepeatedCompositeFieldContainer[Measure]
    data: str
    def __init__(self, name: _Optional[str] = ..., n: _Optional[int] = ..., measures: _Optional[_Iterable[_Union[Measure, _Mapping]]] = ..., data: _Optional[str] = ...) -> None: ...

class Measure(_message.Message):
    __slots__ = ("name", "value", "ci_low", "ci_high", "baselines", "target", "met")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    CI_LOW_FIELD_NUMBER: _ClassVar[int]
    CI_HIGH_FIELD_NUMBER: _ClassVar[int]
    BASELINES_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    MET_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: float
    ci_low: float
    ci_high: float
    baselines: _containers.RepeatedCompositeFieldContainer[Baseline]
    target: float
    met: bool
    def __init__(self, name: _Optional[str] = ..., value: _Optional[float] = ..., ci_low: _Optional[float] = ..., ci_high: _Optional[float] = ..., baselines: _Optional[_Iterable[_Union[Baseline, _Mapping]]] = ..., target: _Optional[float] = ..., met: bool = ...) -> None: ...

class Baseline(_message.Message):
    __slots__ = ("name", "value", "role")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: float
    role: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[float] = ..., role: _Optional[str] = ...) -> None: ...

class OutcomeStatistics(_message.Message):
    __slots__ = ("outcomes", "accuracy", "mean_confidence", "brier", "recent_accuracy", "drift_alarm")
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    ACCURACY_FIELD_NUMBER: _ClassVar[int]
    MEAN_CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    BRIER_FIELD_NUMBER: _ClassVar[int]
    RECENT_ACCURACY_FIELD_NUMBER: _ClassVar[int]
    DRIFT_ALARM_FIELD_NUMBER: _ClassVar[int]
    outcomes: int
    accuracy: float
    mean_confidence: float
    brier: float
    recent_accuracy: float
    drift_alarm: bool
    def __init__(self, outcomes: _Optional[int] = ..., accuracy: _Optional[float] = ..., mean_confidence: _Optional[float] = ..., brier: _Optional[float] = ..., recent_accuracy: _Optional[float] = ..., drift_alarm: bool = ...) -> None: ...
