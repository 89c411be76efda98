"""A model's weights on disk: one safetensors file, its hash known to the card beside it."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as parse
from safetensors.numpy import save as serialise

from acumen.errors import ModelCorrupt, ModelNotTrained

TRAINABLE = "net/"


def pack(weights: Mapping[str, NDArray[Any]]) -> bytes:
    """Return the weights as the bytes of a file; names sorted, so that equal weights are equal files."""
    return serialise({name: np.ascontiguousarray(weights[name]) for name in sorted(weights)})


def digest(packed: bytes) -> str:
    """Return the SHA-256 of a weights file, lower-case hexadecimal."""
    return hashlib.sha256(packed).hexdigest()


def load(path: Path, sha256: str) -> dict[str, NDArray[Any]]:
    """Read weights whose file must have the hash `sha256`.

    Raises `ModelNotTrained` when there is no file, `ModelCorrupt` when its hash, format or numbers are wrong.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ModelNotTrained(f"no weights at {path.parent.name}/{path.name}") from None
    actual = digest(data)
    if actual != sha256:
        raise ModelCorrupt(f"{path.parent.name}/{path.name} has SHA-256 {actual[:12]}, its card says {sha256[:12]}")
    return _checked(path, data)


def _checked(path: Path, data: bytes) -> dict[str, NDArray[Any]]:
    try:
        found = parse(data)
    except SafetensorError as error:
        raise ModelCorrupt(f"{path.parent.name}/{path.name} is not a safetensors file: {error}") from None
    weights = {name: found[name] for name in sorted(found)}  # the parser's own order differs from process to process
    for name, value in weights.items():
        if np.issubdtype(value.dtype, np.floating) and not np.isfinite(value).all():
            raise ModelCorrupt(f"{path.parent.name}/{path.name}: tensor {name} is not finite")
    return weights


def groups(weights: Mapping[str, NDArray[Any]]) -> dict[str, list[str]]:
    """Return the trainable tensors by layer group, the second part of their names."""
    grouped: dict[str, list[str]] = {}
    for name in sorted(weights):
        if name.startswith(TRAINABLE):
            grouped.setdefault(name.split("/")[1], []).append(name)
    return grouped
