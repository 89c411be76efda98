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


def four_products(row0, row1, row2, row3, query, totals, at):
    """Write four dot products with an int16 query, exact in int32, to totals[at] and after; they share its loads."""
    total0, total1, total2, total3 = np.int32(0), np.int32(0), np.int32(0), np.int32(0)
    for j in range(query.shape[0]):
        value = np.int32(query[j])
        total0 += np.int32(np.int16(row0[j])) * value
        total1 += np.int32(np.int16(row1[j])) * value
        total2 += np.int32(np.int16(row2[j])) * value
        total3 += np.int32(np.int16(row3[j])) * value
    totals[at] = total0
    totals[at + 1] = total1
    totals[at + 2] = total2
    totals[at + 3] = total3


# pythran export scan_int8(int8[:,:] order(C), float32[:], int16[:], float32, int)
def scan_int8(rows, scales, query, query_scale, k):
    """Return the k largest scales[i] * query_scale * (rows[i] . query), the product summed exactly in int32.

    The query comes widened to int16, the width the multiply-and-add-pairs instruction takes. Blocks of 64 rows are
    multiplied and then selected from: loops apart run at .74 of the bandwidth, one loop at .69 (x86-64-v4).
    """
    n = rows.shape[0]
    scores = np.full(k, np.nan, dtype=np.float32)
    index = np.zeros(k, dtype=np.int64)
    totals = np.empty(64, dtype=np.int32)
    for start in range(0, n, 64):
        size = min(64, n - start)
        for i in range(0, size, 4):
            row0, row1 = rows[start + i], rows[min(start + i + 1, n - 1)]
            row2, row3 = rows[min(start + i + 2, n - 1)], rows[min(start + i + 3, n - 1)]
            four_products(row0, row1, row2, row3, query, totals, i)
        worst = scores[k - 1]
        for i in range(size):
            score = np.float32(totals[i]) * (scales[start + i] * query_scale)
            if not worst >= score:
                offer(scores, index, score, start + i)
                worst = scores[k - 1]
    return index, scores


# pythran export scan_int8_some(int8[:,:] order(C), float32[:], int64[:], int16[:], float32, int)
def scan_int8_some(rows, scales, some, query, query_scale, k):
    """Return what scan_int8 would if the rows were `some` alone, ascending, by their numbers among all."""
    n = some.shape[0]
    scores = np.full(k, np.nan, dtype=np.float32)
    index = np.zeros(k, dtype=np.int64)
    totals = np.empty(64, dtype=np.int32)
    for start in range(0, n, 64):
        size = min(64, n - start)
        for i in range(0, size, 4):
            row0, row1 = rows[some[start + i]], rows[some[min(start + i + 1, n - 1)]]
            row2, row3 = rows[some[min(start + i + 2, n - 1)]], rows[some[min(start + i + 3, n - 1)]]
            four_products(row0, row1, row2, row3, query, totals, i)
        worst = scores[k - 1]
        for i in range(size):
            row = some[start + i]
            score = np.float32(totals[i]) * (scales[row] * query_scale)
            if not worst >= score:
                offer(scores, index, score, row)
                worst = scores[k - 1]
    return index, scores


def ones(word):
    """Count the bits set in a uint64 (Warren, Hacker's Delight, 5-1); compilers turn this form into popcnt."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)


# pythran export scan_binary(uint64[:,:] order(C), uint64[:], int)
def scan_binary(codes, query, k):
    """Return the k smallest Hamming distances, as minus the distance, like scan_dot.

    Counted in blocks like scan_int8; four words, which are 256 columns, without an inner loop.
    """
    n, words = codes.shape
    scores = np.full(k, np.nan, dtype=np.float32)
    index = np.zeros(k, dtype=np.int64)
    distances = np.empty(64, dtype=np.int64)
    for start in range(0, n, 64):
        size = min(64, n - start)
        if words == 4:
            w0, w1, w2, w3 = query[0], query[1], query[2], query[3]
            for i in range(size):
                row = codes[start + i]
                distances[i] = np.int64(ones(row[0] ^ w0) + ones(row[1] ^ w1) + ones(row[2] ^ w2) + ones(row[3] ^ w3))
        else:
            for i in range(size):
                row = codes[start + i]
                distance = np.uint64(0)
                for w in range(words):
                    distance += ones(row[w] ^ query[w])
                distances[i] = np.int64(distance)
        worst = scores[k - 1]
        for i in range(size):
            score = -np.float32(distances[i])
            if not worst >= score:
                offer(scores, index, score, start + i)
                worst = scores[k - 1]
    return index, scores
