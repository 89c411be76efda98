"""What cache-v1 is called, what it promises and what its features stand for."""

from typing import Any

from acumen.models.performance.cache import features, plan, reading
from acumen.neural.spec import Category, FeatureGroup, Identity, Lever


def _entry_costs(message: Any) -> list[float]:
    """Return entry costs to try: none, and such that all entries of the largest size cost a share of all misses."""
    miss = message.miss_cost_ms or 1.0
    whole = miss * reading.accesses(message) / message.cache_entries[-1]
    return [0.0, *(whole * share for share in (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0))]


ENTRY_COST = Lever(
    field_path="entry_cost_ms",
    read=lambda message: float(message.entry_cost_ms),
    grid=_entry_costs,
    write=lambda message, value: setattr(message, "entry_cost_ms", value),
)


def _groups() -> tuple[FeatureGroup, ...]:
    names = (*features.GLOBAL_NAMES, *features.SIZE_NAMES)
    reuse, sizes = names.index("reuse_distance_0"), len(features.GLOBAL_NAMES)
    return (
        FeatureGroup(name="length and number of keys", array="base", columns=slice(0, 3), field_path="pattern"),
        FeatureGroup(name="popularity", array="base", columns=slice(3, 5), field_path="pattern"),
        FeatureGroup(name="scans and loops", array="base", columns=slice(5, 7), field_path="pattern"),
        FeatureGroup(name="reuse distances", array="base", columns=slice(reuse, sizes), field_path="pattern"),
        FeatureGroup(name="sizes", array="base", columns=slice(sizes, len(names)), field_path="cache_entries"),
        FeatureGroup(name="reuse by history", array="extra", columns=slice(0, 24), field_path="trace.key_hash"),
        FeatureGroup(name="change over time", array="extra", columns=slice(24, 34), field_path="trace.key_hash"),
        FeatureGroup(name="order", array="extra", columns=slice(34, 39), field_path="trace.key_hash"),
        FeatureGroup(name="exact replays", array="extra", columns=slice(39, 42), field_path="trace.key_hash"),
    )


IDENTITY = Identity(
    name="cache-v1",
    version="1.0.0",
    category=Category.PERFORMANCE,
    input_field="access_pattern",
    output_field="cache_plan",
    summary="Forecasts the hit ratios of nine eviction policies and recommends one, with a size.",
    event="no listed policy's hits at the recommended size, replayed over the given accesses from an empty cache, "
    "exceed the chosen policy's by more than 1 % of Belady's",
    alternative_measure="expected hit ratio at the recommended size",
    layer_groups=("base", "extra", "hidden1", "hidden2", "level", "spread", "valid"),
    training_data="12,000 generated traces of ten access patterns and their mixtures, every policy and Belady's MIN "
    "replayed exactly at three sizes each",
    limits=(
        "hit ratios are those of the accesses given, replayed from an empty cache; a workload that changes will "
        "differ, see the suites that score the next segment",
        "intervals and probabilities were calibrated on generated traces; on real ones intervals cover less than 80 % "
        "and, given a summary alone, probabilities are too high, see the suite 'real: all'",
        "every entry is taken to have the same size and every miss the same cost",
        "with a trace, replaying all nine policies is exact and for one or two sizes about as quick; the network saves "
        "replays where sizes are many, and it alone serves summaries",
        "W-TinyLFU counts exactly where real ones sketch; LIRS remembers every key of the trace; LFU has no ageing",
    ),
    summary_names=features.SUMMARY_NAMES,
    feature_groups=_groups(),
    exemplar_labels=plan.POLICIES,
    exemplar_noun="generated traces",
    levers=(ENTRY_COST,),
)
