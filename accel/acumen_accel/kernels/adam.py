"""Adam's step over flat arrays (Kingma and Ba, 2015), with decoupled decay (Loshchilov and Hutter, 2019)."""

import numpy as np


# pythran export squared_norm(float32[:])
def squared_norm(x):
    """Return the sum of squares, in float64 over blocks of float32 sums."""
    total = 0.0
    block = 512
    for start in range(0, len(x), block):
        part = x[start : min(start + block, len(x))]
        total += float(np.sum(part * part))
    return total


# pythran export adam_step(float32[:], float32[:], float32[:], float32[:], float32[:], float32[:])
def adam_step(weights, averaged, mean, square, gradient, settings):
    """Move weights, averaged weights and both moments in place.

    settings: factor on the gradient, learning rate, decay, corrections of first and second moment, share by which the
    average follows.
    """
    scale = settings[0]
    rate = settings[1]
    decay = settings[2]
    first = settings[3]
    second = settings[4]
    follow = settings[5]
    tenth = np.float32(0.1)
    thousandth = np.float32(0.001)
    least = np.float32(1e-8)
    # omp simd
    for j in range(len(weights)):
        g = gradient[j] * scale
        m = mean[j] + tenth * (g - mean[j])
        s = square[j] + thousandth * (g * g - square[j])
        spread = np.float32(np.sqrt(s * second)) + least
        w = weights[j] - rate * (np.float32(m * first / spread) + decay * weights[j])
        mean[j] = m
        square[j] = s
        weights[j] = w
        averaged[j] = averaged[j] + follow * (w - averaged[j])
