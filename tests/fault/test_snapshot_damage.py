"""A snapshot that is not what was written is refused with the damaged part named, and the previous one is used."""

import hashlib
import io
import os
import random
import sqlite3
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import lz4.frame
import pytest

from acumen.errors import SnapshotCorrupt, SnapshotTooNew
from acumen.storage.snapshot import check, open_snapshot, read_header, verify
from acumen.storage.snapshot_header import CHECKSUM_BYTES, MAGIC, PREFIX, Header, decode, encode, header_bytes
from acumen.storage.snapshots import SnapshotFolder
from tests.fault.snapshot_child import contents, header, noise, sections

pytestmark = pytest.mark.slow

FLIPS_PER_PART = 160
TRUNCATIONS = 250
PREVIOUS, NEWEST = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A folder of two snapshots, the newest of which is damaged again and again."""

    folder: SnapshotFolder
    path: Path
    whole: bytes
    header: Header

    def parts(self) -> dict[str, range]:
        """Return which bytes belong to which part of the newest snapshot."""
        start = self.header.sections[0].offset
        spans = {e.part: range(e.offset, e.offset + e.stored_bytes) for e in self.header.sections}
        return {"header": range(start), **spans}

    def assert_refused(self, *parts: str) -> None:
        """The newest file is refused for one of `parts`, by every way to read it, and the previous one is used."""
        found = verify(self.path)
        assert found and all(problem.split(":")[0] in parts for problem in found), (found, parts)
        with pytest.raises((SnapshotCorrupt, SnapshotTooNew)):
            check(self.path)
        self.assert_nothing_else_is_read()
        newest = self.folder.newest_valid()
        assert newest.snapshot is not None and newest.snapshot.revision == PREVIOUS
        assert [(r.name, r.problems, r.set_aside) for r in newest.refused] == [(self.path.name, tuple(found), True)]
        assert not self.path.exists()
        self.path.with_name(f"{self.path.name}.damaged").rename(self.path)

    def assert_nothing_else_is_read(self) -> None:
        """A section is what was written or SnapshotCorrupt; there is no third."""
        try:
            with open_snapshot(self.path) as snapshot:
                for name, written in contents(NEWEST).items():
                    try:
                        assert snapshot.section(name) == written
                    except SnapshotCorrupt as error:
                        assert error.part == f"section '{name}'"
        except SnapshotCorrupt:
            pass


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return the folder; nothing waits for the disk here, which only matters to a machine that loses power."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    folder = SnapshotFolder(tmp_path)
    folder.create(header(PREVIOUS), sections(PREVIOUS))
    path = folder.create(header(NEWEST), sections(NEWEST)).path
    return Bench(folder=folder, path=path, whole=path.read_bytes(), header=read_header(path))


def _spread(span: range, count: int) -> list[int]:
    """Return up to `count` positions spread evenly over a span, both ends among them."""
    steps = min(count, len(span)) - 1
    return sorted({span[round(i * (len(span) - 1) / max(1, steps))] for i in range(steps + 1)})


def _flipped(data: bytes, at: int, bit: int) -> bytes:
    return data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :]


def test_every_flipped_bit_is_found_in_its_part(bench: Bench) -> None:
    """Bits flipped all over each part: that part is named and no other."""
    flips = 0
    for part, span in bench.parts().items():
        for turn, at in enumerate(_spread(span, FLIPS_PER_PART)):
            bench.path.write_bytes(_flipped(bench.whole, at, turn % 8))
            bench.assert_refused(part)
            flips += 1
    assert flips >= 650


def test_every_bit_of_the_header_counts(bench: Bench) -> None:
    """Not one bit of it can be another."""
    size = bench.header.sections[0].offset
    for at in range(size):
        for bit in range(8):
            data = _flipped(bench.whole, at, bit)
            with pytest.raises(SnapshotCorrupt, match="^header: "):
                decode(data[: header_bytes(data[: PREFIX.size], len(data))])


def test_every_truncation_is_found(bench: Bench) -> None:
    """Cut anywhere: the file is called truncated, and so is each section that lost bytes."""
    lengths = _spread(range(len(bench.whole)), TRUNCATIONS)
    for length in lengths:
        bench.path.write_bytes(bench.whole[:length])
        cut = {part for part, span in bench.parts().items() if span.stop > length}
        bench.assert_refused("truncated", *cut)
    assert len(lengths) == TRUNCATIONS
    bench.path.write_bytes(bench.whole[:812])
    assert f"truncated: 812 of {len(bench.whole):,} bytes" in verify(bench.path)


def test_bytes_that_were_never_written_are_found(bench: Bench) -> None:
    """A block of zeros, as a file system may leave after a crash, at 128 places: the parts it covers are named."""
    for at in _spread(range(len(bench.whole) - 64), 128):
        damaged = bench.whole[:at] + bytes(64) + bench.whole[at + 64 :]
        assert damaged != bench.whole
        bench.path.write_bytes(damaged)
        hit = [part for part, span in bench.parts().items() if span.start < at + 64 and at < span.stop]
        bench.assert_refused(*hit)


@pytest.mark.parametrize("garbage", [b"\0", b"x" * 1_000, MAGIC, "itself"])
def test_appended_bytes_are_found(bench: Bench, garbage: bytes | str) -> None:
    """Not even a second copy may follow."""
    bench.path.write_bytes(bench.whole + (garbage if isinstance(garbage, bytes) else bench.whole))
    bench.assert_refused("appended")


def test_swapped_sections_are_found(bench: Bench) -> None:
    """Two sections of the same length in each other's place are both named; swapped in the table, the header is."""
    one, two = (bench.parts()[f"section '{name}'"] for name in ("vectors", "graph"))
    assert len(one) == len(two)
    data = bytearray(bench.whole)
    data[one.start : one.stop], data[two.start : two.stop] = data[two.start : two.stop], data[one.start : one.stop]
    bench.path.write_bytes(data)
    bench.assert_refused("section 'vectors'", "section 'graph'")
    assert len(verify(bench.path)) == 2
    bench.path.write_bytes(bench.whole.replace(b"statistics", b"xxxxxxxxxx").replace(b"patterns", b"statisti"))
    bench.assert_refused("header")


def _sqlite() -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (x)")
    data = connection.serialize()
    connection.close()
    return data


def _zip() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("patterns", "x" * 1_000)
    return archive.getvalue()


FOREIGN: dict[str, bytes] = {
    "empty": b"",
    "one byte": b"\x8a",
    "text": b"these are not the bytes you are looking for\n" * 20,
    "json": b'{"patterns": []}',
    "zeros": bytes(5_000),
    "noise": noise("foreign", 5_000),
    "sqlite": _sqlite(),
    "zip": _zip(),
    "lz4 frame": lz4.frame.compress(b"patterns" * 500),
    "magic alone": MAGIC,
    "magic and noise": MAGIC + noise("magic", 5_000),
    "magic and zeros": MAGIC + bytes(5_000),
    "magic and ones": MAGIC + b"\xff" * 5_000,
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_file_is_refused(bench: Bench, name: str) -> None:
    """What is not a snapshot is refused by its header, whatever it is."""
    bench.path.write_bytes(FOREIGN[name])
    bench.assert_refused("header", "truncated")


@pytest.mark.parametrize("put", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_not_a_file_is_refused(bench: Bench, put: Callable[[Path], None]) -> None:
    """A folder or a pipe of a snapshot's name neither stops the start nor makes it wait."""
    bench.path.unlink()
    put(bench.path)
    bench.assert_refused("file")


def test_another_snapshots_content_is_refused(bench: Bench) -> None:
    """A whole snapshot under the name of another is not that other one."""
    previous = bench.folder.list()[1].path
    bench.path.write_bytes(previous.read_bytes())
    newest = bench.folder.newest_valid()
    assert newest.refused[0].problems[0].startswith("name: the content is that of snapshot")
    assert newest.snapshot is not None and newest.snapshot.path == previous


def test_a_section_that_was_lost_from_the_folder_is_not_an_answer(bench: Bench) -> None:
    """A name the snapshot has not is refused by that name."""
    with open_snapshot(bench.path) as snapshot, pytest.raises(SnapshotCorrupt, match="^section 'x': is missing"):
        snapshot.section("x")


def _sealed(covered: bytes) -> bytes:
    """Return a header whose checksum is right whatever it says."""
    return covered + hashlib.sha256(covered).digest()


def _hostile_headers(whole: bytes, size: int) -> Iterator[bytes]:
    """Yield headers that a hostile writer made: random bytes of a real one changed, the checksum made right again."""
    draw = random.Random(11)
    for _ in range(3_000):
        covered = bytearray(whole[: size - CHECKSUM_BYTES])
        for _ in range(draw.randint(1, 3)):
            covered[draw.randrange(len(MAGIC), len(covered))] = draw.choice(
                [0, 1, 2, 127, 128, 255, draw.randrange(256)]
            )
        yield _sealed(bytes(covered))


def test_a_hostile_header_is_refused_or_means_what_it_says(bench: Bench) -> None:
    """With a checksum made right, a header is refused, or encodes to the same bytes again: nothing is guessed."""
    accepted = refused = 0
    for data in _hostile_headers(bench.whole, bench.header.sections[0].offset):
        try:
            assert encode(decode(data)) == data
            accepted += 1
        except (SnapshotCorrupt, SnapshotTooNew):
            refused += 1
    assert refused > 1_000 and accepted > 100


@pytest.mark.parametrize("shift", [-100, -1, 1, 1 << 62])
def test_sections_that_leave_gaps_or_overlap_are_refused(bench: Bench, shift: int) -> None:
    """With a checksum made right, a section that begins elsewhere than where the one before ends is the header's."""
    first, second = bench.header.sections[:2]
    moved = struct.pack("<QQ", second.offset + shift, second.stored_bytes)
    covered = bench.whole[: first.offset - CHECKSUM_BYTES]
    placed = struct.pack("<QQ", second.offset, second.stored_bytes)
    assert covered.count(placed) == 1
    bench.path.write_bytes(_sealed(covered.replace(placed, moved)) + bench.whole[first.offset :])
    assert verify(bench.path)[0].startswith("header: section 'vectors' begins at byte")
    bench.assert_refused("header")


def _one_section(stored: bytes, raw_bytes: int) -> bytes:
    """Return a snapshot with one section whose checksums are right whatever it holds."""
    name, size = b"x", 40 + 3 + 3 + 56 + CHECKSUM_BYTES
    fixed = struct.pack("<8sIIQqII", MAGIC, 1, size, 1, 1, 1, 1) + struct.pack("<H1s", 1, b"e")
    entry = struct.pack("<H1sQQQ32s", 1, name, size, len(stored), raw_bytes, hashlib.sha256(stored).digest())
    return _sealed(fixed + entry) + stored


BOMB = lz4.frame.compress(bytes(64 << 20), block_size=lz4.frame.BLOCKSIZE_MAX4MB)
FRAME = lz4.frame.compress(b"pattern" * 100, content_checksum=True)


@pytest.mark.parametrize(
    ("stored", "raw_bytes", "problem"),
    [
        (BOMB, 1_000, "section 'x': holds more than the 1,000 bytes declared"),
        (BOMB, 1 << 50, "header: section 'x' declares"),
        (FRAME, 699, "section 'x': holds more than the 699 bytes declared"),
        (FRAME, 701, "section 'x': is not one LZ4 frame of 701 bytes"),
        (FRAME[:-4], 700, "section 'x': is not one LZ4 frame of 700 bytes"),
        (FRAME + b"x", 700, "section 'x': is not one LZ4 frame of 700 bytes"),
        (FRAME + bytes(1 << 17), 700, "section 'x': goes on after its LZ4 frame"),
        (FRAME + FRAME, 1_400, "section 'x': is not one LZ4 frame of 1,400 bytes"),
        (b"", 0, "section 'x': is not one LZ4 frame of 0 bytes"),
        (b"\x50\x2a\x4d\x18\x01\x00\x00\x00z", 0, None),  # a skippable frame holds nothing, as declared
        (b"pattern" * 100, 700, "section 'x': does not decompress"),
    ],
)
def test_a_hostile_section_yields_what_was_declared_or_nothing(
    bench: Bench, stored: bytes, raw_bytes: int, problem: str | None
) -> None:
    """Bombs, short, long, doubled and foreign frames with right checksums are refused while they decompress."""
    bench.path.write_bytes(_one_section(stored, raw_bytes))
    found = verify(bench.path)
    assert [p for p in found if problem is None or not p.startswith(problem)] == [] and len(found) == (
        problem is not None
    )


def test_mutated_frames_with_right_checksums_never_crash(bench: Bench) -> None:
    """500 frames with random changes: refused by the section's name, or exactly as long as declared."""
    draw = random.Random(12)
    frame = lz4.frame.compress(contents(NEWEST)["patterns"], content_checksum=True)
    for _ in range(500):
        data = bytearray(frame)
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        bench.path.write_bytes(_one_section(bytes(data), len(contents(NEWEST)["patterns"])))
        with open_snapshot(bench.path) as snapshot:
            try:
                assert len(snapshot.section("x")) == len(contents(NEWEST)["patterns"])
            except SnapshotCorrupt as error:
                assert error.part == "section 'x'"


def test_a_later_format_is_refused_and_stays(bench: Bench) -> None:
    """A whole header of version 2 is SnapshotTooNew, not damage: the file is kept for the server that can read it."""
    size = bench.header.sections[0].offset
    covered = bench.whole[:8] + struct.pack("<I", 2) + bench.whole[12 : size - CHECKSUM_BYTES]
    bench.path.write_bytes(_sealed(covered) + bench.whole[size:])
    with pytest.raises(SnapshotTooNew):
        check(bench.path)
    newest = bench.folder.newest_valid()
    assert newest.snapshot is not None and newest.snapshot.revision == PREVIOUS
    assert [r.set_aside for r in newest.refused] == [False] and bench.path.exists()
