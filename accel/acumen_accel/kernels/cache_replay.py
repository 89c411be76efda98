"""Caches replayed over a trace of dense key numbers: nine eviction policies and the unreachable best.

Keys are 0 .. unique - 1, numbered by first access. Queues are doubly linked lists in two index arrays: a list's head is
an index past the keys, its newest member follows the head and its oldest precedes it. The arrays a policy works in are
given to it, all -1, 0 or their own index: compiling their creation here takes minutes.
"""


def _push(ahead, behind, head, x):
    after = ahead[head]
    ahead[head] = x
    behind[x] = head
    ahead[x] = after
    behind[after] = x


def _drop(ahead, behind, x):
    behind[ahead[x]] = behind[x]
    ahead[behind[x]] = ahead[x]


def _pop(ahead, behind, head):
    """Return the oldest member, taken out.

    Pythran moves `x = behind[head]` forward past a call that changes `behind`: no caller may read a list, then drop.
    """
    x = behind[head]
    newer = behind[x]
    behind[head] = newer
    ahead[newer] = head
    return x


# pythran export fifo(int32[:], int, int, int32[:], int32[:])
def fifo(keys, _unique, capacity, ring, resident):
    """First in, first out."""
    hits, misses, at = 0, 0, 0
    for i in range(len(keys)):
        x = keys[i]
        if resident[x]:
            hits += 1
        else:
            if misses >= capacity:
                resident[ring[at]] = 0
            ring[at] = x
            resident[x] = 1
            misses += 1
            at = 0 if at + 1 == capacity else at + 1
    return hits


# pythran export lru(int32[:], int, int, int32[:], int32[:], int32[:])
def lru(keys, unique, capacity, ahead, behind, resident):
    """Least recently used."""
    hits, size = 0, 0
    for i in range(len(keys)):
        x = keys[i]
        if resident[x]:
            hits += 1
            _drop(ahead, behind, x)
        else:
            if size == capacity:
                victim = _pop(ahead, behind, unique)
                resident[victim] = 0
            else:
                size += 1
            resident[x] = 1
        _push(ahead, behind, unique, x)
    return hits


# pythran export lfu(int32[:], int, int, int32[:], int32[:], int32[:])
def lfu(keys, unique, capacity, ahead, behind, count):
    """Least frequently used; a list for each count, so a tie goes to the least recently used."""
    hits = 0
    size = 0
    least = 1
    for i in range(len(keys)):
        x = keys[i]
        if count[x] > 0:
            hits += 1
            _drop(ahead, behind, x)
            head = unique + count[x]
            if count[x] == least and ahead[head] == head:
                least += 1
            count[x] += 1
        else:
            if size == capacity:
                victim = _pop(ahead, behind, unique + least)
                count[victim] = 0
            else:
                size += 1
            count[x] = 1
            least = 1
        _push(ahead, behind, unique + count[x], x)
    return hits


# pythran export sieve(int32[:], int, int, int32[:], int32[:], int32[:], int32[:])
def sieve(keys, unique, capacity, ahead, behind, resident, visited):
    """SIEVE: a hand moves from oldest to newest and evicts the first key that was not visited since it passed."""
    hits, size, hand = 0, 0, unique
    for i in range(len(keys)):
        x = keys[i]
        if resident[x]:
            hits += 1
            visited[x] = 1
            continue
        if size == capacity:
            victim = hand
            if victim == unique:
                victim = behind[unique]
            while visited[victim]:
                visited[victim] = 0
                victim = behind[victim]
                if victim == unique:
                    victim = behind[unique]
            hand = behind[victim]
            _drop(ahead, behind, victim)
            resident[victim] = 0
        else:
            size += 1
        resident[x] = 1
        _push(ahead, behind, unique, x)
    return hits


# pythran export s3fifo(int32[:], int, int, int32[:], int32[:], int32[:], int32[:], int32[:])
def s3fifo(keys, unique, capacity, ahead, behind, place, uses, stamp):
    """S3-FIFO: a tenth is the small queue, the ghost remembers as many keys as the main queue holds."""
    target = max(1, capacity // 10)
    memory = capacity - target
    small, main = unique, unique + 1
    hits, in_small, in_main, ghosts = 0, 0, 0, 0
    for i in range(len(keys)):
        x = keys[i]
        if place[x] > 0:
            hits += 1
            uses[x] = min(uses[x] + 1, 3)
            continue
        while in_small + in_main >= capacity:
            if in_small >= target:
                y = _pop(ahead, behind, small)
                in_small -= 1
                if uses[y] > 1:
                    place[y] = 2
                    _push(ahead, behind, main, y)
                    in_main += 1
                else:
                    place[y] = 0
                    ghosts += 1
                    stamp[y] = ghosts
                uses[y] = 0
            else:
                y = _pop(ahead, behind, main)
                if uses[y] > 0:
                    uses[y] -= 1
                    _push(ahead, behind, main, y)
                else:
                    place[y] = 0
                    in_main -= 1
        if stamp[x] > 0 and ghosts - stamp[x] < memory:
            place[x] = 2
            _push(ahead, behind, main, x)
            in_main += 1
        else:
            place[x] = 1
            _push(ahead, behind, small, x)
            in_small += 1
        stamp[x] = 0
    return hits


# pythran export arc(int32[:], int, int, int32[:], int32[:], int32[:], int32[:])
def arc(keys, unique, capacity, ahead, behind, place, size):
    """ARC, figure 4 of the paper; lists 0 to 3 are T1, T2, B1, B2."""
    target = 0.0
    hits = 0
    for i in range(len(keys)):
        x = keys[i]
        where = place[x]
        if where == 0 or where == 1:
            hits += 1
        elif where >= 2:
            if where == 2:
                target = min(float(capacity), target + max(1.0, size[3] / size[2]))
            else:
                target = max(0.0, target - max(1.0, size[2] / size[3]))
            _arc_demote(ahead, behind, place, size, unique, target, where == 3)
        else:
            if size[0] + size[2] == capacity:
                if size[0] < capacity:
                    _arc_forget(ahead, behind, place, size, unique, 2)
                    _arc_demote(ahead, behind, place, size, unique, target, False)
                else:
                    _arc_forget(ahead, behind, place, size, unique, 0)
            elif size[0] + size[1] + size[2] + size[3] >= capacity:
                if size[0] + size[1] + size[2] + size[3] == 2 * capacity:
                    _arc_forget(ahead, behind, place, size, unique, 3)
                _arc_demote(ahead, behind, place, size, unique, target, False)
        if where >= 0:
            _drop(ahead, behind, x)
            size[where] -= 1
        to = 0
        if where >= 0:
            to = 1
        _push(ahead, behind, unique + to, x)
        size[to] += 1
        place[x] = to
    return hits


def _arc_forget(ahead, behind, place, size, unique, which):
    x = _pop(ahead, behind, unique + which)
    place[x] = -1
    size[which] -= 1


def _arc_demote(ahead, behind, place, size, unique, target, in_b2):
    """REPLACE of the paper: the oldest of T1 or T2 leaves for its ghost list."""
    which = 1
    if size[0] > 0 and (size[0] > target or (in_b2 and size[0] == target)):
        which = 0
    x = _pop(ahead, behind, unique + which)
    size[which] -= 1
    _push(ahead, behind, unique + which + 2, x)
    size[which + 2] += 1
    place[x] = which + 2


# pythran export mru(int32[:], int, int, int32[:])
def mru(keys, _unique, capacity, resident):
    """Most recently used: the victim is always the key of the access before."""
    hits, size = 0, 0
    for i in range(len(keys)):
        x = keys[i]
        if resident[x]:
            hits += 1
        else:
            if size == capacity:
                resident[keys[i - 1]] = 0
            else:
                size += 1
            resident[x] = 1
    return hits


def _count(counts, epochs, x, epoch):
    """Return a key's count after the halvings since it was last looked at."""
    counts[x] = counts[x] >> min(epoch - epochs[x], 5)
    epochs[x] = epoch
    return counts[x]


# pythran export w_tinylfu(int32[:], int, int, int32[:], int32[:], int32[:], int32[:], int32[:], int32[:])
def w_tinylfu(keys, unique, capacity, ahead, behind, place, counts, epochs, size):
    """W-TinyLFU: window of 1 %, segmented LRU (80 % protected), exact counts to 15, halved every 10 capacities."""
    window = max(1, capacity // 100)
    room = capacity - window
    shelter = room * 4 // 5
    hits, epoch, added = 0, 0, 0
    for i in range(len(keys)):
        x = keys[i]
        counts[x] = min(_count(counts, epochs, x, epoch) + 1, 15)
        added += 1
        if added == 10 * capacity:
            added = 0
            epoch += 1
        where = place[x]
        if where >= 0:
            hits += 1
            _drop(ahead, behind, x)
            size[where] -= 1
        to = 0
        if where > 0:
            to = 2
        _push(ahead, behind, unique + to, x)
        size[to] += 1
        place[x] = to
        if size[2] > shelter:
            y = _pop(ahead, behind, unique + 2)
            _push(ahead, behind, unique + 1, y)
            place[y] = 1
            size[2] -= 1
            size[1] += 1
        if size[0] > window:
            y = _pop(ahead, behind, unique)
            size[0] -= 1
            if size[1] + size[2] >= room:
                victim = behind[unique + 1]
                if room > 0 and _count(counts, epochs, y, epoch) > _count(counts, epochs, victim, epoch):
                    _drop(ahead, behind, victim)
                    place[victim] = -1
                    size[1] -= 1
                else:
                    place[y] = -1
                    continue
            _push(ahead, behind, unique + 1, y)
            place[y] = 1
            size[1] += 1
    return hits


# pythran export lirs(int32[:], int, int, int32[:], int32[:], int32[:], int32[:], int32[:], int32[:])
def lirs(keys, unique, capacity, s_ahead, s_behind, q_ahead, q_behind, state, stacked):
    """LIRS: stack S of recencies, queue Q of 1 % resident HIR keys; states 1 LIR, 2 HIR, 3 remembered in S only."""
    low = capacity - max(1, capacity // 100)
    hits, lir, queued = 0, 0, 0
    state[unique] = 1
    for i in range(len(keys)):
        x = keys[i]
        was = state[x]
        if was == 1 or was == 2:
            hits += 1
        elif lir + queued == capacity:
            victim = _pop(q_ahead, q_behind, unique)
            queued -= 1
            state[victim] = 3 * stacked[victim]
        known = stacked[x]
        if known:
            _drop(s_ahead, s_behind, x)
        _push(s_ahead, s_behind, unique, x)
        stacked[x] = 1
        if was == 2:
            _drop(q_ahead, q_behind, x)
            queued -= 1
        if was == 1 or known or (was != 2 and lir < low):
            state[x] = 1
            if was != 1:
                lir += 1
            if lir > low:
                bottom = _pop(s_ahead, s_behind, unique)
                stacked[bottom] = 0
                state[bottom] = 2
                lir -= 1
                _push(q_ahead, q_behind, unique, bottom)
                queued += 1
        else:
            state[x] = 2
            _push(q_ahead, q_behind, unique, x)
            queued += 1
        while state[s_behind[unique]] != 1:
            bottom = _pop(s_ahead, s_behind, unique)
            stacked[bottom] = 0
            if state[bottom] == 3:
                state[bottom] = 0
    return hits


# pythran export belady(int32[:], int, int, int32[:], int32[:], int32[:], int32[:])
def belady(keys, _unique, capacity, following, seen, heap, resident):
    """Belady's MIN without bypass: the victim is asked for again last.

    A heap of next uses, latest on top. Entries of keys used since lie in the past, below every resident's.
    """
    n = len(keys)
    for back in range(n):
        i = n - 1 - back
        x = keys[i]
        following[i] = seen[x]
        if seen[x] < 0:
            following[i] = n + x
        seen[x] = i
    hits, size, top = 0, 0, 0
    for i in range(n):
        x = keys[i]
        if resident[x]:
            hits += 1
        else:
            if size == capacity:
                latest = heap[0]
                if latest < n:
                    resident[keys[latest]] = 0
                else:
                    resident[latest - n] = 0
                top -= 1
                _sink(heap, top, heap[top])
            else:
                size += 1
            resident[x] = 1
        _rise(heap, top, following[i])
        top += 1
    return hits


def _rise(heap, at, value):
    while at > 0 and heap[(at - 1) // 2] < value:
        heap[at] = heap[(at - 1) // 2]
        at = (at - 1) // 2
    heap[at] = value


def _sink(heap, top, value):
    at, child = 0, 1
    while child < top:
        if child + 1 < top and heap[child + 1] > heap[child]:
            child += 1
        if heap[child] <= value:
            break
        heap[at] = heap[child]
        at, child = child, 2 * child + 1
    heap[at] = value
