"""How unusual inputs are against training: a whitened distance, ranked among training's own."""

import numpy as np


# pythran export unusual(float32[:,:] order(C), float32[:], float32[:], float32[:,:] order(C), float32[:])
def unusual(summary, center, scale, whiten, quantiles):
    """Return (n,) float64, the share of training inputs that were more usual than each row.

    `summary` (n, f); `center`, `scale` (f,); `whiten` (f, f); `quantiles` (q,) ascending distances of training inputs
    at evenly spaced shares. The distance is the root mean square of the whitened, winsorised z-scores; it is
    interpolated between quantiles. NaN ranks highest.
    """
    n, f = summary.shape
    q = len(quantiles)
    shares = np.empty(n, dtype=np.float64)
    z = np.empty(f, dtype=np.float64)
    for i in range(n):
        row = summary[i]
        for a in range(f):
            z[a] = min(max((float(row[a]) - float(center[a])) / float(scale[a]), -20.0), 20.0)
        total = 0.0
        for b in range(f):
            mixed = 0.0
            for a in range(f):
                mixed += z[a] * float(whiten[a, b])
            total += mixed * mixed
        distance = np.sqrt(total / f)
        low = 0
        high = q
        while low < high:
            middle = (low + high) // 2
            if float(quantiles[middle]) <= distance:
                low = middle + 1
            else:
                high = middle
        if low == 0:
            shares[i] = 0.0
        elif low == q:
            shares[i] = 1.0
        else:
            under = float(quantiles[low - 1])
            shares[i] = (low - 1 + (distance - under) / (float(quantiles[low]) - under)) / (q - 1)
        if distance != distance:
            shares[i] = 1.0
    return shares
