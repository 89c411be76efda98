"""Protocol Buffers on the wire: varints, and the fields that are passed over."""


def varint(wire, at):
    """Return the varint at a position, and the position after it; bits beyond 63 are dropped."""
    value = 0
    shift = 0
    while True:
        byte = int(wire[at])
        at += 1
        if shift < 63:
            value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def skip(wire, at, kind):
    """Return the position after a field of a wire type; groups, long deprecated, are skipped field by field."""
    depth = 0
    while True:
        if kind == 0:
            _, at = varint(wire, at)
        elif kind == 1:
            at += 8
        elif kind == 2:
            length, at = varint(wire, at)
            at += length
        elif kind == 3:
            depth += 1
        elif kind == 4:
            depth -= 1
        else:
            at += 4
        if depth <= 0:
            return at
        key, at = varint(wire, at)
        kind = key & 7
