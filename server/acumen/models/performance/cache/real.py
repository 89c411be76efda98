"""Public cache traces as segments; read where they are, never kept."""

import gzip
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SEGMENT = 20_000
SHORTEST = 2_000
MOST_SEGMENTS = 12
SHARES = (0.01, 0.05, 0.20)
FOLDER = "cache_traces"

Keys = NDArray[np.uint64]


def traces(data: Path) -> dict[str, Keys]:
    """Return every trace under `data`/cache_traces by name; empty when there is none."""
    folder = data / FOLDER
    return {path.name.split(".")[0]: read(path) for path in sorted(folder.glob("*.*z"))}


def read(path: Path) -> Keys:
    """Return the keys of one file; its format goes by its name.

    `lirs-*` a block number a line, `*` a break; `address-*` an operation and a hexadecimal address, whose 64-byte line
    is the key; `corda-*` big-endian 64-bit keys; `cache2k-*` 32-bit keys (their byte order only renames them).
    """
    data = READERS[path.suffix](path)
    kind = path.name.split("-")[0]
    if kind == "lirs":
        return np.array([int(word) for word in data.split() if word != b"*"], np.uint64)
    if kind == "address":
        return np.array([int(address, 16) >> 6 for address in data.split()[1::3]], np.uint64)
    if kind == "corda":
        return np.frombuffer(data, ">u8").astype(np.uint64)
    return np.frombuffer(data, "<u4").astype(np.uint64)


def _gz(path: Path) -> bytes:
    with gzip.open(path) as file:
        return file.read()


def _xz(path: Path) -> bytes:
    with lzma.open(path) as file:
        return file.read()


READERS: dict[str, Any] = {".gz": _gz, ".xz": _xz}


def segments(keys: Keys) -> list[tuple[Keys, Keys | None]]:
    """Return segments of up to 20,000 accesses, each with the one that follows it; long traces evenly sampled."""
    parts = [keys[at : at + SEGMENT] for at in range(0, keys.size, SEGMENT)]
    parts = [part for part in parts if part.size >= SHORTEST]
    picked = np.unique(np.linspace(0, len(parts) - 1, min(len(parts), MOST_SEGMENTS)).astype(int))
    return [(parts[i], parts[i + 1] if i + 1 < len(parts) else None) for i in picked]


def cases(keys: Keys) -> Iterator[tuple[Keys, Keys | None, int]]:
    """Yield (segment, next segment, cache size) at 1, 5 and 20 % of the segment's distinct keys."""
    for part, after in segments(keys):
        unique = np.unique(part).size
        for share in SHARES:
            yield part, after, max(1, int(share * unique))
