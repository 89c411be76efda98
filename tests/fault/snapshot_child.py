"""Small realistic snapshots, and a process that works on a folder of them until a failpoint kills it.

Run as `python snapshot_child.py SCENARIO FOLDER KEEP`. Imports stay light: the process is started a hundred times.
"""

import hashlib
import sys
from pathlib import Path

from acumen.storage.snapshot import HIGH, Section
from acumen.storage.snapshot_header import Header
from acumen.storage.snapshots import SnapshotFolder

CHUNK_BYTES = 4_000


def noise(seed: str, size: int) -> bytes:
    """Return bytes that do not compress, the same for the same seed."""
    return b"".join(hashlib.sha256(f"{seed} {i}".encode()).digest() for i in range(-(-size // 32)))[:size]


def header(revision: int) -> Header:
    """Return the header of the snapshot at a revision."""
    return Header(embedder="static-1", dimension=64, revision=revision, created_ms=1_700_000_000_000 + revision)


def contents(revision: int) -> dict[str, bytes]:
    """Return what the snapshot at a revision holds, by section; two sections are equally long and incompressible."""
    lines = [f'{{"id": "p{i}", "title": "retry {i * revision} with back-off"}}\n' for i in range(150)]
    return {
        "patterns": "".join(lines).encode(),
        "vectors": noise(f"vectors {revision}", 4_096),
        "graph": noise(f"graph {revision}", 4_096),
        "statistics": bytes(range(256)) * 8,
        "verdicts": b"",
    }


def sections(revision: int) -> list[Section]:
    """Return the same as sections to write."""
    return [Section(name=n, data=d, level=HIGH if n == "patterns" else 0) for n, d in contents(revision).items()]


def make(folder: SnapshotFolder, newest: int) -> None:
    """Make the snapshot that follows `newest` and keep to the number."""
    folder.create(header(newest + 1), sections(newest + 1))
    folder.retain()


def adopt(folder: SnapshotFolder, newest: int) -> None:
    """Upload a copy of the newest snapshot."""
    snapshot = next(info for info in folder.list() if info.revision == newest)
    first = folder.chunk(snapshot.id, 0, CHUNK_BYTES)
    with folder.upload(first.total_bytes, first.sha256, 1 << 20) as upload:
        while upload.received_bytes < upload.total_bytes:
            upload.add(folder.chunk(snapshot.id, upload.received_bytes, CHUNK_BYTES))
        folder.adopt(upload)


def fall_back(folder: SnapshotFolder, newest: int) -> None:
    """Find the newest snapshot that is whole."""
    folder.newest_valid()


def start(folder: SnapshotFolder, newest: int) -> None:
    """Start."""
    folder.start()


def delete(folder: SnapshotFolder, newest: int) -> None:
    """Delete the newest snapshot."""
    folder.delete(next(info.id for info in folder.list() if info.revision == newest))


SCENARIOS = {work.__name__: work for work in (make, adopt, fall_back, start, delete)}

if __name__ == "__main__":
    opened = SnapshotFolder(Path(sys.argv[2]), keep=int(sys.argv[3]))
    SCENARIOS[sys.argv[1]](opened, max(info.revision for info in opened.list()))
