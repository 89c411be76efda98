"""Saved graphs, as a cache: what does not verify to the last bit is built anew, never trusted."""

import hashlib
import os
import struct
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np

from acumen.index.block import Block
from acumen.index.sizes import Sizes
from acumen_accel import Graph

MAGIC: Final = b"ACGRAPH\0"
VERSION: Final = 1
_HEADER: Final = struct.Struct("<8sII32sQ32s")  # magic, version, 0, key, bytes that follow, their SHA-256
_SHAPE: Final = struct.Struct("<6q")  # rows, links a row, lines, links a line, start, level


def key_of(block: Block, sizes: Sizes) -> bytes:
    """Return the SHA-256 of all that a graph is made from."""
    digest = hashlib.sha256(f"nmslib-2.1.2 l2 {sizes.links} {sizes.build_width} {block.codes.shape}".encode())
    for array in (block.rows, block.codes, block.scales):
        digest.update(np.ascontiguousarray(array).data)
    return digest.digest()


class GraphCache:
    """A folder of graphs, one file for each key."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        for leftover in folder.glob("*.partial"):  # of a crash
            leftover.unlink(missing_ok=True)

    def path(self, key: bytes) -> Path:
        """Return where a graph is, if it is."""
        return self.folder / f"{key.hex()}.graph"

    def load(self, key: bytes, rows: int) -> Graph | None:
        """Return a graph over so many rows, or None where there is none that verifies."""
        try:
            data = self.path(key).read_bytes()
        except FileNotFoundError:
            return None
        return decode(data, key, rows)

    def save(self, key: bytes, graph: Graph) -> None:
        """Write a graph: all of it or nothing. OSError where the disk refuses; the graph is none the worse."""
        handle, name = tempfile.mkstemp(dir=self.folder, suffix=".partial")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(encode(key, graph))
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path(key))
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        self._sync()

    def _sync(self) -> None:
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def keys(self) -> list[bytes]:
        """Return the keys of all files, sorted."""
        return sorted(bytes.fromhex(path.stem) for path in self.folder.glob("*.graph"))

    def forget(self, keys: Iterable[bytes]) -> None:
        """Delete graphs; those that are not there are passed over."""
        for key in keys:
            self.path(key).unlink(missing_ok=True)
        self._sync()


def encode(key: bytes, graph: Graph) -> bytes:
    """Return the bytes of a file: header, shape, links, towers, upper, all little-endian."""
    shape = _SHAPE.pack(*graph.links.shape, *graph.upper.shape, graph.start, graph.level)
    body = shape + b"".join(array.astype("<i4").tobytes() for array in (graph.links, graph.towers, graph.upper))
    return _HEADER.pack(MAGIC, VERSION, 0, key, len(body), hashlib.sha256(body).digest()) + body


def decode(data: bytes, key: bytes, rows: int) -> Graph | None:
    """Return the graph in a file's bytes, or None unless they are whole, unchanged and of this key."""
    body = data[_HEADER.size :]
    if data[: _HEADER.size] != _HEADER.pack(MAGIC, VERSION, 0, key, len(body), hashlib.sha256(body).digest()):
        return None
    if len(body) < _SHAPE.size:
        return None
    n, wide, lines, narrow, start, level = _SHAPE.unpack_from(body)
    words = np.frombuffer(body, "<i4", offset=_SHAPE.size)
    if n != rows or len(words) != n * wide + n + lines * narrow:
        return None
    links, towers, upper = np.split(words, [n * wide, n * wide + n])
    return Graph(
        links=links.reshape(n, wide), towers=towers, upper=upper.reshape(lines, narrow), start=start, level=level
    )
