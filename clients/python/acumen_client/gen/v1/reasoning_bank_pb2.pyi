from acumen_client.gen.v1 import pattern_pb2 as _pattern_pb2
from acumen_client.gen.v1 import snapshot_pb2 as _snapshot_pb2
from acumen_client.gen.v1 import trajectory_pb2 as _trajectory_pb2
from acumen_client.gen.v1 import verdict_pb2 as _verdict_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CompressionTier(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COMPRESSION_TIER_UNSPECIFIED: _ClassVar[CompressionTier]
    COMPRESSION_TIER_INT8: _ClassVar[CompressionTier]
    COMPRESSION_TIER_BINARY: _ClassVar[CompressionTier]
    COMPRESSION_TIER_AUTO: _ClassVar[CompressionTier]
    COMPRESSION_TIER_INT4: _ClassVar[CompressionTier]

class ConsolidateAction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONSOLIDATE_ACTION_UNSPECIFIED: _ClassVar[ConsolidateAction]
    CONSOLIDATE_ACTION_MERGE: _ClassVar[ConsolidateAction]
    CONSOLIDATE_ACTION_CONTRADICT: _ClassVar[ConsolidateAction]
    CONSOLIDATE_ACTION_EXPIRE: _ClassVar[ConsolidateAction]
    CONSOLIDATE_ACTION_DECAY: _ClassVar[ConsolidateAction]
COMPRESSION_TIER_UNSPECIFIED: CompressionTier
COMPRESSION_TIER_INT8: CompressionTier
COMPRESSION_TIER_BINARY: CompressionTier
COMPRESSION_TIER_AUTO: CompressionTier
COMPRESSION_TIER_INT4: CompressionTier
CONSOLIDATE_ACTION_UNSPECIFIED: ConsolidateAction
CONSOLIDATE_ACTION_MERGE: ConsolidateAction
CONSOLIDATE_ACTION_CONTRADICT: ConsolidateAction
CONSOLIDATE_ACTION_EXPIRE: ConsolidateAction
CONSOLIDATE_ACTION_DECAY: ConsolidateAction

class RetrieveRequest(_message.Message):
    __slots__ = ("namespace", "text", "vector", "k", "filter", "min_p_relevant", "relevance_weight", "min_revision")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FIELD_NUMBER: _ClassVar[int]
    K_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    MIN_P_RELEVANT_FIELD_NUMBER: _ClassVar[int]
    RELEVANCE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    MIN_REVISION_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    text: str
    vector: _pattern_pb2.Vector
    k: int
    filter: _pattern_pb2.PatternFilter
    min_p_relevant: float
    relevance_weight: float
    min_revision: int
    def __init__(self, namespace: _Optional[str] = ..., text: _Optional[str] = ..., vector: _Optional[_Union[_pattern_pb2.Vector, _Mapping]] = ..., k: _Optional[int] = ..., filter: _Optional[_Union[_pattern_pb2.PatternFilter, _Mapping]] = ..., min_p_relevant: _Optional[float] = ..., relevance_weight: _Optional[float] = ..., min_revision: _Optional[int] = ...) -> None: ...

class RetrieveResponse(_message.Message):
    __slots__ = ("results", "abstained", "reason", "revision", "embedder", "elapsed")
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    ABSTAINED_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    EMBEDDER_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[RetrievedPattern]
    abstained: bool
    reason: str
    revision: int
    embedder: str
    elapsed: _duration_pb2.Duration
    def __init__(self, results: _Optional[_Iterable[_Union[RetrievedPattern, _Mapping]]] = ..., abstained: bool = ..., reason: _Optional[str] = ..., revision: _Optional[int] = ..., embedder: _Optional[str] = ..., elapsed: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class RetrievedPattern(_message.Message):
    __slots__ = ("pattern", "score")
    PATTERN_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    pattern: _pattern_pb2.Pattern
    score: RetrievalScore
    def __init__(self, pattern: _Optional[_Union[_pattern_pb2.Pattern, _Mapping]] = ..., score: _Optional[_Union[RetrievalScore, _Mapping]] = ...) -> None: ...

class RetrievalScore(_message.Message):
    __slots__ = ("similarity", "lexical", "reliability", "recency", "score", "p_relevant", "exact")
    SIMILARITY_FIELD_NUMBER: _ClassVar[int]
    LEXICAL_FIELD_NUMBER: _ClassVar[int]
    RELIABILITY_FIELD_NUMBER: _ClassVar[int]
    RECENCY_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    P_RELEVANT_FIELD_NUMBER: _ClassVar[int]
    EXACT_FIELD_NUMBER: _ClassVar[int]
    similarity: float
    lexical: float
    reliability: float
    recency: float
    score: float
    p_relevant: float
    exact: bool
    def __init__(self, similarity: _Optional[float] = ..., lexical: _Optional[float] = ..., reliability: _Optional[float] = ..., recency: _Optional[float] = ..., score: _Optional[float] = ..., p_relevant: _Optional[float] = ..., exact: bool = ...) -> None: ...

class JudgeRequest(_message.Message):
    __slots__ = ("namespace", "response", "task", "reference", "criteria", "trajectory", "grounding_k", "subject", "request_id")
    class CriteriaEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    CRITERIA_FIELD_NUMBER: _ClassVar[int]
    TRAJECTORY_FIELD_NUMBER: _ClassVar[int]
    GROUNDING_K_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    response: str
    task: str
    reference: str
    criteria: _containers.ScalarMap[str, float]
    trajectory: _trajectory_pb2.Trajectory
    grounding_k: int
    subject: str
    request_id: str
    def __init__(self, namespace: _Optional[str] = ..., response: _Optional[str] = ..., task: _Optional[str] = ..., reference: _Optional[str] = ..., criteria: _Optional[_Mapping[str, float]] = ..., trajectory: _Optional[_Union[_trajectory_pb2.Trajectory, _Mapping]] = ..., grounding_k: _Optional[int] = ..., subject: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class JudgeResponse(_message.Message):
    __slots__ = ("verdict", "revision", "elapsed")
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_FIELD_NUMBER: _ClassVar[int]
    verdict: _verdict_pb2.Verdict
    revision: int
    elapsed: _duration_pb2.Duration
    def __init__(self, verdict: _Optional[_Union[_verdict_pb2.Verdict, _Mapping]] = ..., revision: _Optional[int] = ..., elapsed: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class JudgePairRequest(_message.Message):
    __slots__ = ("namespace", "first", "second", "task", "reference", "criteria", "subject", "request_id")
    class CriteriaEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    FIRST_FIELD_NUMBER: _ClassVar[int]
    SECOND_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    CRITERIA_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    first: str
    second: str
    task: str
    reference: str
    criteria: _containers.ScalarMap[str, float]
    subject: str
    request_id: str
    def __init__(self, namespace: _Optional[str] = ..., first: _Optional[str] = ..., second: _Optional[str] = ..., task: _Optional[str] = ..., reference: _Optional[str] = ..., criteria: _Optional[_Mapping[str, float]] = ..., subject: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class JudgePairResponse(_message.Message):
    __slots__ = ("verdict", "revision", "elapsed")
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_FIELD_NUMBER: _ClassVar[int]
    verdict: _verdict_pb2.Verdict
    revision: int
    elapsed: _duration_pb2.Duration
    def __init__(self, verdict: _Optional[_Union[_verdict_pb2.Verdict, _Mapping]] = ..., revision: _Optional[int] = ..., elapsed: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class JudgeTrajectoryRequest(_message.Message):
    __slots__ = ("namespace", "trajectory", "request_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    TRAJECTORY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    trajectory: _trajectory_pb2.Trajectory
    request_id: str
    def __init__(self, namespace: _Optional[str] = ..., trajectory: _Optional[_Union[_trajectory_pb2.Trajectory, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class JudgeTrajectoryResponse(_message.Message):
    __slots__ = ("verdict", "compared", "revision", "elapsed")
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    COMPARED_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_FIELD_NUMBER: _ClassVar[int]
    verdict: _verdict_pb2.Verdict
    compared: int
    revision: int
    elapsed: _duration_pb2.Duration
    def __init__(self, verdict: _Optional[_Union[_verdict_pb2.Verdict, _Mapping]] = ..., compared: _Optional[int] = ..., revision: _Optional[int] = ..., elapsed: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ListVerdictsRequest(_message.Message):
    __slots__ = ("namespace", "kind", "page_size", "page_token", "min_revision")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    MIN_REVISION_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    kind: _verdict_pb2.VerdictKind
    page_size: int
    page_token: str
    min_revision: int
    def __init__(self, namespace: _Optional[str] = ..., kind: _Optional[_Union[_verdict_pb2.VerdictKind, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., min_revision: _Optional[int] = ...) -> None: ...

class ListVerdictsResponse(_message.Message):
    __slots__ = ("verdicts", "next_page_token")
    VERDICTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    verdicts: _containers.RepeatedCompositeFieldContainer[_verdict_pb2.Verdict]
    next_page_token: str
    def __init__(self, verdicts: _Optional[_Iterable[_Union[_verdict_pb2.Verdict, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class RunPipelineRequest(_message.Message):
    __slots__ = ("namespace", "query", "k", "response", "criteria", "reference", "trajectory", "consolidate", "request_id")
    class CriteriaEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    K_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    CRITERIA_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    TRAJECTORY_FIELD_NUMBER: _ClassVar[int]
    CONSOLIDATE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    query: str
    k: int
    response: str
    criteria: _containers.ScalarMap[str, float]
    reference: str
    trajectory: _trajectory_pb2.Trajectory
    consolidate: bool
    request_id: str
    def __init__(self, namespace: _Optional[str] = ..., query: _Optional[str] = ..., k: _Optional[int] = ..., response: _Optional[str] = ..., criteria: _Optional[_Mapping[str, float]] = ..., reference: _Optional[str] = ..., trajectory: _Optional[_Union[_trajectory_pb2.Trajectory, _Mapping]] = ..., consolidate: bool = ..., request_id: _Optional[str] = ...) -> None: ...

class RunPipelineResponse(_message.Message):
    __slots__ = ("retrieved", "verdict", "patterns", "waiting_groups", "consolidation", "revision", "elapsed")
    class ElapsedEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _duration_pb2.Duration
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...
    RETRIEVED_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    PATTERNS_FIELD_NUMBER: _ClassVar[int]
    WAITING_GROUPS_FIELD_NUMBER: _ClassVar[int]
    CONSOLIDATION_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_FIELD_NUMBER: _ClassVar[int]
    retrieved: RetrieveResponse
    verdict: _verdict_pb2.Verdict
    patterns: _containers.RepeatedCompositeFieldContainer[_pattern_pb2.Pattern]
    waiting_groups: int
    consolidation: ConsolidateReport
    revision: int
    elapsed: _containers.MessageMap[str, _duration_pb2.Duration]
    def __init__(self, retrieved: _Optional[_Union[RetrieveResponse, _Mapping]] = ..., verdict: _Optional[_Union[_verdict_pb2.Verdict, _Mapping]] = ..., patterns: _Optional[_Iterable[_Union[_pattern_pb2.Pattern, _Mapping]]] = ..., waiting_groups: _Optional[int] = ..., consolidation: _Optional[_Union[ConsolidateReport, _Mapping]] = ..., revision: _Optional[int] = ..., elapsed: _Optional[_Mapping[str, _duration_pb2.Duration]] = ...) -> None: ...

class ReasoningBankRecordOutcomeRequest(_message.Message):
    __slots__ = ("namespace", "shown", "outcome", "reward", "request_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SHOWN_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    REWARD_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    shown: _containers.RepeatedCompositeFieldContainer[ShownPattern]
    outcome: _trajectory_pb2.Outcome
    reward: float
    request_id: str
    def __init__(self, namespace: _Optional[str] = ..., shown: _Optional[_Iterable[_Union[ShownPattern, _Mapping]]] = ..., outcome: _Optional[_Union[_trajectory_pb2.Outcome, str]] = ..., reward: _Optional[float] = ..., request_id: _Optional[str] = ...) -> None: ...

class ShownPattern(_message.Message):
    __slots__ = ("id", "score")
    ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    id: str
    score: RetrievalScore
    def __init__(self, id: _Optional[str] = ..., score: _Optional[_Union[RetrievalScore, _Mapping]] = ...) -> None: ...

class ReasoningBankRecordOutcomeResponse(_message.Message):
    __slots__ = ("statistics", "revision")
    STATISTICS_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    statistics: _containers.RepeatedCompositeFieldContainer[_pattern_pb2.PatternStatistics]
    revision: int
    def __init__(self, statistics: _Optional[_Iterable[_Union[_pattern_pb2.PatternStatistics, _Mapping]]] = ..., revision: _Optional[int] = ...) -> None: ...

class PutPatternsRequest(_message.Message):
    __slots__ = ("namespace", "patterns", "create_only", "request_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    PATTERNS_FIELD_NUMBER: _ClassVar[int]
    CREATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    patterns: _containers.RepeatedCompositeFieldContainer[_pattern_pb2.Pattern]
    create_only: bool
    request_id: str
    def __init__(self, namespace: _Optional[str] = ..., patterns: _Optional[_Iterable[_Union[_pattern_pb2.Pattern, _Mapping]]] = ..., create_only: bool = ..., request_id: _Optional[str] = ...) -> None: ...

class PutPatternsResponse(_message.Message):
    __slots__ = ("ids", "revision")
    IDS_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    ids: _containers.RepeatedScalarFieldContainer[str]
    revision: int
    def __init__(self, ids: _Optional[_Iterable[str]] = ..., revision: _Optional[int] = ...) -> None: ...

class GetPatternRequest(_message.Message):
    __slots__ = ("namespace", "id", "min_revision", "with_vector")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    MIN_REVISION_FIELD_NUMBER: _ClassVar[int]
    WITH_VECTOR_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    id: str
    min_revision: int
    with_vector: bool
    def __init__(self, namespace: _Optional[str] = ..., id: _Optional[str] = ..., min_revision: _Optional[int] = ..., with_vector: bool = ...) -> None: ...

class GetPatternResponse(_message.Message):
    __slots__ = ("pattern",)
    PATTERN_FIELD_NUMBER: _ClassVar[int]
    pattern: _pattern_pb2.Pattern
    def __init__(self, pattern: _Optional[_Union[_pattern_pb2.Pattern, _Mapping]] = ...) -> None: ...

class ListPatternsRequest(_message.Message):
    __slots__ = ("namespace", "filter", "page_size", "page_token", "min_revision")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    MIN_REVISION_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    filter: _pattern_pb2.PatternFilter
    page_size: int
    page_token: str
    min_revision: int
    def __init__(self, namespace: _Optional[str] = ..., filter: _Optional[_Union[_pattern_pb2.PatternFilter, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., min_revision: _Optional[int] = ...) -> None: ...

class ListPatternsResponse(_message.Message):
    __slots__ = ("patterns", "next_page_token")
    PATTERNS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    patterns: _containers.RepeatedCompositeFieldContainer[_pattern_pb2.Pattern]
    next_page_token: str
    def __init__(self, patterns: _Optional[_Iterable[_Union[_pattern_pb2.Pattern, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class DeletePatternsRequest(_message.Message):
    __slots__ = ("namespace", "ids", "request_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    ids: _containers.RepeatedScalarFieldContainer[str]
    request_id: str
    def __init__(self, namespace: _Optional[str] = ..., ids: _Optional[_Iterable[str]] = ..., request_id: _Optional[str] = ...) -> None: ...

class DeletePatternsResponse(_message.Message):
    __slots__ = ("revision",)
    REVISION_FIELD_NUMBER: _ClassVar[int]
    revision: int
    def __init__(self, revision: _Optional[int] = ...) -> None: ...

class PurgeRequest(_message.Message):
    __slots__ = ("namespace", "subject", "everything", "request_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    EVERYTHING_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    subject: str
    everything: bool
    request_id: str
    def __init__(self, namespace: _Optional[str] = ..., subject: _Optional[str] = ..., everything: bool = ..., request_id: _Optional[str] = ...) -> None: ...

class PurgeResponse(_message.Message):
    __slots__ = ("patterns", "verdicts", "trajectories", "revision")
    PATTERNS_FIELD_NUMBER: _ClassVar[int]
    VERDICTS_FIELD_NUMBER: _ClassVar[int]
    TRAJECTORIES_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    patterns: int
    verdicts: int
    trajectories: int
    revision: int
    def __init__(self, patterns: _Optional[int] = ..., verdicts: _Optional[int] = ..., trajectories: _Optional[int] = ..., revision: _Optional[int] = ...) -> None: ...

class UnmergeRequest(_message.Message):
    __slots__ = ("namespace", "id", "request_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    id: str
    request_id: str
    def __init__(self, namespace: _Optional[str] = ..., id: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class UnmergeResponse(_message.Message):
    __slots__ = ("restored", "winner", "revision")
    RESTORED_FIELD_NUMBER: _ClassVar[int]
    WINNER_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    restored: _pattern_pb2.Pattern
    winner: _pattern_pb2.Pattern
    revision: int
    def __init__(self, restored: _Optional[_Union[_pattern_pb2.Pattern, _Mapping]] = ..., winner: _Optional[_Union[_pattern_pb2.Pattern, _Mapping]] = ..., revision: _Optional[int] = ...) -> None: ...

class CreateSnapshotRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CreateSnapshotResponse(_message.Message):
    __slots__ = ("snapshot",)
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    snapshot: _snapshot_pb2.Snapshot
    def __init__(self, snapshot: _Optional[_Union[_snapshot_pb2.Snapshot, _Mapping]] = ...) -> None: ...

class ListSnapshotsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListSnapshotsResponse(_message.Message):
    __slots__ = ("snapshots", "damaged")
    SNAPSHOTS_FIELD_NUMBER: _ClassVar[int]
    DAMAGED_FIELD_NUMBER: _ClassVar[int]
    snapshots: _containers.RepeatedCompositeFieldContainer[_snapshot_pb2.Snapshot]
    damaged: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, snapshots: _Optional[_Iterable[_Union[_snapshot_pb2.Snapshot, _Mapping]]] = ..., damaged: _Optional[_Iterable[str]] = ...) -> None: ...

class VerifySnapshotRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class VerifySnapshotResponse(_message.Message):
    __slots__ = ("snapshot", "problems")
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    snapshot: _snapshot_pb2.Snapshot
    problems: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, snapshot: _Optional[_Union[_snapshot_pb2.Snapshot, _Mapping]] = ..., problems: _Optional[_Iterable[str]] = ...) -> None: ...

class RestoreSnapshotRequest(_message.Message):
    __slots__ = ("id", "as_of", "request_id")
    ID_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    as_of: bool
    request_id: str
    def __init__(self, id: _Optional[str] = ..., as_of: bool = ..., request_id: _Optional[str] = ...) -> None: ...

class RestoreSnapshotResponse(_message.Message):
    __slots__ = ("patterns", "deletions_reapplied", "revision")
    PATTERNS_FIELD_NUMBER: _ClassVar[int]
    DELETIONS_REAPPLIED_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    patterns: int
    deletions_reapplied: int
    revision: int
    def __init__(self, patterns: _Optional[int] = ..., deletions_reapplied: _Optional[int] = ..., revision: _Optional[int] = ...) -> None: ...

class DeleteSnapshotRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class DeleteSnapshotResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetStatsRequest(_message.Message):
    __slots__ = ("namespace", "min_revision")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    MIN_REVISION_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    min_revision: int
    def __init__(self, namespace: _Optional[str] = ..., min_revision: _Optional[int] = ...) -> None: ...

class GetStatsResponse(_message.Message):
    __slots__ = ("namespaces", "patterns_by_state", "verdicts", "trajectories", "segments", "terms", "tier", "embedder", "dimension", "weights", "shipped_weights", "outcomes", "revision", "started_from_snapshot", "damaged_snapshots", "resident_bytes")
    class PatternsByStateEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    class WeightsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    class ShippedWeightsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    class ResidentBytesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    NAMESPACES_FIELD_NUMBER: _ClassVar[int]
    PATTERNS_BY_STATE_FIELD_NUMBER: _ClassVar[int]
    VERDICTS_FIELD_NUMBER: _ClassVar[int]
    TRAJECTORIES_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    TIER_FIELD_NUMBER: _ClassVar[int]
    EMBEDDER_FIELD_NUMBER: _ClassVar[int]
    DIMENSION_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    SHIPPED_WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    STARTED_FROM_SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    DAMAGED_SNAPSHOTS_FIELD_NUMBER: _ClassVar[int]
    RESIDENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    namespaces: _containers.RepeatedScalarFieldContainer[str]
    patterns_by_state: _containers.ScalarMap[str, int]
    verdicts: int
    trajectories: int
    segments: _containers.RepeatedCompositeFieldContainer[SegmentStats]
    terms: int
    tier: CompressionTier
    embedder: str
    dimension: int
    weights: _containers.ScalarMap[str, float]
    shipped_weights: _containers.ScalarMap[str, float]
    outcomes: int
    revision: int
    started_from_snapshot: str
    damaged_snapshots: _containers.RepeatedScalarFieldContainer[str]
    resident_bytes: _containers.ScalarMap[str, int]
    def __init__(self, namespaces: _Optional[_Iterable[str]] = ..., patterns_by_state: _Optional[_Mapping[str, int]] = ..., verdicts: _Optional[int] = ..., trajectories: _Optional[int] = ..., segments: _Optional[_Iterable[_Union[SegmentStats, _Mapping]]] = ..., terms: _Optional[int] = ..., tier: _Optional[_Union[CompressionTier, str]] = ..., embedder: _Optional[str] = ..., dimension: _Optional[int] = ..., weights: _Optional[_Mapping[str, float]] = ..., shipped_weights: _Optional[_Mapping[str, float]] = ..., outcomes: _Optional[int] = ..., revision: _Optional[int] = ..., started_from_snapshot: _Optional[str] = ..., damaged_snapshots: _Optional[_Iterable[str]] = ..., resident_bytes: _Optional[_Mapping[str, int]] = ...) -> None: ...

class SegmentStats(_message.Message):
    __slots__ = ("kind", "segments", "rows", "live_rows", "queries", "resident_bytes", "disk_bytes")
    KIND_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    LIVE_ROWS_FIELD_NUMBER: _ClassVar[int]
    QUERIES_FIELD_NUMBER: _ClassVar[int]
    RESIDENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    DISK_BYTES_FIELD_NUMBER: _ClassVar[int]
    kind: str
    segments: int
    rows: int
    live_rows: int
    queries: int
    resident_bytes: int
    disk_bytes: int
    def __init__(self, kind: _Optional[str] = ..., segments: _Optional[int] = ..., rows: _Optional[int] = ..., live_rows: _Optional[int] = ..., queries: _Optional[int] = ..., resident_bytes: _Optional[int] = ..., disk_bytes: _Optional[int] = ...) -> None: ...

class DistillRequest(_message.Message):
    __slots__ = ("start", "trajectory")
    START_FIELD_NUMBER: _ClassVar[int]
    TRAJECTORY_FIELD_NUMBER: _ClassVar[int]
    start: DistillStart
    trajectory: _trajectory_pb2.Trajectory
    def __init__(self, start: _Optional[_Union[DistillStart, _Mapping]] = ..., trajectory: _Optional[_Union[_trajectory_pb2.Trajectory, _Mapping]] = ...) -> None: ...

class DistillStart(_message.Message):
    __slots__ = ("namespace", "min_support", "dry_run", "request_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    MIN_SUPPORT_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    min_support: int
    dry_run: bool
    request_id: str
    def __init__(self, namespace: _Optional[str] = ..., min_support: _Optional[int] = ..., dry_run: bool = ..., request_id: _Optional[str] = ...) -> None: ...

class DistillResponse(_message.Message):
    __slots__ = ("receipt", "pattern", "report")
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    PATTERN_FIELD_NUMBER: _ClassVar[int]
    REPORT_FIELD_NUMBER: _ClassVar[int]
    receipt: DistillReceipt
    pattern: _pattern_pb2.Pattern
    report: DistillReport
    def __init__(self, receipt: _Optional[_Union[DistillReceipt, _Mapping]] = ..., pattern: _Optional[_Union[_pattern_pb2.Pattern, _Mapping]] = ..., report: _Optional[_Union[DistillReport, _Mapping]] = ...) -> None: ...

class DistillReceipt(_message.Message):
    __slots__ = ("number", "trajectory_id", "dropped")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    TRAJECTORY_ID_FIELD_NUMBER: _ClassVar[int]
    DROPPED_FIELD_NUMBER: _ClassVar[int]
    number: int
    trajectory_id: str
    dropped: str
    def __init__(self, number: _Optional[int] = ..., trajectory_id: _Optional[str] = ..., dropped: _Optional[str] = ...) -> None: ...

class DistillReport(_message.Message):
    __slots__ = ("read", "dropped", "waiting_groups", "patterns", "promoted", "scrubbed", "revision")
    class DroppedEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    class ScrubbedEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    READ_FIELD_NUMBER: _ClassVar[int]
    DROPPED_FIELD_NUMBER: _ClassVar[int]
    WAITING_GROUPS_FIELD_NUMBER: _ClassVar[int]
    PATTERNS_FIELD_NUMBER: _ClassVar[int]
    PROMOTED_FIELD_NUMBER: _ClassVar[int]
    SCRUBBED_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    read: int
    dropped: _containers.ScalarMap[str, int]
    waiting_groups: int
    patterns: int
    promoted: int
    scrubbed: _containers.ScalarMap[str, int]
    revision: int
    def __init__(self, read: _Optional[int] = ..., dropped: _Optional[_Mapping[str, int]] = ..., waiting_groups: _Optional[int] = ..., patterns: _Optional[int] = ..., promoted: _Optional[int] = ..., scrubbed: _Optional[_Mapping[str, int]] = ..., revision: _Optional[int] = ...) -> None: ...

class ConsolidateRequest(_message.Message):
    __slots__ = ("namespace", "dry_run", "tier", "recall_floor", "half_life", "request_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    TIER_FIELD_NUMBER: _ClassVar[int]
    RECALL_FLOOR_FIELD_NUMBER: _ClassVar[int]
    HALF_LIFE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    dry_run: bool
    tier: CompressionTier
    recall_floor: float
    half_life: _duration_pb2.Duration
    request_id: str
    def __init__(self, namespace: _Optional[str] = ..., dry_run: bool = ..., tier: _Optional[_Union[CompressionTier, str]] = ..., recall_floor: _Optional[float] = ..., half_life: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class ConsolidateResponse(_message.Message):
    __slots__ = ("step", "progress", "report")
    STEP_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    REPORT_FIELD_NUMBER: _ClassVar[int]
    step: ConsolidateStep
    progress: Progress
    report: ConsolidateReport
    def __init__(self, step: _Optional[_Union[ConsolidateStep, _Mapping]] = ..., progress: _Optional[_Union[Progress, _Mapping]] = ..., report: _Optional[_Union[ConsolidateReport, _Mapping]] = ...) -> None: ...

class ConsolidateStep(_message.Message):
    __slots__ = ("action", "kept_id", "other_id", "similarity", "p_same", "reason")
    ACTION_FIELD_NUMBER: _ClassVar[int]
    KEPT_ID_FIELD_NUMBER: _ClassVar[int]
    OTHER_ID_FIELD_NUMBER: _ClassVar[int]
    SIMILARITY_FIELD_NUMBER: _ClassVar[int]
    P_SAME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    action: ConsolidateAction
    kept_id: str
    other_id: str
    similarity: float
    p_same: float
    reason: str
    def __init__(self, action: _Optional[_Union[ConsolidateAction, str]] = ..., kept_id: _Optional[str] = ..., other_id: _Optional[str] = ..., similarity: _Optional[float] = ..., p_same: _Optional[float] = ..., reason: _Optional[str] = ...) -> None: ...

class ConsolidateSteps(_message.Message):
    __slots__ = ("steps",)
    STEPS_FIELD_NUMBER: _ClassVar[int]
    steps: _containers.RepeatedCompositeFieldContainer[ConsolidateStep]
    def __init__(self, steps: _Optional[_Iterable[_Union[ConsolidateStep, _Mapping]]] = ...) -> None: ...

class Progress(_message.Message):
    __slots__ = ("phase", "done", "total")
    PHASE_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    phase: str
    done: int
    total: int
    def __init__(self, phase: _Optional[str] = ..., done: _Optional[int] = ..., total: _Optional[int] = ...) -> None: ...

class ConsolidateReport(_message.Message):
    __slots__ = ("patterns", "duplicates_removed", "contradictions", "expired", "decayed", "kept_apart", "memory_saved_bytes", "bytes_before", "bytes_after", "recall_before", "recall_after", "tier", "revision", "elapsed", "dry_run")
    class KeptApartEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    class BytesBeforeEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    class BytesAfterEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    PATTERNS_FIELD_NUMBER: _ClassVar[int]
    DUPLICATES_REMOVED_FIELD_NUMBER: _ClassVar[int]
    CONTRADICTIONS_FIELD_NUMBER: _ClassVar[int]
    EXPIRED_FIELD_NUMBER: _ClassVar[int]
    DECAYED_FIELD_NUMBER: _ClassVar[int]
    KEPT_APART_FIELD_NUMBER: _ClassVar[int]
    MEMORY_SAVED_BYTES_FIELD_NUMBER: _ClassVar[int]
    BYTES_BEFORE_FIELD_NUMBER: _ClassVar[int]
    BYTES_AFTER_FIELD_NUMBER: _ClassVar[int]
    RECALL_BEFORE_FIELD_NUMBER: _ClassVar[int]
    RECALL_AFTER_FIELD_NUMBER: _ClassVar[int]
    TIER_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    patterns: int
    duplicates_removed: int
    contradictions: int
    expired: int
    decayed: int
    kept_apart: _containers.ScalarMap[str, int]
    memory_saved_bytes: int
    bytes_before: _containers.ScalarMap[str, int]
    bytes_after: _containers.ScalarMap[str, int]
    recall_before: float
    recall_after: float
    tier: CompressionTier
    revision: int
    elapsed: _duration_pb2.Duration
    dry_run: bool
    def __init__(self, patterns: _Optional[int] = ..., duplicates_removed: _Optional[int] = ..., contradictions: _Optional[int] = ..., expired: _Optional[int] = ..., decayed: _Optional[int] = ..., kept_apart: _Optional[_Mapping[str, int]] = ..., memory_saved_bytes: _Optional[int] = ..., bytes_before: _Optional[_Mapping[str, int]] = ..., bytes_after: _Optional[_Mapping[str, int]] = ..., recall_before: _Optional[float] = ..., recall_after: _Optional[float] = ..., tier: _Optional[_Union[CompressionTier, str]] = ..., revision: _Optional[int] = ..., elapsed: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., dry_run: bool = ...) -> None: ...

class ReembedRequest(_message.Message):
    __slots__ = ("namespace", "request_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    request_id: str
    def __init__(self, namespace: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class ReembedResponse(_message.Message):
    __slots__ = ("progress", "revision")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    progress: Progress
    revision: int
    def __init__(self, progress: _Optional[_Union[Progress, _Mapping]] = ..., revision: _Optional[int] = ...) -> None: ...

class ExportRequest(_message.Message):
    __slots__ = ("namespace", "after_id", "with_vectors", "min_revision")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    AFTER_ID_FIELD_NUMBER: _ClassVar[int]
    WITH_VECTORS_FIELD_NUMBER: _ClassVar[int]
    MIN_REVISION_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    after_id: str
    with_vectors: bool
    min_revision: int
    def __init__(self, namespace: _Optional[str] = ..., after_id: _Optional[str] = ..., with_vectors: bool = ..., min_revision: _Optional[int] = ...) -> None: ...

class ExportResponse(_message.Message):
    __slots__ = ("patterns",)
    PATTERNS_FIELD_NUMBER: _ClassVar[int]
    patterns: _containers.RepeatedCompositeFieldContainer[_pattern_pb2.Pattern]
    def __init__(self, patterns: _Optional[_Iterable[_Union[_pattern_pb2.Pattern, _Mapping]]] = ...) -> None: ...

class ImportRequest(_message.Message):
    __slots__ = ("namespace", "patterns", "request_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    PATTERNS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    patterns: _containers.RepeatedCompositeFieldContainer[_pattern_pb2.Pattern]
    request_id: str
    def __init__(self, namespace: _Optional[str] = ..., patterns: _Optional[_Iterable[_Union[_pattern_pb2.Pattern, _Mapping]]] = ..., request_id: _Optional[str] = ...) -> None: ...

class ImportResponse(_message.Message):
    __slots__ = ("patterns", "revision")
    PATTERNS_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    patterns: int
    revision: int
    def __init__(self, patterns: _Optional[int] = ..., revision: _Optional[int] = ...) -> None: ...

class DownloadSnapshotRequest(_message.Message):
    __slots__ = ("id", "offset")
    ID_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    id: str
    offset: int
    def __init__(self, id: _Optional[str] = ..., offset: _Optional[int] = ...) -> None: ...

class DownloadSnapshotResponse(_message.Message):
    __slots__ = ("offset", "total_bytes", "data", "sha256")
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    TOTAL_BYTES_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    offset: int
    total_bytes: int
    data: bytes
    sha256: str
    def __init__(self, offset: _Optional[int] = ..., total_bytes: _Optional[int] = ..., data: _Optional[bytes] = ..., sha256: _Optional[str] = ...) -> None: ...

class UploadSnapshotRequest(_message.Message):
    __slots__ = ("offset", "total_bytes", "data", "sha256")
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    TOTAL_BYTES_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    offset: int
    total_bytes: int
    data: bytes
    sha256: str
    def __init__(self, offset: _Optional[int] = ..., total_bytes: _Optional[int] = ..., data: _Optional[bytes] = ..., sha256: _Optional[str] = ...) -> None: ...

class UploadSnapshotResponse(_message.Message):
    __slots__ = ("snapshot", "received_bytes")
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_BYTES_FIELD_NUMBER: _ClassVar[int]
    snapshot: _snapshot_pb2.Snapshot
    received_bytes: int
    def __init__(self, snapshot: _Optional[_Union[_snapshot_pb2.Snapshot, _Mapping]] = ..., received_bytes: _Optional[int] = ...) -> None: ...

class WatchChangesRequest(_message.Message):
    __slots__ = ("namespace", "after_revision", "heartbeat_interval")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    AFTER_REVISION_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    after_revision: int
    heartbeat_interval: _duration_pb2.Duration
    def __init__(self, namespace: _Optional[str] = ..., after_revision: _Optional[int] = ..., heartbeat_interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class WatchChangesResponse(_message.Message):
    __slots__ = ("revision", "time", "written", "deleted", "outcome", "consolidated", "restored", "purged")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    WRITTEN_FIELD_NUMBER: _ClassVar[int]
    DELETED_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    CONSOLIDATED_FIELD_NUMBER: _ClassVar[int]
    RESTORED_FIELD_NUMBER: _ClassVar[int]
    PURGED_FIELD_NUMBER: _ClassVar[int]
    revision: int
    time: _timestamp_pb2.Timestamp
    written: ChangedPatterns
    deleted: ChangedPatterns
    outcome: ChangedPatterns
    consolidated: ConsolidateSteps
    restored: _snapshot_pb2.Snapshot
    purged: bool
    def __init__(self, revision: _Optional[int] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., written: _Optional[_Union[ChangedPatterns, _Mapping]] = ..., deleted: _Optional[_Union[ChangedPatterns, _Mapping]] = ..., outcome: _Optional[_Union[ChangedPatterns, _Mapping]] = ..., consolidated: _Optional[_Union[ConsolidateSteps, _Mapping]] = ..., restored: _Optional[_Union[_snapshot_pb2.Snapshot, _Mapping]] = ..., purged: bool = ...) -> None: ...

class ChangedPatterns(_message.Message):
    __slots__ = ("ids",)
    IDS_FIELD_NUMBER: _ClassVar[int]
    ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, ids: _Optional[_Iterable[str]] = ...) -> None: ...
