"""Every invariant of a data folder, walked without a server: files, journal, tables, and what they fold into."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from acumen.bank.bank import Bank
from acumen.bank.invariants import violations
from acumen.bank.prepare import Preparer
from acumen.errors import AcumenError, JournalGap
from acumen.index.cache import GraphCache
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.storage import patterns as table
from acumen.storage.database import FILE
from acumen.storage.snapshots import SnapshotFolder
from acumen.text.embedder import Embedder
from acumen.upkeep.state import live


@dataclass(slots=True)
class Checked:
    """What was found: the state at `revision`, and every problem in words."""

    bank: Bank
    revision: int
    problems: list[str]


class _Never(Executor):
    """Takes work on and does none: a graph changes how fast an answer is found, not what it is."""

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        return Future()


def check(data_dir: Path, embedder: Embedder) -> Checked:
    """Verify every snapshot, fold the newest one and the journal after it, and check what comes of it.

    The folder is only read, and no graph is built; raises FileNotFoundError where it has no journal.
    """
    if not (data_dir / FILE).exists():
        raise FileNotFoundError(f"{data_dir} has no {FILE}")
    folder = SnapshotFolder(data_dir / "snapshots")
    problems = [f"snapshot {i.id}: {text}" for i in folder.list() for text in folder.verify(i.id)]
    uri = f"file:{data_dir / FILE}?mode=ro"
    with TemporaryDirectory() as graphs, closing(sqlite3.connect(uri, uri=True)) as connection:
        problems += [f"database: {row[0]}" for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        bank = Bank(Preparer(embedder), _Never(), GraphCache(Path(graphs)), folder.open)
        try:
            revision = _fold(connection, folder, bank)
        except AcumenError as error:
            return Checked(bank, 0, [*problems, str(error)])
        problems += violations(bank)
        problems += _differences(bank, connection)
    return Checked(bank, revision, problems)


def _fold(connection: sqlite3.Connection, folder: SnapshotFolder, bank: Bank) -> int:
    whole = next((info for info in folder.own() if not folder.verify(info.id)), None)
    revision = 0
    if whole is not None:
        revision = whole.revision
        with folder.open(whole.id) as snapshot:
            bank.namespaces = bank.loaded(snapshot)
    query = "SELECT revision, body FROM journal WHERE revision > ? ORDER BY revision"
    for number, body in connection.execute(query, (revision,)):
        if number != revision + 1:
            raise JournalGap(revision, number)
        entry = JournalEntry.FromString(body)
        bank.apply(number, entry, bank.prepare(entry))
        revision = number
    return revision


def _differences(bank: Bank, connection: sqlite3.Connection) -> Iterator[str]:
    """Compare what the table of patterns says with what the journal folds into."""
    folded = {(one.namespace, one.id): one.revision for one in live(bank.namespaces)}
    stored = table.all_live(connection)
    for key in sorted(folded.keys() | stored.keys()):
        if folded.get(key) != stored.get(key):
            yield f"pattern {key[1]} of {key[0]}: the table has revision {stored.get(key)}, the state {folded.get(key)}"
