"""Options become a plan: defaults, layer groups by number, refusals that name the limit."""

import pytest

from acumen.errors import InvalidInput
from acumen.neural.learner import Habits
from acumen.proto.v1.training_job_pb2 import TrainingOptions
from acumen.training.plan import Plan, frozen_groups, plan_of

GROUPS = ("input", "hidden", "middle", "output")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", set()), ("0", {"input"}), ("0-2", {"input", "hidden", "middle"}), ("0, 2-3", {"input", "middle", "output"})],
)
def test_groups_are_named_by_number_and_range(text: str, expected: set[str]) -> None:
    """A number, a range and a list of both mean the groups in the model's order."""
    assert frozen_groups(text, GROUPS) == expected


@pytest.mark.parametrize("text", ["4", "0-4", "2-1", "x", "1-", "-1", "0-3", "0,,1"])
def test_what_is_no_range_is_refused_with_the_valid_one(text: str) -> None:
    """The error names the field, the part that is wrong and what there is."""
    with pytest.raises(InvalidInput) as caught:
        frozen_groups(text, GROUPS)
    violation = caught.value.violations[0]
    assert violation.field == "options.freeze_layers"
    assert "0-3" in violation.description or "0 input" in violation.description


def test_what_is_not_stated_has_a_default_and_zero_is_a_statement() -> None:
    """Absent epochs are 50; 0 epochs are 0; the anchor can be switched off."""
    assert plan_of(TrainingOptions(), GROUPS) == Plan()
    stated = plan_of(TrainingOptions(epochs=0, anchor=0.0, gradient_accumulation=4, batch_size=8), GROUPS)
    assert (stated.epochs, stated.anchor, stated.examples_a_step) == (0, 0.0, 32)


def test_few_examples_are_passed_over_until_there_are_enough_steps() -> None:
    """A model's least number of steps raises the epochs, unless a number of epochs was asked for."""
    habits = Habits(epochs=10, least_steps=600, batch_size=64)
    assert plan_of(TrainingOptions(), GROUPS, habits).over(640).epochs == 60
    assert plan_of(TrainingOptions(), GROUPS, habits).over(64_000).epochs == 10
    assert plan_of(TrainingOptions(epochs=3), GROUPS, habits).over(640).epochs == 3


def test_a_memory_limit_that_no_process_could_keep_is_refused() -> None:
    """The error names the value and the least."""
    with pytest.raises(InvalidInput, match="1000 bytes, the least is 67108864"):
        plan_of(TrainingOptions(memory_limit_bytes=1000), GROUPS)
