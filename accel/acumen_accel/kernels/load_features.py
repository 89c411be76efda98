"""What the numbers of a fleet of servers say about their hidden speeds, as features free of the unit of time.

Rates are divided and times multiplied by the fleet's arrival rate per server, so a fleet twice as fast looks the same.
"""

import numpy as np

HUGE = 1e9
TINY = 1e-9
SPANS = 4
OWN = 31


def _least(x, y):
    """Return the smaller of two numbers."""
    return x if x < y else y


def _most(x, y):
    """Return the larger of two numbers."""
    return x if x > y else y


def _log(x):
    """Return the logarithm of a ratio kept within 1e-4 to 1e4."""
    return np.log(_least(_most(x, 1e-4), 1e4))


def _averages(windows, first, last, stats):
    """Average the latest 1, 3, 8 and 32 windows of one server into `stats` (4, 3).

    Columns: rate, requests inside by Little's law (rate x mean latency), and the speed that would explain both were the
    server an M/M/1 queue, rate + 1 / latency (Kleinrock, 1975, section 3.2); 0 when nothing was answered.
    """
    span = 1
    for k in range(SPANS):
        start = first if last - first < span else last - span
        rates = 0.0
        inside = 0.0
        for i in range(start, last):
            rate = _least(windows[i, 0], HUGE)
            rates += rate
            inside += rate * _least(windows[i, 1], HUGE) * 1e-3
        count = _most(last - start, 1)
        stats[k, 0] = rates / count
        stats[k, 1] = inside / count
        stats[k, 2] = rates / count + rates / _most(inside, TINY) if rates > 0 else 0.0
        span = 3 if k == 0 else 8 if k == 1 else 32


def _extremes(windows, first, last, unit, own):
    """Write the highest rate, the rate of the shortest mean latency, and the spread of rates over all windows."""
    top = 0.0
    short = HUGE
    total = 0.0
    square = 0.0
    for i in range(first, last):
        rate = _least(windows[i, 0], HUGE) / unit
        top = _most(top, rate)
        total += rate
        square += rate * rate
        if windows[i, 1] > 0:
            short = _least(short, windows[i, 1] * 1e-3)
    count = _most(last - first, 1)
    mean = total / count
    own[14] = top + 0.01
    own[15] = 1.0 / _most(short, TINY) / unit if short < HUGE else 1.0
    own[27] = _least(np.sqrt(_most(square / count - mean * mean, 0.0)) / _most(mean, TINY), 8.0)
    own[28] = 1.0 + last - first


def _server(server, count, stats, unit, own):
    """Write the features that one server has by itself, ratios before their logarithms are taken."""
    age = _least(server[9], HUGE) * 1e-3 * unit
    for k in range(SPANS):
        own[2 + k] = stats[k, 0] / unit + 0.01
        own[6 + k] = stats[k, 1] + 0.01
        own[10 + k] = stats[k, 2] / unit if stats[k, 2] > 0 else 1.0
    own[0] = _least(server[2], HUGE) / unit if server[2] > 0 else 1.0
    own[1] = 1.0 if server[2] > 0 else 0.0
    own[16] = 1.0 + count[0]
    own[17] = 1.0 + count[1]
    own[18] = _least(server[5], HUGE) * 1e-3 * unit if server[5] > 0 else 1.0
    own[19] = _least(server[6], HUGE) * 1e-3 * unit if server[6] > 0 else 1.0
    own[20] = 1.0 if stats[0, 0] > 0 else 0.0
    own[21] = _least(server[7], 1.0)
    own[22] = own[21] + 0.01
    own[23] = _least(server[8], 1.0)
    own[24] = stats[0, 0] / unit / _most(own[23], 0.02) + 0.01
    own[25] = 1.0 + age
    own[26] = own[16] / (stats[0, 0] / unit * age + 1.0)
    own[29] = own[16] / (stats[0, 1] + 1.0)
    own[30] = stats[0, 0] / stats[2, 0] + 0.01 if stats[2, 0] > 0 else 1.0


def _unit(arrivals, servers, windows, window_ends, a, b):
    """Return the arrivals per server and second, or what stands in for them when the arrival rate is 0."""
    n = b - a
    if arrivals > TINY:
        return _least(arrivals, HUGE) / n
    total = 0.0
    nominal = 0.0
    first = window_ends[a - 1] if a > 0 else 0
    for row in range(a, b):
        last = window_ends[row]
        if last > first:
            total += _least(windows[last - 1, 0], HUGE)
        nominal += _least(servers[row, 2], HUGE)
        first = last
    if total > TINY:
        return total / n
    return nominal / n if nominal > TINY else 1.0


def _finest(windows, first, last):
    """Return the least rate above 0 in some windows: one request a window where requests are few, or near it."""
    finest = HUGE
    for i in range(first, last):
        if windows[i, 0] > 0 and windows[i, 0] < finest:
            finest = windows[i, 0]
    return finest


def _fleet(load, a, b, unit, shift, known, features, speed, summary):
    """Complete the features of a fleet's servers with what only all of them tell, and sum the fleet up."""
    n = b - a
    total = 0.0
    held = 0.0
    for row in range(a, b):
        held += np.exp(features[row, 16])
        if speed[row] <= 0:
            speed[row] = np.exp(features[row, 0] + shift) * unit
        speed[row] = _least(_most(speed[row], 1e-4 * unit), 1e4 * unit)
        total += speed[row]
    summary[0] = np.log(n)
    summary[1] = _log(total / unit / n)
    summary[2] = _least(load[3], 8.0) if load[3] > 0 else 1.0
    summary[3] = _least(load[4], 8.0) if load[4] > 0 else 1.0
    summary[5] = -9.0
    summary[11] = known
    for row in range(a, b):
        features[row, 31] = summary[0]
        features[row, 32] = summary[2]
        features[row, 33] = summary[3]
        features[row, 34] = summary[1]
        features[row, 35] = known
        features[row, 36] = shift
        features[row, 37] = _log(speed[row] / unit)
        features[row, 38] = features[row, 37] - features[row, 0] - shift if features[row, 1] > 0 else 0.0
        features[row, 39] = _log(speed[row] / total * n)
        features[row, 40] = features[row, 16] - np.log(held * speed[row] / total)
        summary[4] += features[row, 6] / n
        summary[5] = _most(summary[5], features[row, 29])
        summary[6] = _most(summary[6], features[row, 21])
        summary[7] += features[row, 23] / n
        summary[8] += features[row, 25] / n
        summary[9] += abs(features[row, 38]) / n
        summary[10] += features[row, 42] / n


# pythran export load_features(float64[:,:] order(C), float64[:,:] order(C), int64[:,:] order(C),
#     float64[:,:] order(C), int64[], int64[], float32[:,:] order(C), float64[], float64[], float32[:,:] order(C),
#     int64[], float64[:,:] order(C), float64[])
def load_features(
    load, servers, counts, windows, window_ends, offsets, features, speed, unit, summary, owner, stats, own
):
    """Fill the features of servers and the summaries of fleets.

    `features` (rows, 43), first estimates `speed` (rows,) a second, `unit` (B,), `summary` (B, 12), `owner` (rows,).
    The other arguments are as `load_wire.read_loads` leaves them, `offsets` (B + 1,) the rows of each message; `stats`
    (4, 3) and `own` (31,) are scratch.
    """
    for m in range(load.shape[0]):
        a = offsets[m]
        b = offsets[m + 1]
        scale = _unit(load[m, 2], servers, windows, window_ends, a, b)
        unit[m] = scale
        finest = _finest(windows, window_ends[a - 1] if a > 0 else 0, window_ends[b - 1])
        shift = 0.0
        known = 0
        for row in range(a, b):
            owner[row] = m
            first = window_ends[row - 1] if row > 0 else 0
            _averages(windows, first, window_ends[row], stats)
            _server(servers[row], counts[row], stats, scale, own)
            _extremes(windows, first, window_ends[row], scale, own)
            for c in range(OWN):
                plain = c == 1 or c == 20 or c == 21 or c == 23 or c == 27
                features[row, c] = own[c] if plain else _log(own[c])
            features[row, 41] = _log(scale / finest)
            features[row, 42] = _log(stats[3, 0] * (window_ends[row] - first) / finest + 1.0)
            speed[row] = stats[2, 2]
            if speed[row] > 0 and servers[row, 2] > 0:
                shift += features[row, 12] - features[row, 0]
                known += 1
        _fleet(load[m], a, b, scale, shift / _most(known, 1), known / (b - a), features, speed, summary[m])
