"""Examples are divided by seed alone, and never used twice."""

import pytest

from acumen.errors import DataUnusable
from acumen.proto.models.v1.text_pb2 import Text
from acumen.proto.v1.training_example_pb2 import TrainingExample
from acumen.training.split import order_of, split


def _examples(n: int) -> list[TrainingExample]:
    return [TrainingExample(text=Text(text=str(i))) for i in range(n)]


@pytest.mark.parametrize("n", [10, 11, 57, 1000])
def test_every_example_has_one_use(n: int) -> None:
    """Training, selection and judgement together are the data, each example once, and none is empty."""
    parts = split(_examples(n), 0.2, seed=3)
    used = [example.text.text for part in (parts.train, parts.select, parts.judge) for example in part]
    assert sorted(used) == sorted(str(i) for i in range(n))
    assert len(parts.select) >= 2 and len(parts.judge) >= 2
    assert abs(len(parts.select) + len(parts.judge) - max(4, 0.2 * n)) <= 1


def test_the_seed_decides() -> None:
    """Equal seeds divide alike, others do not; epochs have orders of their own that can be made again."""
    same, other = split(_examples(50), 0.2, 1), split(_examples(50), 0.2, 2)
    assert split(_examples(50), 0.2, 1) == same != other
    assert order_of(3, 50, 1).tolist() == order_of(3, 50, 1).tolist() != order_of(4, 50, 1).tolist()


def test_fewer_than_ten_are_refused() -> None:
    """The error says how many there are and how many are needed."""
    with pytest.raises(DataUnusable, match="9 examples, at least 10"):
        split(_examples(9), 0.2, 0)
