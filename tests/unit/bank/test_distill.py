"""Distilling: what separates success from failure is found, counted, scrubbed, whatever the order it came in."""

import json
import random
from collections.abc import Sequence
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acumen.bank.distilling.context import applies
from acumen.bank.distilling.distiller import Accepted, Distiller, Dropped, Report
from acumen.bank.distilling.lessons import symbols_of
from acumen.bank.distilling.sequences import closed, contains
from acumen.bank.distilling.settings import DistillSettings
from acumen.bank.pattern import Pattern, Polarity, State
from acumen.bank.trajectory import Outcome, Step, Trajectory
from acumen.errors import InvalidInput

REPAIR = "repair the failing build of the parser"
WON, LOST, OPEN = Outcome.SUCCESS, Outcome.FAILURE, Outcome.UNKNOWN


def attempt(number: int, actions: Sequence[str], outcome: Outcome, task: str = REPAIR, **more: object) -> Trajectory:
    steps = tuple(
        Step(
            action=name.rstrip("!"), arguments='{"path": "/srv/a.txt"}', error="Error: no such key" * name.endswith("!")
        )
        for name in actions
    )
    made = Trajectory(id=f"t{number}", task=task, task_id=f"task{number % 6}", steps=steps, outcome=outcome)
    return replace(made, **more)  # type: ignore[arg-type]


def planted() -> list[Trajectory]:
    """Twelve attempts that test before they push and succeed, twelve that do not and fail; six tasks."""
    good = [attempt(i, ["read", "edit", "test", "push"], WON) for i in range(12)]
    return good + [attempt(100 + i, ["read", "edit", "push"], LOST) for i in range(12)]


def distill(runs: Sequence[Trajectory], **options: object) -> tuple[list[Pattern], Report]:
    distiller = Distiller(DistillSettings(**options))  # type: ignore[arg-type]
    for run in runs:
        distiller.add(run)
    return distiller.settle(), distiller.report()


def test_contrast_finds_the_planted_difference() -> None:
    """The one step that tells success from failure is the strategy; the steps both share are not."""
    patterns, _ = distill(planted())
    (strategy,) = [p for p in patterns if p.polarity is Polarity.STRATEGY]
    assert "test" in symbols_of(strategy)
    assert (strategy.statistics.successes, strategy.statistics.failures) == (12, 0)
    assert "Of 12 attempts that did so 12 succeeded, of 12 that did not 0" in strategy.content
    assert set(strategy.sources) == {f"t{i}" for i in range(12)}
    assert strategy.state is State.PENDING


def test_a_failing_step_becomes_a_guardrail_with_its_error() -> None:
    """What went before failures is warned of, in the error's own abstracted words; its statistics count failures."""
    runs = [attempt(i, ["read", "push"], WON) for i in range(8)]
    runs += [attempt(50 + i, ["read", "migrate!", "push"], LOST) for i in range(8)]
    patterns, _ = distill(runs)
    (guardrail,) = [p for p in patterns if p.polarity is Polarity.GUARDRAIL]
    assert "migrate!" in symbols_of(guardrail) and "no such key" in guardrail.content
    assert (guardrail.statistics.successes, guardrail.statistics.failures) == (8, 0)


def test_difficulty_is_not_merit() -> None:
    """A step that only easy tasks need separates nothing once attempts are compared within their tasks."""
    runs = []
    for i in range(24):
        easy = i % 6 < 3
        runs.append(attempt(i, ["look", "close"] if easy else ["read", "close"], WON if easy else LOST))
    assert distill(runs)[0] == []
    assert distill(runs, paired=False)[0] != []


def test_groups_below_the_support_wait() -> None:
    """Three attempts are reported as waiting, and the fourth makes them a pattern."""
    runs = [attempt(i, ["read", "edit"], WON) for i in range(4)]
    patterns, report = distill(runs[:3])
    assert patterns == [] and [w.attempts for w in report.waiting] == [3]
    patterns, report = distill(runs)
    assert len(patterns) == 1 and report.waiting == ()


def test_nothing_is_taught_by_chance() -> None:
    """Where every attempt took the same steps, success and failure have nothing to be told apart by."""
    runs = [attempt(i, ["read", "edit"], WON if i % 2 else LOST) for i in range(24)]
    assert distill(runs)[0] == []


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(8, 40))
def test_the_order_does_not_matter(shuffler: random.Random, limit: int) -> None:
    """The same attempts in any order give the same patterns, even where not all of them can be kept."""
    runs = planted() + [attempt(200 + i, ["look"], OPEN, task="write a letter") for i in range(6)]
    runs.append(replace(runs[0], steps=runs[0].steps[:2]))
    mixed = runs.copy()
    shuffler.shuffle(mixed)
    assert distill(runs, max_records=limit)[0] == distill(mixed, max_records=limit)[0]


def test_memory_is_bounded_by_a_sample() -> None:
    """Of more attempts than may be kept, a fixed sample stays, and the rest is counted."""
    _, report = distill(planted(), max_records=10)
    assert (report.read, report.kept, report.sampled_out) == (24, 10, 14)


def test_settling_again_changes_nothing_and_ids_stay() -> None:
    """Patterns keep their id while evidence grows, and settling twice is settling once."""
    distiller = Distiller()
    for run in planted():
        distiller.add(run)
    first = distiller.settle()
    assert distiller.settle() == first
    distiller.add(attempt(300, ["read", "edit", "test", "push"], WON))
    assert {p.id for p in first} == {p.id for p in distiller.settle()}


def test_verdicts_stand_in_for_unknown_outcomes() -> None:
    """Judged attempts teach as much as they are believed; known outcomes are not overruled."""
    unknown = [replace(run, outcome=OPEN) for run in planted()]
    assert distill(unknown)[0] == []
    judged = Distiller(verdicts={run.id: 0.9 if run.outcome is WON else 0.1 for run in planted()})
    for run in unknown:
        judged.add(run)
    (strategy,) = [p for p in judged.settle() if p.polarity is Polarity.STRATEGY]
    assert strategy.statistics.successes == pytest.approx(12 * 0.9)


@pytest.mark.parametrize(
    ("change", "reason", "field"),
    [
        ({"id": ""}, "no id", "id"),
        ({"task": "", "task_id": ""}, "no task", "task"),
        ({"steps": ()}, "no actions", "steps"),
        ({"steps": (Step(thought="hm"),)}, "no actions", "steps"),
        ({"reward": 1.5}, "reward out of range", "reward"),
        ({"reward": float("nan")}, "reward out of range", "reward"),
        ({"id": "jane@example.com"}, "personal data", "id"),
        ({"subject": "jane@example.com"}, "personal data", "subject"),
    ],
)
def test_what_cannot_be_used_is_dropped_by_name(change: dict[str, object], reason: str, field: str) -> None:
    """Each refusal says why and where, and is counted."""
    distiller = Distiller()
    assert distiller.add(replace(attempt(1, ["read"], WON), **change)) == Dropped(reason=reason, field=field)
    assert distiller.report().dropped == {reason: 1}


@pytest.mark.parametrize("verdict", [-0.1, 1.1, float("nan")])
def test_a_verdict_is_a_probability(verdict: float) -> None:
    """A judged attempt whose verdict is no probability is dropped, not averaged in."""
    found = Distiller(verdicts={"t1": verdict}).add(attempt(1, ["read"], OPEN))
    assert found == Dropped(reason="verdict out of range", field="verdicts")


def test_one_attempt_counts_once() -> None:
    """The same id a second time is a duplicate."""
    distiller = Distiller()
    run = attempt(1, ["read"], WON)
    taken = distiller.add(run)
    assert isinstance(taken, Accepted) and taken.record.id == run.id
    assert distiller.add(run) == Dropped(reason="duplicate", field="id")


def test_no_secret_survives_in_any_field() -> None:
    """Wherever in an attempt a secret stood, no field of any pattern has it, and the report counts it."""
    secrets = (
        "sk-" + "abcdefghijklmnop1234",
        "jane.doe@example.com",
        "4111 1111 1111 1111",
        "415-555-2671",
        "hunter2!",
    )
    words = f"token {secrets[0]} of {secrets[1]}, card {secrets[2]}, call {secrets[3]}, password: {secrets[4]}"
    runs = []
    for run in planted():
        step = Step(agent=secrets[1], thought=words, action=f"mail {secrets[1]}", arguments=json.dumps({"x": words}))
        failing = Step(action="send", arguments=json.dumps({secrets[1]: 1}), error=f"Error: {words}", observation=words)
        more = {"task": f"repair the build; {words}", "tags": (secrets[1], "ci"), "metadata": {"k": words}}
        runs.append(replace(run, steps=(step, *run.steps, failing), **more))  # type: ignore[arg-type]
    patterns, report = distill(runs)
    assert patterns and report.scrubbed["secret"] and report.scrubbed["email"]
    shown = "\n".join(repr(getattr(p, f.name)) for p in patterns for f in fields(p)) + repr(report)
    assert [secret for secret in secrets if secret in shown] == []
    assert all(p.tags == ("ci",) for p in patterns)


def test_contexts_are_told_apart() -> None:
    """What helps in one kind of task is not said of another."""
    other = "book a table in the restaurant for tonight"
    runs = planted() + [attempt(600 + i, ["call", "confirm"], WON, task=other, task_id=f"b{i}") for i in range(8)]
    found = {symbols_of(p): p.context for p in distill(runs)[0] if p.polarity is Polarity.STRATEGY}
    assert found[("call", "confirm")] == other


def test_a_pattern_speaks_only_of_its_own_kind_of_task() -> None:
    """A context applies to tasks that share its words; what came of everything applies to everything."""
    assert applies("cancel the flight to <name>", "I want my flight cancelled; cancel it")
    assert not applies("cancel the flight to <name>", "write a letter") and not applies("", "write a letter")
    assert applies("any task about flight", "write a letter")


def test_settings_name_every_mistake() -> None:
    """All fields that are out of range are named at once."""
    with pytest.raises(InvalidInput) as caught:
        DistillSettings(min_support=1, similarity=2.0, max_records=0)
    assert [v.field for v in caught.value.violations] == ["min_support", "similarity", "max_records"]


@given(st.lists(st.text("abc", min_size=1, max_size=6), min_size=2, max_size=8))
def test_closed_subsequences_are_those_of_brute_force(texts: list[str]) -> None:
    """Every frequent subsequence with no longer one of the same support is found, and nothing else."""
    frequent = {
        part: tuple(contains(text, part) for text in texts)
        for part in {p for text in texts for p in _parts(text)}
        if sum(contains(text, part) for text in texts) >= 2
    }
    expected = {
        tuple(part): present
        for part, present in frequent.items()
        if not any(len(o) > len(part) and contains(o, part) and frequent[o] == present for o in frequent)
    }
    found = {s.symbols: tuple(s.present.tolist()) for s in closed(texts, 2, max_length=6, beam=4096)}
    assert found == expected


def _parts(text: str) -> set[str]:
    parts = {""}
    for letter in text:
        parts |= {part + letter for part in parts}
    return parts - {""}
