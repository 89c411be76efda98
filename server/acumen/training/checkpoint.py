"""A job's state on disk: one safetensors file, whole or not there, its numbers as text among the metadata."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from acumen.storage.durable import publish, temporary

FILE = "checkpoint.safetensors"
_NUMBERS = "numbers"


def write(folder: Path, arrays: Mapping[str, NDArray[Any]], numbers: Mapping[str, Any]) -> None:
    """Replace the checkpoint of a job; raises `StorageFull`, and the one before stays."""
    packed = {name: np.ascontiguousarray(value) for name, value in arrays.items()}
    with temporary(folder, "checkpoint") as (path, file):
        file.write(save(packed, metadata={_NUMBERS: json.dumps(numbers)}))
    publish(path, folder / FILE, "checkpoint")


def read(folder: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]] | None:
    """Return the arrays and numbers of a job's checkpoint; None where there is none or it cannot be read."""
    try:
        with safe_open(folder / FILE, framework="numpy") as file:
            numbers = json.loads(file.metadata()[_NUMBERS])
            return {name: file.get_tensor(name) for name in sorted(file.keys())}, numbers
    except (FileNotFoundError, SafetensorError, KeyError, ValueError):
        return None
