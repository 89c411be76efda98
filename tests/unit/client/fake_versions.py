# ruff: noqa: N802  (methods are called as in the proto)
"""The part of a small `Neural` service that is about versions; an archive is a thousand bytes."""

import hashlib

from fake_calls import Remembering

from acumen_client.gen.v1 import registry_pb2 as pb
from acumen_client.messages import Card, ModelCheck, ModelVersion

ARCHIVE = bytes(range(250)) * 4
CHUNK_BYTES = 300


def version(model, number="1.0.0", serves=True):
    """Return a version that was trained from another model."""
    return ModelVersion(
        model=model, version=number, base="reference-v1", base_version="1.0.0", weights_sha256="b" * 64, serves=serves
    )


class FakeVersions(Remembering):
    """Two versions of every model; the second serves."""

    def ListVersions(self, request, context):
        """A page a version."""
        self.note("ListVersions", request, context)
        if request.page_token:
            return pb.ListVersionsResponse(versions=[version(request.model, "1.0.1")])
        found = [version(request.model, serves=False)]
        return pb.ListVersionsResponse(versions=found, next_page_token="1.0.0")

    def RollbackModel(self, request, context):
        """The version that is asked for serves."""
        self.note("RollbackModel", request, context)
        return pb.RollbackModelResponse(version=version(request.model, request.version or "1.0.0"), revision=9)

    def DeleteModel(self, request, context):
        """It is gone."""
        self.note("DeleteModel", request, context)
        return pb.DeleteModelResponse(revision=9)

    def VerifyModel(self, request, context):
        """All is well."""
        self.note("VerifyModel", request, context)
        checks = [ModelCheck(name="hash", ok=True, detail="b" * 64)]
        return pb.VerifyModelResponse(version=version(request.model), checks=checks, ok=True)

    def InstallModel(self, request_iterator, context):
        """What was sent is taken."""
        heard = []
        self.note("InstallModel", heard, context)
        heard.extend(request_iterator)
        assert hashlib.sha256(b"".join(part.data for part in heard)).hexdigest() == heard[0].sha256
        return pb.InstallModelResponse(version=version("balance-v1"), card=Card(model="balance-v1"), revision=9)

    def DownloadModel(self, request, context):
        """The archive from an offset on; broken off when a failure is queued."""
        self.calls.setdefault("DownloadModel", []).append(request)
        self.metadata.setdefault("DownloadModel", []).append(dict(context.invocation_metadata()))
        self.deadlines.setdefault("DownloadModel", []).append(context.time_remaining())
        sha256 = hashlib.sha256(ARCHIVE).hexdigest()
        for offset in range(request.offset, len(ARCHIVE), CHUNK_BYTES):
            if self.failures and offset > request.offset:
                self.abort(context)
            data = ARCHIVE[offset : offset + CHUNK_BYTES]
            yield pb.DownloadModelResponse(offset=offset, total_bytes=len(ARCHIVE), sha256=sha256, data=data)
