"""A snapshot that travels in chunks arrives as it was, or does not arrive."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acumen.errors import InvalidInput, LeaseHeld, LimitExceeded, SnapshotCorrupt, SnapshotNotFound, StorageFull
from acumen.storage.snapshot import Section, open_snapshot
from acumen.storage.snapshot_header import Header
from acumen.storage.snapshots import SnapshotFolder
from acumen.storage.transfer import MAX_CHUNK_BYTES, Chunk, Upload

LIMIT = 1 << 20


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SnapshotFolder:
    """Return a folder of one snapshot that does not wait for the disk."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    made = SnapshotFolder(tmp_path, uploads=2)
    _make(made, 5)
    return made


def _make(folder: SnapshotFolder, revision: int) -> str:
    header = Header(embedder="static-1", dimension=4, revision=revision, created_ms=1)
    return folder.create(header, [Section(name="vectors", data=hashlib.sha512(b"x").digest() * 20)]).id


def _chunks(data: bytes, size: int) -> list[Chunk]:
    sha256 = hashlib.sha256(data).hexdigest()
    return [
        Chunk(offset=at, total_bytes=len(data), data=data[at : at + size], sha256=sha256)
        for at in range(0, len(data), size)
    ]


def _upload(folder: SnapshotFolder, data: bytes) -> Upload:
    return folder.upload(len(data), hashlib.sha256(data).hexdigest(), LIMIT)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 300), min_size=1), st.integers(1, 2_000))
def test_chunks_of_any_size_from_any_offset_make_the_file(folder: SnapshotFolder, sizes: list[int], last: int) -> None:
    """Each says where it belongs, how large the whole is and its SHA-256; at the end comes an empty one."""
    info = folder.list()[0]
    data, got = info.path.read_bytes(), b""
    for size in (*sizes, *[last] * len(data)):
        chunk = folder.chunk(info.id, len(got), size)
        assert chunk.offset == len(got) and len(chunk.data) == min(size, len(data) - len(got))
        assert (chunk.total_bytes, chunk.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        got += chunk.data
        if not chunk.data:
            break
    assert got == data


def test_what_cannot_be_a_chunk_is_refused(folder: SnapshotFolder) -> None:
    """Offsets outside of the file, sizes out of range, and ids that are not there."""
    info = folder.list()[0]
    for offset in (-1, info.size_bytes + 1):
        with pytest.raises(InvalidInput, match="offset"):
            folder.chunk(info.id, offset, 10)
    for size in (0, MAX_CHUNK_BYTES + 1):
        with pytest.raises(LimitExceeded, match="chunk size"):
            folder.chunk(info.id, 0, size)
    with pytest.raises(SnapshotNotFound):
        folder.chunk("0" * 16, 0, 10)


def test_an_upload_arrives_and_is_used_only_when_asked_for(folder: SnapshotFolder, tmp_path: Path) -> None:
    """From one server to another: the same id and bytes, listed as uploaded, never the newest by itself."""
    info = folder.list()[0]
    data = info.path.read_bytes()
    other = SnapshotFolder(tmp_path / "other")
    other.start()
    with _upload(other, data) as upload:
        for chunk in _chunks(data, 100):
            assert upload.add(chunk) == chunk.offset + len(chunk.data)
        adopted = other.adopt(upload)
    assert adopted.id == info.id and adopted.uploaded and adopted.path.read_bytes() == data
    assert other.list() == (adopted,) and other.newest_valid().snapshot is None and other.retain().deleted == ()
    with other.open(adopted.id) as snapshot:
        assert snapshot.section("vectors") == hashlib.sha512(b"x").digest() * 20
    other.delete(adopted.id)
    assert list((tmp_path / "other").iterdir()) == []


def test_an_own_snapshot_comes_before_its_upload(folder: SnapshotFolder) -> None:
    """An id that is there twice is the server's own."""
    data = folder.list()[0].path.read_bytes()
    with _upload(folder, data) as upload:
        upload.add(_chunks(data, LIMIT)[0])
        folder.adopt(upload)
    assert len(folder.list()) == 2 and not folder.find(folder.list()[0].id).uploaded


def test_gaps_overlaps_and_strangers_are_refused_and_the_right_chunk_may_follow(folder: SnapshotFolder) -> None:
    """Each refusal names the field, and costs nothing of what had come."""
    data = folder.list()[0].path.read_bytes()
    one, two, *rest = _chunks(data, 100)
    wrong = {
        "offset: is 200, the next byte wanted is 100": rest[0],
        "offset: is 0, the next byte wanted is 100": one,
        "total_bytes: is 7": replace(two, total_bytes=7),
        "sha256: is not what it was": replace(two, sha256="0" * 64),
        "data: has 0 bytes": replace(two, data=b""),
        "data: has 2,?000 bytes": replace(two, data=bytes(2_000)),
    }
    with _upload(folder, data) as upload:
        upload.add(one)
        for message, chunk in wrong.items():
            with pytest.raises(InvalidInput, match=message):
                upload.add(chunk)
        assert upload.received_bytes == 100
        for chunk in (two, *rest):
            upload.add(chunk)
        assert folder.adopt(upload).size_bytes == len(data)


def test_what_is_not_complete_or_not_whole_is_not_adopted(folder: SnapshotFolder, tmp_path: Path) -> None:
    """Missing bytes, other bytes than announced, a damaged snapshot, foreign file: only the first may go on."""
    data = folder.list()[0].path.read_bytes()
    damaged = data[:-30] + bytes([data[-30] ^ 1]) + data[-29:]
    cases: list[tuple[bytes, bytes, type[Exception], str]] = [
        (data, data[:100], InvalidInput, "total_bytes: .* 100 have come"),
        (data, damaged, InvalidInput, "sha256: is not that"),
        (damaged, damaged, SnapshotCorrupt, "section 'vectors': checksum differs"),
        (b"foreign" * 30, b"foreign" * 30, SnapshotCorrupt, "header: magic differs"),
    ]
    for announced, sent, error, message in cases:
        with _upload(folder, announced) as upload:
            first = _chunks(announced, LIMIT)[0]
            upload.add(replace(first, data=sent))
            with pytest.raises(error, match=message):
                folder.adopt(upload)
        assert len(list(tmp_path.iterdir())) == 1 + ("have come" in message)


def test_an_upload_that_broke_off_goes_on_where_it_ended(folder: SnapshotFolder, tmp_path: Path) -> None:
    """Also after a restart; at another offset it is refused, and at 0 it begins anew."""
    info = folder.list()[0]
    data, sha256 = info.path.read_bytes(), folder.chunk(info.id, 0, 1).sha256
    other = SnapshotFolder(tmp_path / "other")
    other.start()
    chunks = _chunks(data, 100)
    assert other.received_bytes(sha256) == 0
    with pytest.raises(InvalidInput, match="offset: is 100, the next byte wanted is 0"):
        other.upload(len(data), sha256, LIMIT, 100)
    assert list((tmp_path / "other").iterdir()) == []
    with other.upload(len(data), sha256, LIMIT) as upload:
        upload.add(chunks[0])
        upload.add(chunks[1])
    other.start()
    assert other.received_bytes(sha256) == 200 and other.list() == ()
    for wrong in (100, 300):
        with pytest.raises(InvalidInput, match=f"offset: is {wrong}, the next byte wanted is 200"):
            other.upload(len(data), sha256, LIMIT, wrong)
    with other.upload(len(data), sha256, LIMIT, 200) as upload:
        for chunk in chunks[2:]:
            upload.add(chunk)
        assert other.adopt(upload).path.read_bytes() == data
    assert other.received_bytes(sha256) == 0 and len(other.list()) == 1
    for offset in (0, 0, 100):
        with other.upload(len(data), sha256, LIMIT, offset) as upload:
            upload.add(chunks[offset // 100])
    assert other.received_bytes(sha256) == 200


def test_one_call_at_a_time_uploads_a_snapshot(folder: SnapshotFolder) -> None:
    """Another one is told so, and what the first has brought stays."""
    data = folder.list()[0].path.read_bytes()
    with _upload(folder, data) as upload:
        upload.add(_chunks(data, 100)[0])
        for offset in (0, 100):
            with pytest.raises(LeaseHeld, match="another call"):
                folder.upload(len(data), upload.sha256, LIMIT, offset)
        for chunk in _chunks(data, 100)[1:]:
            upload.add(chunk)
        assert folder.adopt(upload).size_bytes == len(data)


def test_unfinished_uploads_are_few_and_gone_after_a_purge(folder: SnapshotFolder, tmp_path: Path) -> None:
    """The oldest gives way, unless a call is at it; a purge keeps none, and an upload under way notices."""
    data = folder.list()[0].path.read_bytes()
    with _upload(folder, data) as upload:
        upload.add(_chunks(data, LIMIT)[0])
        for number in range(4):
            with folder.upload(10, f"{number:064x}", LIMIT) as other:
                other.add(Chunk(offset=0, total_bytes=10, data=b"12345", sha256=other.sha256))
        assert len(list(tmp_path.glob("*.part"))) == 3 and folder.received_bytes(upload.sha256) == len(data)
        folder.keep_only([folder.list()[0].id])
        assert not list(tmp_path.glob("*.part"))
        with pytest.raises(InvalidInput, match="begin anew"):
            folder.adopt(upload)
    assert len(folder.list()) == 1


@pytest.mark.parametrize("sha256", ["", "0" * 63, "../" + "0" * 61, "A" * 64])
def test_what_is_no_hash_names_no_file(folder: SnapshotFolder, tmp_path: Path, sha256: str) -> None:
    """Nothing outside of the folder can be written or asked for."""
    for ask in (lambda: folder.upload(10, sha256, LIMIT), lambda: folder.received_bytes(sha256)):
        with pytest.raises(InvalidInput, match="sha256: must be 64 hexadecimal digits"):
            ask()
    assert len(list(tmp_path.iterdir())) == 1


def test_limits_are_kept_before_a_byte_is_taken(folder: SnapshotFolder, tmp_path: Path) -> None:
    """Too large, empty, and one more than are kept."""
    for total in (0, LIMIT + 1):
        with pytest.raises(LimitExceeded, match="snapshot size"):
            folder.upload(total, "0" * 64, LIMIT)
    assert len(list(tmp_path.iterdir())) == 1
    for revision in (6, 7):
        snapshot = folder.find(_make(folder, revision))
        data = snapshot.path.read_bytes()
        with _upload(folder, data) as upload:
            upload.add(_chunks(data, LIMIT)[0])
            folder.adopt(upload)
    with pytest.raises(LimitExceeded, match="uploaded snapshots is 3, the limit is 2"):
        folder.upload(100, "0" * 64, LIMIT)


def test_a_full_disk_takes_nothing_of_a_chunk(folder: SnapshotFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """StorageFull; with room again the same chunk is taken and the snapshot is whole."""
    data = folder.list()[0].path.read_bytes()
    one, *rest = _chunks(data, 100)
    with Path("/dev/full").open("r+b", buffering=0) as full, _upload(folder, data) as upload:
        upload.add(one)
        file, upload._file = upload._file, full  # type: ignore[assignment]
        with pytest.raises(StorageFull):
            upload.add(rest[0])
        upload._file = file
        file.write(b"half of a chunk")
        for chunk in rest:
            upload.add(chunk)
        assert folder.adopt(upload).size_bytes == len(data)


def test_closing_on_a_full_disk_still_removes_the_file(folder: SnapshotFolder, tmp_path: Path) -> None:
    """What could not be written is no reason to keep what was."""
    upload = _upload(folder, b"x" * 100)
    upload._file.close()
    upload._file = os.fdopen(os.open("/dev/full", os.O_RDWR), "r+b")
    with pytest.raises(StorageFull):
        upload.add(_chunks(b"x" * 100, 50)[0])
    upload.close()
    assert len(list(tmp_path.iterdir())) == 1


def test_an_upload_of_which_nothing_came_leaves_nothing(folder: SnapshotFolder, tmp_path: Path) -> None:
    """Nor is what came of one taken for a snapshot, or for a temporary file by the next start."""
    with _upload(folder, b"x" * 100) as upload:
        assert len(list(tmp_path.iterdir())) == 2
    assert len(list(tmp_path.iterdir())) == 1
    with _upload(folder, b"x" * 100) as upload:
        upload.add(_chunks(b"x" * 100, 50)[0])
    assert folder.start().temporary == () and len(folder.list()) == 1 and upload.path.exists()


def test_a_sent_file_opens_where_it_lies(folder: SnapshotFolder) -> None:
    """The bytes of a snapshot need no folder: any path will do."""
    info = folder.list()[0]
    with open_snapshot(info.path) as snapshot:
        assert snapshot.header.id == info.id
