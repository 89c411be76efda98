"""The static tier: a text is the sum of its tokens' rows in a learned table, scaled to length 1.

The table holds whole numbers: row r stands for `scales[r] * rows[r]`, scales 1 to `SCALE_LIMIT`. So every sum over at
most `TOKENS` tokens is a whole number below 2^24, which float32 holds exactly: the same bytes at every processor level,
in any order of summation, alone or in a batch.
"""

import hashlib
import json
from collections.abc import Sequence
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as parse

from acumen.errors import EmbedderCorrupt
from acumen.text.embedder import EmbedderIdentity, Vectors
from acumen.text.wordpiece import WordPiece
from acumen_accel import embedding_bag_int8

TOKENS: Final = 512
SCALE_LIMIT: Final = 2**24 // (TOKENS * 128)
SHIPPED: Final = Path(__file__).parent / "static-v1"


class StaticEmbedder:
    """Sums of table rows: `rows` (v, d) int8 and `scales` (v,) uint8, one for each number of the vocabulary."""

    def __init__(self, words: WordPiece, rows: NDArray[np.int8], scales: NDArray[np.uint8], digest: str) -> None:
        self._words, self._rows = words, np.ascontiguousarray(rows)
        self._scales = scales.astype(np.float32)
        dimension = rows.shape[1]
        self.identity = EmbedderIdentity(id=f"static-{dimension}-v1:{digest[:12]}", dimension=dimension)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (n, dimension) of length 1; a text without a known token is a row of zeros.

        Read are the first 512 tokens within the first 8,192 characters of each text.
        """
        return _unit(self.sums(*self.tokens(texts)))

    def tokens(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the numbers of the tokens that are read of all texts, and where each text's begin (n + 1,)."""
        bags = [self._words.ids(text) for text in texts]
        offsets = np.fromiter(accumulate(map(len, bags), initial=0), np.int64, len(bags) + 1)
        return np.fromiter(chain.from_iterable(bags), np.int64, int(offsets[-1])), offsets

    def sums(self, ids: NDArray[np.int64], offsets: NDArray[np.int64]) -> Vectors:
        """Return float32 (n, dimension): the sums of the rows that `tokens` numbers, whole numbers below 2^24."""
        return embedding_bag_int8(self._rows, self._scales, ids, offsets)


def _unit(sums: Vectors) -> Vectors:
    """Divide rows of whole numbers by their lengths; the squares are summed as whole numbers, hence exactly."""
    whole = sums.astype(np.int64)
    lengths = np.sqrt(np.einsum("ij,ij->i", whole, whole).astype(np.float64))
    return (sums / np.maximum(lengths, 1.0)[:, None]).astype(np.float32)


def load(folder: Path = SHIPPED) -> StaticEmbedder:
    """Read the table that is shipped, or another of its format.

    Raises `EmbedderCorrupt`, naming the part, when a file is missing, is not what the card says, or does not fit.
    """
    content = {name: _read(folder / name) for name in ("card.json", "tokenizer.json", "table.safetensors")}
    card, tokenizer, table = content.values()
    digest = hashlib.sha256(tokenizer + table).hexdigest()
    try:
        expected = json.loads(card)["sha256"]
        if digest != expected:
            raise EmbedderCorrupt(f"{folder.name}: the files have SHA-256 {digest[:12]}, the card says {expected[:12]}")
        return _fitted(WordPiece.parse(tokenizer, TOKENS), parse(table), digest)
    except (KeyError, TypeError, ValueError, SafetensorError) as error:
        raise EmbedderCorrupt(f"{folder.name}: {error!r}") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EmbedderCorrupt(f"{path.parent.name}/{path.name}: {error.strerror}") from None


def _fitted(words: WordPiece, table: dict[str, NDArray[Any]], digest: str) -> StaticEmbedder:
    rows, scales = table["rows"], table["scales"]
    if rows.dtype != np.int8 or rows.ndim != 2 or scales.dtype != np.uint8 or scales.shape != rows.shape[:1]:
        raise ValueError(f"rows {rows.dtype} {rows.shape}, scales {scales.dtype} {scales.shape}")
    if sorted(words.vocabulary.values()) != list(range(len(rows))):
        raise ValueError(f"the vocabulary does not number the {len(rows)} rows")
    return StaticEmbedder(words, rows, scales, digest)
