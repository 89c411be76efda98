"""Rows of four bits a column: made of int8 codes, and scanned against an int16 query."""

import numpy as np


# pythran export quantise_int4(int8[:,:] order(C), float32[:])
def quantise_int4(codes, scales):
    """Return (n, h) uint8 and (n,) scales of rows (n, d), h = d / 2 rounded up: two columns a byte.

    The low half of byte j is column j, the high half column h + j, each 8 more than the code from -7 to 7; a column
    beyond the last is 8. A row's new scale is scale * max |code| / 7, codes are rounded half to even.
    """
    n, d = codes.shape
    h = (d + 1) // 2
    out = np.zeros((n, h), dtype=np.uint8)
    coarse = np.zeros(n, dtype=np.float32)
    for i in range(n):
        row = codes[i]
        top = 0
        for j in range(d):
            v = np.int64(row[j])
            v = -v if v < 0 else v
            top = v if v > top else top
        coarse[i] = np.float32(scales[i] * np.float32(np.float32(top) / np.float32(7)))
        part = np.float32(top)
        for j in range(h):
            low, high = 8, 8
            if top > 0:
                low = 8 + np.int64(np.rint(np.float32(np.float32(7 * np.int64(row[j])) / part)))
                if h + j < d:
                    high = 8 + np.int64(np.rint(np.float32(np.float32(7 * np.int64(row[h + j])) / part)))
            out[i, j] = np.uint8(low + 16 * high)
    return out, coarse


def offer(scores, index, score, row):
    """Insert a row among the best, kept in order, ahead of all that it exceeds."""
    at = len(scores) - 1
    while at > 0 and not scores[at - 1] >= score:
        scores[at] = scores[at - 1]
        index[at] = index[at - 1]
        at -= 1
    scores[at] = score
    index[at] = row


def four_products(row0, row1, row2, row3, low, high, totals, at):
    """Write four products of unsigned halves with the query's two halves, exact in int32; they share its loads."""
    total0, total1, total2, total3 = np.int32(0), np.int32(0), np.int32(0), np.int32(0)
    for j in range(low.shape[0]):
        first, second = np.int32(low[j]), np.int32(high[j])
        total0 += (
            np.int32(np.int16(row0[j] & np.uint8(15))) * first + np.int32(np.int16(row0[j] >> np.uint8(4))) * second
        )
        total1 += (
            np.int32(np.int16(row1[j] & np.uint8(15))) * first + np.int32(np.int16(row1[j] >> np.uint8(4))) * second
        )
        total2 += (
            np.int32(np.int16(row2[j] & np.uint8(15))) * first + np.int32(np.int16(row2[j] >> np.uint8(4))) * second
        )
        total3 += (
            np.int32(np.int16(row3[j] & np.uint8(15))) * first + np.int32(np.int16(row3[j] >> np.uint8(4))) * second
        )
    totals[at] = total0
    totals[at + 1] = total1
    totals[at + 2] = total2
    totals[at + 3] = total3


# pythran export scan_int4(uint8[:,:] order(C), float32[:], int16[:], int16[:], int, float32, int)
def scan_int4(codes, scales, low, high, total, query_scale, k):
    """Return (index int64 (k,), score float32 (k,)) of the k largest scales[i] * query_scale * (row i . query), k <= n.

    `low` and `high` (h,) are the query's columns that meet the low and the high halves, `total` is the sum of both:
    eight times that is what the halves, being 8 more than the codes, have too much. Exact in int32.
    """
    n = codes.shape[0]
    scores = np.full(k, np.nan, dtype=np.float32)
    index = np.zeros(k, dtype=np.int64)
    totals = np.empty(64, dtype=np.int32)
    extra = np.int32(8 * total)
    for start in range(0, n, 64):
        size = min(64, n - start)
        for i in range(0, size, 4):
            row0, row1 = codes[start + i], codes[min(start + i + 1, n - 1)]
            row2, row3 = codes[min(start + i + 2, n - 1)], codes[min(start + i + 3, n - 1)]
            four_products(row0, row1, row2, row3, low, high, totals, i)
        worst = scores[k - 1]
        for i in range(size):
            score = np.float32(totals[i] - extra) * (scales[start + i] * query_scale)
            if not worst >= score:
                offer(scores, index, score, start + i)
                worst = scores[k - 1]
    return index, scores
