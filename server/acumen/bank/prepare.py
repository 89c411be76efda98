"""The slow part of writing patterns: texts to vectors and terms. It depends on nothing but the patterns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.bank.pattern import situation_of, text_of
from acumen.bank.records import Records
from acumen.errors import InvalidInput
from acumen.proto.storage.v1.bank_pb2 import PatternsWritten
from acumen.proto.v1.pattern_pb2 import Pattern, Vector
from acumen.text.embedder import Embedder
from acumen.text.terms import terms
from acumen_accel import quantise_int8

CALLER = "caller"
LARGEST_DIMENSION = 4096


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is searched: codes (n, d) int8 and scales (n,) float32 of the unit vectors, and the terms of each text."""

    codes: NDArray[np.int8]
    scales: NDArray[np.float32]
    terms: list[NDArray[Any]]


def floats(vector: Vector, field: str) -> NDArray[np.float32]:
    """Return a vector's components as a unit vector; raises `InvalidInput` for none, too many, NaN or all zero."""
    if vector.WhichOneof("form") == "f32":
        if len(vector.f32) % 4:
            raise InvalidInput.of(f"{field}.f32", f"{len(vector.f32)} bytes are not a whole number of 32-bit floats")
        values = np.frombuffer(vector.f32, "<f4").astype(np.float32)
    else:
        values = np.array(vector.floats.values, np.float32)
    if not 1 <= values.size <= LARGEST_DIMENSION:
        raise InvalidInput.of(field, f"has {values.size} components, must have 1 to {LARGEST_DIMENSION}")
    if not np.isfinite(values).all():
        raise InvalidInput.of(f"{field}[{int(np.argmin(np.isfinite(values)))}]", "is not a finite number")
    peak = np.abs(values).max()
    if peak == 0:
        raise InvalidInput.of(field, "is all zero and has no direction")
    values = values / peak  # first, so that the squares neither overflow nor vanish
    return (values / np.sqrt(np.sum(values * values))).astype(np.float32)


def caller_id(dimension: int) -> str:
    """Return the embedder id of a namespace whose patterns bring their own vectors."""
    return f"{CALLER}:{dimension}"


class Preparer:
    """Prepares with the server's embedder; any thread may call."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder

    def written(self, change: PatternsWritten) -> Prepared | None:
        """Return what the index needs of written patterns; None where their embedder is not this server's."""
        if change.embedder == self.embedder.identity.id:
            vectors = self.embedder.embed([situation_of(pattern) for pattern in change.patterns])
        elif change.embedder.startswith(f"{CALLER}:"):
            vectors = np.stack([floats(pattern.vector, "vector") for pattern in change.patterns])
        else:
            return None
        return self._prepared(vectors, change.patterns)

    def by_row(self, records: Records, rows: Sequence[int]) -> dict[int, Prepared]:
        """Return what the index needs of live rows that another embedder knew, each by itself."""
        messages = [records.message(row) for row in rows]
        if not messages:
            return {}
        whole = self._prepared(self.embedder.embed([situation_of(message) for message in messages]), messages)
        return {
            row: Prepared(whole.codes[i : i + 1], whole.scales[i : i + 1], whole.terms[i : i + 1])
            for i, row in enumerate(rows)
        }

    def _prepared(self, vectors: NDArray[np.float32], messages: Sequence[Pattern]) -> Prepared:
        codes, scales = quantise_int8(vectors)
        return Prepared(codes, scales, [terms(text_of(message)) for message in messages])


def joined(parts: Sequence[Prepared]) -> Prepared:
    """Return at least one part, one after the other."""
    return Prepared(
        np.concatenate([part.codes for part in parts]),
        np.concatenate([part.scales for part in parts]),
        [one for part in parts for one in part.terms],
    )
