"""Checks of arrays: what conforms passes through untouched in a fraction of a microsecond, the rest is converted.

Kernels take float32 or integer arrays in C order and check nothing, so everything they rely on is made sure of here.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float32]
Indices: TypeAlias = npt.NDArray[np.int64]
Bytes: TypeAlias = npt.NDArray[np.int8]
Words: TypeAlias = npt.NDArray[np.uint64]

_FLOAT32 = np.dtype(np.float32)
_INT64 = np.dtype(np.int64)
_INT8 = np.dtype(np.int8)
_UINT64 = np.dtype(np.uint64)


def convert(value: Any, name: str, dtype: np.dtype[Any], dimensions: int) -> Any:
    """Make a C-ordered array of `dtype`, or raise ValueError for another kind of number or of dimensions."""
    array = np.asarray(value)
    kinds = "fiub" if dtype.kind == "f" else "iub"
    exact = dtype.kind == "f" or array.size == 0 or np.can_cast(array.dtype, dtype)
    if array.size and (array.dtype.kind not in kinds or not exact):
        raise ValueError(f"{name}: dtype {array.dtype} does not convert to {dtype}")
    if array.ndim != dimensions:
        raise ValueError(f"{name}: {array.ndim} dimensions, must be {dimensions}")
    return np.array(array, dtype=dtype, order="C")


def matrix(value: Any, name: str) -> Floats:
    """Return float32 (n, d)."""
    if type(value) is np.ndarray and value.dtype is _FLOAT32 and value.ndim == 2 and value.flags.c_contiguous:
        return value
    return convert(value, name, _FLOAT32, 2)  # type: ignore[no-any-return]


def vector(value: Any, name: str) -> Floats:
    """Return float32 (n,)."""
    if type(value) is np.ndarray and value.dtype is _FLOAT32 and value.ndim == 1 and value.flags.c_contiguous:
        return value
    return convert(value, name, _FLOAT32, 1)  # type: ignore[no-any-return]


def indices(value: Any, name: str) -> Indices:
    """Return int64 (n,); numbers that are not integers are refused."""
    if type(value) is np.ndarray and value.dtype is _INT64 and value.ndim == 1 and value.flags.c_contiguous:
        return value
    return convert(value, name, _INT64, 1)  # type: ignore[no-any-return]


def int8_matrix(value: Any, name: str) -> Bytes:
    """Return int8 (n, d)."""
    if type(value) is np.ndarray and value.dtype is _INT8 and value.ndim == 2 and value.flags.c_contiguous:
        return value
    return convert(value, name, _INT8, 2)  # type: ignore[no-any-return]


def words(value: Any, name: str, dimensions: int) -> Words:
    """Return uint64 with `dimensions` dimensions."""
    if type(value) is np.ndarray and value.dtype is _UINT64 and value.ndim == dimensions and value.flags.c_contiguous:
        return value
    return convert(value, name, _UINT64, dimensions)  # type: ignore[no-any-return]


def same(name: str, value: int, limit_name: str, limit: int) -> None:
    """Raise ValueError unless a length is what another argument makes it."""
    if value != limit:
        raise ValueError(f"{name}: {value}, must be {limit_name}, {limit}")


def finite(value: Floats, name: str) -> None:
    """Raise ValueError if any element is NaN or infinite."""
    if not np.isfinite(value).all():
        raise ValueError(f"{name}: holds a value that is not finite")


def numbers(value: Floats, name: str) -> None:
    """Raise ValueError if any element is NaN."""
    if np.isnan(value).any():
        raise ValueError(f"{name}: holds NaN")
