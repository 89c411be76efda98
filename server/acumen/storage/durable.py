"""Files that are there whole or not at all, whenever the power goes."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from acumen.errors import StorageFull
from acumen.storage.failpoints import failpoint

TEMPORARY = ".tmp"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def full_disk_is_ours() -> Iterator[None]:
    """Turn the system's word for a full disk or quota into `StorageFull`."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(f"a file could not be written: {error.strerror}") from error
        raise


@contextmanager
def temporary(folder: Path, kind: str) -> Iterator[tuple[Path, BinaryIO]]:
    """Give a new file to write, on disk when the block ends; an error removes it.

    `kind` names its failpoints. Raises `StorageFull`.
    """
    with full_disk_is_ours():
        path, file = create(folder, kind)
        try:
            with file:
                yield path, file
                sync(file, kind)
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def create(folder: Path, kind: str) -> tuple[Path, BinaryIO]:
    """Make a file of a name that is free, which a restart removes unless it was published."""
    descriptor, name = tempfile.mkstemp(TEMPORARY, f"{kind}-", folder)
    failpoint(f"{kind}.created")
    return Path(name), os.fdopen(descriptor, "w+b")


def sync(file: BinaryIO, kind: str) -> None:
    """Bring what was written to disk."""
    file.flush()
    os.fsync(file.fileno())
    failpoint(f"{kind}.synced")


def publish(written: Path, path: Path, kind: str) -> None:
    """Give a file that is on disk its name, replacing what had it; on return the name is on disk too.

    Raises `StorageFull`; the file is gone then.
    """
    with full_disk_is_ours():
        try:
            written.replace(path)
        except OSError:
            written.unlink(missing_ok=True)
            raise
        failpoint(f"{kind}.renamed")
        sync_folder(path.parent)
    failpoint(f"{kind}.folder_synced")


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
