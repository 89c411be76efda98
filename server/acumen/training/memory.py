"""What a training process holds, and what it may hold."""

import os
import resource
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from acumen.errors import MemoryLimit

R = TypeVar("R")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_STATM = Path("/proc/self/statm")
ADDRESS_SPACE_FACTOR = 2  # address space is promised more freely than memory is used


def resident_bytes() -> int:
    """Return the resident memory of this process."""
    return int(_STATM.read_text().split()[1]) * _PAGE_BYTES


def bound(limit_bytes: int) -> None:
    """Have the system refuse a single allocation that is far beyond the limit; 0: none."""
    if limit_bytes:
        now = int(_STATM.read_text().split()[0]) * _PAGE_BYTES
        most = now + ADDRESS_SPACE_FACTOR * limit_bytes
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def check(limit_bytes: int) -> None:
    """Raise `MemoryLimit` where this process holds more than its limit; 0: none."""
    if limit_bytes and (held := resident_bytes()) > limit_bytes:
        raise MemoryLimit(held, limit_bytes)


def peak_of(work: Callable[[], R]) -> tuple[R, int]:
    """Return what work returns, and the most bytes it held at once beside what was there before."""
    tracemalloc.start()
    try:
        done = work()
        return done, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def size_of(arrays: Mapping[str, Any]) -> int:
    """Return the bytes of named arrays."""
    return sum(int(value.nbytes) for value in arrays.values())
