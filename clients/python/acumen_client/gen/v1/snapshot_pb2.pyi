from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Snapshot(_message.Message):
    __slots__ = ("id", "revision", "create_time", "size_bytes", "embedder", "format_version", "sections")
    ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    EMBEDDER_FIELD_NUMBER: _ClassVar[int]
    FORMAT_VERSION_FIELD_NUMBER: _ClassVar[int]
    SECTIONS_FIELD_NUMBER: _ClassVar[int]
    id: str
    revision: int
    create_time: _timestamp_pb2.Timestamp
    size_bytes: int
    embedder: str
    format_version: int
    sections: _containers.RepeatedCompositeFieldContainer[SnapshotSection]
    def __init__(self, id: _Optional[str] = ..., revision: _Optional[int] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., size_bytes: _Optional[int] = ..., embedder: _Optional[str] = ..., format_version: _Optional[int] = ..., sections: _Optional[_Iterable[_Union[SnapshotSection, _Mapping]]] = ...) -> None: ...

class SnapshotSection(_message.Message):
    __slots__ = ("name", "stored_bytes", "raw_bytes")
    NAME_FIELD_NUMBER: _ClassVar[int]
    STORED_BYTES_FIELD_NUMBER: _ClassVar[int]
    RAW_BYTES_FIELD_NUMBER: _ClassVar[int]
    name: str
    stored_bytes: int
    raw_bytes: int
    def __init__(self, name: _Optional[str] = ..., stored_bytes: _Optional[int] = ..., raw_bytes: _Optional[int] = ...) -> None: ...
