"""Snapshots on their way to and from clients, in chunks that go on from where they stopped."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from acumen.errors import InvalidInput, LimitExceeded
from acumen.storage.durable import create, full_disk_is_ours, sync
from acumen.storage.failpoints import failpoint
from acumen.storage.snapshot import check, read_header
from acumen.storage.snapshot_header import Header

MAX_CHUNK_BYTES = 4 << 20


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


class Upload:
    """A snapshot that comes in, in order and gapless, as a temporary file; a context manager that removes what is left.

    Raises `LimitExceeded` for more than `limit_bytes`, before a byte is taken.
    """

    def __init__(self, folder: Path, total_bytes: int, sha256: str, limit_bytes: int) -> None:
        if not 0 < total_bytes <= limit_bytes:
            raise LimitExceeded("snapshot size", total_bytes, limit_bytes)
        self.total_bytes, self.sha256, self.received_bytes = total_bytes, sha256, 0
        self._digest = hashlib.sha256()
        with full_disk_is_ours():
            self.path, self._file = create(folder, "upload")

    def __enter__(self) -> "Upload":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove what was not adopted; may be called again."""
        with suppress(OSError):  # what a full disk did not take is tried again on closing
            self._file.close()
        self.path.unlink(missing_ok=True)

    def add(self, chunk: Chunk) -> int:
        """Take the next bytes; return how many there are now, which is the offset of the next chunk.

        Raises `InvalidInput` for a chunk of another file, a gap or an overlap, and `StorageFull`; nothing of it is kept
        then, and the right chunk may follow.
        """
        self._refuse_other(chunk)
        with full_disk_is_ours():
            self._file.seek(self.received_bytes)
            self._file.write(chunk.data)
            self._file.flush()
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

        Raises `InvalidInput` if bytes are missing or are not those of `sha256`, `SnapshotCorrupt`, `SnapshotTooNew`.
        """
        if self.received_bytes != self.total_bytes:
            raise InvalidInput.of("total_bytes", f"is {self.total_bytes}, {self.received_bytes} have come")
        if self._digest.hexdigest() != self.sha256:
            raise InvalidInput.of("sha256", "is not that of what has come")
        with full_disk_is_ours():
            sync(self._file, "upload")
        check(self.path)
        failpoint("upload.verified")
        return read_header(self.path)
