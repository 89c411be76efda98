"""Numbers as they are printed: six significant digits, for an array at once."""

import numpy as np


# pythran export round_significant(float64[:])
def round_significant(values):
    """Return (n,) rounded to six significant digits; zeros, NaN, infinities and what nears the limits of doubles stay.

    Powers of ten up to 10^22 are exact, so that scaling rounds once; beyond them the last digit may differ by one.
    """
    n = len(values)
    out = np.empty(n, dtype=np.float64)
    for i in range(n):
        x = values[i]
        size = abs(x)
        if size > 1.0e-290 and size < 1.0e290:
            exponent = 5 - int(np.floor(np.log10(size)))
            if exponent >= 0:
                scale = 10.0 ** float(exponent)
                out[i] = np.rint(x * scale) / scale
            else:
                scale = 10.0 ** float(-exponent)
                out[i] = np.rint(x / scale) * scale
        else:
            out[i] = x
    return out
