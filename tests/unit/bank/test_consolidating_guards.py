"""Guards name what makes two texts different statements, and leave wordings of one statement alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acumen.bank.consolidating.guards import Guard, differs
from benchmarks.eval import look_alikes

DIFFERENT = [
    (Guard.NUMBER, "Retry 3 times", "Retry 5 times"),
    (Guard.NUMBER, "Wait 5 seconds", "Wait 5 ms"),
    (Guard.NUMBER, "Use Python 3.10", "Use Python 3.1"),
    (Guard.NUMBER, "It is -5 degrees", "It is 5 degrees"),
    (Guard.NUMBER, "Retry two times", "Retry 3 times"),
    (Guard.NUMBER, "Use the third attempt", "Use the second attempt"),
    (Guard.NUMBER, "Keep 3-5 copies", "Keep 3-6 copies"),
    (Guard.NEGATION, "Never deploy on Friday", "Always deploy on Friday"),
    (Guard.NEGATION, "Deploy with tests", "Deploy without tests"),
    (Guard.NEGATION, "The cache isn't shared", "The cache is shared"),
    (Guard.NEGATION, "Retry unless it fails", "Retry if it fails"),
    (Guard.IDENTIFIER, "Set max_retries first", "Set max_attempts first"),
    (Guard.IDENTIFIER, "Pass --force to it", "Pass --no-force to it"),
    (Guard.IDENTIFIER, "Open /etc/hosts", "Open /etc/passwd"),
    (Guard.IDENTIFIER, "Error E1001 is final", "Error E1002 is final"),
    (Guard.NAME, "Use Redis for sessions", "Use Kafka for sessions"),
    (Guard.OPPOSITE, "Enable the flag", "Disable the flag"),
    (Guard.OPPOSITE, "Raise the limit", "Lower the limit"),
    (Guard.OPPOSITE, "The token is valid", "The token is invalid"),
    (Guard.QUANTITY, "All admins may delete rows", "Some admins may delete rows"),
    (Guard.QUANTITY, "Only admins delete rows", "Admins delete rows"),
    (Guard.OBLIGATION, "You must lock the table", "You may lock the table"),
    (Guard.DIRECTION, "The `parser` calls the `lexer`", "The `lexer` calls the `parser`"),
    (Guard.DIRECTION, "The `parser` calls the `lexer`", "The `parser` is called by the `lexer`"),
    (Guard.DIRECTION, "The client retries the server", "The server retries the client"),
    (Guard.DIRECTION, "Run migrations before deploying", "Run migrations after deploying"),
    (Guard.DIRECTION, "Copy from staging to production", "Copy from production to staging"),
    (Guard.REPLACED, "Restart the worker after a change", "Restart the server after a change"),
]

SAME = [
    ("Retry 3 times", "Retry three times"),
    ("Wait 5s", "Wait five seconds"),
    ("Keep 1,000 rows", "Keep 1000 rows"),
    ("Wait a minute", "Wait 1 minute"),
    ("Keep twenty-five rows", "Keep 25 rows"),
    ("Never deploy on Friday", "Do not deploy on Fridays"),
    ("Avoid deploying on Friday", "Never deploy on Friday"),
    ("Don't forget to lock the table", "Lock the table"),
    ("Run migrations before deploying", "Deploy after running the migrations"),
    ("Run migrations before deploying", "Before deploying, run the migrations"),
    ("The `parser` calls the `lexer`", "The `lexer` is called by the `parser`"),
    ("Copy from staging to production", "Copy to production from staging"),
    ("Alice and Bob agree", "Bob and Alice agree"),
    ("Delete the file", "Remove the file"),
]


@pytest.mark.parametrize(("guard", "a", "b"), DIFFERENT)
def test_what_differs_is_named(guard: Guard, a: str, b: str) -> None:
    """The difference is found, by the guard it belongs to."""
    found = differs(a, b)
    assert found is not None and found.guard is guard


@pytest.mark.parametrize(("a", "b"), SAME)
def test_wordings_of_one_statement_pass(a: str, b: str) -> None:
    """No guard objects to another wording."""
    assert differs(a, b) is None


@pytest.mark.parametrize("seed", range(3))
def test_generated_look_alikes_never_pass(seed: int) -> None:
    """A pair that differs in a digit, a negation or an identifier alone is always told apart."""
    passed = [pair for pair in look_alikes.generated(70, seed) if differs(*pair[1:]) is None]
    assert passed == []


TEXTS = st.lists(
    st.sampled_from(
        [
            "the",
            "a",
            "parser",
            "lexer",
            "calls",
            "is",
            "by",
            "not",
            "never",
            "must",
            "may",
            "3",
            "three",
            "five",
            "5",
            "ms",
            "seconds",
            "before",
            "after",
            "from",
            "to",
            "and",
            "Redis",
            "Kafka",
            "max_retries",
            "--force",
            ",",
            "only",
            "all",
            "enable",
            "disable",
            "retry",
            "fast",
        ]
    ),
    max_size=12,
).map(" ".join)


@given(TEXTS, TEXTS)
def test_symmetric(a: str, b: str) -> None:
    """Exchanging the texts exchanges the sides of the difference and nothing else."""
    there, back = differs(a, b), differs(b, a)
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert (there.guard, there.first, there.second) == (back.guard, back.second, back.first)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_can_be_read(a: str, b: str) -> None:
    """Whatever the characters, an answer comes back, and a text never differs from itself."""
    assert differs(a, a) is None
    assert (differs(a, b) is None) == (differs(b, a) is None)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_numbers_are_compared_by_value(a: int, b: int) -> None:
    """Two counts pass exactly when they are the same count, with or without thousands separators."""
    found = differs(f"Keep {a} copies of the file", f"Keep {b:,} copies of the file")
    assert (found is None) == (a == b)
