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

class ThrottleRegime(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    THROTTLE_REGIME_UNSPECIFIED: _ClassVar[ThrottleRegime]
    THROTTLE_REGIME_UNDER_CAPACITY: _ClassVar[ThrottleRegime]
    THROTTLE_REGIME_AT_CAPACITY: _ClassVar[ThrottleRegime]
    THROTTLE_REGIME_OVER_CAPACITY: _ClassVar[ThrottleRegime]
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
THROTTLE_REGIME_UNSPECIFIED: ThrottleRegime
THROTTLE_REGIME_UNDER_CAPACITY: ThrottleRegime
THROTTLE_REGIME_AT_CAPACITY: ThrottleRegime
THROTTLE_REGIME_OVER_CAPACITY: ThrottleRegime

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

class ApiMetrics(_message.Message):
    __slots__ = ("windows", "interval_ms", "current_limit_per_s", "quota", "slo_ms", "clients", "max_rise", "max_fall")
    WINDOWS_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_MS_FIELD_NUMBER: _ClassVar[int]
    CURRENT_LIMIT_PER_S_FIELD_NUMBER: _ClassVar[int]
    QUOTA_FIELD_NUMBER: _ClassVar[int]
    SLO_MS_FIELD_NUMBER: _ClassVar[int]
    CLIENTS_FIELD_NUMBER: _ClassVar[int]
    MAX_RISE_FIELD_NUMBER: _ClassVar[int]
    MAX_FALL_FIELD_NUMBER: _ClassVar[int]
    windows: _containers.RepeatedCompositeFieldContainer[ApiWindow]
    interval_ms: float
    current_limit_per_s: float
    quota: ApiQuota
    slo_ms: float
    clients: _containers.RepeatedCompositeFieldContainer[ApiClient]
    max_rise: float
    max_fall: float
    def __init__(self, windows: _Optional[_Iterable[_Union[ApiWindow, _Mapping]]] = ..., interval_ms: _Optional[float] = ..., current_limit_per_s: _Optional[float] = ..., quota: _Optional[_Union[ApiQuota, _Mapping]] = ..., slo_ms: _Optional[float] = ..., clients: _Optional[_Iterable[_Union[ApiClient, _Mapping]]] = ..., max_rise: _Optional[float] = ..., max_fall: _Optional[float] = ...) -> None: ...

class ApiWindow(_message.Message):
    __slots__ = ("t_ms", "sent_per_s", "ok_per_s", "status_429_per_s", "status_5xx_per_s", "rtt_p50_ms", "rtt_p95_ms", "in_flight")
    T_MS_FIELD_NUMBER: _ClassVar[int]
    SENT_PER_S_FIELD_NUMBER: _ClassVar[int]
    OK_PER_S_FIELD_NUMBER: _ClassVar[int]
    STATUS_429_PER_S_FIELD_NUMBER: _ClassVar[int]
    STATUS_5XX_PER_S_FIELD_NUMBER: _ClassVar[int]
    RTT_P50_MS_FIELD_NUMBER: _ClassVar[int]
    RTT_P95_MS_FIELD_NUMBER: _ClassVar[int]
    IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    t_ms: float
    sent_per_s: float
    ok_per_s: float
    status_429_per_s: float
    status_5xx_per_s: float
    rtt_p50_ms: float
    rtt_p95_ms: float
    in_flight: float
    def __init__(self, t_ms: _Optional[float] = ..., sent_per_s: _Optional[float] = ..., ok_per_s: _Optional[float] = ..., status_429_per_s: _Optional[float] = ..., status_5xx_per_s: _Optional[float] = ..., rtt_p50_ms: _Optional[float] = ..., rtt_p95_ms: _Optional[float] = ..., in_flight: _Optional[float] = ...) -> None: ...

class ApiQuota(_message.Message):
    __slots__ = ("limit", "remaining", "reset_ms")
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    REMAINING_FIELD_NUMBER: _ClassVar[int]
    RESET_MS_FIELD_NUMBER: _ClassVar[int]
    limit: float
    remaining: float
    reset_ms: float
    def __init__(self, limit: _Optional[float] = ..., remaining: _Optional[float] = ..., reset_ms: _Optional[float] = ...) -> None: ...

class ApiClient(_message.Message):
    __slots__ = ("id", "weight", "demand_per_s")
    ID_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    DEMAND_PER_S_FIELD_NUMBER: _ClassVar[int]
    id: str
    weight: float
    demand_per_s: float
    def __init__(self, id: _Optional[str] = ..., weight: _Optional[float] = ..., demand_per_s: _Optional[float] = ...) -> None: ...

class RateLimits(_message.Message):
    __slots__ = ("limit_per_s", "burst", "concurrency", "per_client", "backoff_ms", "expected", "regime", "capacity_per_s_q10", "capacity_per_s_q50", "capacity_per_s_q90")
    LIMIT_PER_S_FIELD_NUMBER: _ClassVar[int]
    BURST_FIELD_NUMBER: _ClassVar[int]
    CONCURRENCY_FIELD_NUMBER: _ClassVar[int]
    PER_CLIENT_FIELD_NUMBER: _ClassVar[int]
    BACKOFF_MS_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_FIELD_NUMBER: _ClassVar[int]
    REGIME_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_PER_S_Q10_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_PER_S_Q50_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_PER_S_Q90_FIELD_NUMBER: _ClassVar[int]
    limit_per_s: float
    burst: float
    concurrency: float
    per_client: _containers.RepeatedCompositeFieldContainer[ClientLimit]
    backoff_ms: float
    expected: ThrottleForecast
    regime: ThrottleRegime
    capacity_per_s_q10: float
    capacity_per_s_q50: float
    capacity_per_s_q90: float
    def __init__(self, limit_per_s: _Optional[float] = ..., burst: _Optional[float] = ..., concurrency: _Optional[float] = ..., per_client: _Optional[_Iterable[_Union[ClientLimit, _Mapping]]] = ..., backoff_ms: _Optional[float] = ..., expected: _Optional[_Union[ThrottleForecast, _Mapping]] = ..., regime: _Optional[_Union[ThrottleRegime, str]] = ..., capacity_per_s_q10: _Optional[float] = ..., capacity_per_s_q50: _Optional[float] = ..., capacity_per_s_q90: _Optional[float] = ...) -> None: ...

class ClientLimit(_message.Message):
    __slots__ = ("id", "limit_per_s")
    ID_FIELD_NUMBER: _ClassVar[int]
    LIMIT_PER_S_FIELD_NUMBER: _ClassVar[int]
    id: str
    limit_per_s: float
    def __init__(self, id: _Optional[str] = ..., limit_per_s: _Optional[float] = ...) -> None: ...

class ThrottleForecast(_message.Message):
    __slots__ = ("ok_per_s", "reject_rate", "p95_ms")
    OK_PER_S_FIELD_NUMBER: _ClassVar[int]
    REJECT_RATE_FIELD_NUMBER: _ClassVar[int]
    P95_MS_FIELD_NUMBER: _ClassVar[int]
    ok_per_s: float
    reject_rate: float
    p95_ms: float
    def __init__(self, ok_per_s: _Optional[float] = ..., reject_rate: _Optional[float] = ..., p95_ms: _Optional[float] = ...) -> None: ...

class ThrottleTruth(_message.Message):
    __slots__ = ("capacity_per_s", "sustainable_per_s", "carried_per_s", "over_capacity", "p95_ms")
    CAPACITY_PER_S_FIELD_NUMBER: _ClassVar[int]
    SUSTAINABLE_PER_S_FIELD_NUMBER: _ClassVar[int]
    CARRIED_PER_S_FIELD_NUMBER: _ClassVar[int]
    OVER_CAPACITY_FIELD_NUMBER: _ClassVar[int]
    P95_MS_FIELD_NUMBER: _ClassVar[int]
    capacity_per_s: float
    sustainable_per_s: float
    carried_per_s: float
    over_capacity: bool
    p95_ms: float
    def __init__(self, capacity_per_s: _Optional[float] = ..., sustainable_per_s: _Optional[float] = ..., carried_per_s: _Optional[float] = ..., over_capacity: bool = ..., p95_ms: _Optional[float] = ...) -> None: ...
