"""Gradients of the reductions in `segments`; segment s is rows offsets[s] to offsets[s + 1]."""

import numpy as np


# pythran export segment_spread(float32[:,:] order(C), int64[:], int)
def segment_spread(g, offsets, divided):
    """Return (n, d): each row has its segment's row of g, divided by the segment's rows if `divided` is 1."""
    out = np.empty((offsets[len(offsets) - 1], g.shape[1]), dtype=np.float32)
    one = np.float32(1)
    for s in range(len(offsets) - 1):
        begin, end = offsets[s], offsets[s + 1]
        share = np.float32(one / np.float32(end - begin)) if divided == 1 and end > begin else one
        row = g[s]
        for r in range(begin, end):
            out[r] = row * share
    return out


# pythran export segment_max_gradient(float32[:,:] order(C), float32[:,:] order(C), int64[:])
def segment_max_gradient(g, x, offsets):
    """Return (n, d): the gradient goes to the rows that are largest, by column, in equal shares."""
    n, d = x.shape
    out = np.zeros((n, d), dtype=np.float32)
    top = np.empty(d, dtype=np.float32)
    share = np.empty(d, dtype=np.float32)
    zero = np.float32(0)
    one = np.float32(1)
    for s in range(len(offsets) - 1):
        begin, end = offsets[s], offsets[s + 1]
        if end > begin:
            top[:] = x[begin]
            for r in range(begin + 1, end):
                row = x[r]
                # omp simd
                for j in range(d):
                    top[j] = row[j] if row[j] > top[j] else top[j]
            share[:] = zero
            for r in range(begin, end):
                row = x[r]
                # omp simd
                for j in range(d):
                    share[j] = share[j] + (one if row[j] == top[j] else zero)
            share[:] = g[s] / share
            for r in range(begin, end):
                row = x[r]
                back = out[r]
                # omp simd
                for j in range(d):
                    back[j] = share[j] if row[j] == top[j] else zero
    return out


# pythran export segment_softmax_gradient(float32[:,:] order(C), float32[:,:] order(C), int64[:])
def segment_softmax_gradient(g, y, offsets):
    """Return (n, d): y * (g - sum of g * y), by column within each segment, for the softmax y."""
    out = np.empty(y.shape, dtype=np.float32)
    total = np.empty(y.shape[1], dtype=np.float32)
    for s in range(len(offsets) - 1):
        begin, end = offsets[s], offsets[s + 1]
        total[:] = np.float32(0)
        for r in range(begin, end):
            total += g[r] * y[r]
        for r in range(begin, end):
            out[r] = y[r] * (g[r] - total)
    return out
