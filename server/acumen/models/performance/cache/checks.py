"""What an input must satisfy, and what an output promises."""

from itertools import pairwise
from typing import Any

import numpy as np

from acumen.errors import Violation
from acumen.models.performance.cache import columns, plan, reading
from acumen_accel import cache_replay

MOST_ACCESSES = 20_000
MOST_ENTRIES = 10**9
MOST_SIZES = 8
BINS = 16
# Hit ratios have six significant digits.
SLACK = 1e-6


def violations(message: Any) -> list[Violation]:
    """Return every rule an input breaks."""
    found = _sizes(message) + _cost("miss_cost_ms", message.miss_cost_ms)
    found += _cost("entry_cost_ms", message.entry_cost_ms)
    kind = message.WhichOneof("pattern")
    if kind is None:
        return [*found, _violation("pattern", "neither a trace nor a summary is given")]
    return found + (_trace(message) if kind == "trace" else _summary(message.summary))


def _violation(field: str, description: str) -> Violation:
    return Violation(field=f"access_pattern.{field}", description=description)


def _sizes(message: Any) -> list[Violation]:
    sizes = list(message.cache_entries)
    if not 1 <= len(sizes) <= MOST_SIZES:
        return [_violation("cache_entries", f"holds {len(sizes)} sizes, must be 1 to {MOST_SIZES}")]
    found = [
        _violation(f"cache_entries[{i}]", f"is {c}, must be 1 to {MOST_ENTRIES}")
        for i, c in enumerate(sizes)
        if not 1 <= c <= MOST_ENTRIES
    ]
    return found + [
        _violation(f"cache_entries[{i + 1}]", f"is {b}, must be above the {a} before it")
        for i, (a, b) in enumerate(pairwise(sizes))
        if b <= a
    ]


def _cost(field: str, value: float) -> list[Violation]:
    return [] if 0 <= value < np.inf else [_violation(field, f"is {value}, must be finite and at least 0")]


def _trace(message: Any) -> list[Violation]:
    n, times = len(message.trace.key_hash), columns.t_ms(message)
    found = []
    if not 1 <= n <= MOST_ACCESSES:
        found.append(_violation("trace.key_hash", f"holds {n} accesses, must be 1 to {MOST_ACCESSES}"))
    if times.size not in (0, n):
        found.append(_violation("trace.t_ms", f"holds {times.size} times, must be none or {n}, one an access"))
    odd = np.flatnonzero(~np.isfinite(times)).tolist()
    found += [_violation(f"trace.t_ms[{i}]", f"is {times[i]}, must be finite") for i in odd]
    with np.errstate(invalid="ignore"):
        falls = (np.flatnonzero(times[1:] < times[:-1]) + 1).tolist()
    return found + [
        _violation(f"trace.t_ms[{i}]", f"is {times[i]}, must not be below the {times[i - 1]} before it") for i in falls
    ]


def _summary(summary: Any) -> list[Violation]:
    bins = np.array(summary.reuse_distance, np.float64)
    found = [
        _violation(f"summary.reuse_distance[{i}]", f"is {bins[i]}, must be 0 to 1")
        for i in np.flatnonzero(~((bins >= 0) & (bins <= 1))).tolist()
    ]
    if bins.size != BINS:
        found.append(_violation("summary.reuse_distance", f"holds {bins.size} bins, must be {BINS}"))
    elif not found and bins.sum() > 1 + 1e-6:
        found.append(_violation("summary.reuse_distance", f"sums to {bins.sum():.9g}, must be at most 1"))
    limits = {"popularity_alpha": 5.0, "one_hit_ratio": 1.0, "scan_score": 1.0, "loop_score": 1.0}
    for field, limit in limits.items():
        value = getattr(summary, field)
        if not 0 <= value <= limit:
            found.append(_violation(f"summary.{field}", f"is {value}, must be 0 to {limit:g}"))
    if summary.unique_keys < 1:
        found.append(_violation("summary.unique_keys", "is 0, must be at least 1"))
    if summary.accesses < summary.unique_keys:
        text = f"is {summary.accesses}, must be at least unique_keys, {summary.unique_keys}"
        found.append(_violation("summary.accesses", text))
    return found


def broken_promises(message: Any, output: Any) -> list[str]:
    """Return what `output` promises and does not keep."""
    if [size.entries for size in output.sizes] != list(message.cache_entries):
        return ["sizes are not cache_entries in order"]
    broken = [text for size in output.sizes for text in _size_plan(size)]
    broken += _choice(message, output) + _flags(message, output)
    return broken + (_replayed(message, output) if message.WhichOneof("pattern") == "trace" else [])


def _size_plan(size: Any) -> list[str]:
    at = f"at {size.entries}: "
    broken = []
    if sorted(p.policy for p in size.policies) != list(range(1, len(plan.POLICIES) + 1)):
        return [at + "policies are not each listed once"]
    if any(not 0 <= p.hit_ratio_q10 <= p.hit_ratio_q50 <= p.hit_ratio_q90 <= 1 for p in size.policies):
        broken.append(at + "quantiles are not 0 <= q10 <= q50 <= q90 <= 1")
    order = [(-p.hit_ratio_q50, p.policy) for p in size.policies]
    if order != sorted(order):
        broken.append(at + "policies are not by median, ties by number")
    if size.policy != size.policies[0].policy:
        broken.append(at + "policy is not the first listed")
    return broken


def _choice(message: Any, output: Any) -> list[str]:
    """Check the size: the smallest within the tolerance of the least cost; and that the policy is that size's."""
    n, miss = reading.accesses(message), message.miss_cost_ms or 1.0
    costs = [miss * n * (1 - s.policies[0].hit_ratio_q50) + message.entry_cost_ms * s.entries for s in output.sizes]
    limit, slack = min(costs) + plan.TOLERANCE * miss * n, SLACK * max(1.0, *map(abs, costs))
    chosen = [s.entries for s in output.sizes].index(output.recommended_entries)
    broken = []
    if costs[chosen] > limit + slack or any(cost < limit - slack for cost in costs[:chosen]):
        broken.append("recommended_entries is not the smallest size of least cost")
    if output.policy != output.sizes[chosen].policy:
        broken.append("policy is not that of the recommended size")
    return broken


def _flags(message: Any, output: Any) -> list[str]:
    """Check ttl_ms, admission and prefetch against the input itself."""
    if message.WhichOneof("pattern") == "trace":
        keys, times = list(message.trace.key_hash), list(message.trace.t_ms)
        dense, unique = cache_replay.number(columns.key_hash(message))
        runs = cache_replay.runs(dense, unique)
        one_hit, loop = runs[3] / unique, runs[1] / len(keys)
        ttl = _slow_time_to_live(keys, times)
    else:
        one_hit, loop, ttl = message.summary.one_hit_ratio, message.summary.loop_score, 0.0
    drops = output.policy - 1 in plan.DROPS_ONCE_SEEN
    broken = []
    if output.ttl_ms != ttl:
        broken.append(f"ttl_ms is {output.ttl_ms}, must be {ttl}")
    if output.admission != (drops and one_hit >= plan.MANY_ONCE_SEEN):
        broken.append("admission does not follow from policy and keys asked for once")
    if output.prefetch != (loop >= plan.MOSTLY_LOOPS):
        broken.append("prefetch does not follow from the loop score")
    return broken


def _slow_time_to_live(keys: list[int], times: list[float]) -> float:
    last: dict[int, float] = {}
    gaps = []
    for key, time in zip(keys, times, strict=False):
        if key in last:
            gaps.append(time - last[key])
        last[key] = time
    return sorted(gaps)[int(np.ceil(plan.TTL_SHARE * len(gaps))) - 1] if gaps else 0.0


def _replayed(message: Any, output: Any) -> list[str]:
    """Check that the chosen policy's forecast is its replay, and that no policy left unreplayed reaches it."""
    keys, unique = cache_replay.number(columns.key_hash(message))
    size = next(s for s in output.sizes if s.entries == output.recommended_entries)
    capacity = int(min(size.entries, unique))
    exact = {p.policy: cache_replay.replay(keys, unique, capacity, p.policy) / keys.size for p in size.policies}
    best = exact[output.policy]
    broken = []
    for p in size.policies:
        quantiles = (p.hit_ratio_q10, p.hit_ratio_q50, p.hit_ratio_q90)
        told = all(abs(q - exact[p.policy]) <= SLACK for q in quantiles)
        if not told and (p.policy == output.policy or p.hit_ratio_q90 >= best):
            broken.append(f"{plan.POLICIES[p.policy - 1]} may reach the chosen policy and was not replayed")
    return broken
