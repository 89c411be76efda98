from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Polarity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    POLARITY_UNSPECIFIED: _ClassVar[Polarity]
    POLARITY_STRATEGY: _ClassVar[Polarity]
    POLARITY_GUARDRAIL: _ClassVar[Polarity]

class PatternState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PATTERN_STATE_UNSPECIFIED: _ClassVar[PatternState]
    PATTERN_STATE_PENDING: _ClassVar[PatternState]
    PATTERN_STATE_ACTIVE: _ClassVar[PatternState]
    PATTERN_STATE_SUPERSEDED: _ClassVar[PatternState]
    PATTERN_STATE_DEMOTED: _ClassVar[PatternState]
POLARITY_UNSPECIFIED: Polarity
POLARITY_STRATEGY: Polarity
POLARITY_GUARDRAIL: Polarity
PATTERN_STATE_UNSPECIFIED: PatternState
PATTERN_STATE_PENDING: PatternState
PATTERN_STATE_ACTIVE: PatternState
PATTERN_STATE_SUPERSEDED: PatternState
PATTERN_STATE_DEMOTED: PatternState

class Pattern(_message.Message):
    __slots__ = ("id", "title", "context", "actions", "content", "polarity", "state", "tags", "sources", "subject", "create_time", "expire_time", "supersedes", "superseded_by", "contradicts", "statistics", "embedder", "revision", "vector", "merged_sources", "owners", "merged_owners")
    ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    POLARITY_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    SUPERSEDES_FIELD_NUMBER: _ClassVar[int]
    SUPERSEDED_BY_FIELD_NUMBER: _ClassVar[int]
    CONTRADICTS_FIELD_NUMBER: _ClassVar[int]
    STATISTICS_FIELD_NUMBER: _ClassVar[int]
    EMBEDDER_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FIELD_NUMBER: _ClassVar[int]
    MERGED_SOURCES_FIELD_NUMBER: _ClassVar[int]
    OWNERS_FIELD_NUMBER: _ClassVar[int]
    MERGED_OWNERS_FIELD_NUMBER: _ClassVar[int]
    id: str
    title: str
    context: str
    actions: _containers.RepeatedScalarFieldContainer[str]
    content: str
    polarity: Polarity
    state: PatternState
    tags: _containers.RepeatedScalarFieldContainer[str]
    sources: _containers.RepeatedScalarFieldContainer[str]
    subject: str
    create_time: _timestamp_pb2.Timestamp
    expire_time: _timestamp_pb2.Timestamp
    supersedes: _containers.RepeatedScalarFieldContainer[str]
    superseded_by: str
    contradicts: _containers.RepeatedScalarFieldContainer[str]
    statistics: PatternStatistics
    embedder: str
    revision: int
    vector: Vector
    merged_sources: int
    owners: bytes
    merged_owners: int
    def __init__(self, id: _Optional[str] = ..., title: _Optional[str] = ..., context: _Optional[str] = ..., actions: _Optional[_Iterable[str]] = ..., content: _Optional[str] = ..., polarity: _Optional[_Union[Polarity, str]] = ..., state: _Optional[_Union[PatternState, str]] = ..., tags: _Optional[_Iterable[str]] = ..., sources: _Optional[_Iterable[str]] = ..., subject: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., supersedes: _Optional[_Iterable[str]] = ..., superseded_by: _Optional[str] = ..., contradicts: _Optional[_Iterable[str]] = ..., statistics: _Optional[_Union[PatternStatistics, _Mapping]] = ..., embedder: _Optional[str] = ..., revision: _Optional[int] = ..., vector: _Optional[_Union[Vector, _Mapping]] = ..., merged_sources: _Optional[int] = ..., owners: _Optional[bytes] = ..., merged_owners: _Optional[int] = ...) -> None: ...

class PatternStatistics(_message.Message):
    __slots__ = ("successes", "failures", "usage_count", "success_rate", "last_used_time")
    SUCCESSES_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    USAGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    SUCCESS_RATE_FIELD_NUMBER: _ClassVar[int]
    LAST_USED_TIME_FIELD_NUMBER: _ClassVar[int]
    successes: float
    failures: float
    usage_count: int
    success_rate: float
    last_used_time: _timestamp_pb2.Timestamp
    def __init__(self, successes: _Optional[float] = ..., failures: _Optional[float] = ..., usage_count: _Optional[int] = ..., success_rate: _Optional[float] = ..., last_used_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Vector(_message.Message):
    __slots__ = ("floats", "f32")
    FLOATS_FIELD_NUMBER: _ClassVar[int]
    F32_FIELD_NUMBER: _ClassVar[int]
    floats: FloatVector
    f32: bytes
    def __init__(self, floats: _Optional[_Union[FloatVector, _Mapping]] = ..., f32: _Optional[bytes] = ...) -> None: ...

class FloatVector(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, values: _Optional[_Iterable[float]] = ...) -> None: ...

class PatternFilter(_message.Message):
    __slots__ = ("tags", "polarity", "states", "max_age", "min_success_rate", "subject")
    TAGS_FIELD_NUMBER: _ClassVar[int]
    POLARITY_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    MAX_AGE_FIELD_NUMBER: _ClassVar[int]
    MIN_SUCCESS_RATE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    tags: _containers.RepeatedScalarFieldContainer[str]
    polarity: Polarity
    states: _containers.RepeatedScalarFieldContainer[PatternState]
    max_age: _duration_pb2.Duration
    min_success_rate: float
    subject: str
    def __init__(self, tags: _Optional[_Iterable[str]] = ..., polarity: _Optional[_Union[Polarity, str]] = ..., states: _Optional[_Iterable[_Union[PatternState, str]]] = ..., max_age: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., min_success_rate: _Optional[float] = ..., subject: _Optional[str] = ...) -> None: ...
