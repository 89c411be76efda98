from acumen.proto.v1 import pattern_pb2 as _pattern_pb2
from acumen.proto.v1 import reasoning_bank_pb2 as _reasoning_bank_pb2
from acumen.proto.v1 import trajectory_pb2 as _trajectory_pb2
from acumen.proto.v1 import verdict_pb2 as _verdict_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PatternsWritten(_message.Message):
    __slots__ = ("namespace", "patterns", "embedder")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    PATTERNS_FIELD_NUMBER: _ClassVar[int]
    EMBEDDER_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    patterns: _containers.RepeatedCompositeFieldContainer[_pattern_pb2.Pattern]
    embedder: str
    def __init__(self, namespace: _Optional[str] = ..., patterns: _Optional[_Iterable[_Union[_pattern_pb2.Pattern, _Mapping]]] = ..., embedder: _Optional[str] = ...) -> None: ...

class PatternsDeleted(_message.Message):
    __slots__ = ("namespace", "ids")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, namespace: _Optional[str] = ..., ids: _Optional[_Iterable[str]] = ...) -> None: ...

class Purged(_message.Message):
    __slots__ = ("namespace", "subject_sha256", "ids")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_SHA256_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    subject_sha256: bytes
    ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, namespace: _Optional[str] = ..., subject_sha256: _Optional[bytes] = ..., ids: _Optional[_Iterable[str]] = ...) -> None: ...

class PatternsUsed(_message.Message):
    __slots__ = ("namespace", "shown", "reward", "time_ms")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SHOWN_FIELD_NUMBER: _ClassVar[int]
    REWARD_FIELD_NUMBER: _ClassVar[int]
    TIME_MS_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    shown: _containers.RepeatedCompositeFieldContainer[_reasoning_bank_pb2.ShownPattern]
    reward: float
    time_ms: int
    def __init__(self, namespace: _Optional[str] = ..., shown: _Optional[_Iterable[_Union[_reasoning_bank_pb2.ShownPattern, _Mapping]]] = ..., reward: _Optional[float] = ..., time_ms: _Optional[int] = ...) -> None: ...

class VerdictGiven(_message.Message):
    __slots__ = ("namespace", "verdict")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    verdict: _verdict_pb2.Verdict
    def __init__(self, namespace: _Optional[str] = ..., verdict: _Optional[_Union[_verdict_pb2.Verdict, _Mapping]] = ...) -> None: ...

class TrajectoriesKept(_message.Message):
    __slots__ = ("namespace", "trajectories")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    TRAJECTORIES_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    trajectories: _containers.RepeatedCompositeFieldContainer[KeptTrajectory]
    def __init__(self, namespace: _Optional[str] = ..., trajectories: _Optional[_Iterable[_Union[KeptTrajectory, _Mapping]]] = ...) -> None: ...

class KeptTrajectory(_message.Message):
    __slots__ = ("id", "rank", "task", "task_id", "moves", "success", "subject", "tags", "outcome", "effects", "names")
    ID_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    MOVES_FIELD_NUMBER: _ClassVar[int]
    SUCCESS_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    EFFECTS_FIELD_NUMBER: _ClassVar[int]
    NAMES_FIELD_NUMBER: _ClassVar[int]
    id: str
    rank: bytes
    task: str
    task_id: str
    moves: _containers.RepeatedCompositeFieldContainer[KeptMove]
    success: float
    subject: str
    tags: _containers.RepeatedScalarFieldContainer[str]
    outcome: _trajectory_pb2.Outcome
    effects: _containers.RepeatedScalarFieldContainer[str]
    names: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, id: _Optional[str] = ..., rank: _Optional[bytes] = ..., task: _Optional[str] = ..., task_id: _Optional[str] = ..., moves: _Optional[_Iterable[_Union[KeptMove, _Mapping]]] = ..., success: _Optional[float] = ..., subject: _Optional[str] = ..., tags: _Optional[_Iterable[str]] = ..., outcome: _Optional[_Union[_trajectory_pb2.Outcome, str]] = ..., effects: _Optional[_Iterable[str]] = ..., names: _Optional[_Iterable[str]] = ...) -> None: ...

class KeptMove(_message.Message):
    __slots__ = ("symbol", "shape", "lesson")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    LESSON_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    shape: str
    lesson: str
    def __init__(self, symbol: _Optional[str] = ..., shape: _Optional[str] = ..., lesson: _Optional[str] = ...) -> None: ...

class PatternsTested(_message.Message):
    __slots__ = ("namespace", "tests")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    TESTS_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    tests: _containers.RepeatedCompositeFieldContainer[PatternTest]
    def __init__(self, namespace: _Optional[str] = ..., tests: _Optional[_Iterable[_Union[PatternTest, _Mapping]]] = ...) -> None: ...

class PatternTest(_message.Message):
    __slots__ = ("id", "attempts", "total", "squares")
    ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    SQUARES_FIELD_NUMBER: _ClassVar[int]
    id: str
    attempts: int
    total: float
    squares: float
    def __init__(self, id: _Optional[str] = ..., attempts: _Optional[int] = ..., total: _Optional[float] = ..., squares: _Optional[float] = ...) -> None: ...

class Consolidated(_message.Message):
    __slots__ = ("namespace", "steps", "time_ms")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    TIME_MS_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    steps: _containers.RepeatedCompositeFieldContainer[_reasoning_bank_pb2.ConsolidateStep]
    time_ms: int
    def __init__(self, namespace: _Optional[str] = ..., steps: _Optional[_Iterable[_Union[_reasoning_bank_pb2.ConsolidateStep, _Mapping]]] = ..., time_ms: _Optional[int] = ...) -> None: ...

class Unmerged(_message.Message):
    __slots__ = ("namespace", "id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    id: str
    def __init__(self, namespace: _Optional[str] = ..., id: _Optional[str] = ...) -> None: ...

class TierChanged(_message.Message):
    __slots__ = ("namespace", "tier")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    TIER_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    tier: _reasoning_bank_pb2.CompressionTier
    def __init__(self, namespace: _Optional[str] = ..., tier: _Optional[_Union[_reasoning_bank_pb2.CompressionTier, str]] = ...) -> None: ...

class Reembedded(_message.Message):
    __slots__ = ("namespace", "embedder")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    EMBEDDER_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    embedder: str
    def __init__(self, namespace: _Optional[str] = ..., embedder: _Optional[str] = ...) -> None: ...

class Restored(_message.Message):
    __slots__ = ("snapshot", "deletions", "purges")
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    DELETIONS_FIELD_NUMBER: _ClassVar[int]
    PURGES_FIELD_NUMBER: _ClassVar[int]
    snapshot: str
    deletions: _containers.RepeatedCompositeFieldContainer[PatternsDeleted]
    purges: _containers.RepeatedCompositeFieldContainer[Purged]
    def __init__(self, snapshot: _Optional[str] = ..., deletions: _Optional[_Iterable[_Union[PatternsDeleted, _Mapping]]] = ..., purges: _Optional[_Iterable[_Union[Purged, _Mapping]]] = ...) -> None: ...

class NamespaceImage(_message.Message):
    __slots__ = ("namespace", "embedder", "dimension", "tier", "learned", "outcomes", "tests")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    EMBEDDER_FIELD_NUMBER: _ClassVar[int]
    DIMENSION_FIELD_NUMBER: _ClassVar[int]
    TIER_FIELD_NUMBER: _ClassVar[int]
    LEARNED_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    TESTS_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    embedder: str
    dimension: int
    tier: _reasoning_bank_pb2.CompressionTier
    learned: _containers.RepeatedScalarFieldContainer[float]
    outcomes: int
    tests: _containers.RepeatedCompositeFieldContainer[PatternTest]
    def __init__(self, namespace: _Optional[str] = ..., embedder: _Optional[str] = ..., dimension: _Optional[int] = ..., tier: _Optional[_Union[_reasoning_bank_pb2.CompressionTier, str]] = ..., learned: _Optional[_Iterable[float]] = ..., outcomes: _Optional[int] = ..., tests: _Optional[_Iterable[_Union[PatternTest, _Mapping]]] = ...) -> None: ...
