"""What turns texts into vectors, and the name under which its vectors may be compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedderIdentity:
    """Which vectors are comparable: those of one `id`, all of one `dimension`.

    The id names the kind of embedder and ends in a hash of its files, so other weights are another id.
    """

    id: str
    dimension: int


class Embedder(Protocol):
    """Texts in, vectors out; a text's vector does not depend on the others in the call."""

    @property
    def identity(self) -> EmbedderIdentity:
        """Return what its vectors are comparable with."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (n, dimension) of length 1; a text without a known token is a row of zeros."""
        ...
