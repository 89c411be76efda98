"""`client.bank`: every call of the reasoning bank, blocking, and those of an agent's loop as futures."""

from collections.abc import Iterable
from pathlib import Path

from acumen_client.bank import judgements, learning, patterns, snapshots, streams
from acumen_client.bank.packing import Packing
from acumen_client.blocking import blocking, starting, watching
from acumen_client.errors import AcumenError, InvalidInput, OutOfRange
from acumen_client.flows import BlockingFlows, following, paging, talking
from acumen_client.gen.v1 import reasoning_bank_pb2 as pb
from acumen_client.gen.v1.pattern_pb2 import Pattern
from acumen_client.landing import Landing


class Bank(BlockingFlows):
    """The reasoning bank: retrieve, judge, distill, consolidate, and what belongs to a store of patterns."""

    retrieve = blocking(patterns.retrieve)
    retrieve_future = starting(patterns.retrieve)
    record_outcome = blocking(patterns.record_outcome)
    record_outcome_future = starting(patterns.record_outcome)
    put_patterns = blocking(patterns.put_patterns)
    put_patterns_future = starting(patterns.put_patterns)
    get_pattern = blocking(patterns.get_pattern)
    get_pattern_future = starting(patterns.get_pattern)
    list_patterns = paging(patterns.list_patterns)
    delete_patterns = blocking(patterns.delete_patterns)
    purge = blocking(patterns.purge)
    unmerge = blocking(patterns.unmerge)
    get_stats = blocking(patterns.get_stats)
    judge = blocking(judgements.judge)
    judge_future = starting(judgements.judge)
    judge_pair = blocking(judgements.judge_pair)
    judge_pair_future = starting(judgements.judge_pair)
    judge_trajectory = blocking(judgements.judge_trajectory)
    judge_trajectory_future = starting(judgements.judge_trajectory)
    list_verdicts = paging(judgements.list_verdicts)
    run_pipeline = blocking(learning.run_pipeline)
    run_pipeline_future = starting(learning.run_pipeline)
    distill = talking(learning.distill)
    consolidate = watching(learning.consolidate)
    reembed = watching(learning.reembed)
    create_snapshot = blocking(snapshots.create_snapshot)
    list_snapshots = blocking(snapshots.list_snapshots)
    verify_snapshot = blocking(snapshots.verify_snapshot)
    restore_snapshot = blocking(snapshots.restore_snapshot)
    delete_snapshot = blocking(snapshots.delete_snapshot)
    export = following(streams.export)
    watch_changes = following(streams.watch_changes)

    def import_(
        self, patterns: Iterable[Pattern], *, request_id: str = "", timeout: float | None = None
    ) -> pb.ImportResponse:
        """Write any number of patterns, some thousand a call, each retried; without a timeout unless one is given.

        With the same `request_id` (up to 80 bytes) and patterns, an import that broke off is gone on with.
        """
        packing = Packing(self.defaults, request_id, timeout)
        for pattern in patterns:
            if (due := packing.take(pattern)) is not None:
                packing.add(self.send(due))
        if (last := packing.rest()) is not None:
            packing.add(self.send(last))
        return packing.total

    def download_snapshot(
        self,
        snapshot_id: str,
        path: Path,
        *,
        progress: snapshots.Progress | None = None,
        timeout: float | None = None,
    ) -> Path:
        """Write a snapshot to a file and check its SHA-256; goes on where this or an earlier download broke off.

        `progress` is called with the bytes there are and the bytes there will be. Raises `DataLoss` and `OSError`.
        """
        landing = Landing("snapshot", snapshot_id, Path(path))
        try:
            for message in self.follow(snapshots.download(snapshot_id, landing.offset, timeout)):
                landing.take(message)
                if progress is not None:
                    progress(landing.offset, landing.total_bytes)
            return landing.finish()
        except (InvalidInput, OutOfRange):
            landing.discard()
            raise
        finally:
            landing.close()

    def upload_snapshot(
        self, path: Path, *, progress: snapshots.Progress | None = None, timeout: float | None = None
    ) -> pb.UploadSnapshotResponse:
        """Send a snapshot from a file; it is checked and kept there. Raises `OSError` of the file.

        An upload that broke off is gone on with by the next one of the same file.
        """
        upload = snapshots.Upload.of(Path(path), progress)
        try:
            upload.heard(self.send(upload.question(timeout)))
            return self.send(upload.call(timeout))
        except AcumenError as error:
            raise upload.failure or error from None
