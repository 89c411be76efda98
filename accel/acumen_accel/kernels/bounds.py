"""Checks of index arrays, too slow to make with NumPy before every call."""


# pythran export first_outside(int64[:], int)
def first_outside(index, size):
    """Return the position of the first value outside 0 <= value < size, or -1."""
    for i in range(len(index)):
        if index[i] < 0 or index[i] >= size:
            return i
    return -1


# pythran export first_decrease(int64[:])
def first_decrease(offsets):
    """Return the first position whose value is below the one before it, or -1."""
    for i in range(1, len(offsets)):
        if offsets[i] < offsets[i - 1]:
            return i
    return -1
