"""The accurate tier's folder: made once from the user's copy of the model, checked at every load."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as parse
from safetensors.numpy import save as serialise

from acumen.errors import EmbedderCorrupt, EmbedderNotInstalled

_ARCHITECTURE: Final = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute"}
_SOURCE: Final = ("config.json", "tokenizer.json", "model.safetensors")
_FILES: Final = ("card.json", "tokenizer.json", "weights.safetensors")


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What the folder holds: tensors by their names in BERT, matrices as int8 with `<name>.scale`."""

    tokenizer: bytes
    weights: Mapping[str, NDArray[Any]]
    heads: int
    digest: str


def install(source: Path, target: Path) -> str:
    """Convert the model in `source` (config.json, tokenizer.json, model.safetensors) and return the hash of the result.

    The same source gives the same bytes. `target` appears whole or not at all, and replaces what was there. Raises
    `EmbedderNotInstalled` when a file of the source is missing, `EmbedderCorrupt` when it is not this kind of model.
    """
    config, tokenizer, model = (_source(source / name) for name in _SOURCE)
    try:
        heads, tensors = _heads(json.loads(config)), parse(model)
    except (KeyError, TypeError, ValueError, SafetensorError) as error:
        raise EmbedderCorrupt(f"{source.name}: {error}") from None
    weights = serialise(_converted(tensors))
    digest = hashlib.sha256(tokenizer + weights).hexdigest()
    card = json.dumps({"heads": heads, "sha256": digest}, indent=2).encode() + b"\n"
    _replace(target, dict(zip(_FILES, (card, tokenizer, weights), strict=True)))
    return digest


def read(folder: Path) -> Installed:
    """Return the checked content of an installed folder.

    Raises `EmbedderNotInstalled` without the folder, `EmbedderCorrupt` when a file is missing or is not what the card
    says.
    """
    if not folder.is_dir():
        raise EmbedderNotInstalled(f"no {folder.name}: `acumend embedder install minilm` converts a copy of the model")
    card, tokenizer, weights = (_part(folder / name) for name in _FILES)
    digest = hashlib.sha256(tokenizer + weights).hexdigest()
    try:
        expected = json.loads(card)
        if digest != expected["sha256"]:
            raise ValueError(f"the files have SHA-256 {digest[:12]}, the card says {expected['sha256'][:12]}")
        return Installed(tokenizer=tokenizer, weights=parse(weights), heads=int(expected["heads"]), digest=digest)
    except (KeyError, TypeError, ValueError, SafetensorError) as error:
        raise EmbedderCorrupt(f"{folder.name}: {error}") from None


def _source(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EmbedderNotInstalled(f"{path.parent.name}/{path.name}: {error.strerror}") from None


def _part(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EmbedderCorrupt(f"{path.parent.name}/{path.name}: {error.strerror}") from None


def _heads(config: Mapping[str, Any]) -> int:
    for name, wanted in _ARCHITECTURE.items():
        if config[name] != wanted:
            raise ValueError(f"{name} is {config[name]!r}, must be {wanted!r}")
    return int(config["num_attention_heads"])


def _converted(tensors: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    converted: dict[str, NDArray[Any]] = {}
    for name in sorted(tensors):
        value = tensors[name]
        if value.ndim == 1:
            converted[name] = value.astype(np.float32)
        elif np.issubdtype(value.dtype, np.floating):
            converted[name], converted[f"{name}.scale"] = _quantised(value.astype(np.float32))
    return converted


def _quantised(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round each row to 255 levels of its largest element; a row of zeros has scale 1."""
    largest = np.abs(matrix).max(axis=1)
    scales = np.where(largest > 0, largest / 127, 1).astype(np.float32)
    return np.rint(matrix / scales[:, None]).astype(np.int8), scales


def _replace(target: Path, content: Mapping[str, bytes]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    for name, data in content.items():
        (made / name).write_bytes(data)
    shutil.rmtree(target, ignore_errors=True)
    made.rename(target)
