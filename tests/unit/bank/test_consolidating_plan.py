"""Plans merge what states the same, keep apart what does not, and can be carried out, repeated and undone."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acumen.bank.consolidating.pairs import PairModel
from acumen.bank.consolidating.plan import Plan, plan
from acumen.bank.consolidating.settings import DAY_MS, Settings
from acumen.bank.consolidating.step import Kind, apply, undo
from acumen.bank.pattern import Pattern, Polarity, State, Statistics
from acumen.text.static import load
from benchmarks.eval import look_alikes
from benchmarks.eval.facts import DEVELOPMENT, HELD_OUT

EMBEDDER = load()
MODEL = PairModel.load(EMBEDDER)
SETS = DEVELOPMENT | HELD_OUT
NOW = 1_000 * DAY_MS


def planned(patterns: list[Pattern], now_ms: int = NOW, decided: Settings | None = None) -> Plan:
    """Plan with every pair as a near pair."""
    near = [(i, j, 0.9) for i in range(len(patterns)) for j in range(i)]
    return plan(patterns, near, now_ms, decided or Settings(), MODEL)


def carried_out(patterns: list[Pattern], made: Plan) -> dict[str, Pattern]:
    bank = {p.id: p for p in patterns}
    for step in made.steps:
        bank = apply(bank, step)
    return bank


def fresh(id_: str, content: str, **rest: object) -> Pattern:
    return replace(Pattern(id=id_, content=content, created_ms=NOW), **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SETS)
def test_five_facts_remain(name: str) -> None:
    """Of five facts in three wordings each five patterns remain, one for each fact."""
    patterns = [fresh(f"{i}-{k}", text) for i, fact in enumerate(SETS[name]) for k, text in enumerate(fact)]
    bank = carried_out(patterns, planned(patterns))
    left = [p.id for p in bank.values() if p.state is State.ACTIVE]
    assert sorted(id_[0] for id_ in left) == ["0", "1", "2", "3", "4"]


def test_look_alikes_are_never_merged() -> None:
    """Pairs that differ in a digit, a negation or an identifier stay two patterns."""
    for _, a, b in look_alikes.generated(70, 11):
        assert planned([fresh("a", a), fresh("b", b)]).duplicates_removed == 0


WORDINGS = [text for facts in SETS.values() for fact in facts for text in fact]
PATTERNS = st.lists(
    st.builds(
        lambda text, polarity, successes, failures, selections, age: fresh(
            "",
            text,
            polarity=polarity,
            created_ms=NOW - age * DAY_MS,
            statistics=Statistics(successes=successes, failures=failures, selections=selections),
        ),
        st.sampled_from(WORDINGS[:24]),
        st.sampled_from(Polarity),
        st.integers(0, 3),
        st.integers(0, 3),
        st.integers(0, 2),
        st.integers(0, 900),
    ),
    max_size=9,
).map(lambda found: [replace(p, id=f"p{i}") for i, p in enumerate(found)])


@settings(max_examples=25, deadline=None)
@given(PATTERNS)
def test_planning_again_finds_nothing(patterns: list[Pattern]) -> None:
    """After a plan was carried out there is nothing left to do."""
    bank = carried_out(patterns, planned(patterns))
    assert planned(list(bank.values())).steps == ()


@settings(max_examples=25, deadline=None)
@given(PATTERNS, st.randoms(use_true_random=False))
def test_order_does_not_matter(patterns: list[Pattern], random: st.random_module) -> None:
    """Patterns in another order give the same plan, winners and all."""
    shuffled = list(patterns)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert planned(shuffled) == planned(patterns)


@settings(max_examples=25, deadline=None)
@given(PATTERNS)
def test_undo_restores_exactly(patterns: list[Pattern]) -> None:
    """Undone from the last step to the first, a plan leaves every pattern as it was."""
    made = planned(patterns)
    bank = carried_out(patterns, made)
    for step in reversed(made.steps):
        bank = undo(bank, step)
    assert bank == {p.id: p for p in patterns}


def test_the_best_proven_wins_and_takes_over_the_statistics() -> None:
    """The winner has the most successes; counts are added once, both are linked."""
    loser = fresh("a", "Delete the file.", statistics=Statistics(successes=1, failures=2, selections=9))
    best = fresh("b", "Remove the file.", statistics=Statistics(successes=4, failures=1, last_used_ms=7))
    made = planned([loser, best], decided=Settings(merge_at=0.01))
    bank = carried_out([loser, best], made)
    assert bank["a"].state is State.SUPERSEDED and bank["a"].superseded_by == "b"
    assert bank["b"].supersedes == ("a",)
    assert bank["b"].statistics == Statistics(successes=5, failures=3, selections=9, last_used_ms=7)
    evidence = made.steps[0].evidence
    assert (evidence.cosine, evidence.difference) == (0.9, None)
    assert evidence.p_same == pytest.approx(MODEL.p_same("Delete the file.", "Remove the file."))


def test_undoing_a_merge_keeps_what_came_later() -> None:
    """Outcomes recorded after a merge stay with the winner when the merge is undone."""
    patterns = [fresh("a", "Lock the table."), fresh("b", "Lock the table.", statistics=Statistics(successes=2))]
    made = planned(patterns)
    bank = carried_out(patterns, made)
    bank["b"] = replace(bank["b"], statistics=replace(bank["b"].statistics, successes=5.0))
    back = undo(bank, made.steps[0])
    assert back["b"].statistics.successes == 5 and back["b"].supersedes == () and back["a"] == patterns[0]


@pytest.mark.parametrize(
    "change", [{"polarity": Polarity.GUARDRAIL}, {"subject": "someone"}, {"actions": ("close", "open")}]
)
def test_only_like_merges_with_like(change: dict[str, object]) -> None:
    """The same words of another polarity, of another owner or with other actions are not merged."""
    pair = [fresh("a", "Lock the table.", actions=("open", "close")), fresh("b", "Lock the table.")]
    pair[1] = replace(pair[1], **({"actions": ("open", "close")} | change))  # type: ignore[arg-type]
    assert planned(pair).duplicates_removed == 0


def test_what_was_merged_before_still_counts() -> None:
    """A newcomer that agrees with the winner but not with what the winner superseded is kept apart."""
    old = fresh("a", "Send the report to the team by mail.", state=State.SUPERSEDED, superseded_by="b")
    winner = fresh("b", "Send the report to the team.", supersedes=("a",))
    newcomer = fresh("c", "Send the report to the team.")
    assert planned([winner, newcomer]).duplicates_removed == 1
    changed = replace(old, content="Never send the report to the team.")
    assert planned([changed, winner, newcomer]).duplicates_removed == 0


def test_pairs_kept_apart_are_counted_by_guard() -> None:
    """A pair that would merge but for a number counts for that guard; unlike pairs and other polarities do not."""
    texts = "Retry the upload 3 times.", "Retry the upload 5 times.", "Taste the soup before adding salt."
    patterns = [fresh(f"p{i}", text) for i, text in enumerate(texts)]
    assert planned(patterns).kept_apart == {"number": 1}
    patterns[1] = replace(patterns[1], polarity=Polarity.GUARDRAIL)
    assert planned(patterns).kept_apart == {}


def test_the_weaker_of_a_contradiction_is_demoted() -> None:
    """A lesson and its negation are linked, and the one with the lower success rate is demoted."""
    good = fresh("a", "Deploy on Friday afternoon.", statistics=Statistics(successes=5))
    bad = fresh("b", "Do not deploy on Friday afternoon.", statistics=Statistics(failures=5))
    bank = carried_out([good, bad], planned([good, bad]))
    assert bank["a"].contradicts == ("b",) and bank["b"].contradicts == ("a",)
    assert (bank["a"].state, bank["b"].state) == (State.ACTIVE, State.DEMOTED)


def test_a_contradiction_without_evidence_demotes_neither() -> None:
    """Where outcomes do not tell, both stay active and linked."""
    pair = [fresh("a", "Deploy on Friday."), fresh("b", "Do not deploy on Friday.")]
    bank = carried_out(pair, planned(pair))
    assert {p.state for p in bank.values()} == {State.ACTIVE} and bank["a"].contradicts == ("b",)


def test_expiry_removes_and_gives_back() -> None:
    """A pattern past its time is removed; what it had superseded and has time left is active again."""
    loser = fresh("a", "Lock the table.", state=State.SUPERSEDED, superseded_by="b")
    winner = fresh("b", "Lock the table.", supersedes=("a",), expires_ms=NOW)
    bank = carried_out([loser, winner], planned([loser, winner]))
    assert list(bank) == ["a"] and bank["a"].state is State.ACTIVE and bank["a"].superseded_by == ""


def test_time_to_live_counts_from_the_last_use() -> None:
    """Unused for longer than the time to live, a pattern goes; one used since stays."""
    unused = fresh("a", "Lock the table.", created_ms=NOW - 40 * DAY_MS)
    used = replace(unused, id="b", content="Rest the dough.", statistics=Statistics(last_used_ms=NOW - DAY_MS))
    made = planned([unused, used], decided=Settings(ttl_ms=30 * DAY_MS))
    assert [step.changes[0].before.id for step in made.of(Kind.EXPIRE)] == ["a"]


def test_decay_spares_what_succeeded_lately() -> None:
    """Old and worthless patterns decay; one that succeeds stays however often it failed."""
    old = fresh("a", "Lock the table.", created_ms=NOW - 900 * DAY_MS)
    failing = Statistics(successes=1, failures=99, last_used_ms=NOW - DAY_MS)
    used = replace(old, id="b", content="Rest the dough.", statistics=failing)
    made = planned([old, used])
    assert [step.changes[0].before.id for step in made.of(Kind.DECAY)] == ["a"]
    assert made.steps[0].evidence.worth == pytest.approx(0.5 * 2**-10)
