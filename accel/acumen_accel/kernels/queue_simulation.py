"""Event simulation of first-come-first-served servers behind a balancer, with every usual dispatch policy.

A server's speed and error rate are constant within a segment of time and change between segments, so the finishing time
of a request is known the moment it is sent: no event heap is needed, and every count is a pointer into an ordered list.
"""

import numpy as np

ROUND_ROBIN = 0
WEIGHTED_ROUND_ROBIN = 1
LEAST_IN_FLIGHT = 2
BEST_OF_TWO = 3
LEAST_REPORTED = 4
LEAST_LATENCY = 5
TRUE_SPEEDS = 6
SHORTEST_WORK = 7


def _finish(speed, segment, begin, work):
    """Return when `work` begun at `begin` is done; `speed` (segments,) of one server, the last one lasting for ever."""
    last = speed.shape[0] - 1
    now = begin
    k = min(int(now / segment), last)
    while k < last:
        edge = (k + 1) * segment
        can = speed[k] * (edge - now)
        if can >= work:
            break
        work -= max(can, 0.0)
        now = edge
        k += 1
    return now + work / speed[k]


def _attempts(error, luck):
    """Return how often a request is served until it succeeds, given a uniform draw: geometric, at most 50."""
    if error <= 0.0:
        return 1
    return 1 + min(int(np.log(max(luck, 1e-300)) / np.log(min(error, 0.98))), 49)


def _settle(s, now, done, began, head, tail, smooth):
    """Move server `s`'s pointer past the requests answered by `now`; `smooth` follows latencies, peaks at once."""
    while head[s] < tail[s] and done[s, head[s]] <= now:
        waited = done[s, head[s]] - began[s, head[s]]
        smooth[s] = waited if waited > smooth[s] else 0.7 * smooth[s] + 0.3 * waited
        head[s] += 1


def _weighted_turn(weight, credit):
    """Return the next server by smooth weighted round robin."""
    best = 0
    total = 0.0
    for s in range(weight.shape[0]):
        credit[s] += weight[s]
        total += weight[s]
        if credit[s] > credit[best]:
            best = s
    credit[best] -= total
    return best


# pythran export dispatch(int, int, int, float64[], float64[], float64[], float64[:,:] order(C), float64,
#     float64[:,:] order(C), float64[:,:] order(C), float64[], float64[], float64[], float64[],
#     float64[:,:] order(C), float64[:,:] order(C), int64[], int64[], float64[], int64[])
def dispatch(
    policy, first, stop, arrival, size, luck, pick, segment, speed, error,
    weight, reported, smooth, credit, done, began, head, tail, latency, chosen,
):  # fmt: skip
    """Send requests `first` to `stop` by `policy`, in place.

    `arrival`, `size`, `luck` (N,), `pick` (N, 2) uniform draws; `speed`, `error` (n, segments); `weight`, `reported`,
    `smooth`, `credit` (n,); `done`, `began` (n, N) of each server's requests in order, `head`, `tail` (n,) its
    unanswered ones; `latency`, `chosen` (N,) results. A server of weight 0 gets nothing unless all have. LEAST_LATENCY
    forgets an idle server's latency with the time constant `weight`.
    """
    n = speed.shape[0]
    last = speed.shape[1] - 1
    for r in range(first, stop):
        now = arrival[r]
        k = min(int(now / segment), last)
        for s in range(n):
            _settle(s, now, done, began, head, tail, smooth)
        best = r % n
        if policy == WEIGHTED_ROUND_ROBIN:
            best = _weighted_turn(weight, credit)
        elif policy != ROUND_ROBIN:
            two0 = min(int(pick[r, 0] * n), n - 1)
            two1 = (two0 + 1 + min(int(pick[r, 1] * (n - 1)), n - 2)) % n if n > 1 else 0
            least = np.inf
            for j in range(n):
                s = (r + j) % n
                if policy == BEST_OF_TWO and s != two0 and s != two1:
                    continue
                count = tail[s] - head[s] + 1.0
                if policy == LEAST_REPORTED:
                    score = (reported[s] + 1.0) / max(weight[s], 1e-300)
                elif policy == LEAST_LATENCY:
                    idle = now - done[s, head[s] - 1] if head[s] == tail[s] and head[s] > 0 else 0.0
                    score = count * smooth[s] * np.exp(-idle / weight[s])
                elif policy == TRUE_SPEEDS:
                    score = count / (speed[s, k] * (1.0 - error[s, k]))
                elif policy == SHORTEST_WORK:
                    free = done[s, tail[s] - 1] if tail[s] > 0 else now
                    score = max(free - now, 0.0) + size[r] / (speed[s, k] * (1.0 - error[s, k]))
                else:
                    score = count / max(weight[s], 1e-300)
                if score < least:
                    least = score
                    best = s
        t = tail[best]
        begin = max(done[best, t - 1], now) if t > 0 else now
        work = size[r] * _attempts(error[best, k], luck[r])
        done[best, t] = _finish(speed[best], segment, begin, work)
        began[best, t] = now
        tail[best] = t + 1
        latency[r] = done[best, t] - now
        chosen[r] = best


# pythran export window(float64, float64, float64[:,:] order(C), float64[:,:] order(C), int64[], int64[],
#     float64[:,:] order(C))
def window(begin, end, done, began, seen, tail, out):
    """Report the window from `begin` to `end` of every server into `out` (n, 6), and move `seen` (n,) past it.

    Columns: requests answered; their mean, median and 99th percentile of latency, seconds; share of the window spent
    busy; requests waiting at its end. Requests sent after `end` must not have been sent yet.
    """
    for s in range(seen.shape[0]):
        a = seen[s]
        b = a
        busy = 0.0
        while b < tail[s] and done[s, b] <= end:
            start = max(began[s, b], done[s, b - 1]) if b > 0 else began[s, b]
            busy += done[s, b] - max(start, begin)
            b += 1
        if b < tail[s]:
            start = max(began[s, b], done[s, b - 1]) if b > 0 else began[s, b]
            busy += max(end - max(start, begin), 0.0)
        waits = np.sort(done[s, a:b] - began[s, a:b])
        answered = b - a
        out[s, 0] = answered
        out[s, 1] = np.sum(waits) / max(answered, 1)
        out[s, 2] = waits[(answered - 1) // 2] if answered > 0 else 0.0
        out[s, 3] = waits[int(np.ceil(0.99 * answered)) - 1] if answered > 0 else 0.0
        out[s, 4] = busy / (end - begin)
        out[s, 5] = max(tail[s] - b - 1, 0)
        seen[s] = b
