"""Normalising rows (Ba, Kiros and Hinton, 2016), each by itself, and the gradient of that."""

import numpy as np

SMALL = 1e-5


# pythran export layer_norm(float32[:,:] order(C), float32[:], float32[:])
def layer_norm(x, gain, bias):
    """Return (x - mean) / sqrt(variance + 1e-5) * gain + bias, (n, d)."""
    n, d = x.shape
    out = np.empty((n, d), dtype=np.float32)
    share = np.float32(1.0 / max(d, 1))
    for i in range(n):
        row = out[i]
        row[:] = x[i]
        mean = np.float32(np.sum(row)) * share
        row -= mean
        scale = np.float32(1.0 / np.sqrt(np.sum(row * row) * share + SMALL))
        # omp simd
        for j in range(d):
            row[j] = row[j] * scale * gain[j] + bias[j]
    return out


# pythran export layer_norm_gradient(float32[:,:] order(C), float32[:,:] order(C), float32[:])
def layer_norm_gradient(g, x, gain):
    """Return the gradients at x (n, d), gain (d,) and bias (d,); what the value needed is computed again."""
    n, d = x.shape
    back = np.empty((n, d), dtype=np.float32)
    by_gain = np.zeros(d, dtype=np.float32)
    by_bias = np.zeros(d, dtype=np.float32)
    scaled = np.empty(d, dtype=np.float32)
    share = np.float32(1.0 / max(d, 1))
    for i in range(n):
        a = g[i]
        row = back[i]
        row[:] = x[i]
        mean = np.float32(np.sum(row)) * share
        row -= mean
        scale = np.float32(1.0 / np.sqrt(np.sum(row * row) * share + SMALL))
        # omp simd
        for j in range(d):
            unit = row[j] * scale
            row[j] = unit
            by_gain[j] = by_gain[j] + a[j] * unit
            by_bias[j] = by_bias[j] + a[j]
            scaled[j] = a[j] * gain[j]
        along = np.float32(np.sum(scaled * row)) * share
        level = np.float32(np.sum(scaled)) * share
        # omp simd
        for j in range(d):
            row[j] = (scaled[j] - level - row[j] * along) * scale
    return back, by_gain, by_bias
