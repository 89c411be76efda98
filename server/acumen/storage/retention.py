"""Deleting several files as one step: a plan on disk first, then the deletions, which a restart carries on.

The plan is a text file: the SHA-256 of what follows in hexadecimal, then one file name a line.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from acumen.storage.durable import publish, sync_folder, temporary
from acumen.storage.failpoints import failpoint

PLAN = "retention.plan"


def encode_plan(names: Iterable[str]) -> bytes:
    """Return the plan that deletes `names`."""
    body = "".join(f"{name}\n" for name in names).encode()
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def decode_plan(data: bytes) -> tuple[str, ...] | None:
    """Return the names of a plan, or None if it is damaged."""
    body = data.partition(b"\n")[2]
    names = tuple(body.decode(errors="replace").splitlines())
    return names if encode_plan(names) == data else None


def write_plan(folder: Path, names: Iterable[str]) -> None:
    """Bring a plan to disk; nothing is deleted yet. Raises `StorageFull`."""
    with temporary(folder, "retention_plan") as (path, file):
        file.write(encode_plan(names))
    publish(path, folder / PLAN, "retention_plan")


def read_plan(folder: Path) -> tuple[str, ...] | None:
    """Return what the plan on disk deletes; None if there is none or it is damaged."""
    try:
        return decode_plan((folder / PLAN).read_bytes())
    except FileNotFoundError:
        return None


def carry_out(folder: Path, names: Iterable[str]) -> None:
    """Delete the names of the plan on disk, those that are still there, and then the plan."""
    for name in names:
        if not (folder / name).is_dir():  # a folder is nobody's snapshot
            (folder / name).unlink(missing_ok=True)
        failpoint("retention.deleted")
    sync_folder(folder)
    failpoint("retention.folder_synced")
    drop_plan(folder)


def drop_plan(folder: Path) -> None:
    """Remove the plan from disk, carried out or not."""
    (folder / PLAN).unlink(missing_ok=True)
    failpoint("retention.plan_deleted")
    sync_folder(folder)
