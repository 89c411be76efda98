"""`client.aio.bank`: every call of the reasoning bank, for asyncio. The files of snapshots are read on threads."""

import asyncio
from collections.abc import AsyncIterable, Iterable
from pathlib import Path

from acumen_client.aio_flows import AwaitableFlows, following, paging, talking
from acumen_client.awaiting import awaiting, each, watching
from acumen_client.bank import judgements, learning, patterns, snapshots, streams
from acumen_client.bank.packing import Packing
from acumen_client.errors import AcumenError, InvalidInput, OutOfRange
from acumen_client.gen.v1 import reasoning_bank_pb2 as pb
from acumen_client.gen.v1.pattern_pb2 import Pattern
from acumen_client.landing import Landing


class AioBank(AwaitableFlows):
    """The awaitable form of `Bank`."""

    retrieve = awaiting(patterns.retrieve)
    record_outcome = awaiting(patterns.record_outcome)
    put_patterns = awaiting(patterns.put_patterns)
    get_pattern = awaiting(patterns.get_pattern)
    list_patterns = paging(patterns.list_patterns)
    delete_patterns = awaiting(patterns.delete_patterns)
    purge = awaiting(patterns.purge)
    unmerge = awaiting(patterns.unmerge)
    get_stats = awaiting(patterns.get_stats)
    judge = awaiting(judgements.judge)
    judge_pair = awaiting(judgements.judge_pair)
    judge_trajectory = awaiting(judgements.judge_trajectory)
    list_verdicts = paging(judgements.list_verdicts)
    run_pipeline = awaiting(learning.run_pipeline)
    distill = talking(learning.distill)
    consolidate = watching(learning.consolidate)
    reembed = watching(learning.reembed)
    create_snapshot = awaiting(snapshots.create_snapshot)
    list_snapshots = awaiting(snapshots.list_snapshots)
    verify_snapshot = awaiting(snapshots.verify_snapshot)
    restore_snapshot = awaiting(snapshots.restore_snapshot)
    delete_snapshot = awaiting(snapshots.delete_snapshot)
    export = following(streams.export)
    watch_changes = following(streams.watch_changes)

    async def import_(
        self,
        patterns: Iterable[Pattern] | AsyncIterable[Pattern],
        *,
        request_id: str = "",
        timeout: float | None = None,
    ) -> pb.ImportResponse:
        """Write any number of patterns, as `Bank.import_` does."""
        packing = Packing(self.defaults, request_id, timeout)
        async for pattern in each(patterns):
            if (due := packing.take(pattern)) is not None:
                packing.add(await self.send(due))
        if (last := packing.rest()) is not None:
            packing.add(await self.send(last))
        return packing.total

    async def download_snapshot(
        self,
        snapshot_id: str,
        path: Path,
        *,
        progress: snapshots.Progress | None = None,
        timeout: float | None = None,
    ) -> Path:
        """Write a snapshot to a file and check its SHA-256, as `Bank.download_snapshot` does."""
        landing = await asyncio.to_thread(Landing, "snapshot", snapshot_id, Path(path))
        try:
            async for message in self.follow(snapshots.download(snapshot_id, landing.offset, timeout)):
                await asyncio.to_thread(landing.take, message)
                if progress is not None:
                    progress(landing.offset, landing.total_bytes)
            return await asyncio.to_thread(landing.finish)
        except (InvalidInput, OutOfRange):
            landing.discard()
            raise
        finally:
            landing.close()

    async def upload_snapshot(
        self, path: Path, *, progress: snapshots.Progress | None = None, timeout: float | None = None
    ) -> pb.UploadSnapshotResponse:
        """Send a snapshot from a file; it is checked and kept there. Raises `OSError` of the file.

        An upload that broke off is gone on with by the next one of the same file.
        """
        upload = await asyncio.to_thread(snapshots.Upload.of, Path(path), progress)
        try:
            upload.heard(await self.send(upload.question(timeout)))
            return await self.send(upload.call(timeout))
        except AcumenError as error:
            raise upload.failure or error from None
