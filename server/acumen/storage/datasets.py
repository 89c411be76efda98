"""Examples on disk: a data set is one LZ4 frame of length-delimited messages, named by the SHA-256 of its examples."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import lz4.frame

from acumen.errors import DatasetNotFound, DataUnusable
from acumen.proto.v1.training_example_pb2 import TrainingExample
from acumen.storage.durable import publish, temporary
from acumen.storage.framing import frame, frames

ENDING = ".examples"
ID_CHARACTERS = 32


class Datasets:
    """Data sets in a folder; equal examples are one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def store(self, examples: Iterable[TrainingExample]) -> str:
        """Keep examples, on disk on return, and return their id; raises `StorageFull`."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        plain = pack(examples)
        name = hashlib.sha256(plain).hexdigest()[:ID_CHARACTERS]
        if not (self.folder / f"{name}{ENDING}").exists():
            write(self.folder / f"{name}{ENDING}", plain)
        return name

    def path(self, name: str) -> Path:
        """Return the file of a data set; raises `DatasetNotFound`."""
        path = self.folder / f"{name}{ENDING}"
        if not name.isalnum() or not path.is_file():
            raise DatasetNotFound(name, "PrepareData stores one and returns its id")
        return path

    def forget(self, kept: set[str], most: int) -> None:
        """Delete the oldest data sets beyond `most`, never one of `kept`."""
        files = sorted(self.folder.glob(f"*{ENDING}"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in [path for path in files if path.stem not in kept][most:]:
            path.unlink(missing_ok=True)


def pack(examples: Iterable[TrainingExample]) -> bytes:
    """Return examples as bytes that are equal where they are."""
    return b"".join(frame(example) for example in examples)


def write(path: Path, plain: bytes) -> None:
    """Write packed examples, on disk on return; raises `StorageFull`."""
    with temporary(path.parent, "dataset") as (written, file):
        file.write(lz4.frame.compress(plain, content_checksum=True))
    publish(written, path, "dataset")


def read(path: Path) -> list[TrainingExample]:
    """Return the examples of a file; raises `DataUnusable` for one that is damaged."""
    try:
        return list(frames(lz4.frame.decompress(path.read_bytes()), TrainingExample))
    except (RuntimeError, EOFError, ValueError) as error:
        raise DataUnusable(f"{path.name} is damaged: {error}") from None
