"""Losses with their gradients in one pass; each element, or row, has a weight, and 0 leaves it out."""

import numpy as np


# pythran export cross_entropy(float32[:,:] order(C), int64[:], float32[:], float32)
def cross_entropy(logits, target, weight, smoothing):
    """Return each row's loss (n,) and the gradient of their sum (n, c).

    A row's target is 1 - smoothing on its class and smoothing spread evenly (Szegedy et al., 2016).
    """
    n, c = logits.shape
    loss = np.empty(n, dtype=np.float32)
    back = np.empty((n, c), dtype=np.float32)
    even = np.float32(smoothing / max(c, 1))
    sharp = np.float32(1.0 - smoothing)
    for i in range(n):
        row = back[i]
        row[:] = logits[i]
        row -= np.max(row)
        own = row[target[i]]
        level = np.float32(np.sum(row))
        row[:] = np.exp(row)
        total = np.float32(np.sum(row))
        w = weight[i]
        log_total = np.float32(np.log(total))
        loss[i] = w * (log_total - sharp * own - even * level)
        scale = np.float32(w / total)
        shift = w * even
        # omp simd
        for j in range(c):
            row[j] = row[j] * scale - shift
        row[target[i]] = row[target[i]] - w * sharp
    return loss, back


# pythran export log_loss(float32[:], float32[:], float32[:])
def log_loss(odds, happened, weight):
    """Return weight * (log(1 + e^odds) - odds * happened), and its gradient at odds."""
    small = np.exp(-np.abs(odds))
    one = np.float32(1)
    zero = np.float32(0)
    loss = np.log1p(small)
    back = np.empty(len(odds), dtype=np.float32)
    # omp simd
    for j in range(len(odds)):
        o = odds[j]
        high = np.float32(one / (one + small[j]))
        chance = high if o > zero else one - high
        loss[j] = weight[j] * (loss[j] + (o if o > zero else zero) - o * happened[j])
        back[j] = weight[j] * (chance - happened[j])
    return loss, back


# pythran export pinball(float32[:], float32[:], float32[:], float32)
def pinball(prediction, truth, weight, level):
    """Return weight times level * error where truth is above, (level - 1) * error below; and its gradient."""
    loss = np.empty(len(truth), dtype=np.float32)
    back = np.empty(len(truth), dtype=np.float32)
    one = np.float32(1)
    zero = np.float32(0)
    # omp simd
    for j in range(len(truth)):
        error = truth[j] - prediction[j]
        slope = level if error > zero else level - one
        slope = zero if error == zero else slope
        loss[j] = weight[j] * slope * error
        back[j] = -weight[j] * slope
    return loss, back


# pythran export huber(float32[:], float32[:], float32[:], float32)
def huber(prediction, truth, weight, width):
    """Return weight times error^2 / 2 within the width, width * (|error| - width / 2) beyond; and its gradient."""
    loss = np.empty(len(truth), dtype=np.float32)
    back = np.empty(len(truth), dtype=np.float32)
    half = np.float32(0.5)
    # omp simd
    for j in range(len(truth)):
        error = prediction[j] - truth[j]
        near = width if error > width else error
        near = -width if near < -width else near
        loss[j] = weight[j] * near * (error - half * near)
        back[j] = weight[j] * near
    return loss, back
