from acumen.proto.buf.validate import validate_pb2 as _validate_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AgentRole(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AGENT_ROLE_UNSPECIFIED: _ClassVar[AgentRole]
    AGENT_ROLE_WORKER: _ClassVar[AgentRole]
    AGENT_ROLE_COORDINATOR: _ClassVar[AgentRole]
    AGENT_ROLE_OBSERVER: _ClassVar[AgentRole]

class Topology(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TOPOLOGY_UNSPECIFIED: _ClassVar[Topology]
    TOPOLOGY_STAR: _ClassVar[Topology]
    TOPOLOGY_TREE: _ClassVar[Topology]
    TOPOLOGY_MESH: _ClassVar[Topology]
    TOPOLOGY_RING: _ClassVar[Topology]
    TOPOLOGY_PIPELINE: _ClassVar[Topology]
    TOPOLOGY_MARKET: _ClassVar[Topology]
    TOPOLOGY_BLACKBOARD: _ClassVar[Topology]
AGENT_ROLE_UNSPECIFIED: AgentRole
AGENT_ROLE_WORKER: AgentRole
AGENT_ROLE_COORDINATOR: AgentRole
AGENT_ROLE_OBSERVER: AgentRole
TOPOLOGY_UNSPECIFIED: Topology
TOPOLOGY_STAR: Topology
TOPOLOGY_TREE: Topology
TOPOLOGY_MESH: Topology
TOPOLOGY_RING: Topology
TOPOLOGY_PIPELINE: Topology
TOPOLOGY_MARKET: Topology
TOPOLOGY_BLACKBOARD: Topology

class VoteTable(_message.Message):
    __slots__ = ("options", "votes", "agent_history", "quorum", "loss_matrix")
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    VOTES_FIELD_NUMBER: _ClassVar[int]
    AGENT_HISTORY_FIELD_NUMBER: _ClassVar[int]
    QUORUM_FIELD_NUMBER: _ClassVar[int]
    LOSS_MATRIX_FIELD_NUMBER: _ClassVar[int]
    options: _containers.RepeatedScalarFieldContainer[str]
    votes: _containers.RepeatedCompositeFieldContainer[Vote]
    agent_history: _containers.RepeatedCompositeFieldContainer[AgentHistory]
    quorum: int
    loss_matrix: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, options: _Optional[_Iterable[str]] = ..., votes: _Optional[_Iterable[_Union[Vote, _Mapping]]] = ..., agent_history: _Optional[_Iterable[_Union[AgentHistory, _Mapping]]] = ..., quorum: _Optional[int] = ..., loss_matrix: _Optional[_Iterable[float]] = ...) -> None: ...

class Vote(_message.Message):
    __slots__ = ("agent", "item", "option", "confidence")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    OPTION_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    agent: str
    item: str
    option: str
    confidence: float
    def __init__(self, agent: _Optional[str] = ..., item: _Optional[str] = ..., option: _Optional[str] = ..., confidence: _Optional[float] = ...) -> None: ...

class AgentHistory(_message.Message):
    __slots__ = ("agent", "correct", "total")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    CORRECT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    agent: str
    correct: int
    total: int
    def __init__(self, agent: _Optional[str] = ..., correct: _Optional[int] = ..., total: _Optional[int] = ...) -> None: ...

class ConsensusDecision(_message.Message):
    __slots__ = ("options", "decisions", "agents", "correlated_groups", "needs_more_votes")
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    CORRELATED_GROUPS_FIELD_NUMBER: _ClassVar[int]
    NEEDS_MORE_VOTES_FIELD_NUMBER: _ClassVar[int]
    options: _containers.RepeatedScalarFieldContainer[str]
    decisions: _containers.RepeatedCompositeFieldContainer[ItemDecision]
    agents: _containers.RepeatedCompositeFieldContainer[AgentReliability]
    correlated_groups: _containers.RepeatedCompositeFieldContainer[CorrelatedGroup]
    needs_more_votes: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, options: _Optional[_Iterable[str]] = ..., decisions: _Optional[_Iterable[_Union[ItemDecision, _Mapping]]] = ..., agents: _Optional[_Iterable[_Union[AgentReliability, _Mapping]]] = ..., correlated_groups: _Optional[_Iterable[_Union[CorrelatedGroup, _Mapping]]] = ..., needs_more_votes: _Optional[_Iterable[str]] = ...) -> None: ...

class ItemDecision(_message.Message):
    __slots__ = ("item", "option", "posterior", "margin", "abstained", "votes")
    ITEM_FIELD_NUMBER: _ClassVar[int]
    OPTION_FIELD_NUMBER: _ClassVar[int]
    POSTERIOR_FIELD_NUMBER: _ClassVar[int]
    MARGIN_FIELD_NUMBER: _ClassVar[int]
    ABSTAINED_FIELD_NUMBER: _ClassVar[int]
    VOTES_FIELD_NUMBER: _ClassVar[int]
    item: str
    option: str
    posterior: _containers.RepeatedScalarFieldContainer[float]
    margin: float
    abstained: bool
    votes: int
    def __init__(self, item: _Optional[str] = ..., option: _Optional[str] = ..., posterior: _Optional[_Iterable[float]] = ..., margin: _Optional[float] = ..., abstained: bool = ..., votes: _Optional[int] = ...) -> None: ...

class AgentReliability(_message.Message):
    __slots__ = ("agent", "reliability", "bias", "votes")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    RELIABILITY_FIELD_NUMBER: _ClassVar[int]
    BIAS_FIELD_NUMBER: _ClassVar[int]
    VOTES_FIELD_NUMBER: _ClassVar[int]
    agent: str
    reliability: float
    bias: _containers.RepeatedScalarFieldContainer[float]
    votes: int
    def __init__(self, agent: _Optional[str] = ..., reliability: _Optional[float] = ..., bias: _Optional[_Iterable[float]] = ..., votes: _Optional[int] = ...) -> None: ...

class CorrelatedGroup(_message.Message):
    __slots__ = ("agents", "agreement")
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    agents: _containers.RepeatedScalarFieldContainer[str]
    agreement: float
    def __init__(self, agents: _Optional[_Iterable[str]] = ..., agreement: _Optional[float] = ...) -> None: ...

class LoadMetrics(_message.Message):
    __slots__ = ("servers", "arrival_rate_per_s", "arrival_cv", "size_cv", "slo_ms", "max_step")
    SERVERS_FIELD_NUMBER: _ClassVar[int]
    ARRIVAL_RATE_PER_S_FIELD_NUMBER: _ClassVar[int]
    ARRIVAL_CV_FIELD_NUMBER: _ClassVar[int]
    SIZE_CV_FIELD_NUMBER: _ClassVar[int]
    SLO_MS_FIELD_NUMBER: _ClassVar[int]
    MAX_STEP_FIELD_NUMBER: _ClassVar[int]
    servers: _containers.RepeatedCompositeFieldContainer[ServerLoad]
    arrival_rate_per_s: float
    arrival_cv: float
    size_cv: float
    slo_ms: float
    max_step: float
    def __init__(self, servers: _Optional[_Iterable[_Union[ServerLoad, _Mapping]]] = ..., arrival_rate_per_s: _Optional[float] = ..., arrival_cv: _Optional[float] = ..., size_cv: _Optional[float] = ..., slo_ms: _Optional[float] = ..., max_step: _Optional[float] = ...) -> None: ...

class ServerLoad(_message.Message):
    __slots__ = ("id", "nominal_capacity_per_s", "in_flight", "queue", "p50_ms", "p99_ms", "error_rate", "cpu", "last_report_age_ms", "recent", "current_weight")
    ID_FIELD_NUMBER: _ClassVar[int]
    NOMINAL_CAPACITY_PER_S_FIELD_NUMBER: _ClassVar[int]
    IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    P50_MS_FIELD_NUMBER: _ClassVar[int]
    P99_MS_FIELD_NUMBER: _ClassVar[int]
    ERROR_RATE_FIELD_NUMBER: _ClassVar[int]
    CPU_FIELD_NUMBER: _ClassVar[int]
    LAST_REPORT_AGE_MS_FIELD_NUMBER: _ClassVar[int]
    RECENT_FIELD_NUMBER: _ClassVar[int]
    CURRENT_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    id: str
    nominal_capacity_per_s: float
    in_flight: int
    queue: int
    p50_ms: float
    p99_ms: float
    error_rate: float
    cpu: float
    last_report_age_ms: float
    recent: _containers.RepeatedCompositeFieldContainer[LoadWindow]
    current_weight: float
    def __init__(self, id: _Optional[str] = ..., nominal_capacity_per_s: _Optional[float] = ..., in_flight: _Optional[int] = ..., queue: _Optional[int] = ..., p50_ms: _Optional[float] = ..., p99_ms: _Optional[float] = ..., error_rate: _Optional[float] = ..., cpu: _Optional[float] = ..., last_report_age_ms: _Optional[float] = ..., recent: _Optional[_Iterable[_Union[LoadWindow, _Mapping]]] = ..., current_weight: _Optional[float] = ...) -> None: ...

class LoadWindow(_message.Message):
    __slots__ = ("rate_per_s", "mean_ms")
    RATE_PER_S_FIELD_NUMBER: _ClassVar[int]
    MEAN_MS_FIELD_NUMBER: _ClassVar[int]
    rate_per_s: float
    mean_ms: float
    def __init__(self, rate_per_s: _Optional[float] = ..., mean_ms: _Optional[float] = ...) -> None: ...

class DistributionPlan(_message.Message):
    __slots__ = ("weights", "drain", "expected_p99_ms_q50", "expected_p99_ms_q90", "overload")
    WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    DRAIN_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_P99_MS_Q50_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_P99_MS_Q90_FIELD_NUMBER: _ClassVar[int]
    OVERLOAD_FIELD_NUMBER: _ClassVar[int]
    weights: _containers.RepeatedCompositeFieldContainer[ServerWeight]
    drain: _containers.RepeatedScalarFieldContainer[str]
    expected_p99_ms_q50: float
    expected_p99_ms_q90: float
    overload: bool
    def __init__(self, weights: _Optional[_Iterable[_Union[ServerWeight, _Mapping]]] = ..., drain: _Optional[_Iterable[str]] = ..., expected_p99_ms_q50: _Optional[float] = ..., expected_p99_ms_q90: _Optional[float] = ..., overload: bool = ...) -> None: ...

class ServerWeight(_message.Message):
    __slots__ = ("server", "weight", "speed_per_s", "utilisation")
    SERVER_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    SPEED_PER_S_FIELD_NUMBER: _ClassVar[int]
    UTILISATION_FIELD_NUMBER: _ClassVar[int]
    server: str
    weight: float
    speed_per_s: float
    utilisation: float
    def __init__(self, server: _Optional[str] = ..., weight: _Optional[float] = ..., speed_per_s: _Optional[float] = ..., utilisation: _Optional[float] = ...) -> None: ...

class SwarmState(_message.Message):
    __slots__ = ("agents", "tasks", "coupling", "deadline_ms", "message_cost_ms", "loss_rate", "weights")
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    TASKS_FIELD_NUMBER: _ClassVar[int]
    COUPLING_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_MS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_COST_MS_FIELD_NUMBER: _ClassVar[int]
    LOSS_RATE_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    agents: _containers.RepeatedCompositeFieldContainer[AgentState]
    tasks: int
    coupling: float
    deadline_ms: float
    message_cost_ms: float
    loss_rate: float
    weights: CoordinationWeights
    def __init__(self, agents: _Optional[_Iterable[_Union[AgentState, _Mapping]]] = ..., tasks: _Optional[int] = ..., coupling: _Optional[float] = ..., deadline_ms: _Optional[float] = ..., message_cost_ms: _Optional[float] = ..., loss_rate: _Optional[float] = ..., weights: _Optional[_Union[CoordinationWeights, _Mapping]] = ...) -> None: ...

class CoordinationWeights(_message.Message):
    __slots__ = ("time", "messages", "robustness")
    TIME_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    ROBUSTNESS_FIELD_NUMBER: _ClassVar[int]
    time: float
    messages: float
    robustness: float
    def __init__(self, time: _Optional[float] = ..., messages: _Optional[float] = ..., robustness: _Optional[float] = ...) -> None: ...

class AgentState(_message.Message):
    __slots__ = ("id", "role", "skills", "load", "throughput_per_s", "error_rate", "latency_ms", "reliability", "alive")
    ID_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    SKILLS_FIELD_NUMBER: _ClassVar[int]
    LOAD_FIELD_NUMBER: _ClassVar[int]
    THROUGHPUT_PER_S_FIELD_NUMBER: _ClassVar[int]
    ERROR_RATE_FIELD_NUMBER: _ClassVar[int]
    LATENCY_MS_FIELD_NUMBER: _ClassVar[int]
    RELIABILITY_FIELD_NUMBER: _ClassVar[int]
    ALIVE_FIELD_NUMBER: _ClassVar[int]
    id: str
    role: AgentRole
    skills: _containers.RepeatedScalarFieldContainer[str]
    load: float
    throughput_per_s: float
    error_rate: float
    latency_ms: float
    reliability: float
    alive: bool
    def __init__(self, id: _Optional[str] = ..., role: _Optional[_Union[AgentRole, str]] = ..., skills: _Optional[_Iterable[str]] = ..., load: _Optional[float] = ..., throughput_per_s: _Optional[float] = ..., error_rate: _Optional[float] = ..., latency_ms: _Optional[float] = ..., reliability: _Optional[float] = ..., alive: bool = ...) -> None: ...

class CoordinationPlan(_message.Message):
    __slots__ = ("topology", "branching", "batch", "leader_id", "members", "edges", "quorum", "heartbeat_ms", "gossip_fanout", "expected", "ideal_ms", "alternatives")
    TOPOLOGY_FIELD_NUMBER: _ClassVar[int]
    BRANCHING_FIELD_NUMBER: _ClassVar[int]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    LEADER_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    EDGES_FIELD_NUMBER: _ClassVar[int]
    QUORUM_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_MS_FIELD_NUMBER: _ClassVar[int]
    GOSSIP_FANOUT_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_FIELD_NUMBER: _ClassVar[int]
    IDEAL_MS_FIELD_NUMBER: _ClassVar[int]
    ALTERNATIVES_FIELD_NUMBER: _ClassVar[int]
    topology: Topology
    branching: int
    batch: int
    leader_id: str
    members: _containers.RepeatedScalarFieldContainer[str]
    edges: _containers.RepeatedScalarFieldContainer[int]
    quorum: int
    heartbeat_ms: float
    gossip_fanout: int
    expected: ExpectedCoordination
    ideal_ms: float
    alternatives: _containers.RepeatedCompositeFieldContainer[AlternativeCoordination]
    def __init__(self, topology: _Optional[_Union[Topology, str]] = ..., branching: _Optional[int] = ..., batch: _Optional[int] = ..., leader_id: _Optional[str] = ..., members: _Optional[_Iterable[str]] = ..., edges: _Optional[_Iterable[int]] = ..., quorum: _Optional[int] = ..., heartbeat_ms: _Optional[float] = ..., gossip_fanout: _Optional[int] = ..., expected: _Optional[_Union[ExpectedCoordination, _Mapping]] = ..., ideal_ms: _Optional[float] = ..., alternatives: _Optional[_Iterable[_Union[AlternativeCoordination, _Mapping]]] = ...) -> None: ...

class ExpectedCoordination(_message.Message):
    __slots__ = ("completion_ms", "messages", "survive_p", "cost")
    COMPLETION_MS_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    SURVIVE_P_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    completion_ms: float
    messages: float
    survive_p: float
    cost: float
    def __init__(self, completion_ms: _Optional[float] = ..., messages: _Optional[float] = ..., survive_p: _Optional[float] = ..., cost: _Optional[float] = ...) -> None: ...

class AlternativeCoordination(_message.Message):
    __slots__ = ("topology", "branching", "batch", "expected_regret")
    TOPOLOGY_FIELD_NUMBER: _ClassVar[int]
    BRANCHING_FIELD_NUMBER: _ClassVar[int]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_REGRET_FIELD_NUMBER: _ClassVar[int]
    topology: Topology
    branching: int
    batch: int
    expected_regret: float
    def __init__(self, topology: _Optional[_Union[Topology, str]] = ..., branching: _Optional[int] = ..., batch: _Optional[int] = ..., expected_regret: _Optional[float] = ...) -> None: ...

class CoordinationTruth(_message.Message):
    __slots__ = ("runs",)
    RUNS_FIELD_NUMBER: _ClassVar[int]
    runs: _containers.RepeatedCompositeFieldContainer[ObservedCoordination]
    def __init__(self, runs: _Optional[_Iterable[_Union[ObservedCoordination, _Mapping]]] = ...) -> None: ...

class ObservedCoordination(_message.Message):
    __slots__ = ("topology", "branching", "batch", "leader_id", "completion_ms", "messages", "survived")
    TOPOLOGY_FIELD_NUMBER: _ClassVar[int]
    BRANCHING_FIELD_NUMBER: _ClassVar[int]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    LEADER_ID_FIELD_NUMBER: _ClassVar[int]
    COMPLETION_MS_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    SURVIVED_FIELD_NUMBER: _ClassVar[int]
    topology: Topology
    branching: int
    batch: int
    leader_id: str
    completion_ms: float
    messages: float
    survived: float
    def __init__(self, topology: _Optional[_Union[Topology, str]] = ..., branching: _Optional[int] = ..., batch: _Optional[int] = ..., leader_id: _Optional[str] = ..., completion_ms: _Optional[float] = ..., messages: _Optional[float] = ..., survived: _Optional[float] = ...) -> None: ...

class ConsensusTruth(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[ItemTruth]
    def __init__(self, items: _Optional[_Iterable[_Union[ItemTruth, _Mapping]]] = ...) -> None: ...

class ItemTruth(_message.Message):
    __slots__ = ("item", "option")
    ITEM_FIELD_NUMBER: _ClassVar[int]
    OPTION_FIELD_NUMBER: _ClassVar[int]
    item: str
    option: str
    def __init__(self, item: _Optional[str] = ..., option: _Optional[str] = ...) -> None: ...

class LoadOutcome(_message.Message):
    __slots__ = ("servers", "p99_ms", "carried")
    SERVERS_FIELD_NUMBER: _ClassVar[int]
    P99_MS_FIELD_NUMBER: _ClassVar[int]
    CARRIED_FIELD_NUMBER: _ClassVar[int]
    servers: _containers.RepeatedCompositeFieldContainer[ServerOutcome]
    p99_ms: float
    carried: bool
    def __init__(self, servers: _Optional[_Iterable[_Union[ServerOutcome, _Mapping]]] = ..., p99_ms: _Optional[float] = ..., carried: bool = ...) -> None: ...

class ServerOutcome(_message.Message):
    __slots__ = ("server", "speed_per_s", "served_per_s", "down")
    SERVER_FIELD_NUMBER: _ClassVar[int]
    SPEED_PER_S_FIELD_NUMBER: _ClassVar[int]
    SERVED_PER_S_FIELD_NUMBER: _ClassVar[int]
    DOWN_FIELD_NUMBER: _ClassVar[int]
    server: str
    speed_per_s: float
    served_per_s: float
    down: bool
    def __init__(self, server: _Optional[str] = ..., speed_per_s: _Optional[float] = ..., served_per_s: _Optional[float] = ..., down: bool = ...) -> None: ...
