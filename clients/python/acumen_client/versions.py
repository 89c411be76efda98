"""The calls of `Neural` about versions of models, as values; see `calls` for what all calls have in common."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from acumen_client.call import NEURAL, Call, Defaults, Following, new_id, unary
from acumen_client.gen.v1 import registry_pb2 as pb

Progress = Callable[[int, int], object]
CHUNK_BYTES = 1 << 20


def list_versions(
    defaults: Defaults, model: str = "", *, page_size: int = 0, page_token: str = "", timeout: float | None = None
) -> Call[pb.ListVersionsResponse]:
    """List the versions of a model, oldest first, a page at a time."""
    request = pb.ListVersionsRequest(model=model or defaults.model, page_size=page_size, page_token=page_token)
    return unary(defaults, NEURAL, "ListVersions", request, pb.ListVersionsResponse, timeout)


def rollback_model(
    defaults: Defaults, model: str = "", *, version: str = "", request_id: str = "", timeout: float | None = None
) -> Call[pb.RollbackModelResponse]:
    """Have another version serve, by default the one that served before."""
    request = pb.RollbackModelRequest(model=model or defaults.model, version=version, request_id=request_id or new_id())
    return unary(defaults, NEURAL, "RollbackModel", request, pb.RollbackModelResponse, timeout)


def delete_model(
    defaults: Defaults, model: str = "", *, version: str = "", request_id: str = "", timeout: float | None = None
) -> Call[pb.DeleteModelResponse]:
    """Delete a version that was trained or installed; without one, the model with all of them."""
    request = pb.DeleteModelRequest(model=model or defaults.model, version=version, request_id=request_id or new_id())
    return unary(defaults, NEURAL, "DeleteModel", request, pb.DeleteModelResponse, timeout)


def verify_model(
    defaults: Defaults, model: str = "", *, version: str = "", timeout: float | None = None
) -> Call[pb.VerifyModelResponse]:
    """Check a version's hash, card, tensors and answers."""
    request = pb.VerifyModelRequest(model=model or defaults.model, version=version)
    return unary(defaults, NEURAL, "VerifyModel", request, pb.VerifyModelResponse, timeout)


def download(model: str, version: str, offset: int, timeout: float | None) -> Following[pb.DownloadModelResponse]:
    """Return the call that streams an archive from an offset on, and goes on where it broke off."""
    request = pb.DownloadModelRequest(model=model, version=version, offset=offset)
    call = Call(
        service=NEURAL, method="DownloadModel", request=request, response=pb.DownloadModelResponse, timeout_s=timeout
    )
    return Following(call=call, pass_over=_after_bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """An archive on its way to the server."""

    data: bytes
    force: bool = False
    serve: bool = False
    request_id: str = ""

    def call(self, timeout: float | None) -> Call[pb.InstallModelResponse]:
        """Return the call that sends it; to send it again changes nothing."""
        return Call(
            service=NEURAL,
            method="InstallModel",
            request=next(self.parts()),
            response=pb.InstallModelResponse,
            timeout_s=timeout,
            messages=self.parts,
        )

    def parts(self) -> Iterator[pb.InstallModelRequest]:
        """Yield the archive in parts of 1 MiB, at least one."""
        sha256 = hashlib.sha256(self.data).hexdigest()
        for offset in range(0, max(len(self.data), 1), CHUNK_BYTES):
            yield pb.InstallModelRequest(
                offset=offset,
                total_bytes=len(self.data),
                sha256=sha256,
                data=self.data[offset : offset + CHUNK_BYTES],
                force=self.force,
                serve=self.serve,
                request_id=self.request_id,
            )


def _after_bytes(request: pb.DownloadModelRequest, heard: pb.DownloadModelResponse) -> None:
    request.offset = heard.offset + len(heard.data)
