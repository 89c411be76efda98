"""Snapshots come and go as files, whole or not at all."""

import hashlib

import pytest
from fake_bank import CHUNK_BYTES, SNAPSHOT
from fake_neural import status

from acumen_client import errors
from acumen_client.bank.snapshots import CHUNK_BYTES as UPLOADED_AT_ONCE


@pytest.fixture
def asked(fake):
    return fake.bank


def offsets(asked):
    return [one.offset for one in asked.calls["DownloadSnapshot"]]


async def test_a_download_is_the_snapshot(client, tmp_path):
    """The file has the server's bytes, in both forms, and nothing is left beside it."""
    path = client.bank.download_snapshot("s-1", tmp_path / "one")
    other = await client.aio.bank.download_snapshot("s-1", tmp_path / "two")
    assert path.read_bytes() == other.read_bytes() == SNAPSHOT
    assert {one.name for one in tmp_path.iterdir()} >= {"one", "two"}
    assert not list(tmp_path.glob("*.part"))
    await client.aio.close()


async def test_a_broken_download_goes_on_where_it_broke_off(client, asked, tmp_path):
    """No byte is asked for twice, and progress only grows."""
    seen = []
    asked.break_after = [1, 1, 9, 2]
    client.bank.download_snapshot("s-1", tmp_path / "one", progress=lambda done, total: seen.append((done, total)))
    await client.aio.bank.download_snapshot("s-1", tmp_path / "two")
    assert offsets(asked) == [0, CHUNK_BYTES, 2 * CHUNK_BYTES, 0, 2 * CHUNK_BYTES]
    assert seen == [(1000, 2560), (2000, 2560), (2560, 2560)]
    assert (tmp_path / "two").read_bytes() == SNAPSHOT
    await client.aio.close()


def test_a_later_download_goes_on_with_what_is_there(client, asked, tmp_path):
    """What an ended process left is kept; a byte of it is asked for again, so that the server says what is right."""
    asked.fail(*[status("UNAVAILABLE", "DRAINING")] * 9)
    part = tmp_path / "one.s-1.part"
    part.write_bytes(SNAPSHOT[:1500])
    with pytest.raises(errors.Unavailable):
        client.bank.download_snapshot("s-1", tmp_path / "one")
    asked.failures.clear()
    assert part.exists() and not (tmp_path / "one").exists()
    assert client.bank.download_snapshot("s-1", tmp_path / "one").read_bytes() == SNAPSHOT
    assert offsets(asked)[-1] == 1499 and not part.exists()


def test_a_whole_part_file_only_needs_its_name(client, asked, tmp_path):
    """A process that ended before the last step is made up for with one byte."""
    (tmp_path / "one.s-1.part").write_bytes(SNAPSHOT)
    assert client.bank.download_snapshot("s-1", tmp_path / "one").read_bytes() == SNAPSHOT
    assert offsets(asked) == [len(SNAPSHOT) - 1]


@pytest.mark.parametrize("wrong", [b"x" * 1500, SNAPSHOT[:100] + b"!" + SNAPSHOT[101:1500]])
async def test_damaged_bytes_are_never_given_the_name(client, tmp_path, wrong):
    """A part file that is not of this snapshot fails the check and is removed; the next download starts anew."""
    part = tmp_path / "one.s-1.part"
    part.write_bytes(wrong)
    with pytest.raises(errors.DataLoss, match="s-1"):
        client.bank.download_snapshot("s-1", tmp_path / "one")
    part.write_bytes(wrong)
    with pytest.raises(errors.DataLoss):
        await client.aio.bank.download_snapshot("s-1", tmp_path / "one")
    assert not part.exists() and not (tmp_path / "one").exists()
    assert client.bank.download_snapshot("s-1", tmp_path / "one").read_bytes() == SNAPSHOT
    await client.aio.close()


def test_an_existing_file_is_replaced_only_by_a_whole_one(client, asked, tmp_path):
    """A download that fails leaves the file of that name as it was."""
    path = tmp_path / "one"
    path.write_text("before")
    asked.digest = "0" * 64
    with pytest.raises(errors.DataLoss):
        client.bank.download_snapshot("s-1", path)
    assert path.read_text() == "before"


def test_an_offset_that_is_refused_is_forgotten(client, asked, tmp_path):
    """A part file longer than the snapshot does not stop every later download."""
    (tmp_path / "one.s-1.part").write_bytes(bytes(9999))
    asked.fail(status("INVALID_ARGUMENT", "INVALID_FIELD", field="offset"))
    with pytest.raises(errors.InvalidInput):
        client.bank.download_snapshot("s-1", tmp_path / "one")
    assert client.bank.download_snapshot("s-1", tmp_path / "one").read_bytes() == SNAPSHOT


def test_what_stands_behind_the_end_is_cut_off(client, tmp_path):
    """A part file one byte too long, which passes the hash of the rest, still becomes the snapshot and no more."""
    (tmp_path / "one.s-1.part").write_bytes(SNAPSHOT + b"!")
    assert client.bank.download_snapshot("s-1", tmp_path / "one").read_bytes() == SNAPSHOT


async def test_an_upload_comes_in_chunks_with_the_hash(client, asked, tmp_path):
    """Offsets in order, 1 MiB at most, total and SHA-256 on each, in both forms."""
    data = bytes(range(256)) * 10_000
    (tmp_path / "file").write_bytes(data)
    seen = []
    uploaded = client.bank.upload_snapshot(tmp_path / "file", progress=lambda done, total: seen.append((done, total)))
    assert uploaded.snapshot.id == "s-1" and [done for done, _ in seen] == [1 << 20, 2 << 20, len(data)]
    assert (await client.aio.bank.upload_snapshot(tmp_path / "file")).snapshot.id == "s-1"
    for messages in asked.calls["UploadSnapshot"]:
        assert b"".join(one.data for one in messages) == data
        assert [one.offset for one in messages] == [0, UPLOADED_AT_ONCE, 2 * UPLOADED_AT_ONCE]
        assert {one.total_bytes for one in messages} == {len(data)}
        assert {one.sha256 for one in messages} == {hashlib.sha256(data).hexdigest()}
    await client.aio.close()


async def test_an_upload_goes_on_with_what_is_there(client, asked, tmp_path):
    """Only what is missing of a broken upload is sent, in both forms; what is whole already is sent anew."""
    data = bytes(range(256)) * 10_000
    (tmp_path / "file").write_bytes(data)
    seen = []
    for there in (1_500_000, len(data)):
        asked.uploaded = data[:there]
        client.bank.upload_snapshot(tmp_path / "file", progress=lambda done, _: seen.append(done))
    asked.uploaded = data[: 2 << 20]
    await client.aio.bank.upload_snapshot(tmp_path / "file")
    assert [[one.offset for one in messages] for messages in asked.calls["UploadSnapshot"]] == [
        [1_500_000, 1_500_000 + UPLOADED_AT_ONCE],
        [0, UPLOADED_AT_ONCE, 2 * UPLOADED_AT_ONCE],
        [2 << 20],
    ]
    assert seen[:2] == [1_500_000 + UPLOADED_AT_ONCE, len(data)]
    await client.aio.close()


async def test_a_file_that_is_not_there_is_an_os_error(client, asked, tmp_path):
    """Nothing is sent."""
    with pytest.raises(FileNotFoundError):
        client.bank.upload_snapshot(tmp_path / "none")
    with pytest.raises(FileNotFoundError):
        await client.aio.bank.upload_snapshot(tmp_path / "none")
    assert "UploadSnapshot" not in asked.calls
    await client.aio.close()


def test_a_file_that_goes_away_meanwhile_is_an_os_error(client, tmp_path, monkeypatch):
    """The server hears an end that does not fit the hash; the caller hears why."""
    from acumen_client.bank import snapshots

    path = tmp_path / "file"
    path.write_bytes(SNAPSHOT)
    of = snapshots.Upload.of

    def vanishing(given, progress):
        upload = of(given, progress)
        given.unlink()
        return upload

    monkeypatch.setattr(snapshots.Upload, "of", vanishing)
    with pytest.raises(FileNotFoundError):
        client.bank.upload_snapshot(path)


def test_an_upload_is_sent_once(client, asked, tmp_path):
    """The server would keep a second one."""
    (tmp_path / "file").write_bytes(SNAPSHOT)
    asked.fail(status("UNAVAILABLE", "OVERLOADED", retry_ms=1))
    with pytest.raises(errors.Unavailable):
        client.bank.upload_snapshot(tmp_path / "file")
    assert len(asked.calls["UploadSnapshot"]) == 1
