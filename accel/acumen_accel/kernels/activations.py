"""What follows a product of a layer in training: bias and activation in one pass, and both of their gradients in one.

Activations are numbered as in `dense`: 0 identity, 1 relu, 2 tanh, 3 sigmoid, 4 gelu (Hendrycks & Gimpel 2016,
section 2). The gradient needs the value alone, but for gelu, whose slope is kept instead.
"""

import numpy as np


# pythran export bias_activation(float32[:], float32[:], float32[:], int)
def bias_activation(z, bias, slope, activation):
    """Turn z, rows of len(bias) one after the other, into activation(z + bias) in place; gelu's derivative to slope.

    All rows are activated as one: rows that begin anywhere in memory would have their ends computed one by one. The
    tanh is NumPy's, that of xsimd, because a scalar one is not vectorised on x86-64-v3.
    """
    half = np.float32(0.5)
    one = np.float32(1)
    zero = np.float32(0)
    root = np.float32(0.7978845608028654)  # sqrt(2 / pi)
    cubic = np.float32(0.044715)
    triple = np.float32(0.134145)
    m = len(bias)
    for start in range(0, len(z), max(m, 1)):
        row = z[start : start + m]
        # omp simd
        for j in range(m):
            row[j] = row[j] + bias[j]
    if activation == 1:
        # omp simd
        for j in range(len(z)):
            z[j] = zero if z[j] < zero else z[j]
    if activation == 2:
        z[:] = np.tanh(z)
    if activation == 3:
        # omp simd
        for j in range(len(z)):
            z[j] = half * z[j]
        z[:] = np.tanh(z)
        # omp simd
        for j in range(len(z)):
            z[j] = half + half * z[j]
    if activation == 4:
        # omp simd
        for j in range(len(z)):
            slope[j] = root * z[j] * (one + cubic * z[j] * z[j])
        slope[:] = np.tanh(slope)
        # omp simd
        for j in range(len(z)):
            v = z[j]
            t = slope[j]
            upper = half * (one + t)
            slope[j] = upper + upper * (one - t) * v * root * (one + triple * v * v)
            z[j] = upper * v


# pythran export activation_gradient(float32[:,:] order(C), float32[:,:] order(C), int)
def activation_gradient(g, kept, activation):
    """Return the gradients at z (n, m) and bias (m,); kept (n, m) is the value, or gelu's slope."""
    back = np.empty(g.shape, dtype=np.float32)
    total = np.zeros(g.shape[1], dtype=np.float32)
    zero = np.float32(0)
    one = np.float32(1)
    for i in range(g.shape[0]):
        a = g[i]
        y = kept[i]
        out = back[i]
        if activation == 0:
            # omp simd
            for j in range(len(a)):
                out[j] = a[j]
        if activation == 1:
            # omp simd
            for j in range(len(a)):
                out[j] = a[j] if y[j] > zero else zero
        if activation == 2:
            # omp simd
            for j in range(len(a)):
                out[j] = a[j] * (one - y[j] * y[j])
        if activation == 3:
            # omp simd
            for j in range(len(a)):
                out[j] = a[j] * y[j] * (one - y[j])
        if activation == 4:
            # omp simd
            for j in range(len(a)):
                out[j] = a[j] * y[j]
        # omp simd
        for j in range(len(a)):
            total[j] = total[j] + out[j]
    return back, total
