"""`acumen.v1.ReasoningBank`, the methods about snapshots."""

import asyncio
from dataclasses import dataclass

from acumen.bank.bank import Bank
from acumen.bank.convert import timestamp
from acumen.bank.writes import Origin
from acumen.errors import InvalidInput
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.snapshot_pb2 import Snapshot, SnapshotSection
from acumen.rpc.edge import Call
from acumen.rpc.stream import Stream
from acumen.storage.snapshot_files import SnapshotInfo
from acumen.storage.snapshots import SnapshotFolder
from acumen.storage.transfer import Chunk
from acumen.upkeep.upkeep import Upkeep

CHUNK_BYTES = 1 << 20


@dataclass(slots=True)
class SnapshotServicer:
    """Snapshots over a worker's folder; files are read and written on threads."""

    bank: Bank
    folder: SnapshotFolder
    upkeep: Upkeep
    largest_bytes: int

    async def create_snapshot(self, _: pb.CreateSnapshotRequest, __: Call) -> pb.CreateSnapshotResponse:
        """Make a snapshot now."""
        return pb.CreateSnapshotResponse(snapshot=_message(await self.upkeep.create_snapshot()))

    async def list_snapshots(self, _: pb.ListSnapshotsRequest, __: Call) -> pb.ListSnapshotsResponse:
        """List what there is, and what was set aside."""
        found = await asyncio.to_thread(self.folder.list)
        damaged = await asyncio.to_thread(self.folder.damaged)
        told = [f"{one.name}: {'; '.join(one.problems)}" for one in damaged]
        return pb.ListSnapshotsResponse(snapshots=[_message(info) for info in found], damaged=told)

    async def verify_snapshot(self, request: pb.VerifySnapshotRequest, _: Call) -> pb.VerifySnapshotResponse:
        """Read every byte."""
        info = await asyncio.to_thread(self.folder.find, request.id)
        problems = await asyncio.to_thread(self.folder.verify, request.id)
        return pb.VerifySnapshotResponse(snapshot=_message(info, sections=True), problems=problems)

    async def restore_snapshot(self, request: pb.RestoreSnapshotRequest, _: Call) -> pb.RestoreSnapshotResponse:
        """Bring back the bank of a snapshot, on every worker."""
        origin = Origin(request=request, request_id=request.request_id)
        reapplied, revision = await self.upkeep.restore(request.id, request.as_of, origin)
        patterns = sum(len(namespace.records) for namespace in self.bank.namespaces.values())
        return pb.RestoreSnapshotResponse(patterns=patterns, deletions_reapplied=reapplied, revision=revision)

    async def delete_snapshot(self, request: pb.DeleteSnapshotRequest, _: Call) -> pb.DeleteSnapshotResponse:
        """Delete a snapshot; one that a restore in the journal needs stays."""
        if request.id in self.bank.restored.values():
            raise InvalidInput.of("id", f"'{request.id}' was restored and is needed until the next snapshot is made")
        await asyncio.to_thread(self.folder.delete, request.id)
        return pb.DeleteSnapshotResponse()

    async def download_snapshot(self, request: pb.DownloadSnapshotRequest, stream: Stream) -> None:
        """Send a snapshot from an offset on."""
        offset, more = request.offset, True
        while more:
            chunk = await asyncio.to_thread(self.folder.chunk, request.id, offset, CHUNK_BYTES)
            offset += len(chunk.data)
            more = bool(chunk.data) and offset < chunk.total_bytes
            told = pb.DownloadSnapshotResponse(
                offset=chunk.offset, total_bytes=chunk.total_bytes, data=chunk.data, sha256=chunk.sha256
            )
            await stream.write(told)

    async def upload_snapshot(self, _: object, stream: Stream) -> pb.UploadSnapshotResponse:
        """Take a snapshot in, check all of it, keep it."""
        first = await stream.read()
        if first is None:
            raise InvalidInput.of("data", "no chunk was sent")
        if not (first.data or first.offset):
            there = await asyncio.to_thread(self.folder.received_bytes, first.sha256)
            return pb.UploadSnapshotResponse(received_bytes=there)
        args = (first.total_bytes, first.sha256, self.largest_bytes, first.offset)
        with await asyncio.to_thread(self.folder.upload, *args) as upload:
            message = first
            while message is not None:
                chunk = Chunk(
                    offset=message.offset, total_bytes=message.total_bytes, data=message.data, sha256=message.sha256
                )
                await asyncio.to_thread(upload.add, chunk)
                message = await stream.read()
            info = await asyncio.to_thread(self.folder.adopt, upload)
        return pb.UploadSnapshotResponse(snapshot=_message(info), received_bytes=first.total_bytes)


def _message(info: SnapshotInfo, sections: bool = False) -> Snapshot:
    message = Snapshot(id=info.id, revision=info.revision, size_bytes=info.size_bytes)
    if info.header is not None:
        message.create_time.CopyFrom(timestamp(info.header.created_ms))
        message.embedder = info.header.embedder
        message.format_version = info.header.version
        for entry in info.header.sections if sections else ():
            message.sections.append(
                SnapshotSection(name=entry.name, stored_bytes=entry.stored_bytes, raw_bytes=entry.raw_bytes)
            )
    return message
