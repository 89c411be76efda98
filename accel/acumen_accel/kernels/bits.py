"""Rows of one bit a column, and how high they can score at most (Gao & Long 2024, arXiv:2405.12497, "RaBitQ").

Rows are turned by a Walsh-Hadamard transform of columns with random signs: sums of whole numbers, exact in any order.
"""

import numpy as np

LANES = 16


def transform(values):
    """Turn LANES columns of 2**p whole numbers in place: Walsh-Hadamard in Sylvester's order, not scaled."""
    size = len(values)
    half = 1
    while half < size:
        for start in range(0, size, 2 * half):
            for i in range(start, start + half):
                for lane in range(LANES):
                    low, high = values[i, lane], values[i + half, lane]
                    values[i, lane] = low + high
                    values[i + half, lane] = low - high
        half *= 2


# pythran export hadamard(int16[:], int8[:], int)
def hadamard(values, flips, size):
    """Return (size,) int32: values (d,) given the signs `flips`, turned."""
    turned = np.zeros((size, LANES), dtype=np.int32)
    for j in range(len(values)):
        turned[j, 0] = np.int32(values[j]) * np.int32(flips[j])
    transform(turned)
    out = np.empty(size, dtype=np.int32)
    for j in range(size):
        out[j] = turned[j, 0]
    return out


def spread(codes, flips, first, count, turned):
    """Write `count` rows from the first on to the columns of `turned`, given signs; what is beyond them is 0."""
    turned[:] = 0
    for lane in range(count):
        for j in range(codes.shape[1]):
            turned[j, lane] = np.int32(codes[first + lane, j]) * np.int32(flips[j])


def pack(turned, start, centre, unit, scales, words, rows, means):
    """Set bit b of each lane's word where column start + b is above the centre; add up what signs make of both."""
    for b in range(64):
        away = np.int64(centre[start + b])
        limit = np.float32(centre[start + b]) * unit
        for lane in range(LANES):
            value = turned[start + b, lane]
            side = np.int64(np.float32(value) * scales[lane] > limit)
            words[lane] |= np.uint64(side) << np.uint64(b)
            rows[lane] += (2 * side - 1) * np.int64(value)
            means[lane] += (2 * side - 1) * away


def factor(code, mean, own, rows, means, part, size):
    """Return |x|^2 / |x|_1 in units of the row's scale, of which `part` are a unit of the mean; 0 where x is 0.

    Quotients, for a product beside a sum could be fused with it: the same bytes at every level.
    """
    square, product = 0, 0
    for j in range(len(code)):
        value = np.int32(code[j])
        square += np.int64(value * value)
        product += np.int64(value * np.int32(mean[j]))
    length = np.float64(rows) - np.float64(means) / part
    squared = (np.float64(square) - np.float64(2 * product) / part) + own / part / part
    if length > 0.0 and squared > 0.0:
        return np.float64(size) * squared / length
    return 0.0


# pythran export sign_bits(int8[:,:] order(C), float32[:], int8[:], int16[:], int32[:], float32)
def sign_bits(codes, scales, flips, mean, centre, unit):
    """Return (n, p / 64) uint64 and (n,) float32: the signs of rows less their mean, turned, and a factor a row.

    mean (d,) and its turned form centre (p,) are whole multiples of `unit`. The factor is |x|^2 / |x|_1 of the turned
    row x, so that factor times the product of the signs with x is |x|^2 (section 3.2). Both norms come of whole sums.
    """
    n, size = codes.shape[0], len(centre)
    words = np.zeros((n, size // 64), dtype=np.uint64)
    factors = np.zeros(n, dtype=np.float32)
    turned = np.zeros((size, LANES), dtype=np.int32)
    some = np.zeros(LANES, dtype=np.float32)
    packed = np.zeros(LANES, dtype=np.uint64)
    rows, means = np.zeros(LANES, dtype=np.int64), np.zeros(LANES, dtype=np.int64)
    whole = 0
    for j in range(len(mean)):
        whole += np.int64(mean[j]) * np.int64(mean[j])
    own = np.float64(whole)
    for first in range(0, n, LANES):
        count = min(LANES, n - first)
        spread(codes, flips, first, count, turned)
        transform(turned)
        some[:count] = scales[first : first + count]
        rows[:] = 0
        means[:] = 0
        for w in range(size // 64):
            packed[:] = 0
            pack(turned, 64 * w, centre, unit, some, packed, rows, means)
            for lane in range(count):
                words[first + lane, w] = packed[lane]
        for lane in range(count):
            part = np.float64(some[lane]) / np.float64(unit)
            if part > 0.0:
                found = factor(codes[first + lane], mean, own, rows[lane], means[lane], part, size)
                factors[first + lane] = np.float32(found * np.float64(some[lane]))
    return words, factors


def ones(word):
    """Count the bits set in a uint64 (Warren, Hacker's Delight, 5-1); compilers turn this form into popcnt."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


# pythran export bound_bits(uint64[:,:] order(C), float32[:], uint64[:], uint64[:], int)
def bound_bits(words, factors, signs, strong, most):
    """Return (n,) float32: factor * (most - 2 d - 4 e) of each row.

    d are the columns in which a row's sign differs from the query's, e those of them that are strong: so much less than
    `most` is the product of the row's signs, 1 or -1, with the query's columns, 3 or -3 where strong, else 1 or -1.
    Counted in blocks of 64 rows; four words, which are 256 columns, without an inner loop.
    """
    n, width = words.shape
    bounds = np.empty(n, dtype=np.float32)
    sums = np.empty(64, dtype=np.int64)
    for start in range(0, n, 64):
        size = min(64, n - start)
        if width == 4:
            s0, s1, s2, s3 = signs[0], signs[1], signs[2], signs[3]
            m0, m1, m2, m3 = strong[0], strong[1], strong[2], strong[3]
            for i in range(size):
                row = words[start + i]
                x0, x1, x2, x3 = row[0] ^ s0, row[1] ^ s1, row[2] ^ s2, row[3] ^ s3
                apart = ones(x0) + ones(x1) + ones(x2) + ones(x3)
                sums[i] = 2 * apart + 4 * (ones(x0 & m0) + ones(x1 & m1) + ones(x2 & m2) + ones(x3 & m3))
        else:
            for i in range(size):
                row = words[start + i]
                total = 0
                for w in range(width):
                    x = row[w] ^ signs[w]
                    total += 2 * ones(x) + 4 * ones(x & strong[w])
                sums[i] = total
        for i in range(size):
            bounds[start + i] = np.float32(most - sums[i]) * factors[start + i]
    return bounds


# pythran export highest(float32[:], int)
def highest(values, k):
    """Return (k,) int64: the place of the highest of every k-th value, from the first to the k-th on, 1 <= k <= n.

    Many of the best k are among them, without the branches that a heap of k takes; neighbours, which are often alike,
    do not stand in each other's way. Of equal values the first.
    """
    n = len(values)
    best = np.empty(k, dtype=np.float32)
    turns = np.zeros(k, dtype=np.int32)
    for i in range(k):
        best[i] = values[i]
    for turn in range(1, n // k):
        for i in range(k):
            value = values[turn * k + i]
            turns[i] = turn if value > best[i] else turns[i]
            best[i] = value if value > best[i] else best[i]
    places = np.empty(k, dtype=np.int64)
    for i in range(k):
        places[i] = np.int64(turns[i]) * k + i
    return places
