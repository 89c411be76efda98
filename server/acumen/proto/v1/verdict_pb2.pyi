from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class VerdictKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VERDICT_KIND_UNSPECIFIED: _ClassVar[VerdictKind]
    VERDICT_KIND_RESPONSE: _ClassVar[VerdictKind]
    VERDICT_KIND_PAIR: _ClassVar[VerdictKind]
    VERDICT_KIND_TRAJECTORY: _ClassVar[VerdictKind]
VERDICT_KIND_UNSPECIFIED: VerdictKind
VERDICT_KIND_RESPONSE: VerdictKind
VERDICT_KIND_PAIR: VerdictKind
VERDICT_KIND_TRAJECTORY: VerdictKind

class Verdict(_message.Message):
    __slots__ = ("id", "create_time", "kind", "task", "subject", "score", "confidence", "rationale", "criteria", "breakage", "trajectory_id", "evidence")
    ID_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    RATIONALE_FIELD_NUMBER: _ClassVar[int]
    CRITERIA_FIELD_NUMBER: _ClassVar[int]
    BREAKAGE_FIELD_NUMBER: _ClassVar[int]
    TRAJECTORY_ID_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    id: str
    create_time: _timestamp_pb2.Timestamp
    kind: VerdictKind
    task: str
    subject: str
    score: float
    confidence: float
    rationale: str
    criteria: _containers.RepeatedCompositeFieldContainer[CriterionScore]
    breakage: Breakage
    trajectory_id: str
    evidence: _containers.RepeatedCompositeFieldContainer[Evidence]
    def __init__(self, id: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., kind: _Optional[_Union[VerdictKind, str]] = ..., task: _Optional[str] = ..., subject: _Optional[str] = ..., score: _Optional[float] = ..., confidence: _Optional[float] = ..., rationale: _Optional[str] = ..., criteria: _Optional[_Iterable[_Union[CriterionScore, _Mapping]]] = ..., breakage: _Optional[_Union[Breakage, _Mapping]] = ..., trajectory_id: _Optional[str] = ..., evidence: _Optional[_Iterable[_Union[Evidence, _Mapping]]] = ...) -> None: ...

class CriterionScore(_message.Message):
    __slots__ = ("name", "weight", "score", "confidence", "rationale", "evidence")
    NAME_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    RATIONALE_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    name: str
    weight: float
    score: float
    confidence: float
    rationale: str
    evidence: _containers.RepeatedCompositeFieldContainer[Evidence]
    def __init__(self, name: _Optional[str] = ..., weight: _Optional[float] = ..., score: _Optional[float] = ..., confidence: _Optional[float] = ..., rationale: _Optional[str] = ..., evidence: _Optional[_Iterable[_Union[Evidence, _Mapping]]] = ...) -> None: ...

class Evidence(_message.Message):
    __slots__ = ("kind", "quote", "step", "effect")
    KIND_FIELD_NUMBER: _ClassVar[int]
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    kind: str
    quote: str
    step: int
    effect: float
    def __init__(self, kind: _Optional[str] = ..., quote: _Optional[str] = ..., step: _Optional[int] = ..., effect: _Optional[float] = ...) -> None: ...

class Breakage(_message.Message):
    __slots__ = ("step", "agent")
    STEP_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    step: int
    agent: str
    def __init__(self, step: _Optional[int] = ..., agent: _Optional[str] = ...) -> None: ...
