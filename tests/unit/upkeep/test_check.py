"""The check finds what does not fit, and touches nothing."""

import sqlite3
from pathlib import Path

import pytest

from acumen.proto.v1.pattern_pb2 import Pattern
from acumen.storage.database import FILE
from acumen.upkeep.check import check
from tests.banks import embedded, problems, worker


async def fill(folder: Path) -> str:
    async with worker(folder) as w:
        await w.put([Pattern(id=i, content=f"lesson {i}") for i in "abc"])
        info = await w.kept.upkeep.create_snapshot()
        await w.delete(["b"])
    return info.path.name


async def test_a_sound_folder_has_no_problems_and_is_left_as_it_is(tmp_path: Path) -> None:
    """Not a file is changed, made or deleted, not even what another process is writing."""
    await fill(tmp_path)
    (tmp_path / "graphs" / "x.partial").write_bytes(b"being written")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    checked = check(tmp_path, embedded())
    assert checked.problems == [] and set(checked.bank.namespace("").records.rows) == {"a", "c"}
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {path: data for path, data in after.items() if path.suffix not in {".db-shm", ".db-wal"}} == {
        path: data for path, data in before.items() if path.suffix not in {".db-shm", ".db-wal"}
    }


async def test_a_table_that_says_something_else_is_named(tmp_path: Path) -> None:
    """A pattern too many, one too few, and one at another revision."""
    await fill(tmp_path)
    connection = sqlite3.connect(tmp_path / FILE)
    with connection:
        connection.execute("UPDATE patterns SET revision = 99 WHERE id = 'a'")
        connection.execute("UPDATE patterns SET live = 1 WHERE id = 'b'")
        connection.execute("DELETE FROM patterns WHERE id = 'c'")
    connection.close()
    found = problems(tmp_path)
    assert len(found) == 3 and [text.split()[1] for text in found] == ["a", "b", "c"]


async def test_a_damaged_snapshot_is_named_with_its_part(tmp_path: Path) -> None:
    """The state is then that of the journal."""
    name = await fill(tmp_path)
    path = tmp_path / "snapshots" / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    (problem,) = problems(tmp_path)
    assert problem.startswith("snapshot ") and name[-23:-7] in problem


def test_a_folder_without_a_journal_is_no_folder_of_ours(tmp_path: Path) -> None:
    """It is refused before anything is made in it."""
    with pytest.raises(FileNotFoundError):
        check(tmp_path, embedded())
    assert list(tmp_path.iterdir()) == []
