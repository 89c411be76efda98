"""A limited client before a service whose capacity changes: requests as a fluid, in ticks of a window.

A token bucket and a cap on requests in flight hold back what the client wants to send. The service answers up to its
capacity, queues up to a bound, rejects the rest, and spends capacity on rejecting.
"""

import numpy as np

LATE = 0.3


def _run(first, ticks, tick, capacity, demand, failing, fixed, quota, state, order, out):
    """Run one service for `ticks` ticks from number `first`; see `advance`. A negative demand is without bound."""
    base = fixed[0]
    growth = fixed[1]
    limit = order[0]
    sent_all = ok_all = turned_all = failed_all = 0.0
    waited = weight = longest = rate = 0.0
    for k in range(first, first + ticks):
        can = capacity[k] * tick
        effective = max(can - fixed[3] * state[2], 0.3 * can)
        if quota[1] > 0.0 and k % int(quota[1]) == 0:
            state[3] = 0.0
        state[1] = min(max(order[1], limit * tick), state[1] + limit * tick)
        flowing = min(capacity[k], order[2] / base)
        room = max(order[2] - flowing * base - state[0] + flowing * tick, 0.0)
        want = demand[k] * tick if demand[k] >= 0.0 else np.inf
        sent = min(min(want, state[1]), room)
        state[1] -= sent
        over = max(sent - max(quota[0] - state[3], 0.0), 0.0)
        state[3] += sent - over
        held = state[0] + sent - over
        served = min(held, effective)
        left = held - served
        full = max(left - fixed[2] * capacity[k], 0.0)
        left -= full
        state[4] += 0.5 * (min(held / can, 1.0) - state[4])
        used = min(state[4], 0.97)
        trip = base * (1.0 + growth * used * used / (1.0 - used)) + 0.5 * (state[0] + left) / capacity[k]
        state[0] = left
        state[2] = over + full
        sent_all += sent
        ok_all += served * (1.0 - failing[k])
        turned_all += over + full * (1.0 - fixed[4])
        failed_all += full * fixed[4] + served * failing[k]
        waited += (sent + 1e-9) * trip
        weight += sent + 1e-9
        longest = max(longest, trip)
        rate = sent / tick
    out[0] = sent_all
    out[1] = ok_all
    out[2] = turned_all
    out[3] = failed_all
    out[4] = waited / weight
    out[5] = longest
    out[6] = state[0] + rate * base
    late = fixed[5] * (out[4] + 0.7 * (longest - out[4])) / fixed[6] - 1.0
    out[7] = ok_all - turned_all - failed_all - LATE * ok_all * min(max(late, 0.0), 1.0)


# pythran export advance(int, int, float64[], float64[:,:] order(C), float64[:,:] order(C), float64[:,:] order(C),
#     float64[:,:] order(C), float64[:,:] order(C), float64[:,:] order(C), float64[:,:] order(C), float64[:,:] order(C))
def advance(first, ticks, tick, capacity, demand, failing, fixed, quota, state, orders, out):
    """Run B services for `ticks` ticks from number `first`, in place.

    `tick` (B,) s; `capacity`, `demand` per s and `failing`, the share of answers that fail whatever the load (B, all
    ticks); `fixed` (B, 7): unloaded round trip s, growth of it with load, queue bound s, capacity a rejection costs,
    share of rejections that are 5xx, 95th percentile over mean round trip, promised 95th percentile s; `quota` (B, 2):
    requests, ticks between resets (0: none); `state` (B, 5): backlog, tokens, rejected in the last tick, quota used,
    load; `orders` (B, 3): limit per s, burst, concurrency. `out` (B, 8): sent, answered, 429 and 5xx requests; mean and
    longest round trip s; in flight at the end; utility = answered - rejected - LATE x answered x
    excess latency (0 to 1).
    """
    for b in range(tick.shape[0]):
        _run(first, ticks, tick[b], capacity[b], demand[b], failing[b], fixed[b], quota[b], state[b], orders[b], out[b])


# pythran export explore(int, int, float64[], float64[:,:] order(C), float64[:,:] order(C), float64[:,:] order(C),
#     float64[:,:] order(C), float64[:,:] order(C), float64[:,:] order(C), float64, float64[:,:] order(C))
def explore(first, ticks, tick, capacity, demand, failing, fixed, state, offers, backlog_cost, values):
    """Fill `values` (B, K) with the utility of `offers` (K, 3), without a quota.

    An offer is a limit, as a share of the mean capacity, a burst, as a share of what the limit allows in these ticks,
    and a cap on requests in flight, as a multiple of those that the mean capacity has on their way unloaded. Other
    arguments as in `advance`. A request left in the queue costs `backlog_cost`. States stay as they are.
    """
    out = np.zeros(8)
    order = np.zeros(3)
    quota = np.array([np.inf, 0.0])
    for b in range(tick.shape[0]):
        mean = np.mean(capacity[b, first : first + ticks])
        for j in range(offers.shape[0]):
            own = state[b].copy()
            order[0] = offers[j, 0] * mean
            order[1] = offers[j, 1] * order[0] * ticks * tick[b]
            order[2] = offers[j, 2] * mean * fixed[b, 0]
            _run(first, ticks, tick[b], capacity[b], demand[b], failing[b], fixed[b], quota, own, order, out)
            values[b, j] = out[7] - backlog_cost * own[0]
