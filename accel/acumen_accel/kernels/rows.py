"""Rows picked out of a matrix and added back into one."""

import numpy as np


# pythran export gather(float32[:,:] order(C), int64[:])
def gather(x, index):
    """Return x[index], (len(index), d)."""
    out = np.empty((len(index), x.shape[1]), dtype=np.float32)
    for i in range(len(index)):
        out[i] = x[index[i]]
    return out


# pythran export scatter_sum(float32[:,:] order(C), int64[:], int)
def scatter_sum(x, index, size):
    """Return (size, d) where row i of x is added to row index[i], in the order of i."""
    out = np.zeros((size, x.shape[1]), dtype=np.float32)
    for i in range(len(index)):
        out[index[i]] += x[i]
    return out
