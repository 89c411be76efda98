"""From a recorded cache trace to the input of cache-v1."""

import itertools
import lzma
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from acumen_client.cli.files import open_text
from acumen_client.messages import AccessPattern, AccessTrace

SUFFIXES = (".trace", ".trace.gz", ".txt", ".xz")
MOST_ACCESSES = 20_000
_SHARES = (0.01, 0.05, 0.20)
_ADDRESS_BITS = 6
_CHUNK_BYTES = 1 << 16
_INT32 = struct.Struct("<i")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Which accesses of a trace to send, and the cache sizes to choose from (empty: shares of the distinct keys)."""

    offset: int = 0
    limit: int = MOST_ACCESSES
    cache_entries: tuple[int, ...] = ()


def pattern_of(path: Path, segment: Segment) -> AccessPattern:
    """Return the segment of a trace file; `ValueError` when it is malformed or has no access there."""
    keys = list(itertools.islice(_keys(path), segment.offset, segment.offset + segment.limit))
    if not keys:
        raise ValueError(f"{path}: no access after the first {segment.offset}")
    entries = segment.cache_entries or default_entries(keys)
    return AccessPattern(trace=AccessTrace(key_hash=keys), cache_entries=entries)


def default_entries(keys: Sequence[int]) -> tuple[int, ...]:
    """Return 1 %, 5 % and 20 % of the number of distinct keys, ascending, each at least 1."""
    distinct = len(set(keys))
    return tuple(sorted({max(1, round(share * distinct)) for share in _SHARES}))


def keys_of_lines(lines: Iterable[str]) -> Iterator[int]:
    """Yield the keys of a text: a block number a line, or an operation and a hexadecimal address (lines of 64 bytes).

    Empty lines and lines that start with `*` are marks of the recorder and ignored.
    """
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0].startswith("*"):
            continue
        try:
            key = int(words[0]) if len(words) == 1 else int(words[1], 16) >> _ADDRESS_BITS
        except ValueError:
            raise ValueError(f"line {number}: neither a block number nor an operation and an address") from None
        yield key % 2**64


def keys_of_int32(stream: BinaryIO) -> Iterator[int]:
    """Yield the keys of a stream of little-endian int32."""
    while chunk := stream.read(_CHUNK_BYTES):
        chunk += stream.read(-len(chunk) % 4)
        if len(chunk) % 4:
            raise ValueError("the length is no multiple of 4 bytes")
        for (key,) in _INT32.iter_unpack(chunk):
            yield key % 2**64


def _keys(path: Path) -> Iterator[int]:
    if path.name.endswith(".xz"):
        with lzma.open(path) as stream:
            yield from keys_of_int32(stream)  # type: ignore[arg-type]
    else:
        with open_text(path) as lines:
            yield from keys_of_lines(lines)
