"""The folder keeps what it should, deletes what it may, and never the last whole snapshot."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acumen.errors import LastSnapshot, SnapshotCorrupt, SnapshotNotFound
from acumen.storage import retention
from acumen.storage.retention import decode_plan, encode_plan
from acumen.storage.snapshot import Section
from acumen.storage.snapshot_files import SnapshotInfo, outdated
from acumen.storage.snapshot_header import Header
from acumen.storage.snapshots import SnapshotFolder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SnapshotFolder:
    """Return a started folder that keeps two and does not wait for the disk."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    made = SnapshotFolder(tmp_path / "snapshots", keep=2)
    made.start()
    return made


def _make(folder: SnapshotFolder, revision: int, created_ms: int = 1) -> SnapshotInfo:
    header = Header(embedder="static-1", dimension=4, revision=revision, created_ms=created_ms)
    return folder.create(header, [Section(name="patterns", data=f"as of {revision}".encode() * 100)])


def _damage(info: SnapshotInfo, at: int = -20) -> None:
    data = bytearray(info.path.read_bytes())
    data[at] ^= 1
    info.path.write_bytes(data)


def _revisions(folder: SnapshotFolder) -> list[int]:
    return [info.revision for info in folder.list()]


def test_the_list_is_newest_first_whatever_was_made_when(folder: SnapshotFolder) -> None:
    """By revision, then by time; each line has what its header says and its size."""
    for revision, created_ms in ((9, 5), (10, 1), (9, 7), (100, 2)):
        _make(folder, revision, created_ms)
    assert [(info.revision, info.created_ms) for info in folder.list()] == [(100, 2), (10, 1), (9, 7), (9, 5)]
    for info in folder.list():
        assert info.size_bytes == info.path.stat().st_size and info.problem == "" and folder.verify(info.id) == ()
        assert folder.find(info.id) == info and info.header is not None and info.header.id == info.id


def test_names_sort_as_revisions_do(folder: SnapshotFolder) -> None:
    """The folder itself shows them in order."""
    names = [_make(folder, revision).path.name for revision in (2, 10, 9_999_999_999)]
    assert names == sorted(names)


def test_a_damaged_header_is_listed_with_its_problem(folder: SnapshotFolder) -> None:
    """Without reading the sections; what is wrong with those, verify says."""
    old, new = _make(folder, 1), _make(folder, 2)
    _damage(new, at=20)
    _damage(old)
    assert [info.problem for info in folder.list()] == ["header: checksum differs", ""]
    assert folder.verify(new.id) == ("header: checksum differs",)
    assert folder.verify(old.id) == ("section 'patterns': checksum differs",)


def test_the_newest_whole_one_is_used_and_the_damaged_are_named(folder: SnapshotFolder) -> None:
    """Two damaged ones are set aside with their parts, and stay readable for who wants to know."""
    made = [_make(folder, revision) for revision in (1, 2, 3)]
    _damage(made[2])
    _damage(made[1], at=3)
    newest = folder.newest_valid()
    problems = [("section 'patterns': checksum differs",), ("header: magic differs",)]
    assert newest.snapshot == folder.list()[0] and _revisions(folder) == [1]
    assert [(refused.name, refused.problems) for refused in newest.refused] == [
        (made[2].path.name, problems[0]),
        (made[1].path.name, problems[1]),
    ]
    assert [refused.problems for refused in folder.damaged()] == problems
    assert folder.newest_valid().refused == ()


def test_damage_to_the_same_snapshot_twice_keeps_both_files(folder: SnapshotFolder) -> None:
    """What was set aside first is not overwritten."""
    for _ in range(2):
        _damage(_make(folder, 1))
        assert folder.newest_valid().snapshot is None
    assert len(folder.damaged()) == 2


def test_an_empty_folder_has_no_newest(folder: SnapshotFolder) -> None:
    """That is an answer, not an error."""
    assert folder.newest_valid().snapshot is None and folder.list() == () and folder.retain().deleted == ()


def test_retention_keeps_the_newest(folder: SnapshotFolder) -> None:
    """Two stay, and what was deleted is named."""
    names = [_make(folder, revision).path.name for revision in range(1, 6)]
    assert folder.retain().deleted == tuple(reversed(names[:3])) and _revisions(folder) == [5, 4]


def test_retention_counts_only_what_can_be_used(folder: SnapshotFolder) -> None:
    """A damaged newest one is set aside first, so that two whole ones stay, and a truncated one in between is none."""
    made = [_make(folder, revision) for revision in range(1, 6)]
    _damage(made[4])
    made[2].path.write_bytes(made[2].path.read_bytes()[:-1])
    retained = folder.retain()
    assert [refused.name for refused in retained.refused] == [made[4].path.name]
    assert retained.deleted == (made[0].path.name,) and _revisions(folder) == [4, 3, 2]


def test_retention_deletes_nothing_when_nothing_is_whole(folder: SnapshotFolder) -> None:
    """All damaged: all are set aside, for whoever can save something."""
    for revision in range(1, 5):
        _damage(_make(folder, revision))
    assert folder.retain().deleted == () and len(folder.damaged()) == 4
    _make(folder, 9)
    assert len(folder.retain().deleted) == 2 and len(folder.damaged()) == 2


def test_a_folder_of_a_snapshots_name_stops_nothing(folder: SnapshotFolder) -> None:
    """Older than what is kept, it is passed over: only files are deleted."""
    strange = _make(folder, 1).path
    strange.unlink()
    strange.mkdir()
    for revision in (2, 3, 4):
        _make(folder, revision)
    folder.retain()
    assert _revisions(folder) == [4, 3, 1] and strange.is_dir()


@given(st.lists(st.sampled_from(["", "truncated: x", "new"]), max_size=9), st.integers(1, 4))
def test_outdated_is_what_is_older_than_the_kept(problems: list[str], keep: int) -> None:
    """Whatever is damaged or of a later format: the newest `keep` sound ones stay, and nothing newer than them goes."""
    infos = [
        SnapshotInfo(
            id=str(i), revision=-i, size_bytes=1, path=Path(str(i)), uploaded=False, problem=p, too_new=p == "new"
        )
        for i, p in enumerate(problems)
    ]
    gone = outdated(infos, keep)
    sound = [i for i, problem in enumerate(problems) if not problem]
    assert not set(gone) & {str(i) for i in sound[:keep]}
    assert all(int(name) > sound[keep - 1] for name in gone) and not any(problems[int(n)] == "new" for n in gone)
    assert {str(i) for i in sound[keep:]} <= set(gone)


def test_keeping_none_is_refused(tmp_path: Path) -> None:
    """Retention that would delete everything is a mistake."""
    with pytest.raises(ValueError, match="at least one"):
        SnapshotFolder(tmp_path, keep=0)


def test_the_last_whole_one_is_deleted_only_by_force(folder: SnapshotFolder) -> None:
    """Damaged neighbours do not count; a damaged one itself may always go."""
    one, two, three = (_make(folder, revision) for revision in (1, 2, 3))
    folder.delete(three.id)
    _damage(one)
    with pytest.raises(LastSnapshot, match=two.id):
        folder.delete(two.id)
    folder.delete(one.id)
    folder.delete(two.id, forced=True)
    assert folder.list() == ()
    with pytest.raises(SnapshotNotFound, match=two.id):
        folder.delete(two.id)


def test_a_purge_leaves_only_what_it_names(folder: SnapshotFolder) -> None:
    """Own, uploaded and damaged files go; a stranger's file in the folder does not."""
    old, damaged, new = (_make(folder, revision) for revision in (1, 3, 2))
    _damage(damaged)
    folder.newest_valid()
    stranger = old.path.with_name("notes.txt")
    stranger.write_text("mine")
    old.path.with_name(old.path.name.replace("snapshot-", "uploaded-")).write_bytes(old.path.read_bytes())
    assert len(folder.keep_only([new.id])) == 3
    assert sorted(old.path.parent.iterdir()) == sorted([new.path, stranger])


def test_a_purge_that_keeps_nothing_whole_deletes_nothing(folder: SnapshotFolder) -> None:
    """The named ones are read first."""
    _make(folder, 1)
    _damage(new := _make(folder, 2))
    for ids, error in (([new.id], SnapshotCorrupt), (["0" * 16], SnapshotNotFound), ([], ValueError)):
        with pytest.raises(error):
            folder.keep_only(ids)
    assert _revisions(folder) == [2, 1]


def test_a_start_removes_what_was_being_written(folder: SnapshotFolder) -> None:
    """Temporary files go and are named; snapshots stay."""
    path = _make(folder, 1).path
    path.with_name("snapshot-x.tmp").write_bytes(b"half")
    started = folder.start()
    assert started.temporary == ("snapshot-x.tmp",) and list(path.parent.iterdir()) == [path]


def test_a_start_carries_a_plan_on(folder: SnapshotFolder) -> None:
    """What is left of it is deleted, and only files that are snapshots."""
    made = [_make(folder, revision) for revision in (1, 2, 3)]
    stranger = made[0].path.with_name("notes.txt")
    stranger.write_text("mine")
    retention.write_plan(stranger.parent, [made[0].path.name, "gone", stranger.name, f"../{stranger.parent.name}"])
    assert folder.start().deleted == (made[0].path.name,)
    assert _revisions(folder) == [3, 2] and stranger.exists() and not (stranger.parent / retention.PLAN).exists()


def test_a_plan_is_abandoned_if_what_it_spares_is_damaged(folder: SnapshotFolder) -> None:
    """Between the plan and the start the new snapshot went bad: the old one, planned for deletion, is what is left."""
    old, new = _make(folder, 1), _make(folder, 2)
    retention.write_plan(old.path.parent, [old.path.name])
    _damage(new)
    assert folder.start().plan_abandoned
    newest = folder.newest_valid().snapshot
    assert newest is not None and newest.revision == 1 and not (old.path.parent / retention.PLAN).exists()


def test_a_damaged_plan_deletes_nothing(folder: SnapshotFolder) -> None:
    """Any changed or missing byte makes it no plan, and a start drops it."""
    made = [_make(folder, revision) for revision in (1, 2)]
    data = encode_plan([made[0].path.name])
    plan = made[0].path.with_name(retention.PLAN)
    assert decode_plan(data) == (made[0].path.name,)
    for at in range(len(data)):
        flipped = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        assert decode_plan(flipped) is None and decode_plan(data[:at]) is None
    plan.write_bytes(flipped)
    assert folder.start().plan_abandoned and _revisions(folder) == [2, 1] and not plan.exists()


def test_an_unfinished_plan_is_not_forgotten_by_the_next(folder: SnapshotFolder) -> None:
    """A purge that was interrupted and a retention after it delete what both wanted."""
    made = [_make(folder, revision) for revision in (1, 2, 3, 4)]
    retention.write_plan(made[0].path.parent, [made[2].path.name])
    assert set(folder.retain().deleted) == {info.path.name for info in made[:3]} and _revisions(folder) == [4]
