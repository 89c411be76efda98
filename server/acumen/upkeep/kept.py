"""What is on disk, opened: the newest snapshot, the journal after it, and the upkeep of both."""

import os
import secrets
from contextlib import AsyncExitStack
from dataclasses import dataclass

from acumen import log
from acumen.bank.bank import Bank
from acumen.bank.prepare import Preparer
from acumen.bank.writes import Writes
from acumen.clock import Clock
from acumen.config import Settings
from acumen.index.builds import builder
from acumen.index.cache import GraphCache
from acumen.neural.serving import Serving
from acumen.storage import patterns as table
from acumen.storage import training
from acumen.storage.journal import SqliteJournal
from acumen.storage.leases import expire_all
from acumen.storage.snapshots import SnapshotFolder
from acumen.text import minilm, static
from acumen.text.embedder import Embedder
from acumen.training.jobs import Jobs
from acumen.upkeep.state import State, live, noted
from acumen.upkeep.upkeep import Started, Upkeep

_log = log.logger("storage")


@dataclass(frozen=True, slots=True)
class Kept:
    """The state of one worker and what keeps it."""

    state: State
    journal: SqliteJournal
    writes: Writes
    upkeep: Upkeep


async def kept(
    stack: AsyncExitStack, settings: Settings, serving: Serving, clock: Clock, worker: int, alone: bool
) -> Kept:
    """Open everything, in order; the stack closes it in reverse.

    A snapshot that is damaged is set aside and the one before is used. Raises `EmbedderCorrupt` and
    `EmbedderNotInstalled`, and `JournalGap` where no snapshot reaches to where the journal begins.
    """
    folder = SnapshotFolder(settings.data_dir / "snapshots", settings.snapshots_kept)
    graphs = GraphCache(settings.data_dir / "graphs")
    if alone:
        folder.start()
    build = builder()
    stack.callback(build.shutdown, wait=False, cancel_futures=True)
    bank = Bank(Preparer(embedder_of(settings)), build, graphs, folder.open)
    state = State(serving, bank, Jobs())
    start, told = _load(folder, state)
    journal = SqliteJournal(settings.data_dir, clock, state, start)
    await stack.enter_async_context(journal)
    bank.restored = await journal.restores()
    if alone:
        await journal.transact(expire_all)
    if journal.behind:  # the snapshot outlived the journal: what it holds is all there is
        await journal.transact(lambda connection: table.replace_all(connection, live(bank.namespaces)))
        await journal.transact(lambda connection: training.replace_all(connection, *noted(state)))
    writes = Writes(bank, journal, clock, settings.max_patterns)
    holder = f"worker {worker} ({os.getpid()}-{secrets.token_hex(4)})"
    upkeep = Upkeep(state, journal, writes, folder, graphs, clock, holder, settings.snapshot_interval_ms, told)
    await stack.enter_async_context(upkeep)
    return Kept(state, journal, writes, upkeep)


def embedder_of(settings: Settings) -> Embedder:
    """Return the embedder of the settings; raises `EmbedderCorrupt` and `EmbedderNotInstalled`."""
    if settings.embedder == "static":
        return static.load()
    return minilm.load(settings.data_dir / "embedders" / settings.embedder)


def _load(folder: SnapshotFolder, state: State) -> tuple[int, Started]:
    """Take the newest whole snapshot; return its revision, 0 without one, and what to tell of it."""
    newest = folder.newest_valid()
    damaged = [f"{one.name}: {'; '.join(one.problems)}" for one in newest.refused]
    for text in damaged:
        _log.error("snapshot set aside", problem=text)
    if newest.snapshot is None:
        return 0, Started("", tuple(damaged))
    with folder.open(newest.snapshot.id) as snapshot:
        state.restore(snapshot)
    _log.info("snapshot loaded", id=newest.snapshot.id, revision=newest.snapshot.revision)
    return newest.snapshot.revision, Started(newest.snapshot.id, tuple(damaged))
