"""Reading the events of a `FeedbackHistory` from its wire form: hundreds of them without one Python object each."""

import numpy as np

from .wire import skip, varint

ONE = np.uint64(0x3FF0000000000000)


def _word(wire, at):
    """Return the eight bytes of a double as an integer."""
    word = np.uint64(0)
    for i in range(8):
        word |= np.uint64(wire[at + i]) << np.uint64(8 * i)
    return word


def _time(wire, at):
    """Return the 64 bits of a varint: an int64 in two's complement."""
    word = np.uint64(0)
    for i in range(10):
        word |= np.uint64(wire[at + i] & 127) << np.uint64(7 * i)
        if wire[at + i] < 128:
            break
    return word


def _number(wire, at, length, names, ends):
    """Return which of the names, ending at `ends` in `names`, stands in the wire; -1 where none does."""
    start = 0
    for k in range(ends.shape[0]):
        if ends[k] - start == length:
            same = 0
            while same < length and wire[at + same] == names[start + same]:
                same += 1
            if same == length:
                return k
        start = ends[k]
    return -1


# pythran export read_events(uint8[], uint8[], int64[], uint64[], int64[], uint64[:,:] order(C), int64[])
def read_events(wire, names, ends, t_ms, action, numbers, found):
    """Read the events of one valid message, as many as `t_ms` (n,) holds.

    `names` are the actions' ids one after the other, ending at `ends` (K,). Results: `t_ms` (n,) bits of int64,
    `action` (n,) a number from 0, given as -1 and left so where an id is none of the names; `numbers` (n, 2) bits of
    reward and propensity; `found` (3,): events, those whose numbers are not 0 to 1 or whose action is unknown, those
    with a context.
    """
    at = 0
    i = -1
    while at < wire.shape[0]:
        key, at = varint(wire, at)
        if key == 18:
            length, at = varint(wire, at)
            stop = at + length
            i += 1
            context = 0
            while at < stop:
                key, at = varint(wire, at)
                if key == 8:
                    t_ms[i] = _time(wire, at)
                elif key == 25 or key == 33:
                    numbers[i, (key >> 3) - 3] = _word(wire, at)
                elif key == 18:
                    length, begin = varint(wire, at)
                    action[i] = _number(wire, begin, length, names, ends)
                elif key == 42 or key == 41:
                    context = 1
                at = skip(wire, at, key & 7)
            found[2] += context
            if action[i] < 0 or numbers[i, 0] > ONE or numbers[i, 1] > ONE:
                found[1] += 1
        else:
            at = skip(wire, at, key & 7)
    found[0] = i + 1
