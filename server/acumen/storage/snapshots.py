"""The folder of snapshots: made, listed, verified, kept to a number, and fallen back on.

Every method blocks on the disk. One process at a time, the holder of the lease, calls what writes; any may read.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from acumen.errors import LastSnapshot, LimitExceeded, SnapshotNotFound
from acumen.storage import retention, transfer
from acumen.storage.durable import TEMPORARY, publish, sync_folder
from acumen.storage.failpoints import failpoint
from acumen.storage.snapshot import Section, Snapshot, check, open_snapshot, verify, write_temporary
from acumen.storage.snapshot_files import (
    SnapshotInfo,
    file_name,
    inspect,
    is_damaged_name,
    is_ours,
    outdated,
    problems_of,
)
from acumen.storage.snapshot_header import Header


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A snapshot that could not be used, why, and whether it was renamed out of the way."""

    name: str
    problems: tuple[str, ...]
    set_aside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """The newest snapshot that is whole, if there is one, and the newer ones that are not."""

    snapshot: SnapshotInfo | None
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """Which files retention deleted, and what it refused on the way to the newest whole snapshot."""

    deleted: tuple[str, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What a start found of an earlier process: temporary files, and a plan that was carried out or abandoned."""

    temporary: tuple[str, ...]
    deleted: tuple[str, ...]
    plan_abandoned: bool


class SnapshotFolder:
    """Snapshots at `folder`, of which retention keeps the newest `keep`; clients may leave `uploads` more.

    Raises `ValueError` for keeping none.
    """

    def __init__(self, folder: Path, keep: int = 3, uploads: int = 3) -> None:
        if keep < 1:
            raise ValueError("at least one snapshot is kept")
        self._folder, self._keep, self._uploads = folder, keep, uploads
        self._sha256: dict[str, str] = {}

    def start(self) -> Started:
        """Make the folder, remove what a killed process left, and carry on its retention.

        Its plan is abandoned if it is damaged or if no whole snapshot would be left.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        left = tuple(name for name in self._names() if name.endswith(TEMPORARY))
        for name in left:
            (self._folder / name).unlink(missing_ok=True)
            failpoint("start.temporary_deleted")
        sync_folder(self._folder)
        if not (self._folder / retention.PLAN).exists():
            return Started(temporary=left, deleted=(), plan_abandoned=False)
        planned = tuple(name for name in retention.read_plan(self._folder) or () if is_ours(name))
        if planned and self._one_is_whole_without(planned):
            retention.carry_out(self._folder, planned)
            return Started(temporary=left, deleted=planned, plan_abandoned=False)
        retention.drop_plan(self._folder)
        return Started(temporary=left, deleted=(), plan_abandoned=True)

    def create(self, header: Header, sections: Iterable[Section]) -> SnapshotInfo:
        """Write a snapshot that is on disk on return; older ones stay until `retain`.

        Raises `ValueError` for what the format cannot hold, and `StorageFull`.
        """
        written, filled = write_temporary(self._folder, header, sections)
        path = self._folder / file_name(filled)
        publish(written, path, "snapshot")
        return _must_be(path)

    def list(self) -> tuple[SnapshotInfo, ...]:
        """Return the snapshots, newest first: by revision, then time, then id."""
        found = [info for name in self._names() if (info := inspect(self._folder / name))]
        return tuple(sorted(found, key=lambda info: (info.revision, info.created_ms, info.id), reverse=True))

    def damaged(self) -> tuple[Refused, ...]:
        """Return what was set aside, newest first, read again to say why."""
        paths = [self._folder / name for name in self._damaged_names()]
        return tuple(Refused(name=path.name, problems=tuple(verify(path)), set_aside=True) for path in paths)

    def find(self, snapshot_id: str) -> SnapshotInfo:
        """Return the snapshot of an id; raises `SnapshotNotFound`."""
        found = [info for info in self.list() if info.id == snapshot_id]
        if not found:
            raise SnapshotNotFound(snapshot_id)
        return min(found, key=lambda info: info.uploaded)

    def verify(self, snapshot_id: str) -> tuple[str, ...]:
        """Read all of a snapshot; return every problem, each beginning with its part. Raises `SnapshotNotFound`."""
        return problems_of(self.find(snapshot_id))

    def open(self, snapshot_id: str) -> Snapshot:
        """Open a snapshot; raises `SnapshotNotFound`, `SnapshotCorrupt`, `SnapshotTooNew`."""
        return open_snapshot(self.find(snapshot_id).path)

    def newest_valid(self) -> Newest:
        """Return the newest snapshot of this server that is whole; damaged newer ones are renamed to `*.damaged`.

        One of a later format is refused and stays where it is. Uploaded ones are only used when asked for.
        """
        refused: list[Refused] = []
        for info in self.own():
            found = _problems_or_gone(info)
            if found == ():
                return Newest(snapshot=info, refused=tuple(refused))
            if found:
                refused.append(Refused(name=info.path.name, problems=found, set_aside=not info.too_new))
            if found and not info.too_new:
                self._set_aside(info.path)
        return Newest(snapshot=None, refused=tuple(refused))

    def delete(self, snapshot_id: str, forced: bool = False) -> None:
        """Delete a snapshot.

        Raises `SnapshotNotFound`, and `LastSnapshot` if it is not `forced` and it alone is whole.
        """
        doomed = self.find(snapshot_id)
        others_do = forced or doomed.uploaded or self._one_is_whole_without([doomed.path.name])
        if not others_do and not problems_of(doomed):
            raise LastSnapshot(snapshot_id)
        doomed.path.unlink(missing_ok=True)
        failpoint("delete.deleted")
        sync_folder(self._folder)

    def retain(self, pinned: Collection[str] = ()) -> Retained:
        """Keep the newest snapshots, those of the ids that are `pinned`, and as many damaged files; delete the older.

        Nothing is deleted unless one is whole.
        """
        newest = self.newest_valid()
        spared = {info.path.name for info in self.own() if info.id in pinned}
        old = (name for name in outdated(self.own(), self._keep) if name not in spared)
        names = (*old, *self._damaged_names()[self._keep :])
        deleted = self._delete(names) if newest.snapshot else ()
        return Retained(deleted=deleted, refused=newest.refused)

    def keep_only(self, snapshot_ids: Collection[str]) -> tuple[str, ...]:
        """Delete every file but these snapshots, also uploaded and damaged ones: what a purge needs.

        Raises `SnapshotNotFound`, and `SnapshotCorrupt` if one of them is not whole; then nothing is deleted.
        """
        kept = {self.find(snapshot_id).path for snapshot_id in snapshot_ids}
        if not kept:
            raise ValueError("at least one snapshot is kept")
        for path in sorted(kept):
            check(path)
        for path in self._parts():
            path.unlink(missing_ok=True)
        return self._delete([name for name in self._names() if is_ours(name) and self._folder / name not in kept])

    def chunk(self, snapshot_id: str, offset: int, size: int) -> transfer.Chunk:
        """Return up to `size` bytes of a snapshot's file from `offset` on, none at its end; raises as `read_chunk`."""
        path = self.find(snapshot_id).path
        if snapshot_id not in self._sha256:
            known = {info.id for info in self.list()}
            self._sha256 = {key: value for key, value in self._sha256.items() if key in known}
            self._sha256[snapshot_id] = transfer.file_sha256(path)
        return transfer.read_chunk(path, self._sha256[snapshot_id], offset, size)

    def upload(self, total_bytes: int, sha256: str, limit_bytes: int, offset: int = 0) -> transfer.Upload:
        """Return an upload to add chunks to, then to `adopt`; the oldest of too many unfinished ones gives way.

        Raises as `Upload`, and `LimitExceeded` for too many that are kept.
        """
        uploaded = sum(info.uploaded for info in self.list())
        if uploaded >= self._uploads:
            raise LimitExceeded("uploaded snapshots", uploaded + 1, self._uploads)
        upload = transfer.Upload(self._folder, total_bytes, sha256, limit_bytes, offset)
        others = [path for path in self._parts() if path != upload.path]
        for path in others[self._uploads - 1 :]:
            transfer.forget(path)
        return upload

    def received_bytes(self, sha256: str) -> int:
        """Return how many bytes are there of an upload; raises `InvalidInput` for what is no SHA-256."""
        with suppress(FileNotFoundError):
            return (self._folder / transfer.part_name(sha256)).stat().st_size
        return 0

    def _parts(self) -> Sequence[Path]:
        """Return the files of unfinished uploads, those written last first."""
        found = []
        for name in self._names():
            with suppress(FileNotFoundError):
                if transfer.is_part_name(name):
                    found.append(((self._folder / name).stat().st_mtime_ns, self._folder / name))
        return [path for _, path in sorted(found, reverse=True)]

    def adopt(self, upload: transfer.Upload) -> SnapshotInfo:
        """Keep an upload that is complete and whole; raises as `Upload.finish`."""
        path = self._folder / file_name(upload.finish(), uploaded=True)
        publish(upload.path, path, "upload")
        upload.close()
        return _must_be(path)

    def _names(self) -> tuple[str, ...]:
        return tuple(sorted(path.name for path in self._folder.iterdir()))

    def own(self) -> tuple[SnapshotInfo, ...]:
        """Return the snapshots that this server made, newest first."""
        return tuple(info for info in self.list() if not info.uploaded)

    def reach(self) -> int:
        """Return the revision of the oldest snapshot that is kept to start from, not only because it is pinned."""
        own = self.own()
        old = outdated(own, self._keep)
        return min((info.revision for info in own if info.path.name not in old), default=0)

    def _damaged_names(self) -> tuple[str, ...]:
        return tuple(name for name in reversed(self._names()) if is_damaged_name(name))

    def _one_is_whole_without(self, names: Sequence[str]) -> bool:
        return any(_problems_or_gone(info) == () for info in self.own() if info.path.name not in names)

    def _delete(self, names: Sequence[str]) -> tuple[str, ...]:
        """Delete files through a plan, with what an earlier plan still wants deleted."""
        if not names:
            return ()
        planned = tuple(dict.fromkeys((*(retention.read_plan(self._folder) or ()), *names)))
        retention.write_plan(self._folder, planned)
        retention.carry_out(self._folder, planned)
        return planned

    def _set_aside(self, path: Path) -> None:
        names = (path.with_name(f"{path.name}.damaged{end}") for end in chain([""], (f".{n}" for n in count(1))))
        with suppress(FileNotFoundError):  # another process was faster
            path.replace(next(name for name in names if not name.exists()))
        failpoint("damaged.renamed")
        sync_folder(self._folder)
        failpoint("damaged.folder_synced")


def _problems_or_gone(info: SnapshotInfo) -> tuple[str, ...] | None:
    """Return what `problems_of` does, and None for a file that retention deleted in the meantime."""
    try:
        return problems_of(info)
    except SnapshotNotFound:
        return None


def _must_be(path: Path) -> SnapshotInfo:
    info = inspect(path)
    assert info is not None
    return info
