"""Weighted sums of embedding rows; bag b is ids[offsets[b]] to ids[offsets[b + 1] - 1]."""

import numpy as np


# pythran export embedding_bag(float32[:,:] order(C), int64[:], int64[:], float32[:])
def embedding_bag(table, ids, offsets, weights):
    """Return (bags, d) sums of weights[t] * table[ids[t]], in the order of t; an empty bag is 0."""
    bags = len(offsets) - 1
    out = np.zeros((bags, table.shape[1]), dtype=np.float32)
    for b in range(bags):
        for t in range(offsets[b], offsets[b + 1]):
            out[b] += weights[t] * table[ids[t]]
    return out


# pythran export embedding_bag_int8(int8[:,:] order(C), float32[:], int64[:], int64[:], float32[:])
def embedding_bag_int8(table, scales, ids, offsets, weights):
    """Return (bags, d) sums of weights[t] * scales[id] * table[id]; an empty bag is 0."""
    bags = len(offsets) - 1
    columns = table.shape[1]
    out = np.zeros((bags, columns), dtype=np.float32)
    for b in range(bags):
        total = out[b]
        for t in range(offsets[b], offsets[b + 1]):
            factor = weights[t] * scales[ids[t]]
            row = table[ids[t]]
            # omp simd
            for j in range(columns):
                total[j] = total[j] + factor * np.float32(row[j])
    return out


# pythran export embedding_bag_gradient(float32[:,:] order(C), int64[:], int64[:], float32[:], int)
def embedding_bag_gradient(g, ids, offsets, weights, rows):
    """Return (rows, d): each table row's sum of weights[t] * g[bag], in the order of t."""
    out = np.zeros((rows, g.shape[1]), dtype=np.float32)
    for b in range(len(offsets) - 1):
        for t in range(offsets[b], offsets[b + 1]):
            out[ids[t]] += weights[t] * g[b]
    return out
