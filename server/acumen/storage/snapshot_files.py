"""A snapshot as a file of a folder: its name, what the name and the header tell, and what is wrong with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from acumen.errors import AcumenError, SnapshotCorrupt, SnapshotNotFound, SnapshotTooNew
from acumen.storage.snapshot import open_snapshot, verify
from acumen.storage.snapshot_header import Header

_NAME = re.compile(r"(snapshot|uploaded)-([0-9]{20})-([0-9a-f]{16})\.acumen")
_DAMAGED = re.compile(_NAME.pattern + r"\.damaged(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotInfo:
    """A snapshot in the folder, as far as its name, header and length tell.

    `problem` is what is wrong with those, else empty; whether the sections are whole only `verify` says. `header` is
    None where it cannot be read, also because it is `too_new`. `uploaded` ones came from a client.
    """

    id: str
    revision: int
    size_bytes: int
    path: Path
    uploaded: bool
    header: Header | None = None
    problem: str = ""
    too_new: bool = False

    @property
    def created_ms(self) -> int:
        """When it was made, in milliseconds since 1970; 0 where the header cannot be read."""
        return self.header.created_ms if self.header else 0


def file_name(header: Header, uploaded: bool = False) -> str:
    """Return the name of a snapshot's file; names sort by revision."""
    return f"{'uploaded' if uploaded else 'snapshot'}-{header.revision:020}-{header.id}.acumen"


def is_damaged_name(name: str) -> bool:
    """Return whether a file of this name was a snapshot and set aside."""
    return bool(_DAMAGED.fullmatch(name))


def is_ours(name: str) -> bool:
    """Return whether a file of this name is or was a snapshot: nothing else is ever deleted."""
    return bool(_NAME.fullmatch(name)) or is_damaged_name(name)


def inspect(path: Path) -> SnapshotInfo | None:
    """Return what name, header and length tell; None if it has not a snapshot's name or is gone."""
    match = _NAME.fullmatch(path.name)
    if not match:
        return None
    header, error = _try_header(path)
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return None
    return SnapshotInfo(
        id=match[3],
        revision=int(match[2]),
        size_bytes=size,
        path=path,
        uploaded=match[1] == "uploaded",
        header=header,
        problem=str(error) if error else _name_problem(path, header),
        too_new=isinstance(error, SnapshotTooNew),
    )


def _try_header(path: Path) -> tuple[Header | None, AcumenError | None]:
    try:
        with open_snapshot(path) as snapshot:
            return snapshot.header, None
    except (SnapshotCorrupt, SnapshotTooNew, SnapshotNotFound) as error:
        return None, error


def _name_problem(path: Path, header: Header | None) -> str:
    if header is None or path.name in (file_name(header), file_name(header, uploaded=True)):
        return ""
    return f"name: the content is that of snapshot {header.id} at revision {header.revision}"


def problems_of(info: SnapshotInfo) -> tuple[str, ...]:
    """Read all of a snapshot; return every problem, each beginning with its part. Raises `SnapshotNotFound`."""
    named = (info.problem,) if info.problem.startswith("name:") else ()
    return (*named, *verify(info.path))


def outdated(own: Sequence[SnapshotInfo], keep: int) -> tuple[str, ...]:
    """Return the files older than the newest `keep` without a problem, of snapshots newest first."""
    readable = [info for info in own if not info.too_new]
    sound = [position for position, info in enumerate(readable) if not info.problem]
    return tuple(info.path.name for info in readable[sound[keep - 1] + 1 :]) if len(sound) > keep else ()
