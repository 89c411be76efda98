from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Voting(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VOTING_UNSPECIFIED: _ClassVar[Voting]
    VOTING_MAJORITY: _ClassVar[Voting]
    VOTING_WEIGHTED: _ClassVar[Voting]
    VOTING_LEARNED: _ClassVar[Voting]

class WeightSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WEIGHT_SOURCE_UNSPECIFIED: _ClassVar[WeightSource]
    WEIGHT_SOURCE_EQUAL: _ClassVar[WeightSource]
    WEIGHT_SOURCE_EXAMPLES: _ClassVar[WeightSource]
    WEIGHT_SOURCE_OUTCOMES: _ClassVar[WeightSource]
VOTING_UNSPECIFIED: Voting
VOTING_MAJORITY: Voting
VOTING_WEIGHTED: Voting
VOTING_LEARNED: Voting
WEIGHT_SOURCE_UNSPECIFIED: WeightSource
WEIGHT_SOURCE_EQUAL: WeightSource
WEIGHT_SOURCE_EXAMPLES: WeightSource
WEIGHT_SOURCE_OUTCOMES: WeightSource

class OptionShare(_message.Message):
    __slots__ = ("option", "p")
    OPTION_FIELD_NUMBER: _ClassVar[int]
    P_FIELD_NUMBER: _ClassVar[int]
    option: str
    p: float
    def __init__(self, option: _Optional[str] = ..., p: _Optional[float] = ...) -> None: ...

class MemberVote(_message.Message):
    __slots__ = ("model", "version", "weights_sha256", "choice", "options", "weight", "abstained")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_SHA256_FIELD_NUMBER: _ClassVar[int]
    CHOICE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    ABSTAINED_FIELD_NUMBER: _ClassVar[int]
    model: str
    version: str
    weights_sha256: str
    choice: str
    options: _containers.RepeatedCompositeFieldContainer[OptionShare]
    weight: float
    abstained: bool
    def __init__(self, model: _Optional[str] = ..., version: _Optional[str] = ..., weights_sha256: _Optional[str] = ..., choice: _Optional[str] = ..., options: _Optional[_Iterable[_Union[OptionShare, _Mapping]]] = ..., weight: _Optional[float] = ..., abstained: bool = ...) -> None: ...

class EnsembleResponse(_message.Message):
    __slots__ = ("options", "choice", "confidence", "abstained", "disagreement", "members", "voting", "weight_source", "weight_note")
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    CHOICE_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    ABSTAINED_FIELD_NUMBER: _ClassVar[int]
    DISAGREEMENT_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    VOTING_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_SOURCE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_NOTE_FIELD_NUMBER: _ClassVar[int]
    options: _containers.RepeatedCompositeFieldContainer[OptionShare]
    choice: str
    confidence: float
    abstained: bool
    disagreement: float
    members: _containers.RepeatedCompositeFieldContainer[MemberVote]
    voting: Voting
    weight_source: WeightSource
    weight_note: str
    def __init__(self, options: _Optional[_Iterable[_Union[OptionShare, _Mapping]]] = ..., choice: _Optional[str] = ..., confidence: _Optional[float] = ..., abstained: bool = ..., disagreement: _Optional[float] = ..., members: _Optional[_Iterable[_Union[MemberVote, _Mapping]]] = ..., voting: _Optional[_Union[Voting, str]] = ..., weight_source: _Optional[_Union[WeightSource, str]] = ..., weight_note: _Optional[str] = ...) -> None: ...
