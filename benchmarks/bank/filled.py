"""Banks of a size, each written once to a folder and copied for whoever changes it."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from acumen.proto.v1.pattern_pb2 import Pattern
from benchmarks.bank.made_up import TEXTS, Made
from tests.banks import Worker, worker

AT_ONCE = 256
QUESTIONS = 200


@dataclass(frozen=True, slots=True)
class Filled:
    """A folder with a bank in namespace `default`, its patterns, and questions about them.

    `name` says how many patterns of what. Unless `settled`, nothing waits for graphs: until they are there, rows are
    scanned.
    """

    name: str
    settled: bool
    folder: Path
    made: list[Made]
    questions: list[str]

    def __len__(self) -> int:
        return len(self.made)

    @contextmanager
    def copied(self) -> Iterator[Path]:
        """Copy the folder beside itself for as long as it is needed."""
        with TemporaryDirectory(dir=self.folder.parent) as other:
            yield Path(shutil.copytree(self.folder, Path(other, "bank")))

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Worker]:
        """Open a worker on a copy."""
        with self.copied() as folder:
            async with worker(folder) as one:
                if self.settled:
                    settle(one)
                yield one


def settle(one: Worker) -> None:
    """Wait until the graphs are built."""
    vectors = one.kept.state.bank.namespace("default").vectors
    if vectors is not None:
        vectors.settle()


@asynccontextmanager
async def filled(folder: Path, count: int, texts: str, settled: bool) -> AsyncIterator[Filled]:
    """Write a bank of so many patterns, with a snapshot, as a server that was stopped leaves it; gone afterwards."""
    grammar = TEXTS[texts]()
    made = list(grammar.patterns(count))
    target = folder / str(count)
    async with worker(target) as one:
        for batch in batches([each.message for each in made]):
            await one.put(batch)
        if settled:
            settle(one)
        await one.kept.upkeep.create_snapshot()
    asked = [grammar.question(grammar.random.choice(made).message) for _ in range(QUESTIONS)]
    name = f"{count:,} patterns" + " of documentation" * (texts == "documentation")
    name += ", graphs being built" * (not settled)
    yield Filled(name, settled, target, made, asked)
    shutil.rmtree(target)


def batches(patterns: list[Pattern], size: int = AT_ONCE) -> Iterator[list[Pattern]]:
    """Yield the patterns, so many at a time."""
    return (patterns[start : start + size] for start in range(0, len(patterns), size))
