"""Snapshots on their way to and from clients, in chunks that go on from where they stopped."""

import fcntl
import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from acumen.errors import AcumenError, InvalidInput, LeaseHeld, LimitExceeded, StorageFull
from acumen.storage.durable import full_disk_is_ours, sync
from acumen.storage.failpoints import failpoint
from acumen.storage.snapshot import check, read_header
from acumen.storage.snapshot_header import Header

MAX_CHUNK_BYTES = 4 << 20
PART = ".part"
_SHA256 = re.compile("[0-9a-f]{64}")
_PART_NAME = re.compile(r"upload-[0-9a-f]{64}\.part")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Bytes of a file of `total_bytes`, from `offset` on; `sha256` is the whole file's, lower-case hexadecimal."""

    offset: int
    total_bytes: int
    data: bytes
    sha256: str


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_chunk(path: Path, sha256: str, offset: int, size: int) -> Chunk:
    """Return up to `size` bytes from `offset` on; none at the end of the file.

    Raises `InvalidInput` for an offset outside of the file, `LimitExceeded` for more than `MAX_CHUNK_BYTES`.
    """
    total = path.stat().st_size
    if not 0 < size <= MAX_CHUNK_BYTES:
        raise LimitExceeded("chunk size", size, MAX_CHUNK_BYTES)
    if not 0 <= offset <= total:
        raise InvalidInput.of("offset", f"is {offset}, the snapshot has {total} bytes")
    with path.open("rb") as file:
        file.seek(offset)
        return Chunk(offset=offset, total_bytes=total, data=file.read(size), sha256=sha256)


def part_name(sha256: str) -> str:
    """Return the name of the file that has what came of an upload; raises `InvalidInput` for what is no SHA-256."""
    if not _SHA256.fullmatch(sha256):
        raise InvalidInput.of("sha256", "must be 64 hexadecimal digits in lower case")
    return f"upload-{sha256}{PART}"


def is_part_name(name: str) -> bool:
    """Return whether a file of this name has what came of an upload."""
    return bool(_PART_NAME.fullmatch(name))


def forget(path: Path) -> None:
    """Remove what came of an upload, unless a call is at it."""
    with suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()


class Upload:
    """A snapshot that comes in, in order and gapless; a context manager, after which what came is kept to go on with.

    From `offset` 0 on it begins anew, elsewhere it goes on. Raises `LimitExceeded` for more than `limit_bytes`, before
    a byte is taken, `InvalidInput` for another offset than what is there ends at, and `LeaseHeld` while another call
    uploads the same.
    """

    def __init__(self, folder: Path, total_bytes: int, sha256: str, limit_bytes: int, offset: int = 0) -> None:
        if not 0 < total_bytes <= limit_bytes:
            raise LimitExceeded("snapshot size", total_bytes, limit_bytes)
        self.path = folder / part_name(sha256)
        self.total_bytes, self.sha256, self.received_bytes = total_bytes, sha256, 0
        self._digest = hashlib.sha256()
        with full_disk_is_ours():
            self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        failpoint("upload.created")
        try:
            self._begin(offset)
        except BaseException:
            self._file.close()
            raise

    def _begin(self, offset: int) -> None:
        """Take the file for this call alone, and read what is there for its hash."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LeaseHeld(f"upload of {self.sha256[:12]}", "another call") from None
        there = os.fstat(self._file.fileno()).st_size
        if offset and offset != there:
            if not there:
                self.path.unlink()
            raise InvalidInput.of("offset", f"is {offset}, the next byte wanted is {there}")
        self._file.truncate(offset)
        while data := self._file.read(MAX_CHUNK_BYTES):
            self._digest.update(data)
        self.received_bytes = offset

    def __enter__(self) -> "Upload":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Keep what came, and no file where nothing did; may be called again."""
        if not (self.received_bytes or self._file.closed):
            self.path.unlink(missing_ok=True)
        with suppress(OSError):  # what a full disk did not take is tried again on closing
            self._file.close()

    def drop(self) -> None:
        """Keep nothing."""
        self.path.unlink(missing_ok=True)
        self.close()

    def add(self, chunk: Chunk) -> int:
        """Take the next bytes; return how many there are now, which is the offset of the next chunk.

        Raises `InvalidInput` for a chunk of another file, a gap or an overlap, and `StorageFull`; nothing of it is kept
        then, and the right chunk may follow.
        """
        self._refuse_other(chunk)
        try:
            with full_disk_is_ours():
                self._file.seek(self.received_bytes)
                self._file.write(chunk.data)
                self._file.flush()
        except StorageFull:
            with suppress(OSError):
                self._file.truncate(self.received_bytes)
            raise
        self._digest.update(chunk.data)
        self.received_bytes += len(chunk.data)
        failpoint("upload.chunk_written")
        return self.received_bytes

    def _refuse_other(self, chunk: Chunk) -> None:
        if chunk.total_bytes != self.total_bytes:
            raise InvalidInput.of("total_bytes", f"is {chunk.total_bytes}, it was {self.total_bytes}")
        if chunk.sha256 != self.sha256:
            raise InvalidInput.of("sha256", "is not what it was in the first chunk")
        if chunk.offset != self.received_bytes:
            raise InvalidInput.of("offset", f"is {chunk.offset}, the next byte wanted is {self.received_bytes}")
        if not 0 < len(chunk.data) <= min(MAX_CHUNK_BYTES, self.total_bytes - chunk.offset):
            raise InvalidInput.of("data", f"has {len(chunk.data)} bytes, {self.total_bytes - chunk.offset} are missing")

    def finish(self) -> Header:
        """Bring the file to disk, verify all of it, and return its header.

        Raises `InvalidInput` if bytes are missing or are not those of `sha256`, or if a purge took them away meanwhile,
        `SnapshotCorrupt`, `SnapshotTooNew`. But for missing bytes nothing is left to go on with.
        """
        if self.received_bytes != self.total_bytes:
            raise InvalidInput.of("total_bytes", f"is {self.total_bytes}, {self.received_bytes} have come")
        if not os.fstat(self._file.fileno()).st_nlink:
            raise InvalidInput.of("sha256", "is of an upload that was taken away meanwhile; begin anew")
        try:
            if self._digest.hexdigest() != self.sha256:
                raise InvalidInput.of("sha256", "is not that of what has come")
            with full_disk_is_ours():
                sync(self._file, "upload")
            check(self.path)
            failpoint("upload.verified")
            return read_header(self.path)
        except AcumenError:
            self.drop()
            raise
