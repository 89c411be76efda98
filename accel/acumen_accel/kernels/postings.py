"""BM25 over sealed postings: slices of them are read whole, or looked up for the rows that can still win.

No product stands beside a sum that could be fused with it: the same bytes at every processor level.
"""

import numpy as np


# pythran export read_postings(int32[], uint8[], int64, float32, uint64,
#                              int32[], float32[], float32[], uint64[], int32[], int64)
def read_postings(rows, counts, size, weight, bit, lengths, norms, scores, held, touched, taken):
    """Add one term's first `size` places to its rows' sums; note rows met for the first time; return how many are."""
    for i in range(size):
        count = counts[i]
        if count > 0:
            row = rows[i]
            if held[row] == 0:
                touched[taken] = row
                taken += 1
            share = weight * np.float32(count)
            scores[row] += share / (np.float32(count) + norms[lengths[row]])
            held[row] |= bit
    return taken


# pythran export find_postings(int32[], uint8[], int64, float32, uint64,
#                              int32[], float32[], float32[], uint64[], int32[])
def find_postings(rows, counts, size, weight, bit, lengths, norms, scores, held, wanted):
    """Add one term at the rows `wanted` alone, by bisection; a row that has the term keeps its sum."""
    for w in range(wanted.shape[0]):
        row = wanted[w]
        start, end = 0, size
        while start < end:
            middle = (start + end) >> 1
            if rows[middle] < row:
                start = middle + 1
            else:
                end = middle
        if start < size and rows[start] == row and counts[start] > 0 and (held[row] & bit) == 0:
            share = weight * np.float32(counts[start])
            scores[row] += share / (np.float32(counts[start]) + norms[lengths[row]])
            held[row] |= bit
    return 0


# pythran export best_touched(int32[], int64, float32[], uint8[], int64)
def best_touched(touched, taken, scores, allowed, k):
    """Return the k best of the first `taken` rows, best first, ties by row, -1 where fewer are allowed."""
    best = np.zeros(k, np.float32)
    found = np.full(k, -1, np.int32)
    masked = allowed.shape[0] > 0
    for i in range(taken):
        row = touched[i]
        score = scores[row]
        at = k - 1
        enough = score > best[at] or (score == best[at] and row < found[at])
        if enough and (not masked or allowed[row] > 0):
            while at > 0 and (score > best[at - 1] or (score == best[at - 1] and row < found[at - 1])):
                best[at] = best[at - 1]
                found[at] = found[at - 1]
                at -= 1
            best[at] = score
            found[at] = row
    return found


# pythran export clear_touched(int32[], int64, float32[], uint64[])
def clear_touched(touched, taken, scores, held):
    """Put the sums of the rows met back to nothing."""
    for i in range(taken):
        scores[touched[i]] = 0
        held[touched[i]] = 0
    return 0
