"""A worker's state on a folder, without a server: what tests of durability drive."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from acumen import config
from acumen.app import kept_for
from acumen.bank.answers import Answers
from acumen.bank.consolidating.pairs import PairModel
from acumen.bank.consolidation import Consolidation
from acumen.bank.judgement import similarity_of
from acumen.bank.retrieval import Retrieval
from acumen.bank.scoring import load as load_weights
from acumen.bank.writes import Origin
from acumen.neural.executor import BoundedExecutor
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import Pattern
from acumen.text import static
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
    return check(folder, static.load()).problems
