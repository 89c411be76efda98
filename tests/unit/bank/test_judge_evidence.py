"""Evidence outranks words: what was executed before what was counted, what was counted before what was said."""

import pytest

from acumen.bank.judging import judge

# What is said, and whether it is good: True, False, or None where nothing may be concluded.
SNIPPETS = [
    ("0 errors", True),
    ("The linter reports 0 errors and 0 warnings.", True),
    ("All 42 tests pass.", True),
    ("All 42 tests pass, although an earlier run failed.", True),
    ("The word failed appears in the log, but 17 passed, 0 failed in 0.31s.", True),
    ("Sadly it failed. Then I fixed it.\n===== 12 passed in 0.52s =====", True),
    ("Success! Everything works perfectly.\nProcess exited with code 1", False),
    ("Great success, done and verified. exit code: 1", False),
    ("There was an error message in the old log.\nexit code 0", True),
    ("2 failed, 40 passed in 3.1s", False),
    ("40 passed, 2 failed", False),
    ("Ran 12 tests in 0.003s\n\nOK", True),
    ("Ran 12 tests in 0.003s\n\nFAILED (failures=2)", False),
    ("test result: ok. 5 passed; 0 failed; 0 ignored", True),
    ("test result: FAILED. 4 passed; 1 failed; 0 ignored", False),
    ("Everything is perfect.\nTraceback (most recent call last):\n  File 'x.py', line 1\nValueError: bad", False),
    ("Traceback (most recent call last):\nValueError: bad\nI repaired it.\n8 passed in 0.1s", True),
    ("8 passed in 0.1s\nafter the merge:\nTraceback (most recent call last):\nValueError: bad", False),
    ("BUILD FAILURE\nbut the change is correct", False),
    ("BUILD SUCCESS\n(the first attempt failed)", True),
    ("--- FAIL: TestParse (0.00s)\nI think it works now", False),
    ("ok  \tgithub.com/a/b\t0.012s", True),
    ("No errors were found.", True),
    ("It ran without any errors.", True),
    ("There are 3 errors left.", False),
    ("errors: 0", True),
    ("errors: 7", False),
    ("It did not fail.", True),
    ("It never crashed.", True),
    ("It does not work; it failed again.", False),
    ("The deployment failed.", False),
    ("The deployment succeeded.", True),
    ("The function handles errors and returns exit code 1 when the file is missing.", None),
    ("If it fails, call support.", None),
    ("All tests must pass before merging.", None),
    ("Improve the error message of the parser.", None),
    ("npm ERR! code ELIFECYCLE\nbut it looks successful", False),
    ("10/10 tests passed", True),
    ("9/10 tests passed", False),
    ("0 tests failed", True),
    ("No tests failed.", True),
    ("panic: runtime error: index out of range\nthe fix works", False),
    ("The total is 12 + 30 = 42, so it failed nobody.", True),
    ("It is correct that 12 + 30 = 52.", False),
    ("25% of 80 is 20", True),
    ("25% of 80 is 30", False),
    ("18 of 24 (75%) were solved", True),
    ("18 of 24 (85%) were solved", False),
]


@pytest.mark.parametrize(("said", "good"), SNIPPETS)
def test_order_of_evidence(said: str, good: bool | None) -> None:
    """A statement is judged by the strongest evidence in it, and not at all where it only supposes or describes."""
    (correctness,) = judge(said, "do it", criteria={"correctness": 1.0}).criteria
    if good is None:
        assert correctness.confidence == 0.0 and correctness.score == 0.5
    else:
        assert (correctness.score > 0.5) == good and correctness.score != 0.5
        assert correctness.confidence > 0


@pytest.mark.parametrize(("said", "good"), [s for s in SNIPPETS if s[1] is not None])
def test_quotes_are_verbatim_and_effects_add_up(said: str, good: bool | None) -> None:
    """Every quote is found in what was judged, and the score is one half plus the effects."""
    (correctness,) = judge(said, "do it", criteria={"accuracy": 2.0}).criteria
    assert all(e.quote in said and e.quote for e in correctness.evidence)
    assert correctness.score == min(0.98, max(0.02, 0.5 + sum(e.effect for e in correctness.evidence)))
    assert all(e.quote in correctness.rationale for e in correctness.evidence)


def test_words_are_believed_less_than_runs() -> None:
    """`failed` alone is weaker and less certain than a failing run."""
    words = judge("It failed.", "do it", criteria={"correctness": 1.0})
    run = judge("3 tests failed", "do it", criteria={"correctness": 1.0})
    assert run.score < words.score < 0.5 and run.confidence > words.confidence


def test_other_bases_are_left_alone() -> None:
    """Sums are not recomputed where another base is spoken of."""
    verdict = judge("In base-9, 5+8=14.", "add in base-9", criteria={"correctness": 1.0})
    assert verdict.confidence == 0.0


@pytest.mark.parametrize(
    ("response", "reference", "good"),
    [
        ("Paris", "Paris", True),
        ("The capital is Paris.", "Paris", True),
        ("The answer is 41", "42", False),
        ("So x = 42", "42", True),
        ("1,000", "1000", True),
        ("London", "Paris", False),
    ],
)
def test_a_reference_decides(response: str, reference: str, good: bool) -> None:
    """Agreement with a reference is good, disagreement is bad, whatever the words say."""
    verdict = judge(response, "what is it", reference=reference, criteria={"correctness": 1.0})
    assert (verdict.score > 0.5) == good
