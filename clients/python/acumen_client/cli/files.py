"""Reading what a user names: a file, compressed or not, or standard input."""

import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, cast

STANDARD_INPUT = "-"


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """Open a text file for reading; `.gz` is unpacked on the way, `-` is standard input."""
    if str(path) == STANDARD_INPUT:
        yield sys.stdin
        return
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        yield cast(TextIO, lines)
