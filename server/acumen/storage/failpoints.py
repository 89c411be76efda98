"""Named points at which a process can be told to die, so that tests can show what is then on disk.

`ACUMEN_FAILPOINT=snapshot.renamed` kills the process with SIGKILL where `failpoint("snapshot.renamed")` stands, and
`snapshot.renamed:3` when it is reached for the third time. Without the variable a failpoint is one look-up.
"""

import os
import signal

VARIABLE = "ACUMEN_FAILPOINT"
_DURABLE_STEPS = ("created", "synced", "renamed", "folder_synced")


def _durable(kind: str) -> frozenset[str]:
    """Return the points of a file written by `durable`."""
    return frozenset(f"{kind}.{step}" for step in _DURABLE_STEPS)


SNAPSHOT = _durable("snapshot") | {"snapshot.section_written", "snapshot.header_written"}
RETENTION = _durable("retention_plan") | {"retention.deleted", "retention.folder_synced", "retention.plan_deleted"}
DAMAGED = frozenset({"damaged.renamed", "damaged.folder_synced"})
UPLOAD = _durable("upload") | {"upload.chunk_written", "upload.verified"}
START = frozenset({"start.temporary_deleted"})
DELETE = frozenset({"delete.deleted"})
JOURNAL = frozenset({"journal.begin", "journal.inserted", "journal.committed", "journal.applied"})
PURGE = frozenset({"purge.journalled", "purge.rewritten", "purge.snapshot_made", "purge.snapshots_deleted"})
CONSOLIDATE = frozenset({"consolidate.planned", "consolidate.applied"})
SEGMENT = frozenset({"segment.built", "segment.adopted", "segment.saved"})
TRAINING = (
    _durable("checkpoint") | _durable("dataset") | _durable("task") | frozenset({"training.step", "training.placed"})
)
NAMES = SNAPSHOT | RETENTION | DAMAGED | UPLOAD | START | DELETE | JOURNAL | PURGE | CONSOLIDATE | SEGMENT | TRAINING


def _parse(setting: str) -> dict[str, int]:
    """Return, for every name, at which hit to die; 0 is never. Raises `ValueError` for what is not declared."""
    fatal = dict.fromkeys(NAMES, 0)
    if setting:
        name, _, hit = setting.partition(":")
        if name not in fatal or not (hit or "1").isdecimal() or hit == "0":
            raise ValueError(f"{VARIABLE}: no failpoint '{setting}'")
        fatal[name] = int(hit or "1")
    return fatal


_hits_left = _parse(os.environ.get(VARIABLE, ""))


def arm(setting: str) -> None:
    """Die where a setting says, as if the environment did; raises `ValueError` for what is not declared."""
    _hits_left.update(_parse(setting))


def failpoint(name: str) -> None:
    """Die here if the environment says so; raises `KeyError` for a name that is not in `NAMES`."""
    if _hits_left[name]:
        _hits_left[name] -= 1
        if not _hits_left[name]:
            os.kill(os.getpid(), signal.SIGKILL)
