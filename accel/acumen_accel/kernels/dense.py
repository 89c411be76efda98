"""A dense layer whose every output element is accumulated in one order, whatever the batch.

Each output is `bias`, then `+ x[p] * weight[p, j]` for p = 0, 1, 2...: one chain of multiply-adds. Four rows
share each load of four weight rows, which changes what is in registers and not the chain, so a row has the same bits
alone and in a batch. Rows are taken as views because Pythran's two-dimensional indexing stops vectorisation, and one
by one because views in a tuple are copied with their reference counts, which is a third of the time of a single row.
"""

import numpy as np


def rest(x, weight, y, start):
    """Accumulate the inputs from `start` on, that do not fill a group."""
    k, m = weight.shape
    for p in range(start, k):
        a = x[p]
        w = weight[p]
        # omp simd
        for j in range(m):
            y[j] = y[j] + a * w[j]


def one_row(x, weight, y):
    """Accumulate one row, eight inputs at a time: bound by reading the weights."""
    k, m = weight.shape
    grouped = k - k % 8
    for p in range(0, grouped, 8):
        a0, a1, a2, a3 = x[p], x[p + 1], x[p + 2], x[p + 3]
        a4, a5, a6, a7 = x[p + 4], x[p + 5], x[p + 6], x[p + 7]
        w0 = weight[p]
        w1 = weight[p + 1]
        w2 = weight[p + 2]
        w3 = weight[p + 3]
        w4 = weight[p + 4]
        w5 = weight[p + 5]
        w6 = weight[p + 6]
        w7 = weight[p + 7]
        # omp simd
        for j in range(m):
            half = y[j] + a0 * w0[j] + a1 * w1[j] + a2 * w2[j] + a3 * w3[j]
            y[j] = half + a4 * w4[j] + a5 * w5[j] + a6 * w6[j] + a7 * w7[j]
    rest(x, weight, y, grouped)


def four_rows(x, weight, y, i):
    """Accumulate rows i to i + 3, four inputs at a time: bound by the multiply-add units."""
    k, m = weight.shape
    grouped = k - k % 4
    xa = x[i]
    xb = x[i + 1]
    xc = x[i + 2]
    xd = x[i + 3]
    ya = y[i]
    yb = y[i + 1]
    yc = y[i + 2]
    yd = y[i + 3]
    for p in range(0, grouped, 4):
        w0 = weight[p]
        w1 = weight[p + 1]
        w2 = weight[p + 2]
        w3 = weight[p + 3]
        a0, a1, a2, a3 = xa[p], xa[p + 1], xa[p + 2], xa[p + 3]
        b0, b1, b2, b3 = xb[p], xb[p + 1], xb[p + 2], xb[p + 3]
        c0, c1, c2, c3 = xc[p], xc[p + 1], xc[p + 2], xc[p + 3]
        d0, d1, d2, d3 = xd[p], xd[p + 1], xd[p + 2], xd[p + 3]
        # omp simd
        for j in range(m):
            # Read before the first store, or the compiler, fearing overlap, reads them again for each row; one by one,
            # because a tuple here stops vectorisation.
            v0 = w0[j]
            v1 = w1[j]
            v2 = w2[j]
            v3 = w3[j]
            ya[j] = ya[j] + a0 * v0 + a1 * v1 + a2 * v2 + a3 * v3
            yb[j] = yb[j] + b0 * v0 + b1 * v1 + b2 * v2 + b3 * v3
            yc[j] = yc[j] + c0 * v0 + c1 * v1 + c2 * v2 + c3 * v3
            yd[j] = yd[j] + d0 * v0 + d1 * v1 + d2 * v2 + d3 * v3
    rest(xa, weight, ya, grouped)
    rest(xb, weight, yb, grouped)
    rest(xc, weight, yc, grouped)
    rest(xd, weight, yd, grouped)


def rational_tanh(v):
    """Return tanh within 4e-7: the quotient and constants of Eigen's generic_fast_tanh_float (MathFunctionsImpl.h).

    Comparisons are written so that NaN falls through the clamp and propagates.
    """
    high = np.float32(7.90531110763549805)
    v = high if v > high else v
    v = -high if v < -high else v
    s = v * v
    p = np.float32(2.00018790482477e-13) + s * np.float32(-2.76076847742355e-16)
    p = np.float32(-8.60467152213735e-11) + s * p
    p = np.float32(5.12229709037114e-08) + s * p
    p = np.float32(1.48572235717979e-05) + s * p
    p = np.float32(6.37261928875436e-04) + s * p
    p = np.float32(4.89352455891786e-03) + s * p
    q = np.float32(1.18534705686654e-04) + s * np.float32(1.19825839466702e-06)
    q = np.float32(2.26843463243900e-03) + s * q
    q = np.float32(4.89352518554385e-03) + s * q
    return np.float32(v * p / q)  # Pythran divides scalars in float64, unless what is asked for is float32.


def activate(y, activation):
    """Apply activation 1 relu, 2 tanh, 3 sigmoid or 4 gelu (Hendrycks & Gimpel 2016, section 2) to a row in place."""
    half = np.float32(0.5)
    one = np.float32(1)
    if activation == 1:
        zero = np.float32(0)
        # omp simd
        for j in range(len(y)):
            y[j] = zero if y[j] < zero else y[j]
    if activation == 2:
        # omp simd
        for j in range(len(y)):
            y[j] = rational_tanh(y[j])
    if activation == 3:
        # omp simd
        for j in range(len(y)):
            y[j] = half + half * rational_tanh(half * y[j])
    if activation == 4:
        root = np.float32(0.7978845608028654)  # sqrt(2 / pi)
        cubic = np.float32(0.044715)
        # omp simd
        for j in range(len(y)):
            v = y[j]
            y[j] = half * v * (one + rational_tanh(root * v * (one + cubic * v * v)))


# pythran export dense(float32[:,:] order(C), float32[:,:] order(C), float32[:], int)
def dense(x, weight, bias, activation):
    """Return act(x @ weight + bias) for x (n, k), weight (k, m), bias (m,), all float32."""
    n = x.shape[0]
    m = weight.shape[1]
    y = np.empty((n, m), dtype=np.float32)
    for i in range(n):
        y[i] = bias
    grouped = n - n % 4
    for i in range(0, grouped, 4):
        four_rows(x, weight, y, i)
    for i in range(grouped, n):
        one_row(x[i], weight, y[i])
    for i in range(n):
        activate(y[i], activation)
    return y
