"""One snapshot: a checksummed header, then one LZ4 frame a section; written whole or not at all, read only if whole.

Sections stream in and out in pieces of about a mebibyte. The same header and sections are the same bytes, however the
caller cut them into chunks, as long as the LZ4 library is of the same version.
"""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

import lz4.frame

from acumen.errors import AcumenError, SnapshotCorrupt, SnapshotNotFound, SnapshotTooNew
from acumen.storage.durable import publish, temporary
from acumen.storage.failpoints import failpoint
from acumen.storage.snapshot_header import PREFIX, Header, SectionEntry, decode, encode, encoded_bytes, header_bytes

if TYPE_CHECKING:
    from hashlib import _Hash

FAST = 0  # what does not compress passes at a gigabyte a second
HIGH = lz4.frame.COMPRESSIONLEVEL_MINHC  # for text: the levels above gain 4 % and take three times as long
BLOCK = 1 << 20
_PACKED = 1 << 16  # compressed bytes at a time: what waits to be decompressed is copied at every step
_FRAME = {"block_size": lz4.frame.BLOCKSIZE_MAX1MB, "block_linked": False, "content_checksum": True}

Chunk: TypeAlias = Any  # whatever has a contiguous buffer; Python 3.11 has no type for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A named part of a snapshot to be: bytes, or an iterable of chunks of bytes that is read once, when written."""

    name: str
    data: Chunk | Iterable[Chunk]
    level: int = FAST


def write(path: Path, header: Header, sections: Iterable[Section]) -> Header:
    """Write a snapshot that is on disk on return, replacing `path`; return its header with the sections filled in.

    Raises `ValueError` for names or numbers the format cannot hold, and `StorageFull`.
    """
    written, filled = write_temporary(path.parent, header, sections)
    publish(written, path, "snapshot")
    return filled


def write_temporary(folder: Path, header: Header, sections: Iterable[Section]) -> tuple[Path, Header]:
    """Write a snapshot to a temporary file of the folder, on disk on return; as `write` otherwise."""
    parts = tuple(sections)
    room = encoded_bytes(header, (part.name for part in parts))
    with temporary(folder, "snapshot") as (path, file):
        file.write(bytes(room))  # no magic: until the last step this is not a snapshot
        entries: list[SectionEntry] = []
        for part in parts:
            entries.append(_write_section(file, part))
            failpoint("snapshot.section_written")
        filled = replace(header, sections=tuple(entries))
        file.seek(0)
        file.write(encode(filled))
        failpoint("snapshot.header_written")
    return path, filled


@dataclass(slots=True)
class _Stored:
    """What of a section has been written so far."""

    file: BinaryIO
    digest: "_Hash" = field(default_factory=hashlib.sha256)
    size: int = 0

    def put(self, packed: bytes) -> None:
        self.file.write(packed)
        self.digest.update(packed)
        self.size += len(packed)


def _write_section(file: BinaryIO, section: Section) -> SectionEntry:
    offset, stored, raw = file.tell(), _Stored(file), 0
    frame = lz4.frame.LZ4FrameCompressor(compression_level=section.level, **_FRAME)
    stored.put(frame.begin())
    for block in _blocks(section.data):
        stored.put(frame.compress(block))
        raw += len(block)
    stored.put(frame.flush())
    sha256 = stored.digest.digest()
    return SectionEntry(name=section.name, offset=offset, stored_bytes=stored.size, raw_bytes=raw, sha256=sha256)


def _blocks(data: Chunk | Iterable[Chunk]) -> Iterator[bytearray]:
    """Cut anew into blocks of one size, so that the bytes written do not depend on how the caller cut them."""
    held = bytearray()
    for chunk in (data,) if isinstance(data, bytes | bytearray | memoryview) else data:
        view = memoryview(chunk)
        view = view.cast("B") if view.nbytes else memoryview(b"")
        while view:
            taken = view[: BLOCK - len(held)]
            held += taken
            view = view[len(taken) :]
            if len(held) == BLOCK:
                yield held
                held = bytearray()
    if held:
        yield held


class Snapshot:
    """An open snapshot whose header and length are right; a context manager. Threads may read from it at once."""

    def __init__(self, file: BinaryIO, header: Header) -> None:
        self._file, self.header = file, header
        self._entries = {entry.name: entry for entry in header.sections}

    def __enter__(self) -> "Snapshot":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; may be called again."""
        self._file.close()

    def section(self, name: str) -> bytes:
        """Return a section, verified; it takes `raw_bytes` of its entry. Raises as `chunks`."""
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a section in pieces of at most a mebibyte; the first comes once all that is stored has been verified.

        Raises `SnapshotCorrupt` with the section as its part, or if there is none of this name.
        """
        if name not in self._entries:
            raise SnapshotCorrupt(f"section '{name}'", "is missing")
        entry = self._entries[name]
        digest = hashlib.sha256()
        for piece in self._stored(entry, BLOCK):
            digest.update(piece)
        if digest.digest() != entry.sha256:
            raise SnapshotCorrupt(entry.part, "checksum differs")
        yield from _decompressed(self._stored(entry, _PACKED), entry)

    def _stored(self, entry: SectionEntry, size: int) -> Iterator[bytes]:
        at, end = entry.offset, entry.offset + entry.stored_bytes
        while at < end:
            try:
                piece = os.pread(self._file.fileno(), min(size, end - at), at)
            except OSError as error:
                raise SnapshotCorrupt(entry.part, f"cannot be read: {error.strerror}") from error
            if not piece:
                raise SnapshotCorrupt(entry.part, f"is cut short by {end - at:,} bytes")
            yield piece
            at += len(piece)


def _decompressed(pieces: Iterable[bytes], entry: SectionEntry) -> Iterator[bytes]:
    """Yield what one LZ4 frame holds, never more than its entry declares."""
    frame, left = lz4.frame.LZ4FrameDecompressor(), entry.raw_bytes
    for piece in pieces:
        for raw in _unpacked(frame, piece, entry):
            left -= len(raw)
            if left < 0:
                raise SnapshotCorrupt(entry.part, f"holds more than the {entry.raw_bytes:,} bytes declared")
            yield raw
    if left or not frame.eof or frame.unused_data:
        raise SnapshotCorrupt(entry.part, f"is not one LZ4 frame of {entry.raw_bytes:,} bytes")


def _unpacked(frame: Any, piece: bytes, entry: SectionEntry) -> Iterator[bytes]:
    if frame.eof:
        raise SnapshotCorrupt(entry.part, "goes on after its LZ4 frame")
    while piece or not (frame.eof or frame.needs_input):
        try:
            raw = frame.decompress(piece, max_length=BLOCK)
        except RuntimeError as error:
            raise SnapshotCorrupt(entry.part, f"does not decompress: {error}") from error
        if not raw and not piece:
            return
        yield raw
        piece = b""


def open_snapshot(path: Path) -> Snapshot:
    """Open a snapshot; its sections are verified as they are read.

    Raises `SnapshotNotFound`, `SnapshotTooNew`, and `SnapshotCorrupt` for a header or a length that is wrong.
    """
    file, header, size = _open(path)
    if problem := _length_problem(header, size):
        file.close()
        raise problem
    return Snapshot(file, header)


def read_header(path: Path) -> Header:
    """Return a snapshot's header; raises as `open_snapshot`."""
    with open_snapshot(path) as snapshot:
        return snapshot.header


def verify(path: Path) -> list[str]:
    """Read all of a snapshot; return every problem, each beginning with its part, or nothing if it is whole.

    Raises `SnapshotNotFound`.
    """
    return [str(problem) for problem in problems(path)]


def check(path: Path) -> None:
    """Read all of a snapshot; raise its first problem, `SnapshotCorrupt` or `SnapshotTooNew`, or `SnapshotNotFound`."""
    for problem in problems(path):
        raise problem


def problems(path: Path) -> Iterator[AcumenError]:
    """Yield what `verify` returns, as errors."""
    try:
        file, header, size = _open(path)
    except (SnapshotCorrupt, SnapshotTooNew) as error:
        yield error
        return
    with Snapshot(file, header) as snapshot:
        if problem := _length_problem(header, size):
            yield problem
        for entry in header.sections:
            try:
                for _ in snapshot.chunks(entry.name):
                    pass
            except SnapshotCorrupt as error:
                yield error


def _open(path: Path) -> tuple[BinaryIO, Header, int]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait
            raise SnapshotCorrupt("file", "is not a regular file")
        file = path.open("rb", buffering=0)
    except FileNotFoundError:
        raise SnapshotNotFound(path.name) from None
    except OSError as error:
        raise SnapshotCorrupt("file", f"cannot be opened: {error.strerror}") from error
    try:
        size = os.fstat(file.fileno()).st_size
        return file, _read_header(file, size), size
    except BaseException:
        file.close()
        raise


def _read_header(file: BinaryIO, size: int) -> Header:
    try:
        length = header_bytes(os.pread(file.fileno(), PREFIX.size, 0), size)
        return decode(os.pread(file.fileno(), length, 0))
    except OSError as error:
        raise SnapshotCorrupt("header", f"cannot be read: {error.strerror}") from error


def _length_problem(header: Header, size: int) -> SnapshotCorrupt | None:
    last = header.sections[-1] if header.sections else None
    declared = last.offset + last.stored_bytes if last else len(encode(header))
    if size < declared:
        return SnapshotCorrupt("truncated", f"{size:,} of {declared:,} bytes")
    if size > declared:
        return SnapshotCorrupt("appended", f"{size - declared:,} bytes after the last section")
    return None
