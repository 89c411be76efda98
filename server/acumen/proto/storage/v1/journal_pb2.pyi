from acumen.proto.v1 import neural_pb2 as _neural_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class JournalEntry(_message.Message):
    __slots__ = ("model_loaded", "model_unloaded", "config_updated", "outcome_recorded")
    MODEL_LOADED_FIELD_NUMBER: _ClassVar[int]
    MODEL_UNLOADED_FIELD_NUMBER: _ClassVar[int]
    CONFIG_UPDATED_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_RECORDED_FIELD_NUMBER: _ClassVar[int]
    model_loaded: ModelLoaded
    model_unloaded: ModelUnloaded
    config_updated: ConfigUpdated
    outcome_recorded: OutcomeRecorded
    def __init__(self, model_loaded: _Optional[_Union[ModelLoaded, _Mapping]] = ..., model_unloaded: _Optional[_Union[ModelUnloaded, _Mapping]] = ..., config_updated: _Optional[_Union[ConfigUpdated, _Mapping]] = ..., outcome_recorded: _Optional[_Union[OutcomeRecorded, _Mapping]] = ...) -> None: ...

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
