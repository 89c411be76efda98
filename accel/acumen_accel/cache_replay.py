"""Exact replays of eviction policies over a trace, and the statistics a trace is told by; compiled where possible.

Keys are numbered by first access, so results depend on which accesses share a key and on nothing else.
"""

from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from acumen_accel.levels import load

Keys: TypeAlias = npt.NDArray[np.int32]
Counts: TypeAlias = npt.NDArray[np.int64]

POLICIES: Final = ("belady", "fifo", "lru", "lfu", "sieve", "s3fifo", "arc", "mru", "w_tinylfu", "lirs")
"""Names by number: 1 to 9 are those of `CachePolicy`; 0 is Belady's MIN, which knows the future."""

_REPLAY: Any = load("cache_replay")
_TRACE: Any = load("cache_trace")
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


def number(key_hash: npt.ArrayLike) -> tuple[Keys, int]:
    """Return the keys (n,) numbered 0, 1, ... by first access, and how many there are; `key_hash` (n,) uint64."""
    keys = np.ascontiguousarray(key_hash, np.uint64)
    bits = max(4, int(keys.size).bit_length() + 1)
    # Multiplicative hashing (Knuth, volume 3, section 6.4): the product's high bits choose the slot.
    slots = ((keys ^ (keys >> np.uint64(32))) * _MIX >> np.uint64(64 - bits)).astype(np.int64)
    dense: Keys = _TRACE.number(keys, slots, 1 << bits)
    return dense, int(dense.max(initial=-1)) + 1


def distances(keys: Keys, unique: int) -> Keys:
    """Return (n,): how many other keys were asked for since this one was last, -1 at a first access."""
    _check(keys, unique)
    out: Keys = _TRACE.distances(keys, unique)
    return out


def runs(keys: Keys, unique: int) -> Counts:
    """Return (6,): accesses in scans, in loops, adjacent repeats; keys asked for once, twice, three or four times.

    A scan is a run of at least 8 keys asked for only once; a loop is a run of at least 8 accesses that each follow the
    one before as they did the last time.
    """
    _check(keys, unique)
    out: Counts = _TRACE.runs(keys, unique)
    return out


def shape(keys: Keys, distance: Keys, unique: int, capacity: int) -> Counts:
    """Return (49,) counts of accesses as `capacity` keys see them; columns as in `kernels/cache_trace.py`."""
    _check(keys, unique, capacity)
    if distance.shape != keys.shape:
        raise ValueError(f"distance: shape {distance.shape}, must be that of keys, {keys.shape}")
    out: Counts = _TRACE.shape(keys, np.ascontiguousarray(distance, np.int32), unique, capacity)
    return out


def replay(keys: Keys, unique: int, capacity: int, policy: int) -> int:
    """Return the hits of a policy (its number in `POLICIES`) from an empty cache of `capacity` keys.

    `keys` as from `number`. Raises ValueError for a key outside 0 .. unique - 1, a capacity below 1 or another policy.
    A cache that holds every key hits all but first accesses under any policy, which needs no replay.
    """
    _check(keys, unique, capacity)
    if not 0 <= policy < len(POLICIES):
        raise ValueError(f"policy: {policy}, must be 0 to {len(POLICIES) - 1}")
    if capacity >= unique:
        return int(keys.size - unique)
    name = "lru" if POLICIES[policy] == "lirs" and capacity < 2 else POLICIES[policy]
    return int(getattr(_REPLAY, name)(keys, unique, capacity, *_memory(name, keys.size, unique, capacity)))


def _check(keys: Keys, unique: int, capacity: int = 1) -> None:
    if keys.dtype != np.int32 or keys.ndim != 1 or not keys.flags.c_contiguous:
        raise ValueError(f"keys: {keys.dtype} with {keys.ndim} dimensions, must be int32 in one, contiguous")
    if keys.size and not (keys.min() >= 0 and keys.max() < unique):
        raise ValueError(f"keys: run from {keys.min()} to {keys.max()}, must be at least 0 and below {unique}")
    if capacity < 1:
        raise ValueError(f"capacity: {capacity}, must be at least 1")


def _memory(name: str, n: int, unique: int, capacity: int) -> tuple[Keys, ...]:
    """Return the arrays a policy works in; it is given them because compiling their creation takes minutes."""
    zero, absent = _zeros(unique), np.full(unique, -1, np.int32)
    match name:
        case "belady":
            return _zeros(n), absent, _zeros(n + 1), zero
        case "fifo":
            return _zeros(capacity), zero
        case "mru":
            return (zero,)
        case "lru":
            return *_links(unique + 1), zero
        case "lfu":
            return *_links(unique + n + 2), zero
        case "sieve":
            return *_links(unique + 1), zero, _zeros(unique + 1)
        case "s3fifo":
            return *_links(unique + 2), zero, _zeros(unique), _zeros(unique)
        case "arc":
            return *_links(unique + 4), absent, _zeros(4)
        case "w_tinylfu":
            return *_links(unique + 3), absent, zero, _zeros(unique), _zeros(3)
        case _:
            return *_links(unique + 1), *_links(unique + 1), _zeros(unique + 1), zero


def _zeros(size: int) -> Keys:
    return np.zeros(size, np.int32)


def _links(size: int) -> tuple[Keys, Keys]:
    """Return an empty list's arrays: every head is its own neighbour."""
    return np.arange(size, dtype=np.int32), np.arange(size, dtype=np.int32)
