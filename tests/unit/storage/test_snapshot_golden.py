"""The released format stays readable, and the page that describes it is right."""

import dataclasses
import re
from pathlib import Path
from typing import Any

from acumen.storage.snapshot import open_snapshot, verify, write
from acumen.storage.snapshot_header import encode
from tests.golden.snapshot_v1 import CONTENTS, HEADER, PATH, SECTIONS

PAGE = Path(__file__).parents[3] / "docs" / "formats" / "snapshot.md"
ID = "7ffb664a9e458ee9"


def test_the_file_of_version_1_reads_as_it_was_written() -> None:
    """It is whole, its header says what was given, and every section is there in order."""
    assert verify(PATH) == []
    with open_snapshot(PATH) as snapshot:
        assert {name: snapshot.section(name) for name in CONTENTS} == CONTENTS
        assert [entry.name for entry in snapshot.header.sections] == list(CONTENTS)
        assert dataclasses.replace(snapshot.header, sections=()) == HEADER
        assert snapshot.header.id == ID


def test_the_header_is_laid_out_as_ever() -> None:
    """Encoding what was read gives the file's first bytes, whatever LZ4 is installed."""
    with open_snapshot(PATH) as snapshot:
        data = encode(snapshot.header)
    assert PATH.read_bytes().startswith(data) and len(data) == snapshot.header.sections[0].offset


def test_the_same_content_is_the_same_file(tmp_path: Path) -> None:
    """Written again it has the same bytes; holds for the LZ4 library that the development environment pins."""
    write(tmp_path / "again", HEADER, SECTIONS)
    assert (tmp_path / "again").read_bytes() == PATH.read_bytes()


def test_the_pages_reader_reads_it() -> None:
    """The Python on the format's page, run as it stands, finds the same."""
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert code is not None
    names: dict[str, Any] = {}
    exec(code[1], names)
    numbers = (HEADER.embedder, HEADER.dimension, HEADER.revision, HEADER.created_ms)
    assert names["read"](PATH.read_bytes()) == (*numbers, CONTENTS)
