"""Best-first search in a navigable small-world graph over int8 rows (Malkov & Yashunin 2016, arXiv:1603.09320).

The graph is given. Rows score like `scan.scan_int8`, from integers, so that a search takes the same way everywhere.
What has been met and is among the best is kept sorted in one list, expanded from its front; an entry is twice its row,
plus one once expanded. Ties go by the lower row.
"""

import numpy as np


def four_scores(codes, scales, query, query_scale, near, at, scores):
    """Write the scores of rows near[at] to near[at + 3], whose loads overlap."""
    row0, row1 = codes[near[at]], codes[near[at + 1]]
    row2, row3 = codes[near[at + 2]], codes[near[at + 3]]
    total0, total1, total2, total3 = np.int32(0), np.int32(0), np.int32(0), np.int32(0)
    for j in range(codes.shape[1]):
        value = np.int32(query[j])
        total0 += np.int32(np.int16(row0[j])) * value
        total1 += np.int32(np.int16(row1[j])) * value
        total2 += np.int32(np.int16(row2[j])) * value
        total3 += np.int32(np.int16(row3[j])) * value
    scores[at] = np.float32(total0) * (scales[near[at]] * query_scale)
    scores[at + 1] = np.float32(total1) * (scales[near[at + 1]] * query_scale)
    scores[at + 2] = np.float32(total2) * (scales[near[at + 2]] * query_scale)
    scores[at + 3] = np.float32(total3) * (scales[near[at + 3]] * query_scale)


def score_all(codes, scales, query, query_scale, near, count, scores):
    """Score the first `count` of `near`, the last of them repeated to fill a group of four."""
    for i in range(count, count + (-count) % 4):
        near[i] = near[count - 1]
    for i in range(0, count, 4):
        four_scores(codes, scales, query, query_scale, near, i, scores)


def descend(codes, scales, query, query_scale, towers, upper, node, level, near, scores):
    """Walk greedily from `node` at `level` down to level 1 and return where that ends."""
    near[0] = node
    score_all(codes, scales, query, query_scale, near, 1, scores)
    best = scores[0]
    while level > 0:
        links = upper[towers[node] + level - 1]
        count = 0
        for j in range(upper.shape[1]):
            if links[j] >= 0:
                near[count] = links[j]
                count += 1
        if count > 0:
            score_all(codes, scales, query, query_scale, near, count, scores)
        moved = False
        for j in range(count):
            if scores[j] > best:
                best = scores[j]
                node = near[j]
                moved = True
        if not moved:
            level -= 1
    return node


def place(scores, entries, size, score, row):
    """Return where a row belongs among the first `size`."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        if scores[middle] > score or (scores[middle] == score and entries[middle] >> 1 < row):
            low = middle + 1
        else:
            high = middle
    return low


def insert(scores, entries, at, last, score, row, shelf, entry_shelf):
    """Move what is from `at` to before `last` one place on, by way of shelves, and put the row there."""
    n = last - at
    shelf[:n] = scores[at:last]
    scores[at + 1 : last + 1] = shelf[:n]
    entry_shelf[:n] = entries[at:last]
    entries[at + 1 : last + 1] = entry_shelf[:n]
    scores[at] = score
    entries[at] = 2 * row


def unseen(links, seen, near):
    """Collect in `near` what `links` lead to whose bit in `seen` is not set, set it, and return the count."""
    count = 0
    for j in range(links.shape[0]):
        other = links[j]
        if other >= 0:
            bit = np.uint64(1) << np.uint64(other & 63)
            if seen[other >> 6] & bit == np.uint64(0):
                seen[other >> 6] |= bit
                near[count] = other
                count += 1
    return count


# pythran export search_graph(int8[:,:] order(C), float32[:], int16[:], float32, int32[:,:] order(C), int32[:],
#     int32[:,:] order(C), int, int, uint8[:], uint64[:], int32[:], float32[:], float32[:], int32[:], float32[:],
#     int32[:], float32[:], int32[:])
def search_graph(
    codes, scales, query, query_scale, links, towers, upper, start, level, wanted,
    seen, near, near_scores, pool_scores, pool, shelf, entry_shelf, scores, found,
):  # fmt: skip
    """Fill `scores` and `found` (k,) with the best wanted rows met, doubled, and return (how many, filled of the pool).

    links (n, m) and upper (t, m') end in -1; row r's links above level 0 begin at upper[towers[r]], a level a line. The
    rest is memory to work in: a bit of `seen` for each row, `near` for the links of one row and three more, `pool`
    for as many of the best rows as the search is to be wide, shelves as long as the longer of pool and found.
    """
    width, k = pool.shape[0], found.shape[0]
    near[0] = descend(codes, scales, query, query_scale, towers, upper, start, level, near, near_scores)
    seen[near[0] >> 6] |= np.uint64(1) << np.uint64(near[0] & 63)
    count, size, taken, at = 1, 0, 0, 0
    while count >= 0:
        if count > 0:
            score_all(codes, scales, query, query_scale, near, count, near_scores)
        for i in range(count):
            score, row = near_scores[i], near[i]
            if wanted[row] != 0:
                put = place(scores, found, taken, score, row)
                if put < k:
                    insert(scores, found, put, min(taken, k - 1), score, row, shelf, entry_shelf)
                    taken = min(taken + 1, k)
            put = place(pool_scores, pool, size, score, row)
            if put < width:
                insert(pool_scores, pool, put, min(size, width - 1), score, row, shelf, entry_shelf)
                size = min(size + 1, width)
                at = min(at, put)
        while at < size and pool[at] & 1 != 0:
            at += 1
        count = -1
        if at < size:
            pool[at] |= 1
            count = unseen(links[pool[at] >> 1], seen, near)
    return taken, size
