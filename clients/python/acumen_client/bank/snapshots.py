"""The calls about snapshots, as values. No I/O but reading the file that is uploaded."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from acumen_client.call import BANK, Call, Defaults, Following, new_id, unary
from acumen_client.gen.v1 import reasoning_bank_pb2 as pb

Progress = Callable[[int, int], object]
CHUNK_BYTES = 1 << 20


def create_snapshot(defaults: Defaults, *, timeout: float | None = None) -> Call[pb.CreateSnapshotResponse]:
    """Make a snapshot now."""
    return unary(defaults, BANK, "CreateSnapshot", pb.CreateSnapshotRequest(), pb.CreateSnapshotResponse, timeout)


def list_snapshots(defaults: Defaults, *, timeout: float | None = None) -> Call[pb.ListSnapshotsResponse]:
    """List the snapshots, newest first, and the files that were set aside."""
    return unary(defaults, BANK, "ListSnapshots", pb.ListSnapshotsRequest(), pb.ListSnapshotsResponse, timeout)


def verify_snapshot(
    defaults: Defaults,
    snapshot_id: str,
    *,
    timeout: float | None = None,
) -> Call[pb.VerifySnapshotResponse]:
    """Read a whole snapshot and check every part."""
    request = pb.VerifySnapshotRequest(id=snapshot_id)
    return unary(defaults, BANK, "VerifySnapshot", request, pb.VerifySnapshotResponse, timeout)


def restore_snapshot(
    defaults: Defaults,
    snapshot_id: str,
    *,
    as_of: bool = False,
    request_id: str = "",
    timeout: float | None = None,
) -> Call[pb.RestoreSnapshotResponse]:
    """Bring back the bank of a snapshot; what was deleted since stays deleted unless `as_of`."""
    request = pb.RestoreSnapshotRequest(id=snapshot_id, as_of=as_of, request_id=request_id or new_id())
    return unary(defaults, BANK, "RestoreSnapshot", request, pb.RestoreSnapshotResponse, timeout)


def delete_snapshot(
    defaults: Defaults,
    snapshot_id: str,
    *,
    timeout: float | None = None,
) -> Call[pb.DeleteSnapshotResponse]:
    """Delete a snapshot; the last one that is whole is kept."""
    request = pb.DeleteSnapshotRequest(id=snapshot_id)
    return unary(defaults, BANK, "DeleteSnapshot", request, pb.DeleteSnapshotResponse, timeout)


def download(snapshot_id: str, offset: int, timeout: float | None) -> Following[pb.DownloadSnapshotResponse]:
    """Return the call that streams a snapshot's bytes from an offset on, and goes on where it broke off."""
    call = Call(
        service=BANK,
        method="DownloadSnapshot",
        request=pb.DownloadSnapshotRequest(id=snapshot_id, offset=offset),
        response=pb.DownloadSnapshotResponse,
        timeout_s=timeout,
    )
    return Following(call=call, pass_over=_after_bytes)


@dataclass(slots=True)
class Upload:
    """A file on its way to the server: its size, its hash and its chunks; `failure` is why it could not be read.

    `there_bytes` are those that the server has of an earlier upload that broke off.
    """

    path: Path
    total_bytes: int
    sha256: str
    progress: Progress | None = None
    failure: OSError | None = None
    there_bytes: int = 0

    @classmethod
    def of(cls, path: Path, progress: Progress | None) -> "Upload":
        """Read the whole file for its hash; `OSError` when that cannot be done."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
            return cls(path=path, total_bytes=file.tell(), sha256=digest.hexdigest(), progress=progress)

    def question(self, timeout: float | None) -> Call[pb.UploadSnapshotResponse]:
        """Return the call that asks what is there."""
        request = pb.UploadSnapshotRequest(total_bytes=self.total_bytes, sha256=self.sha256)
        return Call(
            service=BANK,
            method="UploadSnapshot",
            request=request,
            response=pb.UploadSnapshotResponse,
            timeout_s=timeout,
            messages=lambda: iter([request]),
        )

    def heard(self, response: pb.UploadSnapshotResponse) -> None:
        """Take an answer: go on behind what is there; what is whole already is sent anew, to be checked."""
        self.there_bytes = response.received_bytes if response.received_bytes < self.total_bytes else 0

    def call(self, timeout: float | None) -> Call[pb.UploadSnapshotResponse]:
        """Return the call that sends it; sent once, for the server would keep a second one, too."""
        return Call(
            service=BANK,
            method="UploadSnapshot",
            request=pb.UploadSnapshotRequest(total_bytes=self.total_bytes, sha256=self.sha256),
            response=pb.UploadSnapshotResponse,
            timeout_s=timeout,
            messages=self.chunks,
        )

    def chunks(self) -> Iterator[pb.UploadSnapshotRequest]:
        """Yield the file in chunks of 1 MiB; ends early when it can no longer be read, which the server notices."""
        offset = self.there_bytes
        try:
            with self.path.open("rb") as file:
                file.seek(offset)
                while data := file.read(CHUNK_BYTES):
                    yield pb.UploadSnapshotRequest(
                        offset=offset, total_bytes=self.total_bytes, data=data, sha256=self.sha256
                    )
                    offset += len(data)
                    if self.progress is not None:
                        self.progress(offset, self.total_bytes)
        except OSError as failure:
            self.failure = failure


def _after_bytes(request: pb.DownloadSnapshotRequest, heard: pb.DownloadSnapshotResponse) -> None:
    request.offset = heard.offset + len(heard.data)
