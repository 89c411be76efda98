"""What a backend has to offer: functions that trust their arguments."""

# ruff: noqa: D102 - shapes and meaning are documented once, at the checked wrappers.

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from acumen_accel.checked.arguments import Bytes, Floats, Indices, Words


class Raw(Protocol):
    """The kernels of one backend."""

    def dense(self, x: Floats, weight: Floats, bias: Floats, activation: int, /) -> Floats: ...
    def segment_sum(self, x: Floats, offsets: Indices, /) -> Floats: ...
    def segment_mean(self, x: Floats, offsets: Indices, /) -> Floats: ...
    def segment_max(self, x: Floats, offsets: Indices, /) -> Floats: ...
    def segment_softmax(self, x: Floats, offsets: Indices, /) -> Floats: ...
    def gather(self, x: Floats, index: Indices, /) -> Floats: ...
    def scatter_sum(self, x: Floats, index: Indices, size: int, /) -> Floats: ...
    def first_outside(self, index: Indices, size: int, /) -> int: ...
    def first_decrease(self, offsets: Indices, /) -> int: ...
    def scan_dot(self, rows: Floats, query: Floats, k: int, /) -> tuple[Indices, Floats]: ...
    def scan_cosine(self, rows: Floats, query: Floats, k: int, /) -> tuple[Indices, Floats]: ...
    def scan_int8(
        self, rows: Bytes, scales: Floats, query: npt.NDArray[np.int16], query_scale: np.float32, k: int, /
    ) -> tuple[Indices, Floats]: ...
    def scan_int8_some(
        self,
        rows: Bytes,
        scales: Floats,
        some: Indices,
        query: npt.NDArray[np.int16],
        query_scale: np.float32,
        k: int,
        /,
    ) -> tuple[Indices, Floats]: ...
    def search_graph(self, *arguments: Any) -> tuple[int, int]: ...
    def scan_binary(self, codes: Words, query: Words, k: int, /) -> tuple[Indices, Floats]: ...
    def scan_bits(
        self, codes: Words, factors: Floats, planes: Words, total: int, k: int, /
    ) -> tuple[Indices, Floats]: ...
    def quantise_int8(self, rows: Floats, /) -> tuple[Bytes, Floats]: ...
    def quantise_int4(self, codes: Bytes, scales: Floats, /) -> tuple[npt.NDArray[np.uint8], Floats]: ...
    def scan_int4(
        self,
        codes: npt.NDArray[np.uint8],
        scales: Floats,
        low: npt.NDArray[np.int16],
        high: npt.NDArray[np.int16],
        total: int,
        query_scale: np.float32,
        k: int,
        /,
    ) -> tuple[Indices, Floats]: ...
    def binarise(self, rows: Floats, /) -> Words: ...
    def embedding_bag(self, table: Floats, ids: Indices, offsets: Indices, weights: Floats, /) -> Floats: ...
    def embedding_bag_int8(
        self, table: Bytes, scales: Floats, ids: Indices, offsets: Indices, weights: Floats, /
    ) -> Floats: ...


class Bound:
    """Wrappers bound to the kernels of one backend."""

    def __init__(self, raw: Raw) -> None:
        self._raw = raw

    def _within(self, index: Indices, name: str, size: int) -> None:
        at = self._raw.first_outside(index, size)
        if at >= 0:
            raise ValueError(f"{name}[{at}]: {index[at]}, must be at least 0 and below {size}")

    def _cover(self, offsets: Indices, total: int) -> None:
        if len(offsets) == 0:
            raise ValueError("offsets: empty, must hold at least the 0 it starts with")
        if offsets[0] != 0 or offsets[-1] != total:
            raise ValueError(f"offsets: runs from {offsets[0]} to {offsets[-1]}, must run from 0 to {total}")
        at = self._raw.first_decrease(offsets)
        if at >= 0:
            raise ValueError(f"offsets[{at}]: {offsets[at]}, must not be below {offsets[at - 1]} before it")
