from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Text(_message.Message):
    __slots__ = ("text",)
    TEXT_FIELD_NUMBER: _ClassVar[int]
    text: str
    def __init__(self, text: _Optional[str] = ...) -> None: ...

class TextLabels(_message.Message):
    __slots__ = ("labels", "in_scope_p")
    LABELS_FIELD_NUMBER: _ClassVar[int]
    IN_SCOPE_P_FIELD_NUMBER: _ClassVar[int]
    labels: _containers.RepeatedCompositeFieldContainer[TextLabel]
    in_scope_p: float
    def __init__(self, labels: _Optional[_Iterable[_Union[TextLabel, _Mapping]]] = ..., in_scope_p: _Optional[float] = ...) -> None: ...

class TextLabel(_message.Message):
    __slots__ = ("name", "p")
    NAME_FIELD_NUMBER: _ClassVar[int]
    P_FIELD_NUMBER: _ClassVar[int]
    name: str
    p: float
    def __init__(self, name: _Optional[str] = ..., p: _Optional[float] = ...) -> None: ...

class TextTruth(_message.Message):
    __slots__ = ("label", "out_of_scope")
    LABEL_FIELD_NUMBER: _ClassVar[int]
    OUT_OF_SCOPE_FIELD_NUMBER: _ClassVar[int]
    label: str
    out_of_scope: bool
    def __init__(self, label: _Optional[str] = ..., out_of_scope: bool = ...) -> None: ...
