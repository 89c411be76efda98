"""A snapshot gives back what went in, is the same bytes each time, and is on disk before it has its name."""

import dataclasses
import errno
import itertools
import os
import stat
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acumen.errors import SnapshotCorrupt, SnapshotNotFound, StorageFull
from acumen.storage.snapshot import BLOCK, HIGH, Section, open_snapshot, read_header, verify, write
from acumen.storage.snapshot_header import MAX_NAME_BYTES, Header, decode, encode

HEADER = Header(embedder="static-1", dimension=4, revision=7, created_ms=1_000)
NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(str.isprintable)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a path that examples write to in turn."""
    return tmp_path_factory.mktemp("snapshot") / "one"


def _write(path: Path, *sections: Section) -> bytes:
    write(path, HEADER, sections)
    return path.read_bytes()


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(NAMES, st.binary(max_size=3_000), max_size=6), st.sampled_from([0, HIGH, 9, -5]))
def test_what_went_in_comes_out(path: Path, contents: dict[str, bytes], level: int) -> None:
    """Any names, any bytes, any level: the same sections in the same order, and nothing is wrong."""
    written = write(path, HEADER, [Section(name=n, data=d, level=level) for n, d in contents.items()])
    with open_snapshot(path) as snapshot:
        assert snapshot.header == written and dataclasses.replace(written, sections=()) == HEADER
        assert {entry.name: snapshot.section(entry.name) for entry in written.sections} == contents
        assert [entry.name for entry in written.sections] == list(contents)
    assert verify(path) == []


@settings(max_examples=100)
@given(NAMES, st.integers(0, 2**32 - 1), st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_a_header_is_read_as_it_was_written(embedder: str, dimension: int, revision: int, created_ms: int) -> None:
    """Decoding undoes encoding over the whole range of every field."""
    header = Header(embedder=embedder, dimension=dimension, revision=revision, created_ms=created_ms)
    assert decode(encode(header)) == header


@settings(max_examples=10, deadline=None)
@given(cuts=st.lists(st.integers(0, 5 * BLOCK // 2), max_size=6), level=st.sampled_from([0, HIGH]))
def test_how_the_caller_cuts_changes_no_byte(path: Path, cuts: list[int], level: int) -> None:
    """Two and a half blocks in any chunks, empty ones too, are the same file as in one piece."""
    data = np.arange(5 * BLOCK // 8, dtype=np.uint32).tobytes()
    edges = [0, *sorted(cuts), len(data)]
    chunks = [data[start:end] for start, end in itertools.pairwise(edges)]
    whole = _write(path, Section(name="a", data=data, level=level))
    assert _write(path, Section(name="a", data=iter(chunks), level=level)) == whole


def test_arrays_pass_as_they_are(path: Path) -> None:
    """Chunks may be arrays of any shape and type, also of no rows, or views of them."""
    rows = np.arange(12, dtype=np.float32).reshape(3, 4)
    _write(path, Section(name="a", data=[rows, rows[:0], memoryview(rows)]), Section(name="b", data=memoryview(rows)))
    with open_snapshot(path) as snapshot:
        assert snapshot.section("a") == rows.tobytes() * 2 and snapshot.section("b") == rows.tobytes()


def test_large_sections_stream(path: Path) -> None:
    """96 MB in chunks that fit no block go in, are verified and read, with less than 12 MB at any time."""
    tracemalloc.start()
    _write(path, Section(name="a", data=(bytes([i]) * 750_000 for i in range(128))))
    assert verify(path) == []
    with open_snapshot(path) as snapshot:
        sizes = [len(piece) for piece in snapshot.chunks("a")]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(sizes) == 96_000_000 and max(sizes) <= BLOCK and peak < 12_000_000


def test_text_compresses_and_a_level_is_the_sections_own(path: Path) -> None:
    """HIGH makes text smaller than the default does; noise stays within 1 % of its size."""
    text = "".join(f"when step {i * i} times out, retry {i} times and then report\n" for i in range(5_000)).encode()
    noise = np.random.default_rng(1).bytes(200_000)
    sections = [Section(name="fast", data=text), Section(name="high", data=text, level=HIGH)]
    header = write(path, HEADER, [*sections, Section(name="noise", data=noise)])
    fast, high, raw = (entry.stored_bytes for entry in header.sections)
    assert high < fast < len(text) / 2 and abs(raw - len(noise)) < 2_000


def test_it_is_on_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order is: sync the file, rename it, sync the folder."""
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        steps.append(f"sync {'folder' if stat.S_ISDIR(os.fstat(descriptor).st_mode) else 'file'}")
        fsync(descriptor)

    def renamed(self: Path, target: Path) -> Path:
        steps.append(f"rename to {target.name}")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    write(tmp_path / "s", HEADER, [Section(name="a", data=b"x")])
    assert steps == ["sync file", "rename to s", "sync folder"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_keeps_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """StorageFull, the previous file whole under its name, and nothing half-written beside it."""
    before = _write(tmp_path / "s", Section(name="a", data=b"old"))

    def full(_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull):
        write(tmp_path / "s", HEADER, [Section(name="a", data=b"new")])
    assert [file.name for file in tmp_path.iterdir()] == ["s"] and (tmp_path / "s").read_bytes() == before


def test_a_callers_error_leaves_nothing_behind(tmp_path: Path) -> None:
    """A section that raises while it is produced is the caller's error, and there is no file."""

    def failing() -> Iterator[bytes]:
        yield b"x"
        raise KeyError("p1")

    with pytest.raises(KeyError, match="p1"):
        write(tmp_path / "s", HEADER, [Section(name="a", data=failing())])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (HEADER, ["a", "a"]),
        (HEADER, [""]),
        (HEADER, ["line\nbreak"]),
        (HEADER, ["é" * (MAX_NAME_BYTES // 2 + 1)]),
        (HEADER, [f"{i}" for i in range(65_537)]),
        (HEADER, [f"{i:0255}" for i in range(30_000)]),
        (dataclasses.replace(HEADER, embedder=""), []),
        (dataclasses.replace(HEADER, revision=-1), []),
        (dataclasses.replace(HEADER, revision=1 << 63), []),
        (dataclasses.replace(HEADER, dimension=1 << 32), []),
        (dataclasses.replace(HEADER, created_ms=-1), []),
        (dataclasses.replace(HEADER, version=2), []),
    ],
)
def test_what_the_format_cannot_hold_is_refused_before_a_byte_is_written(
    tmp_path: Path, header: Header, names: list[str]
) -> None:
    """Doubled, empty, unprintable and long names, too many of them, and numbers out of range are a ValueError."""
    with pytest.raises(ValueError, match="snapshot header: "):
        write(tmp_path / "s", header, [Section(name=name, data=b"") for name in names])
    assert list(tmp_path.iterdir()) == []


def test_many_sections_are_fine(path: Path) -> None:
    """5,000 of them are written and verified in a moment."""
    header = write(path, HEADER, [Section(name=f"graphs/{i}", data=b"x") for i in range(5_000)])
    assert len(header.sections) == 5_000 and verify(path) == []


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    """No file is SnapshotNotFound to every reader, not damage."""
    for reader in (open_snapshot, read_header, verify):
        with pytest.raises(SnapshotNotFound, match="'s'"):
            reader(tmp_path / "s")


def test_a_disk_that_cannot_read_is_damage(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An I/O error below a section is that section's, with the system's words."""
    _write(path, Section(name="a", data=b"x" * 100))
    with open_snapshot(path) as snapshot:

        def broken(*_: int) -> bytes:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        monkeypatch.setattr(os, "pread", broken)
        with pytest.raises(SnapshotCorrupt, match="section 'a': cannot be read: Input/output error"):
            snapshot.section("a")
    assert verify(path) == ["header: cannot be read: Input/output error"]


def test_equal_ids_are_equal_content(path: Path) -> None:
    """One changed byte, time or revision is another id; the same again is the same."""

    def identify(data: bytes, **changed: int) -> str:
        return write(path, dataclasses.replace(HEADER, **changed), [Section(name="a", data=data)]).id

    ids = [identify(b"x"), identify(b"y"), identify(b"x", created_ms=1), identify(b"x", revision=8)]
    assert len(set(ids)) == 4 and identify(b"x") == ids[0]
