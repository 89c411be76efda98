"""A snapshot or a model's archive on its way into a file: in a part file until it is whole, to be gone on with."""

import hashlib
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import grpc

from acumen_client.errors import DataLoss
from acumen_client.gen.v1.reasoning_bank_pb2 import DownloadSnapshotResponse
from acumen_client.gen.v1.registry_pb2 import DownloadModelResponse

_BLOCK_BYTES = 1 << 20


class Landing:
    """Takes the messages of a download; what an earlier one left in the part file is not asked for again.

    `kind` says in words what it is. The part file is `<path>.<id>.part`; it becomes `path` when size and SHA-256 are
    the server's.
    """

    def __init__(self, kind: str, name: str, path: Path) -> None:
        self.path = path
        self.total_bytes = 0
        self._kind, self._id = kind, name
        self._part = path.with_name(f"{path.name}.{quote(name, safe='')}.part")
        self._sha256 = ""
        self._digest = hashlib.sha256()
        self._file: BinaryIO | None = None
        self.offset = self._begun()

    def take(self, message: DownloadSnapshotResponse | DownloadModelResponse) -> None:
        """Write the bytes of a message; `DataLoss` when they do not follow those before, `OSError` of the disk."""
        if self._file is None:
            self._file = self._part.open("r+b" if self.offset else "wb")
            self._file.seek(self.offset)
            self._file.truncate()
        if message.offset != self.offset or self._sha256 not in {"", message.sha256}:
            raise self._lost(f"byte {message.offset} came where byte {self.offset} was due, or of another {self._kind}")
        self._file.write(message.data)
        self._digest.update(message.data)
        self.offset += len(message.data)
        self.total_bytes, self._sha256 = message.total_bytes, message.sha256

    def finish(self) -> Path:
        """Check the whole and give it its name; `DataLoss` when it is not what the server has, and nothing is kept."""
        self.close()
        found = self._digest.hexdigest()
        if self.offset != self.total_bytes or found != self._sha256:
            raise self._lost(
                f"{self.offset} of {self.total_bytes} bytes with SHA-256 {found} instead of {self._sha256 or 'any'}"
            )
        self._part.replace(self.path)
        return self.path

    def close(self) -> None:
        """Close the part file."""
        if self._file is not None:
            self._file.close()

    def discard(self) -> None:
        """Remove the part file: it is of no use."""
        self.close()
        self._part.unlink(missing_ok=True)

    def _begun(self) -> int:
        """Return how much is there, hashed; one byte less than the file, so that the server has something to say."""
        if not self._part.exists():
            return 0
        left = size = max(self._part.stat().st_size - 1, 0)
        with self._part.open("rb") as file:
            while left:
                block = file.read(min(left, _BLOCK_BYTES))
                self._digest.update(block)
                left -= len(block)
        return size

    def _lost(self, text: str) -> DataLoss:
        self.discard()
        text = f"the download of {self._kind} '{self._id}' is damaged: {text}"
        return DataLoss(text, code=grpc.StatusCode.DATA_LOSS, reason=f"{self._kind.upper()}_CORRUPT")
