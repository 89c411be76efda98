"""Reductions over groups of contiguous rows; segment s is rows offsets[s] to offsets[s + 1]."""

import numpy as np


# pythran export segment_sum(float32[:,:] order(C), int64[:])
def segment_sum(x, offsets):
    """Return (s, d) sums, added in row order; an empty segment is 0."""
    count = len(offsets) - 1
    out = np.zeros((count, x.shape[1]), dtype=np.float32)
    for s in range(count):
        for r in range(offsets[s], offsets[s + 1]):
            out[s] += x[r]
    return out


# pythran export segment_mean(float32[:,:] order(C), int64[:])
def segment_mean(x, offsets):
    """Return (s, d) means; an empty segment is 0."""
    count = len(offsets) - 1
    out = np.zeros((count, x.shape[1]), dtype=np.float32)
    for s in range(count):
        begin, end = offsets[s], offsets[s + 1]
        for r in range(begin, end):
            out[s] += x[r]
        if end > begin:
            out[s] *= np.float32(np.float32(1) / np.float32(end - begin))
    return out


# pythran export segment_max(float32[:,:] order(C), int64[:])
def segment_max(x, offsets):
    """Return (s, d) maxima, NaN where the segment holds one; an empty segment is 0."""
    count = len(offsets) - 1
    columns = x.shape[1]
    out = np.zeros((count, columns), dtype=np.float32)
    for s in range(count):
        begin, end = offsets[s], offsets[s + 1]
        top = out[s]
        if end > begin:
            top[:] = x[begin]
        for r in range(begin + 1, end):
            row = x[r]
            # omp simd
            for j in range(columns):
                # A comparison with NaN is false: the first disjunct keeps one, the second takes one in.
                v = row[j]
                top[j] = v if (v > top[j] or v != v) else top[j]
    return out


# pythran export segment_softmax(float32[:,:] order(C), int64[:])
def segment_softmax(x, offsets):
    """Return softmax per column within each segment, the segment's maximum taken off first."""
    count = len(offsets) - 1
    columns = x.shape[1]
    out = np.empty(x.shape, dtype=np.float32)
    top = np.empty(columns, dtype=np.float32)
    total = np.empty(columns, dtype=np.float32)
    for s in range(count):
        begin, end = offsets[s], offsets[s + 1]
        if end > begin:
            top[:] = x[begin]
            total[:] = np.float32(0)
            for r in range(begin + 1, end):
                top[:] = np.maximum(top, x[r])
            for r in range(begin, end):
                out[r] = np.exp(x[r] - top)
                total += out[r]
            for r in range(begin, end):
                out[r] /= total
    return out
