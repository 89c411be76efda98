"""Messages one after the other in bytes: each behind its length, four bytes, little-endian."""

import struct
from collections.abc import Iterator
from typing import TypeVar

from google.protobuf.message import DecodeError, Message

M = TypeVar("M", bound=Message)
LENGTH = struct.Struct("<I")


def frame(message: Message) -> bytes:
    """Return a message behind its length; equal messages are equal bytes."""
    body = message.SerializeToString(deterministic=True)
    return LENGTH.pack(len(body)) + body


def frames(data: bytes, kind: type[M]) -> Iterator[M]:
    """Yield the messages in `data`; raises `ValueError` for bytes that are none."""
    at = 0
    while at < len(data):
        if at + LENGTH.size > len(data):
            raise ValueError("ends within a length")
        (size,) = LENGTH.unpack_from(data, at)
        at += LENGTH.size
        if at + size > len(data):
            raise ValueError("ends within a message")
        try:
            yield kind.FromString(data[at : at + size])
        except DecodeError as error:
            raise ValueError(str(error)) from None
        at += size
