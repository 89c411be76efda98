"""Rows beside their neighbours within a segment, so that a convolution is a dense layer; and the gradient of that."""

import numpy as np


# pythran export window_concat(float32[:,:] order(C), int64[:], int)
def window_concat(x, offsets, width):
    """Return (n, width * d): rows r - width // 2 to r + width // 2 of the segment, 0 beyond its ends."""
    n, d = x.shape
    half = width // 2
    out = np.zeros((n, width * d), dtype=np.float32)
    for s in range(len(offsets) - 1):
        begin, end = offsets[s], offsets[s + 1]
        for r in range(begin, end):
            row = out[r]
            for source in range(max(begin, r - half), min(end, r + half + 1)):
                at = (source - r + half) * d
                row[at : at + d] = x[source]
    return out


# pythran export window_gradient(float32[:,:] order(C), int64[:], int)
def window_gradient(g, offsets, width):
    """Return (n, d): each row's gradients from all windows it is in."""
    n = g.shape[0]
    d = g.shape[1] // width
    half = width // 2
    out = np.zeros((n, d), dtype=np.float32)
    for s in range(len(offsets) - 1):
        begin, end = offsets[s], offsets[s + 1]
        for r in range(begin, end):
            row = g[r]
            for source in range(max(begin, r - half), min(end, r + half + 1)):
                at = (source - r + half) * d
                out[source] += row[at : at + d]
    return out
