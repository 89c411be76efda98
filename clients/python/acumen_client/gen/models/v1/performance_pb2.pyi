from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CachePolicy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CACHE_POLICY_UNSPECIFIED: _ClassVar[CachePolicy]
    CACHE_POLICY_FIFO: _ClassVar[CachePolicy]
    CACHE_POLICY_LRU: _ClassVar[CachePolicy]
    CACHE_POLICY_LFU: _ClassVar[CachePolicy]
    CACHE_POLICY_SIEVE: _ClassVar[CachePolicy]
    CACHE_POLICY_S3FIFO: _ClassVar[CachePolicy]
    CACHE_POLICY_ARC: _ClassVar[CachePolicy]
    CACHE_POLICY_MRU: _ClassVar[CachePolicy]
    CACHE_POLICY_W_TINYLFU: _ClassVar[CachePolicy]
    CACHE_POLICY_LIRS: _ClassVar[CachePolicy]
CACHE_POLICY_UNSPECIFIED: CachePolicy
CACHE_POLICY_FIFO: CachePolicy
CACHE_POLICY_LRU: CachePolicy
CACHE_POLICY_LFU: CachePolicy
CACHE_POLICY_SIEVE: CachePolicy
CACHE_POLICY_S3FIFO: CachePolicy
CACHE_POLICY_ARC: CachePolicy
CACHE_POLICY_MRU: CachePolicy
CACHE_POLICY_W_TINYLFU: CachePolicy
CACHE_POLICY_LIRS: CachePolicy

class AccessPattern(_message.Message):
    __slots__ = ("trace", "summary", "cache_entries", "miss_cost_ms", "entry_cost_ms")
    TRACE_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    CACHE_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    MISS_COST_MS_FIELD_NUMBER: _ClassVar[int]
    ENTRY_COST_MS_FIELD_NUMBER: _ClassVar[int]
    trace: AccessTrace
    summary: AccessSummary
    cache_entries: _containers.RepeatedScalarFieldContainer[int]
    miss_cost_ms: float
    entry_cost_ms: float
    def __init__(self, trace: _Optional[_Union[AccessTrace, _Mapping]] = ..., summary: _Optional[_Union[AccessSummary, _Mapping]] = ..., cache_entries: _Optional[_Iterable[int]] = ..., miss_cost_ms: _Optional[float] = ..., entry_cost_ms: _Optional[float] = ...) -> None: ...

class AccessTrace(_message.Message):
    __slots__ = ("key_hash", "t_ms")
    KEY_HASH_FIELD_NUMBER: _ClassVar[int]
    T_MS_FIELD_NUMBER: _ClassVar[int]
    key_hash: _containers.RepeatedScalarFieldContainer[int]
    t_ms: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, key_hash: _Optional[_Iterable[int]] = ..., t_ms: _Optional[_Iterable[float]] = ...) -> None: ...

class AccessSummary(_message.Message):
    __slots__ = ("reuse_distance", "popularity_alpha", "one_hit_ratio", "scan_score", "loop_score", "unique_keys", "accesses")
    REUSE_DISTANCE_FIELD_NUMBER: _ClassVar[int]
    POPULARITY_ALPHA_FIELD_NUMBER: _ClassVar[int]
    ONE_HIT_RATIO_FIELD_NUMBER: _ClassVar[int]
    SCAN_SCORE_FIELD_NUMBER: _ClassVar[int]
    LOOP_SCORE_FIELD_NUMBER: _ClassVar[int]
    UNIQUE_KEYS_FIELD_NUMBER: _ClassVar[int]
    ACCESSES_FIELD_NUMBER: _ClassVar[int]
    reuse_distance: _containers.RepeatedScalarFieldContainer[float]
    popularity_alpha: float
    one_hit_ratio: float
    scan_score: float
    loop_score: float
    unique_keys: int
    accesses: int
    def __init__(self, reuse_distance: _Optional[_Iterable[float]] = ..., popularity_alpha: _Optional[float] = ..., one_hit_ratio: _Optional[float] = ..., scan_score: _Optional[float] = ..., loop_score: _Optional[float] = ..., unique_keys: _Optional[int] = ..., accesses: _Optional[int] = ...) -> None: ...

class CachePlan(_message.Message):
    __slots__ = ("policy", "recommended_entries", "sizes", "ttl_ms", "admission", "prefetch")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    RECOMMENDED_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    SIZES_FIELD_NUMBER: _ClassVar[int]
    TTL_MS_FIELD_NUMBER: _ClassVar[int]
    ADMISSION_FIELD_NUMBER: _ClassVar[int]
    PREFETCH_FIELD_NUMBER: _ClassVar[int]
    policy: CachePolicy
    recommended_entries: int
    sizes: _containers.RepeatedCompositeFieldContainer[CacheSizePlan]
    ttl_ms: float
    admission: bool
    prefetch: bool
    def __init__(self, policy: _Optional[_Union[CachePolicy, str]] = ..., recommended_entries: _Optional[int] = ..., sizes: _Optional[_Iterable[_Union[CacheSizePlan, _Mapping]]] = ..., ttl_ms: _Optional[float] = ..., admission: bool = ..., prefetch: bool = ...) -> None: ...

class CacheSizePlan(_message.Message):
    __slots__ = ("entries", "policy", "policies")
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    POLICIES_FIELD_NUMBER: _ClassVar[int]
    entries: int
    policy: CachePolicy
    policies: _containers.RepeatedCompositeFieldContainer[PolicyForecast]
    def __init__(self, entries: _Optional[int] = ..., policy: _Optional[_Union[CachePolicy, str]] = ..., policies: _Optional[_Iterable[_Union[PolicyForecast, _Mapping]]] = ...) -> None: ...

class PolicyForecast(_message.Message):
    __slots__ = ("policy", "hit_ratio_q10", "hit_ratio_q50", "hit_ratio_q90")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    HIT_RATIO_Q10_FIELD_NUMBER: _ClassVar[int]
    HIT_RATIO_Q50_FIELD_NUMBER: _ClassVar[int]
    HIT_RATIO_Q90_FIELD_NUMBER: _ClassVar[int]
    policy: CachePolicy
    hit_ratio_q10: float
    hit_ratio_q50: float
    hit_ratio_q90: float
    def __init__(self, policy: _Optional[_Union[CachePolicy, str]] = ..., hit_ratio_q10: _Optional[float] = ..., hit_ratio_q50: _Optional[float] = ..., hit_ratio_q90: _Optional[float] = ...) -> None: ...

class CacheOutcome(_message.Message):
    __slots__ = ("policies",)
    POLICIES_FIELD_NUMBER: _ClassVar[int]
    policies: _containers.RepeatedCompositeFieldContainer[PolicyOutcome]
    def __init__(self, policies: _Optional[_Iterable[_Union[PolicyOutcome, _Mapping]]] = ...) -> None: ...

class PolicyOutcome(_message.Message):
    __slots__ = ("policy", "entries", "hit_ratio")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    HIT_RATIO_FIELD_NUMBER: _ClassVar[int]
    policy: CachePolicy
    entries: int
    hit_ratio: float
    def __init__(self, policy: _Optional[_Union[CachePolicy, str]] = ..., entries: _Optional[int] = ..., hit_ratio: _Optional[float] = ...) -> None: ...
