"""Examples that travel with weights, so that a later job can rehearse what an earlier one learned.

A reservoir is two arrays beside the weights: `reservoir/bytes` (uint8), serialised `TrainingExample` messages one after
another, and `reservoir/offsets` (int64), where each begins and the last ends. It holds a fair share of every target:
what is kept differs by as little as the examples allow, so a rare label is not crowded out (rehearsal: Robins, 1995;
class-balanced reservoirs: Chrysakis and Moens, 2020).
"""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from acumen.errors import ModelCorrupt
from acumen.proto.v1.training_example_pb2 import TrainingExample

MOST: Final = 2_000
MOST_BYTES: Final = 400 << 10
BYTES, OFFSETS = "reservoir/bytes", "reservoir/offsets"


def of(weights: Mapping[str, Any]) -> list[TrainingExample]:
    """Return the examples that the weights carry, in their order; none where there is no reservoir.

    Raises `ModelCorrupt` when the arrays do not fit together or an example does not parse.
    """
    if BYTES not in weights or OFFSETS not in weights:
        return []
    joined, offsets = weights[BYTES].tobytes(), weights[OFFSETS].tolist()
    if not offsets or offsets[0] != 0 or offsets[-1] != len(joined) or sorted(offsets) != offsets:
        raise ModelCorrupt("the reservoir's offsets do not fit its bytes")
    try:
        return [TrainingExample.FromString(joined[a:b]) for a, b in pairwise(offsets)]
    except DecodeError as error:
        raise ModelCorrupt(f"an example of the reservoir does not parse: {error}") from None


def keep(examples: Sequence[TrainingExample], most: int = MOST, seed: int = 0) -> dict[str, NDArray[Any]]:
    """Return the reservoir of at most `most` of the examples and 400 KiB of them.

    Targets take turns, each giving the examples that a hash of their bytes and the seed puts first. So the same
    examples in any order give the same bytes, and equal examples are kept once.
    """
    chosen: list[bytes] = []
    size = 0
    for one in _by_turns(examples, seed):
        if len(chosen) >= most:
            break
        if size + len(one) <= MOST_BYTES:
            chosen.append(one)
            size += len(one)
    chosen.sort()
    return {
        BYTES: np.frombuffer(b"".join(chosen), np.uint8).copy(),
        OFFSETS: np.cumsum([0, *map(len, chosen)], dtype=np.int64),
    }


def _by_turns(examples: Sequence[TrainingExample], seed: int) -> list[bytes]:
    """Return the examples as bytes: first the first of every target, then the second of each, and so on."""
    by_target: dict[bytes, dict[bytes, bytes]] = {}
    for example in examples:
        whole = example.SerializeToString(deterministic=True)
        drawn = hashlib.blake2b(whole, digest_size=8, key=seed.to_bytes(16, "little", signed=True)).digest()
        by_target.setdefault(_target(example), {})[drawn + whole] = whole
    turns = [
        (turn, drawn, one)
        for drawn_of in by_target.values()
        for turn, (drawn, one) in enumerate(sorted(drawn_of.items()))
    ]
    return [one for _, _, one in sorted(turns)]


def _target(example: TrainingExample) -> bytes:
    field = example.WhichOneof("target")
    return getattr(example, field).SerializeToString(deterministic=True) if field else b""
