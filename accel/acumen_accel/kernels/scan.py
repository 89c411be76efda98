"""Exhaustive scans that keep the best k rows: scores descending, ties by lower row number.

The best so far are kept sorted, which costs nothing once most rows fall short of the last of them; the worst case, of
scores that keep rising, is n k. Places still empty hold NaN, which no score is behind. Rows come in ascending order,
so an equal score goes after. A row that scores NaN scores minus infinity.
"""

import numpy as np


def offer(scores, index, score, row):
    """Insert a row among the best, unless it falls short of the last of them."""
    if score != score:
        score = np.float32(-np.inf)
    at = len(scores) - 1
    if not scores[at] >= score:
        while at > 0 and not scores[at - 1] >= score:
            scores[at] = scores[at - 1]
            index[at] = index[at - 1]
            at -= 1
        scores[at] = score
        index[at] = row


# pythran export scan_dot(float32[:,:] order(C), float32[:], int)
def scan_dot(rows, query, k):
    """Return (index int64 (k,), score float32 (k,)) of the k largest dot products, 1 <= k <= n."""
    n = rows.shape[0]
    scores = np.full(k, np.nan, dtype=np.float32)
    index = np.zeros(k, dtype=np.int64)
    for i in range(n):
        offer(scores, index, np.sum(rows[i] * query), i)
    return index, scores


# pythran export scan_cosine(float32[:,:] order(C), float32[:], int)
def scan_cosine(rows, query, k):
    """Return the k largest cosines like scan_dot; a zero row or query scores 0."""
    n = rows.shape[0]
    scores = np.full(k, np.nan, dtype=np.float32)
    index = np.zeros(k, dtype=np.int64)
    own = np.sqrt(np.sum(query * query))
    for i in range(n):
        length = own * np.sqrt(np.sum(rows[i] * rows[i]))
        score = np.sum(rows[i] * query)
        offer(scores, index, np.float32(score / length) if length > np.float32(0) else length, i)
    return index, scores


def four_products(rows, query, i, totals):
    """Write the dot products of rows i to i + 3 with an int16 query, exact in int32; past the end, of the last row."""
    n, d = rows.shape
    row0, row1 = rows[i], rows[min(i + 1, n - 1)]
    row2, row3 = rows[min(i + 2, n - 1)], rows[min(i + 3, n - 1)]
    total0, total1, total2, total3 = np.int32(0), np.int32(0), np.int32(0), np.int32(0)
    for j in range(d):
        value = np.int32(query[j])
        total0 += np.int32(np.int16(row0[j])) * value
        total1 += np.int32(np.int16(row1[j])) * value
        total2 += np.int32(np.int16(row2[j])) * value
        total3 += np.int32(np.int16(row3[j])) * value
    totals[0] = total0
    totals[1] = total1
    totals[2] = total2
    totals[3] = total3


# pythran export scan_int8(int8[:,:] order(C), float32[:], int16[:], float32, int)
def scan_int8(rows, scales, query, query_scale, k):
    """Return the k largest scales[i] * query_scale * (rows[i] . query), the product summed exactly in int32.

    The query comes widened to int16, the width the multiply-and-add-pairs instruction takes; four rows share its loads.
    """
    n = rows.shape[0]
    scores = np.full(k, np.nan, dtype=np.float32)
    index = np.zeros(k, dtype=np.int64)
    totals = np.empty(4, dtype=np.int32)
    for i in range(n):
        if i % 4 == 0:
            four_products(rows, query, i, totals)
        offer(scores, index, np.float32(totals[i % 4]) * (scales[i] * query_scale), i)
    return index, scores


def ones(word):
    """Count the bits set in a uint64 (Warren, Hacker's Delight, 5-1); compilers turn this form into popcnt."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)


# pythran export scan_binary(uint64[:,:] order(C), uint64[:], int)
def scan_binary(codes, query, k):
    """Return the k smallest Hamming distances, as minus the distance, like scan_dot."""
    n, words = codes.shape
    scores = np.full(k, np.nan, dtype=np.float32)
    index = np.zeros(k, dtype=np.int64)
    for i in range(n):
        row = codes[i]
        distance = np.uint64(0)
        for w in range(words):
            distance += ones(row[w] ^ query[w])
        offer(scores, index, -np.float32(distance), i)
    return index, scores
