"""Scan of one bit per column against a query of four (Gao & Long 2024, arXiv:2405.12497, section 3.3)."""

import numpy as np


def ones(word):
    """Count the bits set in a uint64 (Warren, Hacker's Delight, 5-1); compilers turn this form into popcnt."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


def offer(scores, index, score, row):
    """Insert a row among the best, kept in order, ahead of all that it exceeds."""
    at = len(scores) - 1
    while at > 0 and not scores[at - 1] >= score:
        scores[at] = scores[at - 1]
        index[at] = index[at - 1]
        at -= 1
    scores[at] = score
    index[at] = row


# pythran export scan_bits(uint64[:,:] order(C), float32[:], uint64[:,:] order(C), int, int)
def scan_bits(codes, factors, planes, total, k):
    """Return (index int64 (k,), score float32 (k,)) of the k largest factors[i] * (signs of row i . query), k <= n.

    A bit set is the sign +1, else -1. planes (4, w) are the bits of the query's columns as four-bit two's complement,
    lowest first, and `total` is the sum of its columns: what rows without a bit score, negated.
    """
    n, words = codes.shape
    scores = np.full(k, np.nan, dtype=np.float32)
    index = np.zeros(k, dtype=np.int64)
    sums = np.empty(64, dtype=np.int64)
    for start in range(0, n, 64):
        size = min(64, n - start)
        for i in range(size):
            row = codes[start + i]
            total0 = 0
            for w in range(words):
                word = row[w]
                low = ones(word & planes[0, w]) + 2 * ones(word & planes[1, w])
                total0 += low + 4 * ones(word & planes[2, w]) - 8 * ones(word & planes[3, w])
            sums[i] = 2 * total0 - total
        worst = scores[k - 1]
        for i in range(size):
            score = np.float32(sums[i]) * factors[start + i]
            if not worst >= score:
                offer(scores, index, score, start + i)
                worst = scores[k - 1]
    return index, scores
