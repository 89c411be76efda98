"""A job's result becomes a version: its files get their place, then one entry of the journal says so."""

import os
import shutil
import sqlite3
from pathlib import Path

from google.protobuf import json_format

from acumen.neural import card
from acumen.neural.versions import Versions, next_version
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.proto.storage.v1.training_pb2 import TrainingJobWritten, VersionAdded
from acumen.proto.v1 import training_job_pb2 as pb
from acumen.proto.v1.registry_pb2 import ModelVersion
from acumen.storage import training as table
from acumen.storage.durable import sync_folder
from acumen.storage.failpoints import failpoint
from acumen.storage.leases import Lease
from acumen.training.desk import Desk
from acumen.training.jobs import RUNNING, SUCCEEDED, Job
from acumen.training.task import RESULT


async def adopt(desk: Desk, lease: Lease, job: Job, folder: Path, result: pb.TrainingResult) -> None:
    """Make the result a version and end the job with it, in one entry; raises `JobState` for one that was stopped."""
    spec = job.message.spec
    serves = result.promoted and spec.options.promote != pb.PROMOTE_MODE_NEVER

    def decide(connection: sqlite3.Connection, _: int) -> JournalEntry:
        lease.check(connection)
        table.get(connection, job.message.id, {RUNNING})
        version = _placed(desk, connection, folder / RESULT, spec.name)
        told = ModelVersion(
            model=spec.name,
            version=version,
            base=spec.model,
            base_version=spec.version,
            weights_sha256=result.weights_sha256,
            job_id=job.message.id,
            domain=spec.domain,
            family=desk.versions.find(spec.model, spec.version).family_name,
        )
        told.create_time.FromMilliseconds(desk.clock.now_ms())
        table.add_version(connection, spec.name, version, result.weights_sha256)

        def done(written: TrainingJobWritten) -> None:
            written.job.state = SUCCEEDED
            written.job.result.CopyFrom(result)
            written.job.result.version, written.job.result.promoted = version, serves
            if result.promoted and not serves:
                written.job.result.reason += "; it waits, as asked, to be made to serve"
            written.job.end_time.FromMilliseconds(desk.clock.now_ms())

        written = table.change(connection, job.message.id, {RUNNING}, desk.clock.now_ms(), done)
        return JournalEntry(version_added=VersionAdded(version=told, serves=serves, job=written))

    await desk.journal.append(decide, result)


def _placed(desk: Desk, connection: sqlite3.Connection, source: Path, name: str) -> str:
    """Copy weights and card to the place of the next version; return which that is."""
    version = next_version(taken_versions(desk.versions, connection, name))
    target = desk.versions.path(name, version)
    place(source, target, version)
    return version


def taken_versions(versions: Versions, connection: sqlite3.Connection, name: str) -> list[str]:
    """Return the versions of a name that there are: the built-in one and those that were noted."""
    built_in = versions.families.get(name)
    return [*([built_in.version] if built_in else []), *table.versions_of(connection, name)]


def place(source: Path, target: Path, version: str) -> None:
    """Put a folder of weights and card where a version belongs, replacing what a killed process left there."""
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = target.with_name(f".{target.name}")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(source, partial)
    written = card.read(partial)
    written.version = version
    (partial / "card.json").write_text(json_format.MessageToJson(written, indent=1) + "\n")
    (partial / "CARD.md").write_text(card.render(written))
    for path in partial.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    sync_folder(partial)
    partial.rename(target)
    sync_folder(target.parent)
    failpoint("training.placed")
