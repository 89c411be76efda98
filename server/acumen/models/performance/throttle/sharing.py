"""Sharing a limit between clients: weighted max-min fairness, exact."""

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


def share(limit: float, demand: Doubles, weight: Doubles) -> Doubles:
    """Return each client's limit (n,), requests a second.

    Water-filling (Bertsekas and Gallager, Data Networks, 1992, section 6.5.2): clients in order of demand over weight
    are met in full until what remains, shared by weight, no longer meets the next. `demand` (n,) may be infinite.
    """
    order = np.argsort(demand / weight, kind="stable")
    d, w = demand[order], weight[order]
    met = np.concatenate([[0.0], np.cumsum(d)[:-1]])
    level = (limit - met) / np.cumsum(w[::-1])[::-1]
    short = np.flatnonzero(d > level * w)
    given = demand.copy()
    if short.size:
        given = np.minimum(demand, max(level[short[0]], 0.0) * weight)
    total = given.sum()
    return given * (limit / total) if total > limit else given


def offered(limit: float, demand: Doubles) -> float:
    """Return the rate that clients will use of a limit, all of it where they do not all say what they want."""
    return min(limit, float(demand.sum())) if demand.size else limit
