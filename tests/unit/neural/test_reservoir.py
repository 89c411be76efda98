"""A reservoir of examples: fair to every target, bounded, the same whatever the order, back as it was put."""

import numpy as np
import pytest

from acumen.errors import ModelCorrupt
from acumen.neural import reservoir
from acumen.neural.weights import pack
from acumen.proto.models.v1.text_pb2 import Text, TextTruth
from acumen.proto.v1.training_example_pb2 import TrainingExample


def examples(label: str, count: int, length: int = 10) -> list[TrainingExample]:
    return [
        TrainingExample(text=Text(text=f"{label} {i} ".ljust(length, "x")), text_truth=TextTruth(label=label))
        for i in range(count)
    ]


def test_what_is_kept_comes_back() -> None:
    """Few examples are all kept, each as it was; weights without a reservoir have none."""
    some = [*examples("a", 5), *examples("ü", 3)]
    back = reservoir.of(reservoir.keep(some, 100, 1))
    assert sorted(one.SerializeToString() for one in back) == sorted(one.SerializeToString() for one in some)
    assert reservoir.of({}) == [] and reservoir.of(reservoir.keep([], 10, 0)) == []


def test_a_rare_target_is_not_crowded_out() -> None:
    """Of 1,000, 50 and 5 examples, 45 kept are 20, 20 and all 5."""
    kept = reservoir.of(reservoir.keep([*examples("a", 1000), *examples("b", 50), *examples("c", 5)], 45, 3))
    counts = [sum(one.text_truth.label == label for one in kept) for label in "abc"]
    assert counts == [20, 20, 5]


def test_order_and_repetition_do_not_matter_and_the_seed_does() -> None:
    """The same set gives the same bytes in any order, with repetitions or not; another seed keeps others."""
    some = [*examples("a", 300), *examples("b", 300)]
    mixed = [some[i] for i in np.random.default_rng(0).permutation(len(some))]
    assert pack(reservoir.keep(some, 50, 7)) == pack(reservoir.keep([*mixed, *some[:20]], 50, 7))
    assert pack(reservoir.keep(some, 50, 7)) != pack(reservoir.keep(some, 50, 8))


def test_it_never_holds_more_than_its_bytes() -> None:
    """Two hundred examples of 10 KB stay within 400 KiB, and one that is too large leaves room for others."""
    kept = reservoir.keep([*examples("a", 200, 10_000), *examples("b", 3, 500_000), *examples("c", 9)], 2000, 0)
    assert kept["reservoir/bytes"].size <= 400 << 10
    assert {one.text_truth.label for one in reservoir.of(kept)} == {"a", "c"}


def test_damaged_arrays_are_refused() -> None:
    """Offsets that do not fit, and bytes that are no example, are said to be corrupt."""
    kept = reservoir.keep(examples("a", 3), 10, 0)
    for offsets in ([0, 5], [1, kept["reservoir/bytes"].size], []):
        with pytest.raises(ModelCorrupt, match="offsets"):
            reservoir.of(kept | {"reservoir/offsets": np.array(offsets, np.int64)})
    with pytest.raises(ModelCorrupt, match="parse"):
        reservoir.of(kept | {"reservoir/bytes": np.full_like(kept["reservoir/bytes"], 255)})
