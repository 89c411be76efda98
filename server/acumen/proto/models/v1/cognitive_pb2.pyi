from acumen.proto.buf.validate import validate_pb2 as _validate_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SolutionStrategy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SOLUTION_STRATEGY_UNSPECIFIED: _ClassVar[SolutionStrategy]
    SOLUTION_STRATEGY_SEQUENTIAL: _ClassVar[SolutionStrategy]
    SOLUTION_STRATEGY_PARALLEL: _ClassVar[SolutionStrategy]
    SOLUTION_STRATEGY_PIPELINE: _ClassVar[SolutionStrategy]
    SOLUTION_STRATEGY_DIVIDE_CONQUER: _ClassVar[SolutionStrategy]
    SOLUTION_STRATEGY_SPECULATIVE: _ClassVar[SolutionStrategy]
    SOLUTION_STRATEGY_ITERATIVE_REFINE: _ClassVar[SolutionStrategy]
    SOLUTION_STRATEGY_PORTFOLIO_RACE: _ClassVar[SolutionStrategy]
    SOLUTION_STRATEGY_ADAPTIVE: _ClassVar[SolutionStrategy]
SOLUTION_STRATEGY_UNSPECIFIED: SolutionStrategy
SOLUTION_STRATEGY_SEQUENTIAL: SolutionStrategy
SOLUTION_STRATEGY_PARALLEL: SolutionStrategy
SOLUTION_STRATEGY_PIPELINE: SolutionStrategy
SOLUTION_STRATEGY_DIVIDE_CONQUER: SolutionStrategy
SOLUTION_STRATEGY_SPECULATIVE: SolutionStrategy
SOLUTION_STRATEGY_ITERATIVE_REFINE: SolutionStrategy
SOLUTION_STRATEGY_PORTFOLIO_RACE: SolutionStrategy
SOLUTION_STRATEGY_ADAPTIVE: SolutionStrategy

class ProblemContext(_message.Message):
    __slots__ = ("statement", "subproblems", "workers", "deadline_ms", "budget_units", "retry_cost", "objective")
    STATEMENT_FIELD_NUMBER: _ClassVar[int]
    SUBPROBLEMS_FIELD_NUMBER: _ClassVar[int]
    WORKERS_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_MS_FIELD_NUMBER: _ClassVar[int]
    BUDGET_UNITS_FIELD_NUMBER: _ClassVar[int]
    RETRY_COST_FIELD_NUMBER: _ClassVar[int]
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    statement: str
    subproblems: _containers.RepeatedCompositeFieldContainer[Subproblem]
    workers: int
    deadline_ms: float
    budget_units: float
    retry_cost: float
    objective: SolutionObjective
    def __init__(self, statement: _Optional[str] = ..., subproblems: _Optional[_Iterable[_Union[Subproblem, _Mapping]]] = ..., workers: _Optional[int] = ..., deadline_ms: _Optional[float] = ..., budget_units: _Optional[float] = ..., retry_cost: _Optional[float] = ..., objective: _Optional[_Union[SolutionObjective, _Mapping]] = ...) -> None: ...

class Subproblem(_message.Message):
    __slots__ = ("id", "effort_ms", "effort_cv", "success_prob", "depends_on", "shared_state")
    ID_FIELD_NUMBER: _ClassVar[int]
    EFFORT_MS_FIELD_NUMBER: _ClassVar[int]
    EFFORT_CV_FIELD_NUMBER: _ClassVar[int]
    SUCCESS_PROB_FIELD_NUMBER: _ClassVar[int]
    DEPENDS_ON_FIELD_NUMBER: _ClassVar[int]
    SHARED_STATE_FIELD_NUMBER: _ClassVar[int]
    id: str
    effort_ms: float
    effort_cv: float
    success_prob: float
    depends_on: _containers.RepeatedScalarFieldContainer[str]
    shared_state: float
    def __init__(self, id: _Optional[str] = ..., effort_ms: _Optional[float] = ..., effort_cv: _Optional[float] = ..., success_prob: _Optional[float] = ..., depends_on: _Optional[_Iterable[str]] = ..., shared_state: _Optional[float] = ...) -> None: ...

class SolutionObjective(_message.Message):
    __slots__ = ("time", "cost", "risk")
    TIME_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    RISK_FIELD_NUMBER: _ClassVar[int]
    time: float
    cost: float
    risk: float
    def __init__(self, time: _Optional[float] = ..., cost: _Optional[float] = ..., risk: _Optional[float] = ...) -> None: ...

class SolutionPath(_message.Message):
    __slots__ = ("strategy", "steps", "expected_time_ms", "success_prob", "expected_utility", "alternatives")
    STRATEGY_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    SUCCESS_PROB_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_UTILITY_FIELD_NUMBER: _ClassVar[int]
    ALTERNATIVES_FIELD_NUMBER: _ClassVar[int]
    strategy: SolutionStrategy
    steps: _containers.RepeatedCompositeFieldContainer[PathStep]
    expected_time_ms: float
    success_prob: float
    expected_utility: float
    alternatives: _containers.RepeatedCompositeFieldContainer[SolutionForecast]
    def __init__(self, strategy: _Optional[_Union[SolutionStrategy, str]] = ..., steps: _Optional[_Iterable[_Union[PathStep, _Mapping]]] = ..., expected_time_ms: _Optional[float] = ..., success_prob: _Optional[float] = ..., expected_utility: _Optional[float] = ..., alternatives: _Optional[_Iterable[_Union[SolutionForecast, _Mapping]]] = ...) -> None: ...

class PathStep(_message.Message):
    __slots__ = ("id", "stage", "parts", "copies", "max_attempts", "early")
    ID_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    COPIES_FIELD_NUMBER: _ClassVar[int]
    MAX_ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    EARLY_FIELD_NUMBER: _ClassVar[int]
    id: str
    stage: int
    parts: int
    copies: int
    max_attempts: int
    early: bool
    def __init__(self, id: _Optional[str] = ..., stage: _Optional[int] = ..., parts: _Optional[int] = ..., copies: _Optional[int] = ..., max_attempts: _Optional[int] = ..., early: bool = ...) -> None: ...

class SolutionForecast(_message.Message):
    __slots__ = ("strategy", "expected_regret")
    STRATEGY_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_REGRET_FIELD_NUMBER: _ClassVar[int]
    strategy: SolutionStrategy
    expected_regret: float
    def __init__(self, strategy: _Optional[_Union[SolutionStrategy, str]] = ..., expected_regret: _Optional[float] = ...) -> None: ...

class ConvergentTruth(_message.Message):
    __slots__ = ("outcomes", "best")
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    BEST_FIELD_NUMBER: _ClassVar[int]
    outcomes: _containers.RepeatedCompositeFieldContainer[SolutionOutcome]
    best: SolutionStrategy
    def __init__(self, outcomes: _Optional[_Iterable[_Union[SolutionOutcome, _Mapping]]] = ..., best: _Optional[_Union[SolutionStrategy, str]] = ...) -> None: ...

class SolutionOutcome(_message.Message):
    __slots__ = ("strategy", "utility", "run")
    STRATEGY_FIELD_NUMBER: _ClassVar[int]
    UTILITY_FIELD_NUMBER: _ClassVar[int]
    RUN_FIELD_NUMBER: _ClassVar[int]
    strategy: SolutionStrategy
    utility: float
    run: SolutionRun
    def __init__(self, strategy: _Optional[_Union[SolutionStrategy, str]] = ..., utility: _Optional[float] = ..., run: _Optional[_Union[SolutionRun, _Mapping]] = ...) -> None: ...

class SolutionRun(_message.Message):
    __slots__ = ("time_ms", "spent_units", "solved")
    TIME_MS_FIELD_NUMBER: _ClassVar[int]
    SPENT_UNITS_FIELD_NUMBER: _ClassVar[int]
    SOLVED_FIELD_NUMBER: _ClassVar[int]
    time_ms: float
    spent_units: float
    solved: bool
    def __init__(self, time_ms: _Optional[float] = ..., spent_units: _Optional[float] = ..., solved: bool = ...) -> None: ...

class FeedbackHistory(_message.Message):
    __slots__ = ("actions", "events", "context", "horizon", "risk_aversion")
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    HORIZON_FIELD_NUMBER: _ClassVar[int]
    RISK_AVERSION_FIELD_NUMBER: _ClassVar[int]
    actions: _containers.RepeatedCompositeFieldContainer[CandidateAction]
    events: _containers.RepeatedCompositeFieldContainer[FeedbackEvent]
    context: _containers.RepeatedScalarFieldContainer[float]
    horizon: int
    risk_aversion: float
    def __init__(self, actions: _Optional[_Iterable[_Union[CandidateAction, _Mapping]]] = ..., events: _Optional[_Iterable[_Union[FeedbackEvent, _Mapping]]] = ..., context: _Optional[_Iterable[float]] = ..., horizon: _Optional[int] = ..., risk_aversion: _Optional[float] = ...) -> None: ...

class CandidateAction(_message.Message):
    __slots__ = ("id", "features")
    ID_FIELD_NUMBER: _ClassVar[int]
    FEATURES_FIELD_NUMBER: _ClassVar[int]
    id: str
    features: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, id: _Optional[str] = ..., features: _Optional[_Iterable[float]] = ...) -> None: ...

class FeedbackEvent(_message.Message):
    __slots__ = ("t_ms", "action_id", "reward", "propensity", "context")
    T_MS_FIELD_NUMBER: _ClassVar[int]
    ACTION_ID_FIELD_NUMBER: _ClassVar[int]
    REWARD_FIELD_NUMBER: _ClassVar[int]
    PROPENSITY_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    t_ms: int
    action_id: str
    reward: float
    propensity: float
    context: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, t_ms: _Optional[int] = ..., action_id: _Optional[str] = ..., reward: _Optional[float] = ..., propensity: _Optional[float] = ..., context: _Optional[_Iterable[float]] = ...) -> None: ...

class LearnedPolicy(_message.Message):
    __slots__ = ("policy", "estimates", "exploration_rate", "recommended_action", "floor")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    ESTIMATES_FIELD_NUMBER: _ClassVar[int]
    EXPLORATION_RATE_FIELD_NUMBER: _ClassVar[int]
    RECOMMENDED_ACTION_FIELD_NUMBER: _ClassVar[int]
    FLOOR_FIELD_NUMBER: _ClassVar[int]
    policy: _containers.RepeatedCompositeFieldContainer[ActionProbability]
    estimates: _containers.RepeatedCompositeFieldContainer[ActionEstimate]
    exploration_rate: float
    recommended_action: str
    floor: float
    def __init__(self, policy: _Optional[_Iterable[_Union[ActionProbability, _Mapping]]] = ..., estimates: _Optional[_Iterable[_Union[ActionEstimate, _Mapping]]] = ..., exploration_rate: _Optional[float] = ..., recommended_action: _Optional[str] = ..., floor: _Optional[float] = ...) -> None: ...

class ActionProbability(_message.Message):
    __slots__ = ("action_id", "probability")
    ACTION_ID_FIELD_NUMBER: _ClassVar[int]
    PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    action_id: str
    probability: float
    def __init__(self, action_id: _Optional[str] = ..., probability: _Optional[float] = ...) -> None: ...

class ActionEstimate(_message.Message):
    __slots__ = ("action_id", "mean", "q10", "q90", "change_detected_at_ms", "effective_n")
    ACTION_ID_FIELD_NUMBER: _ClassVar[int]
    MEAN_FIELD_NUMBER: _ClassVar[int]
    Q10_FIELD_NUMBER: _ClassVar[int]
    Q90_FIELD_NUMBER: _ClassVar[int]
    CHANGE_DETECTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_N_FIELD_NUMBER: _ClassVar[int]
    action_id: str
    mean: float
    q10: float
    q90: float
    change_detected_at_ms: int
    effective_n: float
    def __init__(self, action_id: _Optional[str] = ..., mean: _Optional[float] = ..., q10: _Optional[float] = ..., q90: _Optional[float] = ..., change_detected_at_ms: _Optional[int] = ..., effective_n: _Optional[float] = ...) -> None: ...

class AdaptiveTruth(_message.Message):
    __slots__ = ("outcomes",)
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    outcomes: _containers.RepeatedCompositeFieldContainer[ActionOutcome]
    def __init__(self, outcomes: _Optional[_Iterable[_Union[ActionOutcome, _Mapping]]] = ...) -> None: ...

class ActionOutcome(_message.Message):
    __slots__ = ("action_id", "mean_reward", "count")
    ACTION_ID_FIELD_NUMBER: _ClassVar[int]
    MEAN_REWARD_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    action_id: str
    mean_reward: float
    count: int
    def __init__(self, action_id: _Optional[str] = ..., mean_reward: _Optional[float] = ..., count: _Optional[int] = ...) -> None: ...
