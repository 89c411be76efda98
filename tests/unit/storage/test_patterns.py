"""The table of patterns says which exist, in which revision, and which were deleted or purged since when."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from acumen.errors import EmbedderMismatch, PatternExists, PatternNotFound, RevisionMismatch
from acumen.storage import patterns as table
from acumen.storage.database import connect


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(tmp_path, "NORMAL")
    table.written(connection, "n", {"a": "ann", "b": "", "c": "bob"}, 1)
    table.written(connection, "m", {"a": "ann"}, 2)
    yield connection
    connection.close()


def test_what_is_written_is_live_at_its_revision_until_deleted(database: sqlite3.Connection) -> None:
    """Deleting leaves a mark with the revision, of what was there only; writing again makes it live."""
    table.deleted(database, "n", ["a", "nobody"], 5)
    assert table.all_live(database) == {("n", "b"): 1, ("n", "c"): 1, ("m", "a"): 2}
    assert table.deleted_after(database, 4) == [("n", "a")] and table.deleted_after(database, 5) == []
    table.deleted(database, "n", ["a"], 9)
    assert table.deleted_after(database, 5) == []
    table.written(database, "n", {"a": "ann"}, 10)
    assert table.live_revision(database, "n", "a") == 10 and table.deleted_after(database, 0) == []


def test_revising_touches_only_what_is_there(database: sqlite3.Connection) -> None:
    """A deletion keeps the revision it was made at."""
    table.deleted(database, "n", ["a"], 5)
    table.revised(database, "n", ["a", "b", "nobody"], 7)
    assert table.all_live(database)[("n", "b")] == 7 and table.deleted_after(database, 5) == []


def test_requirements_name_what_is_missing(database: sqlite3.Connection) -> None:
    """The first id that is not live is told, and an id of another namespace does not count."""
    table.require(database, "n", ["a", "b"])
    for ids in (["a", "x"], ["b", "x"]):
        with pytest.raises(PatternNotFound, match="'x'"):
            table.require(database, "n", ids)
    with pytest.raises(PatternNotFound, match="'b'"):
        table.require(database, "m", ["b"])


def test_matching_tells_taken_gone_and_changed_apart(database: sqlite3.Connection) -> None:
    """Any revision matches 0; a wanted one must be the stored one; a new one must be new."""
    table.match(database, "n", [("a", 0), ("b", 1), ("new", 0)], create_only=False)
    table.match(database, "n", [("new", 0)], create_only=True)
    with pytest.raises(PatternExists):
        table.match(database, "n", [("new", 0), ("a", 0)], create_only=True)
    with pytest.raises(RevisionMismatch):
        table.match(database, "n", [("a", 3)], create_only=False)
    with pytest.raises(PatternNotFound):
        table.match(database, "n", [("new", 3)], create_only=False)


def test_a_purge_forgets_the_subjects_patterns_and_those_named(database: sqlite3.Connection) -> None:
    """Marks of deletion too; other subjects and namespaces stay; the purge is open until its bytes are gone."""
    table.deleted(database, "n", ["a"], 5)
    table.purged(database, "n", table.digest("ann"), ["b"], 6)
    assert table.all_live(database) == {("n", "c"): 1, ("m", "a"): 2} and table.deleted_after(database, 0) == []
    (purge,) = table.open_purges(database)
    assert (purge.namespace, purge.subject_sha256) == ("n", table.digest("ann"))
    table.close_purges(database, 5)
    assert len(table.open_purges(database)) == 1
    table.close_purges(database, 6)
    assert table.open_purges(database) == [] and len(table.purges_after(database, 5)) == 1
    assert table.purges_after(database, 6) == []


def test_purging_a_namespace_frees_its_embedder(database: sqlite3.Connection) -> None:
    """Nothing of it is left, and it may begin anew with vectors of another kind."""
    table.settle_embedder(database, "n", "e1")
    with pytest.raises(EmbedderMismatch):
        table.settle_embedder(database, "n", "e2")
    table.purged(database, "n", b"", (), 6)
    table.settle_embedder(database, "n", "e2")
    assert table.all_live(database) == {("m", "a"): 2}


def test_replacing_all_keeps_the_marks_of_deletion(database: sqlite3.Connection) -> None:
    """What is there no more was not deleted; what was deleted before and is there now is live."""
    table.deleted(database, "n", ["a", "b"], 5)
    table.replace_all(database, [table.Live("n", "a", 3, table.digest("ann"), "e1")])
    assert table.all_live(database) == {("n", "a"): 3} and table.deleted_after(database, 0) == [("n", "b")]
    with pytest.raises(EmbedderMismatch):
        table.settle_embedder(database, "n", "e2")
    table.purged(database, "n", table.digest("ann"), (), 8)
    assert table.all_live(database) == {}
