"""Features of API metrics: logarithms of rates over what was answered of late, and of times over the shortest."""

import numpy as np

ROWS = 32
RECENT = 8
LEAST = 1e-3
IDLE = 0.05


def _log(x, unit):
    """Return log(x / unit + LEAST) within +-5."""
    return min(np.log(min(x / unit, 1e6) + LEAST), 5.0)


def _most(windows, first, column):
    """Return the largest of a column (from row `first` on)."""
    most = 0.0
    for k in range(first, ROWS):
        most = max(most, windows[k, column])
    return most


def _least(windows, column, otherwise):
    """Return the smallest of a column above 0, or `otherwise` without one."""
    least = np.inf
    for k in range(ROWS):
        if windows[k, column] > 0.0:
            least = min(least, windows[k, column])
    return least if least < np.inf else otherwise


# pythran export extract(float64[:,:,:] order(C), int64[], float64[:,:] order(C), float32[:,:] order(C),
#     float32[:,:] order(C), float64[:,:] order(C))
def extract(windows, count, numbers, history, context, units):
    """Fill `history` (B, 256) by field then window, `context` (B, 12), and `units` (B, 2): rate, p95.

    `windows` (B, 32, 8): time ms, rates sent, answered, refused, failed, round trips p50 and p95 ms, in flight; the
    last `count` (B,) rows are real. `numbers` (B, 7): limit, quota remaining (infinity: none), s to the reset, promised
    p95 ms (0: none), s a window lasts, largest rise and fall. Every input by itself.
    """
    for b in range(count.shape[0]):
        w = windows[b]
        limit = numbers[b, 0]
        promise = numbers[b, 3]
        interval = numbers[b, 4] * 1e3
        rate = max(max(_most(w, ROWS - RECENT, 2), min(limit, _most(w, 0, 2))), IDLE * limit)
        trip = _least(w, 5, 0.1 * interval)
        p95 = _least(w, 6, 0.1 * interval)
        for k in range(ROWS - count[b], ROWS):
            sent = max(w[k, 1], 1e-12)
            history[b, k] = _log(w[k, 1], rate)
            history[b, ROWS + k] = _log(w[k, 2], rate)
            history[b, 2 * ROWS + k] = np.sqrt(min(w[k, 3] / sent, 1.0))
            history[b, 3 * ROWS + k] = np.sqrt(min(w[k, 4] / sent, 1.0))
            history[b, 4 * ROWS + k] = _log(w[k, 5], trip)
            history[b, 5 * ROWS + k] = _log(w[k, 6], trip)
            history[b, 6 * ROWS + k] = np.log1p(min(w[k, 7] / rate / trip * 1e3, 1e3))
            history[b, 7 * ROWS + k] = np.log1p((w[ROWS - 1, 0] - w[k, 0]) / interval)
        last = w[ROWS - 1, 6]
        has_quota = numbers[b, 1] < np.inf
        context[b, 0] = _log(limit, rate)
        context[b, 1] = _log(min(numbers[b, 1] / numbers[b, 2], 1e300), rate) if has_quota else 0.0
        context[b, 2] = 1.0 if has_quota else 0.0
        context[b, 3] = _log(promise, p95) if promise > 0.0 else 0.0
        context[b, 4] = 1.0 if promise > 0.0 else 0.0
        context[b, 5] = _log(interval, trip)
        context[b, 6] = min(max(np.log(rate * interval * 1e-3), -10.0), 20.0)
        context[b, 7] = count[b] / ROWS
        context[b, 8] = _log(last, promise) if promise > 0.0 and last > 0.0 else 0.0
        context[b, 9] = _log(_most(w, 0, 2), rate)
        context[b, 10] = _log(_most(w, 0, 1), rate)
        context[b, 11] = _log(p95, trip)
        units[b, 0] = rate
        units[b, 1] = last if last > 0.0 else p95
