"""A snapshot that is uploaded in several calls arrives as in one."""

from pathlib import Path
from typing import cast

import pytest

from acumen.errors import InvalidInput
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import Pattern
from acumen.rpc.bank_snapshots import SnapshotServicer
from acumen.rpc.stream import Stream
from acumen.storage.transfer import file_sha256
from tests.banks import Worker, worker

LIMIT = 1 << 20


class Sent:
    """The client's side of a stream."""

    def __init__(self, *messages: pb.UploadSnapshotRequest) -> None:
        self._messages = list(messages)

    async def read(self) -> pb.UploadSnapshotRequest | None:
        """Return the next message."""
        return self._messages.pop(0) if self._messages else None


async def upload(w: Worker, *messages: pb.UploadSnapshotRequest) -> pb.UploadSnapshotResponse:
    servicer = SnapshotServicer(w.kept.state.bank, w.kept.upkeep.folder, w.kept.upkeep, LIMIT)
    return await servicer.upload_snapshot(None, cast(Stream, Sent(*messages)))


async def test_a_broken_upload_says_what_is_there_and_is_gone_on_with(tmp_path: Path) -> None:
    """A message without data takes nothing and asks; what follows is only what is missing."""
    async with worker(tmp_path / "one") as w:
        await w.put([Pattern(id="a", content="knock first")])
        path = (await w.kept.upkeep.create_snapshot()).path
        data, sha256 = path.read_bytes(), file_sha256(path)
    half = len(data) // 2
    question = pb.UploadSnapshotRequest(total_bytes=len(data), sha256=sha256)
    parts = [
        pb.UploadSnapshotRequest(offset=at, total_bytes=len(data), sha256=sha256, data=data[at:to])
        for at, to in ((0, half), (half, len(data)))
    ]
    async with worker(tmp_path / "two") as w:
        assert (await upload(w, question)).received_bytes == 0
        with pytest.raises(InvalidInput, match=f"{half} have come"):
            await upload(w, parts[0])
        told = await upload(w, question)
        assert told.received_bytes == half and not told.HasField("snapshot")
        done = await upload(w, parts[1])
        assert done.received_bytes == len(data) and w.kept.upkeep.folder.find(done.snapshot.id).uploaded
