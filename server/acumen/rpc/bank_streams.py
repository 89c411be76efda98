"""`acumen.v1.ReasoningBank`, the methods that move many patterns: export, import, watch."""

from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from acumen.bank.bank import DEFAULT_NAMESPACE, Bank
from acumen.bank.convert import timestamp
from acumen.bank.writes import Origin, Writes
from acumen.errors import Draining, InvalidInput
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.rpc.stream import Stream
from acumen.storage.journal import Record, SqliteJournal

EXPORTED_AT_ONCE = 64
HEARTBEAT_S = 15.0


@dataclass(slots=True)
class BankStreamServicer:
    """Streams over a worker's bank."""

    bank: Bank
    writes: Writes
    journal: SqliteJournal

    async def export(self, request: pb.ExportRequest, stream: Stream) -> None:
        """Send every pattern by id; what is written meanwhile behind the place reached is sent, too."""
        await self.journal.wait_for(request.min_revision, None)
        after = request.after_id
        while True:
            namespace = self.bank.namespace(request.namespace)
            ids = list(islice(namespace.records.after(after), EXPORTED_AT_ONCE))
            if not ids:
                return
            messages = namespace.records.messages(ids)
            for message in messages:
                if request.with_vectors:
                    namespace.fill_vector(message)
            await stream.write(pb.ExportResponse(patterns=messages))
            after = ids[-1]

    # `import` is a word of the language; the table of methods finds it all the same.
    async def import_(self, _: object, stream: Stream) -> pb.ImportResponse:
        """Write each message as it comes; those before a refused one stay."""
        response, first, number = pb.ImportResponse(), pb.ImportRequest(), 0
        while (message := await stream.read()) is not None:
            first = message if number == 0 else first
            if not message.patterns:
                raise InvalidInput.of("patterns", f"message {number} holds none")
            for pattern in message.patterns:
                pattern.ClearField("revision")  # it is of the namespace that the patterns were exported from
            request_id = f"{first.request_id}/{number}" if first.request_id else ""
            origin = Origin(request=message, request_id=request_id)
            _, response.revision = await self.writes.put(first.namespace, message.patterns, origin)
            response.patterns += len(message.patterns)
            number += 1
        return response

    async def watch_changes(self, request: pb.WatchChangesRequest, stream: Stream) -> None:
        """Send where the watch begins, what the journal says of a namespace, and a heartbeat where it says nothing."""
        name = request.namespace or DEFAULT_NAMESPACE
        at = request.after_revision if request.HasField("after_revision") else self.journal.revision
        interval_s = request.heartbeat_interval.ToNanoseconds() / 1e9 or HEARTBEAT_S
        stream.on_drain = partial(_end, stream)
        await stream.write(pb.WatchChangesResponse(revision=at))
        while True:
            for record in await self.journal.records(at):
                if record.revision > self.journal.revision:
                    break
                at = record.revision
                if (change := _change(record, name)) is not None:
                    await stream.write(change)
            if at >= self.journal.revision and not await self.journal.advances(at, interval_s):
                await stream.write(pb.WatchChangesResponse(revision=self.journal.revision))


async def _end(stream: Stream) -> None:
    """A watch has no end of its own that a drain could wait for."""
    stream.end(Draining())


def _change(record: Record, namespace: str) -> pb.WatchChangesResponse | None:
    """Return what an entry changed in a namespace; None when nothing a client would see."""
    kind = record.entry.WhichOneof("change")
    response = pb.WatchChangesResponse(revision=record.revision, time=timestamp(record.time_ms))
    if kind == "restored":
        response.restored.id = record.entry.restored.snapshot
        return response
    change = getattr(record.entry, kind) if kind else None
    if kind not in CHANGES or change is None or change.namespace != namespace:
        return None
    CHANGES[kind](response, change)
    return response


def _written(response: pb.WatchChangesResponse, change: Any) -> None:
    response.written.ids.extend(pattern.id for pattern in change.patterns)


def _deleted(response: pb.WatchChangesResponse, change: Any) -> None:
    response.deleted.ids.extend(change.ids)


def _used(response: pb.WatchChangesResponse, change: Any) -> None:
    response.outcome.ids.extend(shown.id for shown in change.shown)


def _consolidated(response: pb.WatchChangesResponse, change: Any) -> None:
    response.consolidated.steps.extend(change.steps)


def _unmerged(response: pb.WatchChangesResponse, change: Any) -> None:
    response.written.ids.append(change.id)


def _purged(response: pb.WatchChangesResponse, _: Any) -> None:
    response.purged = True


CHANGES = {
    "patterns_written": _written,
    "patterns_deleted": _deleted,
    "patterns_used": _used,
    "consolidated": _consolidated,
    "unmerged": _unmerged,
    "purged": _purged,
}
