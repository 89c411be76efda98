"""What an index takes; everything else is refused here, before any segment sees it."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acumen.errors import InvalidInput
from acumen.index.block import Block
from acumen_accel import Query


def vector(value: ArrayLike, dimension: int) -> NDArray[np.float32]:
    """Return a vector (dimension,) float32; InvalidInput for another shape or kind."""
    array = _array(value)
    if array.shape != (dimension,):
        raise InvalidInput.of("vector", f"has shape {array.shape}, the index holds vectors of {dimension}")
    if array.dtype == np.float32:
        return array
    with np.errstate(over="ignore"):
        return array.astype(np.float32)


def _array(value: ArrayLike) -> NDArray[Any]:
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise InvalidInput.of("vector", f"is not an array: {error}") from error
    if array.dtype.kind not in "fiu":
        raise InvalidInput.of("vector", f"holds {array.dtype}, not numbers")
    return array


def query_of(value: ArrayLike, dimension: int) -> Query:
    """Return a query scaled to length 1, so that a score is a cosine up to the rounding of the row.

    The length is that of the integer code, whose square is exact: the same bytes on every processor. Zeros stay zeros
    and score 0 with every row. Raises InvalidInput for what `vector` refuses, and for NaN and infinities.
    """
    try:
        query = Query.of(vector(value, dimension))
    except ValueError as error:  # The kernels' own check of NaN and infinities.
        raise InvalidInput.of("vector", str(error)) from error
    whole = query.code.astype(np.int64)
    length = math.sqrt(int(whole @ whole))
    return Query(query.code, np.float32(1 / length if length else 0))


def block_of(rows: ArrayLike, codes: ArrayLike, scales: ArrayLike, dimension: int, after: int) -> Block:
    """Return what is to be added; InvalidInput unless rows rise from above `after` and the rest fits."""
    block = Block(
        np.ascontiguousarray(rows, np.int64), np.ascontiguousarray(codes), np.ascontiguousarray(scales, np.float32)
    )
    n = len(block.rows)
    if block.codes.dtype != np.int8 or block.codes.shape != (n, dimension) or block.scales.shape != (n,):
        shapes = f"codes {block.codes.dtype} {block.codes.shape} and scales {block.scales.shape}"
        raise InvalidInput.of("vector", f"has {shapes}, must be int8 {(n, dimension)} and {(n,)}")
    if not (np.isfinite(block.scales).all() and (block.scales >= 0).all()):
        raise InvalidInput.of("vector", "has a scale that is negative or not finite")
    if n and (block.rows[0] <= after or (np.diff(block.rows) <= 0).any()):
        raise InvalidInput.of("rows", f"must rise from above {after}")
    return block
