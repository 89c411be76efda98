"""`acumen.v1.Neural`, the methods about versions of models."""

import asyncio
import hashlib
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path

from acumen.clock import Clock
from acumen.errors import InvalidInput, LimitExceeded, ModelCorrupt, ModelExists, ModelInUse
from acumen.neural.archive import LARGEST_BYTES, Archive, pack, unpack
from acumen.neural.inference import Inference
from acumen.neural.recipe import Entry
from acumen.neural.registry import card_of
from acumen.neural.runtime import kernels_of
from acumen.neural.serving import Serving
from acumen.neural.verify import checks
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.proto.storage.v1.training_pb2 import VersionAdded, VersionDeleted, VersionServed
from acumen.proto.v1 import registry_pb2 as pb
from acumen.rpc.edge import Call
from acumen.rpc.stream import Stream
from acumen.storage import training as table
from acumen.storage.journal import Decide, SqliteJournal
from acumen.training.adoption import place

CHUNK_BYTES = 1 << 20
LARGEST_PAGE = 100


@dataclass(slots=True)
class RegistryServicer:
    """Versions over a worker's state; files are read and written on threads."""

    serving: Serving
    journal: SqliteJournal
    clock: Clock

    async def list_versions(self, request: pb.ListVersionsRequest, call: Call) -> pb.ListVersionsResponse:
        """Page through a model's versions; the token is the last version of the page before."""
        await self.journal.wait_for(request.min_revision, call.remaining_s())
        found = self.serving.registry.versions.of(request.model)
        names = [one.version for one in found]
        start = names.index(request.page_token) + 1 if request.page_token in names else 0
        size = request.page_size or LARGEST_PAGE
        page, more = found[start : start + size], len(found) > start + size
        return pb.ListVersionsResponse(versions=page, next_page_token=page[-1].version if more else "")

    async def rollback_model(self, request: pb.RollbackModelRequest, _: Call) -> pb.RollbackModelResponse:
        """Have another version serve, once it is known to load."""
        registry = self.serving.registry
        registry.versions.of(request.model)
        entry = registry.find(request.model, request.version or registry.versions.before(request.model))
        await registry.acquire(entry)
        change = JournalEntry(version_served=VersionServed(model=entry.name, version=entry.version))
        revision = await self.journal.append(lambda *_: change, request, request.request_id)
        now = registry.versions.serving(request.model) or entry
        return pb.RollbackModelResponse(version=registry.versions.describe(now), revision=revision)

    async def delete_model(self, request: pb.DeleteModelRequest, _: Call) -> pb.DeleteModelResponse:
        """Delete a version that was trained or installed, or all of them."""
        found = self.serving.registry.versions.of(request.model)
        wanted = [one for one in found if request.version in ("", one.version)]
        if not wanted:
            self.serving.registry.find(request.model, request.version)
        for one in wanted:
            self._check_deletable(one, alone=not request.version)
        revision = 0
        for number, one in enumerate(wanted):
            request_id = f"{request.request_id}/{number}" if request.request_id else ""
            revision = await self.journal.append(_deletion(one), request, request_id)
        for one in wanted:
            await asyncio.to_thread(_remove, self.serving.registry.versions.path(one.model, one.version))
        return pb.DeleteModelResponse(revision=revision)

    def _check_deletable(self, version: pb.ModelVersion, alone: bool) -> None:
        name = f"{version.model} {version.version}"
        if self.serving.registry.versions.added(version.model, version.version) is None:
            raise ModelInUse(f"{name} is built in")
        if version.serves and not alone:
            raise ModelInUse(f"{name} serves; roll back to another version first, or delete the model with all of them")

    async def verify_model(self, request: pb.VerifyModelRequest, _: Call) -> pb.VerifyModelResponse:
        """Check every part of a version, from the files."""
        registry = self.serving.registry
        entry = registry.find(request.model, request.version)
        found = await asyncio.to_thread(lambda: list(checks(entry, self._ops())))
        version = registry.versions.describe(entry)
        return pb.VerifyModelResponse(version=version, checks=found, ok=all(one.ok for one in found))

    def _ops(self) -> Inference:
        return Inference(kernels_of(self.serving.config.kernels))

    async def download_model(self, request: pb.DownloadModelRequest, stream: Stream) -> None:
        """Send a version's archive from an offset on."""
        entry = self.serving.registry.find(request.model, request.version)
        data = await asyncio.to_thread(pack, entry.folder)
        if request.offset > len(data):
            raise InvalidInput.of("offset", f"{request.offset} is beyond the archive's {len(data)} bytes")
        sha256 = hashlib.sha256(data).hexdigest()
        for offset in range(request.offset, max(len(data), request.offset + 1), CHUNK_BYTES):
            part = data[offset : offset + CHUNK_BYTES]
            told = pb.DownloadModelResponse(offset=offset, total_bytes=len(data), sha256=sha256, data=part)
            await stream.write(told)

    async def install_model(self, _: object, stream: Stream) -> pb.InstallModelResponse:
        """Take an archive in, check all of it, make it a version."""
        first = await stream.read()
        if first is None:
            raise InvalidInput.of("data", "no part was sent")
        archive = unpack(await _received(stream, first), first.sha256)
        versions = self.serving.registry.versions
        told = archive.card
        family = versions.families.get(told.family or told.model)
        if family is None:
            raise ModelCorrupt(f"card.json: no family '{told.family or told.model}' here; a newer server may have it")
        await asyncio.to_thread(self._check, archive, family)
        version = pb.ModelVersion(
            model=told.model, version=told.version, weights_sha256=told.weights_sha256, family=family.name
        )
        version.create_time.FromMilliseconds(self.clock.now_ms())
        revision = await self._add(first, version, archive)
        entry = versions.find(told.model, told.version)
        return pb.InstallModelResponse(version=versions.describe(entry), card=told, revision=revision)

    def _check(self, archive: Archive, family: Entry) -> None:
        """Run every check on the archive before it gets a place; raises `ModelCorrupt`."""
        with tempfile.TemporaryDirectory() as name:
            archive.write(Path(name))
            entry = family.version_of(archive.card.model, archive.card.version, Path(name))
            if failed := [one for one in checks(entry, self._ops()) if not one.ok]:
                raise ModelCorrupt(f"{failed[0].name}: {failed[0].detail}")

    async def _add(self, first: pb.InstallModelRequest, version: pb.ModelVersion, archive: Archive) -> int:
        versions = self.serving.registry.versions
        built_in = versions.families.get(version.model)
        known = versions.of(version.model) if version.model in versions.names() else []
        same = next((one for one in known if one.version == version.version), None)
        if built_in is not None and built_in.version == version.version:
            return self._is_same(version, self.serving.registry.find(version.model, version.version))
        if same is not None and same.weights_sha256 == version.weights_sha256:
            return 0
        if same is not None and not first.force:
            raise ModelExists(f"{version.model} {version.version} is there with other weights; force replaces it")
        if known and known[0].family != version.family:
            raise ModelExists(
                f"'{version.model}' is a model of the family of {known[0].family}, not of {version.family}"
            )

        def decide(connection: sqlite3.Connection, _: int) -> JournalEntry:
            with tempfile.TemporaryDirectory() as name:
                archive.write(Path(name))
                place(Path(name), versions.path(version.model, version.version), version.version)
            table.add_version(connection, version.model, version.version, version.weights_sha256)
            return JournalEntry(version_added=VersionAdded(version=version, serves=first.serve or not known))

        return await self.journal.append(decide, version, first.request_id)

    @staticmethod
    def _is_same(version: pb.ModelVersion, entry: Entry) -> int:
        if card_of(entry).weights_sha256 != version.weights_sha256:
            raise ModelExists(f"{version.model} {version.version} is built in, with other weights")
        return 0


async def _received(stream: Stream, first: pb.InstallModelRequest) -> bytes:
    """Return the parts of an archive put together; raises `InvalidInput` for a gap, `LimitExceeded` for too much."""
    data, message = bytearray(), first
    while message is not None:
        if message.offset != len(data):
            raise InvalidInput.of("offset", f"{message.offset}, the next part begins at {len(data)}")
        data += message.data
        if len(data) > LARGEST_BYTES:
            raise LimitExceeded("bytes of the archive", len(data), LARGEST_BYTES)
        message = await stream.read()
    if len(data) != first.total_bytes:
        raise InvalidInput.of("total_bytes", f"{first.total_bytes} were announced, {len(data)} came")
    return bytes(data)


def _deletion(version: pb.ModelVersion) -> Decide:
    def decide(connection: sqlite3.Connection, _: int) -> JournalEntry:
        table.delete_version(connection, version.model, version.version)
        change = VersionDeleted(model=version.model, version=version.version)
        return JournalEntry(version_deleted=change)

    return decide


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
