"""Re-embedding: the vectors of a namespace made anew, ahead of the one entry that puts them in place."""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass

from acumen.bank.bank import DEFAULT_NAMESPACE
from acumen.bank.prepare import CALLER, Prepared
from acumen.bank.writes import Origin, Writes
from acumen.errors import InvalidInput
from acumen.neural.executor import BoundedExecutor
from acumen.proto.storage.v1 import bank_pb2 as journalled
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.storage import patterns as table

AT_ONCE = 512


@dataclass(slots=True)
class Reembedding:
    """The job over a worker's bank. Other workers, and a replay, embed when they meet the entry."""

    writes: Writes
    executor: BoundedExecutor

    async def run(self, request: pb.ReembedRequest) -> AsyncIterator[pb.ReembedResponse]:
        """Yield progress, and last the revision; raises `InvalidInput` for a namespace of callers' vectors."""
        bank, name = self.writes.bank, request.namespace or DEFAULT_NAMESPACE
        namespace = bank.namespace(name)
        if namespace.embedder.startswith(f"{CALLER}:"):
            raise InvalidInput.of("namespace", f"'{name}' holds callers' vectors; put the patterns with new ones")
        rows = sorted(namespace.records.rows.values())
        ahead: dict[int, Prepared] = {}
        for start in range(0, len(rows), AT_ONCE):
            some = [row for row in rows[start : start + AT_ONCE] if namespace.records.bodies[row]]
            ahead |= await self.executor.run(bank.preparer.by_row, namespace.records, some)
            yield pb.ReembedResponse(progress=pb.Progress(phase="embed", done=start + len(some), total=len(rows)))
        bank.ahead[name] = ahead
        change = journalled.Reembedded(namespace=name, embedder=bank.preparer.embedder.identity.id)

        def decide(connection: sqlite3.Connection, _: int) -> JournalEntry:
            table.set_embedder(connection, name, change.embedder)
            return JournalEntry(reembedded=change)

        revision = await self.writes.append(decide, Origin(request=request, request_id=request.request_id))
        yield pb.ReembedResponse(
            progress=pb.Progress(phase="embed", done=len(rows), total=len(rows)), revision=revision
        )
