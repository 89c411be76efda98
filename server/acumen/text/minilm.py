"""The accurate tier: all-MiniLM-L6-v2 itself, from weights that the user has and that were converted once.

Wang et al. 2020 (arXiv:2002.10957), fine-tuned and pooled as in Reimers & Gurevych 2019 (arXiv:1908.10084). Weights lie
on disk as int8 with a scale for each output, and are float32 in memory.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from acumen.errors import EmbedderCorrupt
from acumen.text.embedder import EmbedderIdentity, Vectors
from acumen.text.minilm_files import Installed, read
from acumen.text.transformer import Transformer
from acumen.text.wordpiece import WordPiece

TOKENS: Final = 256  # Where the model's authors cut, the two marks around the text included.


class MiniLmEmbedder:
    """Texts through the transformer, one by one."""

    def __init__(self, words: WordPiece, transformer: Transformer, marks: tuple[int, int], digest: str) -> None:
        self._words, self._transformer, self._marks = words, transformer, marks
        dimension = transformer.places.shape[1]
        self.identity = EmbedderIdentity(id=f"minilm-{dimension}-v1:{digest[:12]}", dimension=dimension)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (n, dimension) of length 1; a text without a token is a row of zeros.

        Read are the first 254 tokens within the first 8,192 characters of each text.
        """
        vectors = np.zeros((len(texts), self.identity.dimension), np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            if ids := self._words.ids(text):
                mean = self._transformer([self._marks[0], *ids, self._marks[1]])
                vector[:] = mean / np.sqrt(np.dot(mean, mean))
        return vectors


def load(folder: Path) -> MiniLmEmbedder:
    """Read what `minilm_files.install` wrote.

    Raises `EmbedderNotInstalled` without the folder, `EmbedderCorrupt` when a file of it is missing or damaged.
    """
    installed = read(folder)
    try:
        return _assembled(installed)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise EmbedderCorrupt(f"{folder.name}: {error!r}") from None


def _assembled(installed: Installed) -> MiniLmEmbedder:
    transformer = Transformer.of(installed.weights, installed.heads)
    room = min(TOKENS, len(transformer.places)) - 2
    words = WordPiece.parse(installed.tokenizer, room, unknown="[UNK]")
    marks = words.vocabulary["[CLS]"], words.vocabulary["[SEP]"]
    return MiniLmEmbedder(words, transformer, marks, installed.digest)
