"""Between messages and measurements: a pattern read from an input, and inputs made of traces."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from acumen.models.performance.cache import columns, features, world
from acumen.proto.models.v1 import performance_pb2 as pb


def pattern_of(message: Any) -> features.Summary | features.Trace:
    """Return an input's trace, measured, or its summary as given."""
    if message.WhichOneof("pattern") == "trace":
        return features.Trace.of(columns.key_hash(message))
    given = message.summary
    return features.Summary(
        reuse=np.array(given.reuse_distance, np.float64),
        alpha=given.popularity_alpha,
        one_hit=given.one_hit_ratio,
        scan=given.scan_score,
        loop=given.loop_score,
        unique=given.unique_keys,
        accesses=given.accesses,
    )


def summary_of(pattern: features.Summary | features.Trace) -> features.Summary:
    """Return a pattern's summary: measured from a trace, or itself."""
    return pattern.summary() if isinstance(pattern, features.Trace) else pattern


def accesses(message: Any) -> int:
    """Return how many accesses an input tells of."""
    return len(message.trace.key_hash) or int(message.summary.accesses)


def message_of(keys: Any, capacities: Sequence[int]) -> Any:
    """Return the input for a trace of non-negative keys and candidate sizes."""
    message = pb.AccessPattern(cache_entries=capacities)
    message.trace.key_hash.extend(np.asarray(keys, np.uint64).tolist())
    return message


def summarised(message: Any) -> Any:
    """Return the same input with its trace replaced by the trace's summary."""
    s = summary_of(pattern_of(message))
    out = pb.AccessPattern(cache_entries=message.cache_entries)
    out.miss_cost_ms, out.entry_cost_ms = message.miss_cost_ms, message.entry_cost_ms
    out.summary.reuse_distance.extend(s.reuse.tolist())
    out.summary.popularity_alpha, out.summary.one_hit_ratio = s.alpha, s.one_hit
    out.summary.scan_score, out.summary.loop_score = s.scan, s.loop
    out.summary.unique_keys, out.summary.accesses = s.unique, s.accesses
    return out


def example(seed: int, index: int) -> Any:
    """Generate one input with a trace, one to four sizes, half of the time with times and with a price on entries."""
    rng = world.generator(seed, index)
    keys = world.trace(rng, False)
    unique = int(np.unique(keys).size)
    message = message_of(keys, world.sizes(rng, unique, False, int(rng.integers(1, 5))))
    message.miss_cost_ms = float(np.exp(rng.uniform(-2, 4)))
    if rng.random() < 0.5:
        whole = message.miss_cost_ms * keys.size / message.cache_entries[-1]
        message.entry_cost_ms = float(whole * np.exp(rng.uniform(-5, 0)))
    if rng.random() < 0.5:
        message.trace.t_ms.extend(np.cumsum(rng.exponential(3.0, keys.size)).tolist())
    return message
