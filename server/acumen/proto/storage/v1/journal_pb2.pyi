from acumen.proto.storage.v1 import bank_pb2 as _bank_pb2
from acumen.proto.storage.v1 import training_pb2 as _training_pb2
from acumen.proto.v1 import neural_pb2 as _neural_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class JournalEntry(_message.Message):
    __slots__ = ("model_loaded", "model_unloaded", "config_updated", "outcome_recorded", "lease_taken", "training_job_written", "training_events_added", "version_added", "version_served", "version_deleted", "patterns_written", "patterns_deleted", "purged", "patterns_used", "verdict_given", "trajectories_kept", "consolidated", "unmerged", "tier_changed", "reembedded", "restored", "patterns_tested")
    MODEL_LOADED_FIELD_NUMBER: _ClassVar[int]
    MODEL_UNLOADED_FIELD_NUMBER: _ClassVar[int]
    CONFIG_UPDATED_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_RECORDED_FIELD_NUMBER: _ClassVar[int]
    LEASE_TAKEN_FIELD_NUMBER: _ClassVar[int]
    TRAINING_JOB_WRITTEN_FIELD_NUMBER: _ClassVar[int]
    TRAINING_EVENTS_ADDED_FIELD_NUMBER: _ClassVar[int]
    VERSION_ADDED_FIELD_NUMBER: _ClassVar[int]
    VERSION_SERVED_FIELD_NUMBER: _ClassVar[int]
    VERSION_DELETED_FIELD_NUMBER: _ClassVar[int]
    PATTERNS_WRITTEN_FIELD_NUMBER: _ClassVar[int]
    PATTERNS_DELETED_FIELD_NUMBER: _ClassVar[int]
    PURGED_FIELD_NUMBER: _ClassVar[int]
    PATTERNS_USED_FIELD_NUMBER: _ClassVar[int]
    VERDICT_GIVEN_FIELD_NUMBER: _ClassVar[int]
    TRAJECTORIES_KEPT_FIELD_NUMBER: _ClassVar[int]
    CONSOLIDATED_FIELD_NUMBER: _ClassVar[int]
    UNMERGED_FIELD_NUMBER: _ClassVar[int]
    TIER_CHANGED_FIELD_NUMBER: _ClassVar[int]
    REEMBEDDED_FIELD_NUMBER: _ClassVar[int]
    RESTORED_FIELD_NUMBER: _ClassVar[int]
    PATTERNS_TESTED_FIELD_NUMBER: _ClassVar[int]
    model_loaded: ModelLoaded
    model_unloaded: ModelUnloaded
    config_updated: ConfigUpdated
    outcome_recorded: OutcomeRecorded
    lease_taken: LeaseTaken
    training_job_written: _training_pb2.TrainingJobWritten
    training_events_added: _training_pb2.TrainingEventsAdded
    version_added: _training_pb2.VersionAdded
    version_served: _training_pb2.VersionServed
    version_deleted: _training_pb2.VersionDeleted
    patterns_written: _bank_pb2.PatternsWritten
    patterns_deleted: _bank_pb2.PatternsDeleted
    purged: _bank_pb2.Purged
    patterns_used: _bank_pb2.PatternsUsed
    verdict_given: _bank_pb2.VerdictGiven
    trajectories_kept: _bank_pb2.TrajectoriesKept
    consolidated: _bank_pb2.Consolidated
    unmerged: _bank_pb2.Unmerged
    tier_changed: _bank_pb2.TierChanged
    reembedded: _bank_pb2.Reembedded
    restored: _bank_pb2.Restored
    patterns_tested: _bank_pb2.PatternsTested
    def __init__(self, model_loaded: _Optional[_Union[ModelLoaded, _Mapping]] = ..., model_unloaded: _Optional[_Union[ModelUnloaded, _Mapping]] = ..., config_updated: _Optional[_Union[ConfigUpdated, _Mapping]] = ..., outcome_recorded: _Optional[_Union[OutcomeRecorded, _Mapping]] = ..., lease_taken: _Optional[_Union[LeaseTaken, _Mapping]] = ..., training_job_written: _Optional[_Union[_training_pb2.TrainingJobWritten, _Mapping]] = ..., training_events_added: _Optional[_Union[_training_pb2.TrainingEventsAdded, _Mapping]] = ..., version_added: _Optional[_Union[_training_pb2.VersionAdded, _Mapping]] = ..., version_served: _Optional[_Union[_training_pb2.VersionServed, _Mapping]] = ..., version_deleted: _Optional[_Union[_training_pb2.VersionDeleted, _Mapping]] = ..., patterns_written: _Optional[_Union[_bank_pb2.PatternsWritten, _Mapping]] = ..., patterns_deleted: _Optional[_Union[_bank_pb2.PatternsDeleted, _Mapping]] = ..., purged: _Optional[_Union[_bank_pb2.Purged, _Mapping]] = ..., patterns_used: _Optional[_Union[_bank_pb2.PatternsUsed, _Mapping]] = ..., verdict_given: _Optional[_Union[_bank_pb2.VerdictGiven, _Mapping]] = ..., trajectories_kept: _Optional[_Union[_bank_pb2.TrajectoriesKept, _Mapping]] = ..., consolidated: _Optional[_Union[_bank_pb2.Consolidated, _Mapping]] = ..., unmerged: _Optional[_Union[_bank_pb2.Unmerged, _Mapping]] = ..., tier_changed: _Optional[_Union[_bank_pb2.TierChanged, _Mapping]] = ..., reembedded: _Optional[_Union[_bank_pb2.Reembedded, _Mapping]] = ..., restored: _Optional[_Union[_bank_pb2.Restored, _Mapping]] = ..., patterns_tested: _Optional[_Union[_bank_pb2.PatternsTested, _Mapping]] = ...) -> None: ...

class ModelLoaded(_message.Message):
    __slots__ = ("model", "version")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    model: str
    version: str
    def __init__(self, model: _Optional[str] = ..., version: _Optional[str] = ...) -> None: ...

class ModelUnloaded(_message.Message):
    __slots__ = ("model",)
    MODEL_FIELD_NUMBER: _ClassVar[int]
    model: str
    def __init__(self, model: _Optional[str] = ...) -> None: ...

class ConfigUpdated(_message.Message):
    __slots__ = ("config", "paths")
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    PATHS_FIELD_NUMBER: _ClassVar[int]
    config: _neural_pb2.RuntimeConfig
    paths: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, config: _Optional[_Union[_neural_pb2.RuntimeConfig, _Mapping]] = ..., paths: _Optional[_Iterable[str]] = ...) -> None: ...

class OutcomeRecorded(_message.Message):
    __slots__ = ("prediction_id", "namespace", "model", "p", "event_happened", "previous")
    PREDICTION_ID_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    P_FIELD_NUMBER: _ClassVar[int]
    EVENT_HAPPENED_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_FIELD_NUMBER: _ClassVar[int]
    prediction_id: str
    namespace: str
    model: str
    p: float
    event_happened: bool
    previous: bool
    def __init__(self, prediction_id: _Optional[str] = ..., namespace: _Optional[str] = ..., model: _Optional[str] = ..., p: _Optional[float] = ..., event_happened: bool = ..., previous: bool = ...) -> None: ...

class LeaseTaken(_message.Message):
    __slots__ = ("name", "holder", "fencing")
    NAME_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    FENCING_FIELD_NUMBER: _ClassVar[int]
    name: str
    holder: str
    fencing: int
    def __init__(self, name: _Optional[str] = ..., holder: _Optional[str] = ..., fencing: _Optional[int] = ...) -> None: ...

class ModelsImage(_message.Message):
    __slots__ = ("loaded", "unloaded", "config", "outcomes", "training")
    LOADED_FIELD_NUMBER: _ClassVar[int]
    UNLOADED_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    TRAINING_FIELD_NUMBER: _ClassVar[int]
    loaded: _containers.RepeatedScalarFieldContainer[str]
    unloaded: _containers.RepeatedScalarFieldContainer[str]
    config: ConfigUpdated
    outcomes: _containers.RepeatedCompositeFieldContainer[OutcomesImage]
    training: _training_pb2.TrainingImage
    def __init__(self, loaded: _Optional[_Iterable[str]] = ..., unloaded: _Optional[_Iterable[str]] = ..., config: _Optional[_Union[ConfigUpdated, _Mapping]] = ..., outcomes: _Optional[_Iterable[_Union[OutcomesImage, _Mapping]]] = ..., training: _Optional[_Union[_training_pb2.TrainingImage, _Mapping]] = ...) -> None: ...

class OutcomesImage(_message.Message):
    __slots__ = ("namespace", "model", "count", "happened", "confidence", "squared_error", "recent", "drift_count", "drift_mean", "drift_total", "drift_lowest")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    HAPPENED_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    SQUARED_ERROR_FIELD_NUMBER: _ClassVar[int]
    RECENT_FIELD_NUMBER: _ClassVar[int]
    DRIFT_COUNT_FIELD_NUMBER: _ClassVar[int]
    DRIFT_MEAN_FIELD_NUMBER: _ClassVar[int]
    DRIFT_TOTAL_FIELD_NUMBER: _ClassVar[int]
    DRIFT_LOWEST_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    model: str
    count: int
    happened: int
    confidence: float
    squared_error: float
    recent: _containers.RepeatedScalarFieldContainer[bool]
    drift_count: int
    drift_mean: float
    drift_total: float
    drift_lowest: float
    def __init__(self, namespace: _Optional[str] = ..., model: _Optional[str] = ..., count: _Optional[int] = ..., happened: _Optional[int] = ..., confidence: _Optional[float] = ..., squared_error: _Optional[float] = ..., recent: _Optional[_Iterable[bool]] = ..., drift_count: _Optional[int] = ..., drift_mean: _Optional[float] = ..., drift_total: _Optional[float] = ..., drift_lowest: _Optional[float] = ...) -> None: ...
