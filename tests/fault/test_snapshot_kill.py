"""Killed at any step, the folder of snapshots opens again and holds the old or the new state, whole."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import lz4
import pytest

import acumen
from acumen.storage import retention
from acumen.storage.failpoints import DAMAGED, DELETE, RETENTION, SNAPSHOT, START, UPLOAD, VARIABLE
from acumen.storage.snapshot import open_snapshot
from acumen.storage.snapshots import SnapshotFolder, SnapshotInfo
from tests.fault import snapshot_child
from tests.fault.snapshot_child import contents, header, make, sections

pytestmark = pytest.mark.slow

ROUNDS = 4
HITS = {"snapshot.section_written": 5, "upload.chunk_written": 3, "retention.deleted": 2, "start.temporary_deleted": 2}
LIGHT_PATH = os.pathsep.join(str(Path(str(module.__file__)).parents[1]) for module in (acumen, lz4))
# From here on the new snapshot has its name; nothing may fall back behind it.
NEW_IS_THERE = RETENTION | {"snapshot.renamed", "snapshot.folder_synced"}
CARRIED_OUT = {name for name in RETENTION if name.startswith("retention.")}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return files of the snapshots at revisions 1, 2 and so on, to be copied: copying does not wait for the disk."""
    folder = SnapshotFolder(tmp_path_factory.mktemp("made"))
    return [folder.create(header(revision), sections(revision)).path for revision in range(1, 6 + ROUNDS)]


def _populate(path: Path, made: list[Path], newest: int) -> None:
    for file in made[:newest]:
        shutil.copy(file, path)


def _kill(scenario: str, path: Path, keep: int, failpoint: str) -> None:
    """Run a scenario in a process that the failpoint kills; it must be the failpoint that ends it."""
    command = [sys.executable, "-S", snapshot_child.__file__, scenario, str(path), str(keep)]
    environment = {VARIABLE: failpoint, "PYTHONPATH": LIGHT_PATH}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
    assert ended.returncode == -signal.SIGKILL, f"{failpoint}: {ended.returncode} {ended.stderr}"


def _restart(path: Path, keep: int) -> SnapshotFolder:
    """Start on what was left: temporary files are gone, and a plan was carried out to its end."""
    planned = retention.read_plan(path) or ()
    folder = SnapshotFolder(path, keep=keep)
    started = folder.start()
    names = {file.name for file in path.iterdir()}
    assert started.deleted == planned and not names & set(planned) and not started.plan_abandoned
    assert not [name for name in names if name.endswith(".tmp") or name == retention.PLAN]
    return folder


def _assert_holds(info: SnapshotInfo | None, revision: int) -> None:
    """Every section of a snapshot is what was written at its revision."""
    assert info is not None and info.revision == revision
    with open_snapshot(info.path) as snapshot:
        assert {entry.name: snapshot.section(entry.name) for entry in snapshot.header.sections} == contents(revision)


def _revisions(folder: SnapshotFolder) -> list[int]:
    return [info.revision for info in folder.list()]


def _hit(name: str, turn: int) -> str:
    return f"{name}:{1 + turn % HITS.get(name, 1)}"


@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.parametrize("name", sorted(SNAPSHOT | RETENTION))
def test_killed_while_making_and_retaining(tmp_path: Path, made: list[Path], name: str, turn: int) -> None:
    """The newest is the old or the new one, each whole; enough are kept; the next round works as ever."""
    keep, newest = 1 + turn % 3, 4 + turn
    _populate(tmp_path, made, newest)
    _kill("make", tmp_path, keep, _hit(name, turn))
    folder = _restart(tmp_path, keep)
    now = newest + 1 if name in NEW_IS_THERE else newest
    _assert_holds(folder.newest_valid().snapshot, now)
    assert len(folder.list()) >= keep and not any(folder.verify(info.id) for info in folder.list())
    make(folder, now)
    assert _revisions(folder) == [now + 1 - i for i in range(keep)]


@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.parametrize("name", sorted(DAMAGED))
def test_killed_while_setting_a_damaged_one_aside(tmp_path: Path, made: list[Path], name: str, turn: int) -> None:
    """The damaged one is out of the way or found again, and the previous one is used."""
    _populate(tmp_path, made, 2 + turn)
    newest = SnapshotFolder(tmp_path).list()[0].path
    newest.write_bytes(newest.read_bytes()[: -100 * (turn + 1)])
    _kill("fall_back", tmp_path, 3, name)
    folder = _restart(tmp_path, 3)
    _assert_holds(folder.newest_valid().snapshot, 1 + turn)
    assert [refused.name for refused in folder.damaged()] == [f"{newest.name}.damaged"]


@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.parametrize("name", sorted(UPLOAD))
def test_killed_while_taking_an_upload(tmp_path: Path, made: list[Path], name: str, turn: int) -> None:
    """The upload is there whole or not at all, and the server's own snapshots are untouched."""
    _populate(tmp_path, made, 1 + turn)
    _kill("adopt", tmp_path, 3, _hit(name, turn))
    folder = _restart(tmp_path, 3)
    uploaded = [info for info in folder.list() if info.uploaded]
    assert len(uploaded) == (name in {"upload.renamed", "upload.folder_synced"})
    for info in (*uploaded, folder.newest_valid().snapshot):
        _assert_holds(info, 1 + turn)


@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.parametrize("name", sorted(START | CARRIED_OUT))
def test_killed_while_starting_after_a_kill(tmp_path: Path, made: list[Path], name: str, turn: int) -> None:
    """A start that is itself killed leaves what the next start finishes."""
    keep, newest = 1 + turn % 3, 6 + turn
    _populate(tmp_path, made, newest)
    for leftover in ("snapshot-a.tmp", "upload-b.tmp"):
        (tmp_path / leftover).write_bytes(b"half of something")
    names = [info.path.name for info in SnapshotFolder(tmp_path).list()[keep:]]
    retention.write_plan(tmp_path, names)
    _kill("start", tmp_path, keep, _hit(name, turn))
    folder = _restart(tmp_path, keep)
    assert _revisions(folder) == [newest - i for i in range(keep)]
    _assert_holds(folder.newest_valid().snapshot, newest)


@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.parametrize("name", sorted(DELETE))
def test_killed_while_deleting(tmp_path: Path, made: list[Path], name: str, turn: int) -> None:
    """What was deleted stays deleted, and the one before it is the newest."""
    _populate(tmp_path, made, 2 + turn)
    _kill("delete", tmp_path, 3, name)
    _assert_holds(_restart(tmp_path, 3).newest_valid().snapshot, 1 + turn)
