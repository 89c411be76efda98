"""Eviction policies written for reading, one small program each; `belady` tries every choice of victim."""

from collections import OrderedDict, deque
from functools import cache


def fifo(keys, c):
    queue, hits = OrderedDict(), 0
    for k in keys:
        if k in queue:
            hits += 1
        else:
            if len(queue) == c:
                queue.popitem(last=False)
            queue[k] = None
    return hits


def lru(keys, c):
    queue, hits = OrderedDict(), 0
    for k in keys:
        if k in queue:
            hits += 1
            queue.move_to_end(k)
        else:
            if len(queue) == c:
                queue.popitem(last=False)
            queue[k] = None
    return hits


def mru(keys, c):
    queue, hits = OrderedDict(), 0
    for k in keys:
        if k in queue:
            hits += 1
            queue.move_to_end(k)
        else:
            if len(queue) == c:
                queue.popitem()
            queue[k] = None
    return hits


def lfu(keys, c):
    entries, hits = {}, 0
    for t, k in enumerate(keys):
        if k in entries:
            hits += 1
            entries[k] = (entries[k][0] + 1, t)
        else:
            if len(entries) == c:
                del entries[min(entries, key=entries.get)]
            entries[k] = (1, t)
    return hits


def sieve(keys, c):
    queue, visited, hand, hits = [], {}, 0, 0  # queue[0] is the oldest
    for k in keys:
        if k in visited:
            hits += 1
            visited[k] = True
            continue
        if len(queue) == c:
            while visited[queue[hand % c]]:
                visited[queue[hand % c]] = False
                hand = hand % c + 1
            hand %= c
            del visited[queue.pop(hand)]
            hand %= max(1, len(queue))
        queue.append(k)
        visited[k] = False
    return hits


def s3fifo(keys, c):
    target = max(1, c // 10)
    small, main, uses, ghost, hits = deque(), deque(), {}, deque(maxlen=c - target), 0
    for k in keys:
        if k in uses:
            hits += 1
            uses[k] = min(uses[k] + 1, 3)
            continue
        while len(uses) == c:
            if len(small) >= target:
                old = small.popleft()
                if uses[old] > 1:
                    main.append(old)
                    uses[old] = 0
                else:
                    del uses[old]
                    ghost.append(old)
            else:
                old = main.popleft()
                if uses[old]:
                    main.append(old)
                    uses[old] -= 1
                else:
                    del uses[old]
        if k in ghost:
            ghost[ghost.index(k)] = None
            main.append(k)
        else:
            small.append(k)
        uses[k] = 0
    return hits


def arc(keys, c):
    t1, t2, b1, b2 = (OrderedDict() for _ in range(4))
    p, hits = 0.0, 0

    def replace(in_b2):
        if t1 and (len(t1) > p or (in_b2 and len(t1) == p)):
            b1[t1.popitem(last=False)[0]] = None
        else:
            b2[t2.popitem(last=False)[0]] = None

    for k in keys:
        if k in t1 or k in t2:
            hits += 1
            t1.pop(k, None)
            t2.pop(k, None)
            t2[k] = None
        elif k in b1:
            p = min(c, p + max(1, len(b2) / len(b1)))
            replace(False)
            del b1[k]
            t2[k] = None
        elif k in b2:
            p = max(0, p - max(1, len(b1) / len(b2)))
            replace(True)
            del b2[k]
            t2[k] = None
        else:
            if len(t1) + len(b1) == c:
                if len(t1) < c:
                    b1.popitem(last=False)
                    replace(False)
                else:
                    t1.popitem(last=False)
            elif len(t1) + len(t2) + len(b1) + len(b2) >= c:
                if len(t1) + len(t2) + len(b1) + len(b2) == 2 * c:
                    b2.popitem(last=False)
                replace(False)
            t1[k] = None
    return hits


def w_tinylfu(keys, c):
    window_size = max(1, c // 100)
    room = c - window_size
    window, probation, protected = OrderedDict(), OrderedDict(), OrderedDict()
    counts, added, hits = {}, 0, 0
    for k in keys:
        counts[k] = min(counts.get(k, 0) + 1, 15)
        added += 1
        if added == 10 * c:
            added, counts = 0, {x: n // 2 for x, n in counts.items()}
        if k in window:
            hits += 1
            window.move_to_end(k)
        elif k in protected:
            hits += 1
            protected.move_to_end(k)
        elif k in probation:
            hits += 1
            del probation[k]
            protected[k] = None
            if len(protected) > room * 4 // 5:
                probation[protected.popitem(last=False)[0]] = None
        else:
            window[k] = None
            if len(window) > window_size:
                candidate = window.popitem(last=False)[0]
                if len(probation) + len(protected) < room:
                    probation[candidate] = None
                elif room and counts[candidate] > counts[next(iter(probation))]:
                    probation.popitem(last=False)
                    probation[candidate] = None
    return hits


def lirs(keys, c):
    if c == 1:
        return lru(keys, c)
    low = c - max(1, c // 100)
    stack, queue, lir, hits = OrderedDict(), OrderedDict(), set(), 0  # last is the top of the stack

    def prune():
        while next(iter(stack)) not in lir:
            stack.popitem(last=False)

    def demote():
        bottom = next(iter(stack))
        lir.remove(bottom)
        del stack[bottom]
        queue[bottom] = None

    for k in keys:
        if k in lir:
            hits += 1
            stack.move_to_end(k)
            prune()
        elif k in queue:
            hits += 1
            del queue[k]
            if k in stack:
                lir.add(k)
                stack.move_to_end(k)
                demote()
                prune()
            else:
                stack[k] = None
                queue[k] = None
        else:
            if len(lir) + len(queue) == c:
                queue.popitem(last=False)
            if len(lir) < low:
                lir.add(k)
                stack[k] = None
            elif k in stack:
                lir.add(k)
                stack.move_to_end(k)
                demote()
                prune()
            else:
                stack[k] = None
                queue[k] = None
    return hits


def belady(keys, c):
    """Every choice of victim, tried."""

    @cache
    def best(at, cached):
        if at == len(keys):
            return 0
        k = keys[at]
        if k in cached:
            return 1 + best(at + 1, cached)
        if len(cached) < c:
            return best(at + 1, cached | {k})
        return max(best(at + 1, (cached - {victim}) | {k}) for victim in cached)

    return best(0, frozenset())
