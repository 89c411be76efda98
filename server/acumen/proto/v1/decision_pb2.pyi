from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Source(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SOURCE_UNSPECIFIED: _ClassVar[Source]
    SOURCE_NETWORK: _ClassVar[Source]
    SOURCE_HEURISTIC: _ClassVar[Source]

class ReasonKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REASON_KIND_UNSPECIFIED: _ClassVar[ReasonKind]
    REASON_KIND_CERTIFICATE: _ClassVar[ReasonKind]
    REASON_KIND_ATTRIBUTION: _ClassVar[ReasonKind]
    REASON_KIND_EXEMPLAR: _ClassVar[ReasonKind]
    REASON_KIND_COUNTERFACTUAL: _ClassVar[ReasonKind]

class ExplainLevel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXPLAIN_LEVEL_UNSPECIFIED: _ClassVar[ExplainLevel]
    EXPLAIN_LEVEL_NONE: _ClassVar[ExplainLevel]
    EXPLAIN_LEVEL_CERTIFICATE: _ClassVar[ExplainLevel]
    EXPLAIN_LEVEL_FULL: _ClassVar[ExplainLevel]

class RecordMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RECORD_MODE_UNSPECIFIED: _ClassVar[RecordMode]
    RECORD_MODE_ON: _ClassVar[RecordMode]
    RECORD_MODE_OFF: _ClassVar[RecordMode]
SOURCE_UNSPECIFIED: Source
SOURCE_NETWORK: Source
SOURCE_HEURISTIC: Source
REASON_KIND_UNSPECIFIED: ReasonKind
REASON_KIND_CERTIFICATE: ReasonKind
REASON_KIND_ATTRIBUTION: ReasonKind
REASON_KIND_EXEMPLAR: ReasonKind
REASON_KIND_COUNTERFACTUAL: ReasonKind
EXPLAIN_LEVEL_UNSPECIFIED: ExplainLevel
EXPLAIN_LEVEL_NONE: ExplainLevel
EXPLAIN_LEVEL_CERTIFICATE: ExplainLevel
EXPLAIN_LEVEL_FULL: ExplainLevel
RECORD_MODE_UNSPECIFIED: RecordMode
RECORD_MODE_ON: RecordMode
RECORD_MODE_OFF: RecordMode

class Decision(_message.Message):
    __slots__ = ("prediction_id", "model", "version", "weights_sha256", "confidence", "ood_score", "abstained", "source", "alternatives", "reasons", "inference_time", "explain_time")
    PREDICTION_ID_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_SHA256_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    OOD_SCORE_FIELD_NUMBER: _ClassVar[int]
    ABSTAINED_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    ALTERNATIVES_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    INFERENCE_TIME_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_TIME_FIELD_NUMBER: _ClassVar[int]
    prediction_id: str
    model: str
    version: str
    weights_sha256: str
    confidence: Confidence
    ood_score: float
    abstained: bool
    source: Source
    alternatives: _containers.RepeatedCompositeFieldContainer[Alternative]
    reasons: _containers.RepeatedCompositeFieldContainer[Reason]
    inference_time: _duration_pb2.Duration
    explain_time: _duration_pb2.Duration
    def __init__(self, prediction_id: _Optional[str] = ..., model: _Optional[str] = ..., version: _Optional[str] = ..., weights_sha256: _Optional[str] = ..., confidence: _Optional[_Union[Confidence, _Mapping]] = ..., ood_score: _Optional[float] = ..., abstained: bool = ..., source: _Optional[_Union[Source, str]] = ..., alternatives: _Optional[_Iterable[_Union[Alternative, _Mapping]]] = ..., reasons: _Optional[_Iterable[_Union[Reason, _Mapping]]] = ..., inference_time: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., explain_time: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class Confidence(_message.Message):
    __slots__ = ("p", "event", "calibrated")
    P_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    CALIBRATED_FIELD_NUMBER: _ClassVar[int]
    p: float
    event: str
    calibrated: bool
    def __init__(self, p: _Optional[float] = ..., event: _Optional[str] = ..., calibrated: bool = ...) -> None: ...

class Alternative(_message.Message):
    __slots__ = ("option", "value")
    OPTION_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    option: str
    value: float
    def __init__(self, option: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...

class Reason(_message.Message):
    __slots__ = ("kind", "text", "field_path", "value", "effect")
    KIND_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    FIELD_PATH_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    kind: ReasonKind
    text: str
    field_path: str
    value: float
    effect: float
    def __init__(self, kind: _Optional[_Union[ReasonKind, str]] = ..., text: _Optional[str] = ..., field_path: _Optional[str] = ..., value: _Optional[float] = ..., effect: _Optional[float] = ...) -> None: ...
