"""Rows made small: int8 with a scale per row, and one bit per column."""

import numpy as np


# pythran export quantise_int8(float32[:,:] order(C))
def quantise_int8(rows):
    """Return (n, d) int8 and (n,) scales: scale = max |row| / 127, rounded half to even; a zero row has scale 0."""
    n, d = rows.shape
    out = np.zeros((n, d), dtype=np.int8)
    scales = np.zeros(n, dtype=np.float32)
    for i in range(n):
        row = rows[i]
        code = out[i]
        top = np.float32(0)
        for j in range(d):
            v = row[j]
            v = -v if v < np.float32(0) else v
            top = v if v > top else top
        scale = np.float32(top / np.float32(127))  # Pythran divides scalars in float64.
        scales[i] = scale
        if scale > np.float32(0):
            for j in range(d):
                # A denormal scale is too coarse to keep the quotient within range.
                v = np.rint(np.float32(row[j] / scale))
                v = np.float32(127) if v > np.float32(127) else v
                v = np.float32(-127) if v < np.float32(-127) else v
                code[j] = np.int8(v)
    return out, scales


# pythran export binarise(float32[:,:] order(C))
def binarise(rows):
    """Return (n, d / 64) uint64: bit b of word w is rows[:, 64 w + b] > 0."""
    n = rows.shape[0]
    words = rows.shape[1] // 64
    out = np.zeros((n, words), dtype=np.uint64)
    for i in range(n):
        row = rows[i]
        for w in range(words):
            code = np.uint64(0)
            for b in range(64):
                if row[64 * w + b] > np.float32(0):
                    code |= np.uint64(1) << np.uint64(b)
            out[i, w] = code
    return out
