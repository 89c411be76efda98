"""BM25 over postings: those of a term are read whole, or looked up for the rows that can still win.

No product stands beside a sum that could be fused with it: the same bytes at every processor level.
"""

import numpy as np


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


# pythran export read_terms(int32[], uint8[], int64[], int64[], int64, int64, float32[],
#                           int32[], float32[], float32[], uint64[], int32[], int64)
def read_terms(rows, counts, starts, ends, first, last, weights, lengths, norms, scores, held, touched, taken):
    """Add the terms from `first` to before `last`, each from its start to its end, to their rows' sums.

    Note rows met for the first time; return how many are, -1 where a row is outside of the sums.
    """
    size = scores.shape[0]
    for term in range(first, last):
        weight = weights[term]
        bit = np.uint64(1) << np.uint64(term)
        for i in range(starts[term], ends[term]):
            count = counts[i]
            if count > 0:
                row = rows[i]
                if row < 0 or row >= size:
                    return -1
                if held[row] == 0:
                    touched[taken] = row
                    taken += 1
                share = weight * np.float32(count)
                scores[row] += share / (np.float32(count) + norms[lengths[row]])
                held[row] |= bit
    return taken


# pythran export find_terms(int32[], uint8[], int64[], int64[], int64, int64, float32[],
#                           int32[], float32[], float32[], uint64[], int32[])
def find_terms(rows, counts, starts, ends, first, last, weights, lengths, norms, scores, held, wanted):
    """Add the same at the rows `wanted` alone, by bisection; a row that has a term keeps its sum."""
    size = scores.shape[0]
    for term in range(first, last):
        weight = weights[term]
        bit = np.uint64(1) << np.uint64(term)
        begin, limit = starts[term], ends[term]
        if begin < limit:
            for w in range(wanted.shape[0]):
                row = wanted[w]
                start, end = begin, limit
                while start < end:
                    middle = (start + end) >> 1
                    if rows[middle] < row:
                        start = middle + 1
                    else:
                        end = middle
                there = start < limit and rows[start] == row and counts[start] > 0
                if there and row >= 0 and row < size and (held[row] & bit) == 0:
                    share = weight * np.float32(counts[start])
                    scores[row] += share / (np.float32(counts[start]) + norms[lengths[row]])
                    held[row] |= bit
    return 0


# pythran export covered(uint64[], int32[], float32[], float32[])
def covered(held, rows, weights, words):
    """Return (2, m) float32: of each row the weights of the terms it has, and how many of them are words, in order."""
    m = rows.shape[0]
    out = np.zeros((2, m), dtype=np.float32)
    for i in range(m):
        bits = held[rows[i]]
        total, common = np.float32(0), np.float32(0)
        for term in range(weights.shape[0]):
            if (bits >> np.uint64(term)) & np.uint64(1) == np.uint64(1):
                total += weights[term]
                common += words[term]
        out[0, i] = total
        out[1, i] = common
    return out
