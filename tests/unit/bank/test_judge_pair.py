"""A pair is judged the same from both sides."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acumen.bank.judging import judge_pair
from acumen.bank.judging.contrast import NAMES, contrast
from acumen.bank.judging.words import read
from acumen.errors import InvalidInput

TEXT = st.text(st.sampled_from("abc deXY.,\n1-*?é"), max_size=200)
CRITERIA = st.sampled_from([{}, {"correctness": 1.0}, {"clarity": 2.0, "relevance": 1.0}, {"safety": 1.0}])


@given(TEXT, TEXT, TEXT, st.sampled_from(["", "42", "abc de"]), CRITERIA)
@settings(max_examples=200, deadline=None)
def test_swapping_gives_exactly_the_rest(
    first: str, second: str, task: str, reference: str, criteria: dict[str, float]
) -> None:
    """The probability of the second, asked the other way round, is exactly one minus that of the first."""
    there = judge_pair(first, second, task, reference=reference, criteria=criteria)
    back = judge_pair(second, first, task, reference=reference, criteria=criteria)
    assert there.p_first == 1 - back.p_first and back.p_first == 1 - there.p_first
    assert there == judge_pair(first, second, task, reference=reference, criteria=criteria)


@given(TEXT, TEXT)
@settings(max_examples=50, deadline=None)
def test_a_text_is_no_better_than_itself(text: str, task: str) -> None:
    """Of two identical texts neither is preferred, in any criterion."""
    same = judge_pair(text, text, task)
    assert same.p_first == 0.5 and all(c.score == 0.5 for c in same.criteria)


@given(TEXT, TEXT, TEXT)
@settings(max_examples=50, deadline=None)
def test_every_difference_changes_its_sign(first: str, second: str, task: str) -> None:
    """Each feature of a pair is negated by swapping, and there is one for each name."""
    a, b, t = read(first), read(second), read(task)
    there = contrast(a, b, t)
    assert len(there) == len(NAMES) and there == tuple(-v for v in contrast(b, a, t))


@pytest.mark.parametrize(
    ("good", "bad", "reference"),
    [
        ("The tests: 12 passed, 0 failed", "The tests: 11 passed, 1 failed", ""),
        ("Done. exit code 0", "Done. exit code 1", ""),
        ("12 + 30 = 42", "12 + 30 = 52", ""),
        ("It is 42", "It is 41", "42"),
    ],
)
def test_hard_evidence_decides_between_like_texts(good: str, bad: str, reference: str) -> None:
    """Of two texts that differ in one result, the one with the right result is preferred."""
    assert judge_pair(good, bad, "work it out", reference=reference).p_first > 0.6


def test_an_answer_to_another_question_loses() -> None:
    """A response that answers what was asked is preferred to one of the same length that answers something else."""
    task = "Why do cats purr when they sleep?"
    asked = "Cats purr when they sleep because purring calms them and helps them heal."
    other = "Dogs bark when they wake because barking warns others and keeps them safe."
    assert judge_pair(asked, other, task).p_first > 0.5


def test_unknown_criteria_are_refused() -> None:
    """A pair is held to the same criteria as a response."""
    with pytest.raises(InvalidInput):
        judge_pair("a", "b", "c", criteria={"beauty": 1})
