from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

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
