"""The header of a snapshot as values and as bytes; `docs/formats/snapshot.md` has the layout."""

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from acumen.errors import SnapshotCorrupt, SnapshotTooNew

MAGIC = b"\x8aACUSNAP"
VERSION = 1
CHECKSUM_BYTES = 32
MAX_HEADER_BYTES = 8 << 20
MAX_SECTIONS = 65_536
MAX_NAME_BYTES = 255
MAX_RATIO = 256  # LZ4 cannot expand further: its longest run costs one byte for 255
ID_DIGITS = 16

PREFIX = struct.Struct("<8sII")  # magic, version, header size: where they are in every version
_FIXED = struct.Struct("<8sIIQqII")  # the same, revision, created, dimension, number of sections
_SIZES = struct.Struct("<QQQ32s")  # offset, stored size, raw size, SHA-256 of what is stored
_LENGTH = struct.Struct("<H")
SMALLEST = _FIXED.size + _LENGTH.size + CHECKSUM_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionEntry:
    """Where a section is in the file, how large it is there and uncompressed, and the SHA-256 of what is there."""

    name: str
    offset: int
    stored_bytes: int
    raw_bytes: int
    sha256: bytes

    @property
    def part(self) -> str:
        """What errors call this section."""
        return f"section '{self.name}'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a snapshot says of itself. Who makes one leaves `sections` and `version` as they are.

    `embedder` and `dimension` say whose vectors it holds; `created_ms` counts from 1970.
    """

    embedder: str
    dimension: int
    revision: int
    created_ms: int
    sections: tuple[SectionEntry, ...] = ()
    version: int = VERSION

    @property
    def id(self) -> str:
        """The start of the header's checksum, which covers all content: equal ids are equal files."""
        return encode(self)[-CHECKSUM_BYTES:].hex()[:ID_DIGITS]


def encoded_bytes(header: Header, names: Iterable[str]) -> int:
    """Return how long the header will be with sections of these names; raises `ValueError` if that breaks a limit."""
    names = tuple(names)
    size = _size(header, names)
    if flaw := _flaw(header, names, size):
        raise ValueError(f"snapshot header: {flaw}")
    return size


def encode(header: Header) -> bytes:
    """Return a header's bytes; raises `ValueError` if it breaks a limit."""
    size = encoded_bytes(header, (entry.name for entry in header.sections))
    numbers = (header.revision, header.created_ms, header.dimension, len(header.sections))
    covered = _FIXED.pack(MAGIC, header.version, size, *numbers) + _name(header.embedder)
    covered += b"".join(
        _name(entry.name) + _SIZES.pack(entry.offset, entry.stored_bytes, entry.raw_bytes, entry.sha256)
        for entry in header.sections
    )
    return covered + hashlib.sha256(covered).digest()


def header_bytes(prefix: bytes, file_bytes: int) -> int:
    """Return how long the header is that begins with `prefix`, in a file of `file_bytes`; raises `SnapshotCorrupt`."""
    if not prefix or prefix[: len(MAGIC)] != MAGIC[: len(prefix)]:
        raise SnapshotCorrupt("header", "magic differs" if prefix else "the file is empty")
    if file_bytes < SMALLEST:
        raise SnapshotCorrupt("truncated", f"{file_bytes:,} of at least {SMALLEST:,} bytes")
    size = int(PREFIX.unpack(prefix)[2])
    if not SMALLEST <= size <= min(file_bytes, MAX_HEADER_BYTES):
        raise SnapshotCorrupt("header", f"says it has {size:,} bytes, in a file of {file_bytes:,}")
    return size


def decode(data: bytes) -> Header:
    """Return the header in `data`, as long as `header_bytes` says.

    Raises `SnapshotCorrupt`, and `SnapshotTooNew` only for a header that is whole.
    """
    covered, checksum = data[:-CHECKSUM_BYTES], data[-CHECKSUM_BYTES:]
    if hashlib.sha256(covered).digest() != checksum:
        raise SnapshotCorrupt("header", "checksum differs")
    version = PREFIX.unpack_from(covered)[1]
    if version > VERSION:
        raise SnapshotTooNew(version, VERSION)
    try:
        header = _parse(covered)
        names = tuple(entry.name for entry in header.sections)
        flaw = _flaw(header, names, len(data)) or _misplaced(header.sections, len(data))
    except (struct.error, UnicodeDecodeError, IndexError) as error:
        flaw = str(error)
    if flaw:
        raise SnapshotCorrupt("header", flaw)
    return header


def _parse(covered: bytes) -> Header:
    _, version, size, revision, created_ms, dimension, count = _FIXED.unpack_from(covered)
    embedder, at = _take_name(covered, _FIXED.size)
    entries = []
    for _ in range(min(count, MAX_SECTIONS)):
        name, at = _take_name(covered, at)
        offset, stored, raw, sha256 = _SIZES.unpack_from(covered, at)
        entries.append(SectionEntry(name=name, offset=offset, stored_bytes=stored, raw_bytes=raw, sha256=sha256))
        at += _SIZES.size
    if at != len(covered) or at + CHECKSUM_BYTES != size or len(entries) != count:
        raise IndexError(f"its {count:,} sections and {size:,} bytes end at byte {at:,}")
    return Header(
        embedder=embedder,
        dimension=dimension,
        revision=revision,
        created_ms=created_ms,
        sections=tuple(entries),
        version=version,
    )


def _size(header: Header, names: tuple[str, ...]) -> int:
    texts = sum(_LENGTH.size + len(name.encode()) for name in (header.embedder, *names))
    return _FIXED.size + texts + len(names) * _SIZES.size + CHECKSUM_BYTES


def _name(text: str) -> bytes:
    encoded = text.encode()
    return _LENGTH.pack(len(encoded)) + encoded


def _take_name(data: bytes, at: int) -> tuple[str, int]:
    start = at + _LENGTH.size
    end = start + _LENGTH.unpack_from(data, at)[0]
    if end > len(data):
        raise IndexError(f"a name ends at byte {end:,} of {len(data):,}")
    return data[start:end].decode(), end


def _flaw(header: Header, names: tuple[str, ...], size: int) -> str:
    """Return what the format cannot hold of a header of `size` bytes, or nothing; for writing and reading alike."""
    if header.version != VERSION:
        return f"version {header.version}"
    if size > MAX_HEADER_BYTES or len(names) > MAX_SECTIONS:
        return f"{len(names):,} sections and {size:,} bytes, the limits are {MAX_SECTIONS:,} and {MAX_HEADER_BYTES:,}"
    if not (0 <= header.revision < 1 << 63 and 0 <= header.dimension < 1 << 32 and 0 <= header.created_ms < 1 << 63):
        return f"revision {header.revision}, dimension {header.dimension} or time {header.created_ms} is out of range"
    if len(set(names)) != len(names):
        return "two sections have one name"
    for name in (header.embedder, *names):
        if not name or not name.isprintable() or len(name.encode()) > MAX_NAME_BYTES:
            return f"{name[:MAX_NAME_BYTES]!r} is no name"
    return ""


def _misplaced(sections: tuple[SectionEntry, ...], at: int) -> str:
    """Return which section leaves a gap, overlaps, or declares more than LZ4 could have stored."""
    for entry in sections:
        if entry.offset != at:
            return f"{entry.part} begins at byte {entry.offset:,}, not {at:,}"
        if entry.raw_bytes > entry.stored_bytes * MAX_RATIO:
            return f"{entry.part} declares {entry.raw_bytes:,} bytes in {entry.stored_bytes:,} compressed"
        at += entry.stored_bytes
    return ""
