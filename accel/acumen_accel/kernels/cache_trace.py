"""Statistics of a trace of keys that one pass can gather."""

import numpy as np


# pythran export number(uint64[:], int64[:], int)
def number(keys, slots, size):
    """Return (n,) int32 key numbers by first access; `slots` are hash values below `size`, a power of two over n."""
    table = np.full(size, -1, dtype=np.int32)
    first = np.empty(len(keys), dtype=np.int32)
    out = np.empty(len(keys), dtype=np.int32)
    unique = 0
    for i in range(len(keys)):
        at = slots[i]
        while table[at] >= 0 and keys[first[table[at]]] != keys[i]:
            at = (at + 1) & (size - 1)
        if table[at] < 0:
            table[at] = unique
            first[unique] = i
            unique += 1
        out[i] = table[at]
    return out


# pythran export distances(int32[:], int)
def distances(keys, unique):
    """Return (n,) int32: how many other keys were asked for since this one was, -1 at a first access.

    A Fenwick tree marks every key's last access (Olken, 1981). An LRU cache of c keys hits where 0 <= distance < c.
    """
    n = len(keys)
    tree = np.zeros(n + 1, dtype=np.int32)
    last = np.full(unique, -1, dtype=np.int32)
    out = np.empty(n, dtype=np.int32)
    distinct = 0
    for i in range(n):
        x = keys[i]
        at = last[x] + 1
        if at == 0:
            distinct += 1
            out[i] = -1
        else:
            before = 0
            j = at
            while j > 0:
                before += tree[j]
                j -= j & -j
            out[i] = distinct - before
            j = at
            while j <= n:
                tree[j] -= 1
                j += j & -j
        j = i + 1
        while j <= n:
            tree[j] += 1
            j += j & -j
        last[x] = i
    return out


# pythran export runs(int32[:], int)
def runs(keys, unique):
    """Return (6,): accesses in scans, in loops, adjacent repeats; keys asked for once, twice, three or four times.

    A scan is a run of at least 8 keys that are asked for only once; a loop is a run of at least 8 accesses that each
    follow the one before as they did the last time.
    """
    n = len(keys)
    count = np.zeros(unique, dtype=np.int32)
    last = np.full(unique, -2, dtype=np.int32)
    out = np.zeros(6, dtype=np.int64)
    for i in range(n):
        count[keys[i]] += 1
    scan = 0
    loop = 0
    before = -2
    for i in range(n):
        x = keys[i]
        scan = scan + 1 if count[x] == 1 else 0
        loop = loop + 1 if last[x] >= 0 and last[x] == before + 1 else 0
        before = last[x]
        last[x] = i
        out[0] += 8 if scan == 8 else (1 if scan > 8 else 0)
        out[1] += 8 if loop == 8 else (1 if loop > 8 else 0)
        out[2] += 1 if i > 0 and keys[i - 1] == x else 0
    for x in range(unique):
        if count[x] < 5:
            out[3 if count[x] == 1 else (4 if count[x] == 2 else 5)] += 1
    return out


# pythran export shape(int32[:], int32[:], int, int)
def shape(keys, distance, unique, capacity):
    """Return (49,) int64 counts of accesses, told apart by what a cache of `capacity` keys knows.

    [0:24] reuse distance below c/4, c/2, c, 2c, 4c or beyond, by what the key did before: first reuse, last one within
    c, beyond c with up to 3 uses, beyond c with more. [24:32] LRU hits, [32:40] first accesses and [40:48] accesses to
    the `capacity` keys first seen, by eighths of the trace. [48] LRU misses that follow the access before as last time.
    """
    n = len(keys)
    before = np.full(unique, -1, dtype=np.int32)
    last = np.full(unique, -2, dtype=np.int32)
    uses = np.zeros(unique, dtype=np.int32)
    out = np.zeros(49, dtype=np.int64)
    previous = -2
    for i in range(n):
        x = keys[i]
        d = distance[i]
        eighth = 8 * i // n
        out[40 + eighth] += 1 if x < capacity else 0
        if d < 0:
            out[32 + eighth] += 1
        else:
            out[24 + eighth] += 1 if d < capacity else 0
            row = 0
            if uses[x] > 1:
                row = 1 if before[x] < capacity else (2 if uses[x] < 4 else 3)
            column = 5
            if d < capacity:
                column = 0 if 4 * d < capacity else (1 if 2 * d < capacity else 2)
            elif d < 4 * capacity:
                column = 3 if d < 2 * capacity else 4
            out[6 * row + column] += 1
            out[48] += 1 if d >= capacity and last[x] == previous + 1 else 0
        before[x] = d
        uses[x] += 1
        previous = last[x]
        last[x] = i
    return out
