"""Reading `LoadMetrics` messages from their wire form: hundreds of numbers without one Python object each."""

import numpy as np

from .wire import skip, varint

FINITE = np.uint64(0x7FEFFFFFFFFFFFFF)
ONE = np.uint64(0x3FF0000000000000)


def _double(wire, at, bits, row, column, most, suspects):
    """Copy the eight bytes of a double, and count it as suspect if above `most`.

    As integers, the doubles from 0 on are in the order of their values; infinity, NaN and all of negative sign come
    after.
    """
    word = np.uint64(0)
    for i in range(8):
        word |= np.uint64(wire[at + i]) << np.uint64(8 * i)
    bits[row, column] = word
    if word > most:
        suspects[0] += 1
    return at + 8


def _window(wire, at, stop, bits, row, suspects):
    """Read one LoadWindow: rate_per_s = 1, mean_ms = 2."""
    while at < stop:
        key, at = varint(wire, at)
        if key == 9 or key == 17:
            at = _double(wire, at, bits, row, (key >> 3) - 1, FINITE, suspects)
        else:
            at = skip(wire, at, key & 7)


def _server(wire, at, stop, bits, counts, row, windows, used, suspects):
    """Read one ServerLoad; return the number of windows so far. An id or windows out of bounds count as suspects."""
    start = used
    named = 0
    while at < stop:
        key, at = varint(wire, at)
        field = key >> 3
        if key & 7 == 1 and (field == 2 or 5 <= field <= 9 or field == 11):
            most = ONE if field == 7 or field == 8 or field == 11 else FINITE
            at = _double(wire, at, bits, row, field, most, suspects)
        elif key == 24 or key == 32:
            counts[row, field - 3], at = varint(wire, at)
        elif key == 82:
            length, at = varint(wire, at)
            if used < windows.shape[0]:
                _window(wire, at, at + length, windows, used, suspects)
                used += 1
            at += length
        elif key == 10:
            named, at = varint(wire, at)
            at += named
        else:
            at = skip(wire, at, key & 7)
    if named < 1 or named > 256 or used - start > 32:
        suspects[0] += 1
    return used


# pythran export read_loads(uint8[], int64[], int64[], uint64[:,:] order(C), uint64[:,:] order(C),
#     int64[:,:] order(C), uint64[:,:] order(C), int64[], int64[:,:] order(C))
def read_loads(wire, ends, first, load, servers, counts, windows, window_ends, suspects):
    """Read messages that lie one after another in `wire`, ending at `ends` (B,); return the number of windows read.

    `first` (B,) is each message's first row of `servers` (rows, 12) and `counts` (rows, 2); `load` (B, 7), `servers`
    and `windows` (capacity, 2) receive the bits of doubles in the columns of their field numbers (of windows: less
    one), `counts` in_flight and queue; `window_ends` (rows,) where each server's windows end; `suspects` (B, 1) how
    many of a message's doubles are negative, not finite or, where they are shares, above 1, and how many ids are not of
    1 to 256 bytes or windows more than 32. All start at zero, as proto3's do.
    """
    at = 0
    used = 0
    for m in range(ends.shape[0]):
        row = first[m]
        while at < ends[m]:
            key, at = varint(wire, at)
            if key == 10:
                length, at = varint(wire, at)
                used = _server(wire, at, at + length, servers, counts, row, windows, used, suspects[m])
                window_ends[row] = used
                row += 1
                at += length
            elif key & 7 == 1 and 2 <= key >> 3 <= 6:
                at = _double(wire, at, load, m, key >> 3, ONE if key >> 3 == 6 else FINITE, suspects[m])
            else:
                at = skip(wire, at, key & 7)
    return used
