"""A worker's state on a folder, without a server: what tests of durability drive."""

from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from acumen import config
from acumen.app import kept_for
from acumen.bank.answers import Answers
from acumen.bank.bank import Bank
from acumen.bank.consolidating.pairs import PairModel
from acumen.bank.consolidation import Consolidation
from acumen.bank.judgement import similarity_of
from acumen.bank.prepare import Preparer
from acumen.bank.retrieval import Retrieval
from acumen.bank.scoring import load as load_weights
from acumen.bank.writes import Origin
from acumen.errors import SnapshotNotFound
from acumen.index.cache import GraphCache
from acumen.neural.executor import BoundedExecutor
from acumen.proto.storage.v1.bank_pb2 import PatternsWritten
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import Pattern
from acumen.storage.snapshot import Snapshot
from acumen.text import static
from acumen.text.embedder import Embedder
from acumen.text.static import StaticEmbedder
from acumen.upkeep.check import check
from acumen.upkeep.kept import Kept


@dataclass(slots=True)
class Worker:
    """A bank with everything that writes to it."""

    kept: Kept
    answers: Answers
    consolidation: Consolidation

    async def put(self, patterns: Sequence[Pattern], namespace: str = "default") -> int:
        """Write patterns and return the revision."""
        return (await self.kept.writes.put(namespace, patterns, Origin(request=pb.PutPatternsRequest())))[1]

    async def delete(self, ids: Sequence[str], namespace: str = "default") -> int:
        """Delete patterns and return the revision."""
        return await self.kept.writes.delete(namespace, ids, Origin(request=pb.DeletePatternsRequest()))

    async def found(self, text: str, k: int, namespace: str = "default") -> list[str]:
        """Return the ids of the k nearest, however unlikely."""
        request = pb.RetrieveRequest(namespace=namespace, text=text, k=k, min_p_relevant=0)
        return [result.pattern.id for result in (await self.answers.retrieve(request)).results]

    def ids(self, namespace: str = "default") -> set[str]:
        """Return the ids of all patterns."""
        return set(self.kept.state.bank.namespace(namespace).records.rows)


@asynccontextmanager
async def worker(folder: Path, *flags: str) -> AsyncIterator[Worker]:
    """Open a worker on a folder; snapshots are made only when asked for, unless flags say otherwise."""
    settings = config.load([f"--data-dir={folder}", "--snapshot-interval-ms=0", *flags], {})
    executor = BoundedExecutor(1)
    try:
        async with kept_for(settings) as kept:
            bank, embedder = kept.state.bank, kept.state.bank.preparer.embedder
            answers = Answers(
                bank, Retrieval(embedder, load_weights()), similarity_of(embedder), executor, kept.writes.clock
            )
            consolidation = Consolidation(kept.writes, executor, PairModel.load(embedder), kept.upkeep.holder)
            yield Worker(kept, answers, consolidation)
    finally:
        executor.close()


def problems(folder: Path) -> list[str]:
    """Return what `acumend bank check` finds."""
    return check(folder, embedded()).problems


class Still:
    """A clock that moves when it is told to."""

    def __init__(self, now: int) -> None:
        self.now = now

    def now_ms(self) -> int:
        """Return the wall clock in milliseconds since 1970."""
        return self.now

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return self.now / 1e3


def stop_clock(one: Worker, now_ms: int) -> Still:
    """Give a worker a clock that stands still, and return it."""
    clock = Still(now_ms)
    one.kept.writes.clock = one.kept.upkeep.clock = one.answers.clock = one.kept.journal._clock = clock
    return clock


def fold(folder: Path, *entries: JournalEntry, embedder: Embedder | None = None, bank: Bank | None = None) -> Bank:
    """Return what entries fold into, numbered from 1 on: a new bank, or one that goes on."""
    into = bank or Bank(Preparer(embedder or embedded()), ThreadPoolExecutor(1), GraphCache(folder), _no_snapshot)
    for number, entry in enumerate(entries, 1):
        into.apply(number, entry, into.prepare(entry))
    return into


def written(*patterns: Pattern, namespace: str = "default", embedder: str = "") -> JournalEntry:
    """Return the entry that writes patterns."""
    name = embedder or embedded().identity.id
    change = PatternsWritten(namespace=namespace, patterns=patterns, embedder=name)
    for pattern in change.patterns:
        pattern.state, pattern.polarity = pattern.state or 2, pattern.polarity or 1  # type: ignore[assignment]
    return JournalEntry(patterns_written=change)


@cache
def embedded() -> StaticEmbedder:
    """Return the embedder that is shipped."""
    return static.load()


def _no_snapshot(snapshot_id: str) -> Snapshot:
    raise SnapshotNotFound(snapshot_id)
