"""A pattern becomes ACTIVE only by predicting, and what predicts actions sees nothing of the future."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from acumen.bank.distilling.action_model import ActionModel, decisions
from acumen.bank.distilling.maxent import fit
from acumen.bank.distilling.plan_model import PlanModel
from acumen.bank.distilling.promotion import Evidence, evidence, foreseen, promote, tilt
from acumen.bank.pattern import Pattern, Polarity, State
from acumen.bank.trajectory import Outcome, Step, Trajectory
from acumen.errors import ModelNotTrained

STRATEGY = Pattern(id="s", actions=("edit(path=<path>)", "test()", "push()"), state=State.PENDING)
GUARDRAIL = Pattern(id="g", actions=("edit()", "push()"), polarity=Polarity.GUARDRAIL, state=State.PENDING)


def steps(*names: str) -> tuple[Step, ...]:
    return tuple(Step(action=name) for name in names)


def run(number: int, *names: str, task: str = "repair it") -> Trajectory:
    return Trajectory(id=f"r{number}", task=task, task_id=f"k{number}", steps=steps(*names), outcome=Outcome.SUCCESS)


def even(_: str, __: Sequence[Step]) -> dict[str, float]:
    return {"edit": 0.25, "test": 0.25, "push": 0.25, "read": 0.25}


def gathered(pattern: Pattern, *runs: Trajectory) -> Evidence:
    return sum((evidence(pattern, r, 1.0, even) for r in runs), Evidence())


def test_a_pattern_that_predicts_becomes_active() -> None:
    """Eight later attempts that went the pattern's way raise its score, and promote it."""
    proof = gathered(STRATEGY, *(run(i, "edit", "test", "push") for i in range(8)))
    assert proof.attempts == 8 and proof.lower > 0
    assert promote(STRATEGY, proof).state is State.ACTIVE


def test_a_pattern_that_misleads_stays_pending() -> None:
    """Attempts that succeeded another way lower the score, however many they are."""
    proof = gathered(STRATEGY, *(run(i, "read", "edit", "read") for i in range(50)))
    assert proof.total < 0 and promote(STRATEGY, proof) is STRATEGY


def test_too_little_evidence_promotes_nothing() -> None:
    """Four attempts are too few, and so is a gain that doubt reaches below zero."""
    assert promote(STRATEGY, gathered(STRATEGY, *(run(i, "edit", "test") for i in range(4)))) is STRATEGY
    assert promote(STRATEGY, Evidence(attempts=9, total=0.9, squares=9.0)) is STRATEGY


def test_what_it_was_learned_from_proves_nothing() -> None:
    """Sources, failures and unknown outcomes are no evidence."""
    own = replace(STRATEGY, sources=("r1",))
    good = run(1, "edit", "test")
    assert evidence(own, good, 1.0, even) == Evidence()
    assert evidence(STRATEGY, good, 0.2, even) == evidence(STRATEGY, good, None, even) == Evidence()


def test_only_pending_patterns_are_promoted() -> None:
    """A pattern that lost a merge is not revived."""
    gone = replace(STRATEGY, state=State.SUPERSEDED)
    assert promote(gone, Evidence(attempts=99, total=99.0, squares=99.0)) is gone


def test_guardrails_are_proved_by_what_succeeded_without_them() -> None:
    """Where success took another step than the one warned of, the warning was right."""
    proof = gathered(GUARDRAIL, *(run(i, "edit", "test") for i in range(8)))
    assert promote(GUARDRAIL, proof).state is State.ACTIVE
    assert gathered(GUARDRAIL, *(run(i, "edit", "push") for i in range(8))).total < 0


def test_what_is_foreseen() -> None:
    """A strategy speaks right after its own steps; a guardrail once all but its last are taken."""
    assert foreseen(STRATEGY, ()) == "edit" and foreseen(STRATEGY, steps("edit")) == "test"
    assert foreseen(STRATEGY, steps("edit", "read")) == "" and foreseen(STRATEGY, steps("edit", "test", "push")) == ""
    assert foreseen(GUARDRAIL, ()) == "" and foreseen(GUARDRAIL, steps("edit", "read")) == "push"


def test_a_tilt_moves_odds_and_keeps_a_distribution() -> None:
    """The odds of what is foreseen are doubled, and probabilities still sum to one."""
    moved = tilt(even("", ()), STRATEGY, steps("edit"))
    assert math.isclose(sum(moved.values()), 1) and math.isclose(moved["test"] / moved["read"], 2)


def teaching() -> list[Trajectory]:
    """Tasks that ask for one of two tools; only the words tell which, and the tool is called after a question."""
    runs = []
    for i in range(40):
        tool, word = (("refund", "money"), ("ship", "parcel"))[i % 2]
        asked = Step(thought="What is it about?", observation=f"the {word} please")
        runs.append(Trajectory(id=f"m{i}", task="hello", task_id=f"k{i}", steps=(asked, Step(action=tool))))
    return runs


def test_context_decides_the_next_action() -> None:
    """What the user said last moves the model to the right tool; without context it cannot know."""
    asked = (Step(thought="What is it about?", observation="my parcel is late"),)
    best, p = ActionModel.fit(teaching()).next("hello", asked)[0]
    assert best == "ship" and p > 0.6
    blind = ActionModel.fit(teaching(), context=False).probabilities("hello", asked)
    assert blind["ship"] == pytest.approx(0.5, abs=0.01)


def test_nothing_of_the_future_is_seen() -> None:
    """What is seen before an action does not change with that action's result, later steps or the outcome."""
    first = teaching()[0]
    seen, _ = decisions([first])
    last = replace(first.steps[-1], arguments='{"x": 1}', observation="paid", error="Error: late", thought="done")
    changed = replace(first, steps=(*first.steps[:-1], last, Step(action="close")), outcome=Outcome.FAILURE, reward=0.0)
    assert decisions([changed])[0][0] == seen[0]


def test_patterns_move_the_ranking() -> None:
    """A pattern handed to the model raises what it foresees."""
    model = ActionModel.fit(teaching())
    pattern = Pattern(id="p", actions=("ship()",))
    plain, moved = dict(model.next("hello", ())), dict(model.next("hello", (), [pattern]))
    assert moved["ship"] > plain["ship"]


def test_models_are_the_same_bytes_in_any_order() -> None:
    """Training does not depend on the order of the attempts."""
    a, b = ActionModel.fit(teaching()), ActionModel.fit(teaching()[::-1])
    assert a.model.weights.tobytes() == b.model.weights.tobytes()


def test_nothing_to_learn_from_is_said() -> None:
    """Without a single action there is no model."""
    with pytest.raises(ModelNotTrained):
        ActionModel.fit([Trajectory(id="x", task="hi")])
    with pytest.raises(ModelNotTrained):
        PlanModel.fit(["hi"], [()])


def test_a_plan_follows_from_the_words_of_a_task() -> None:
    """Each action is predicted from its own words, so that new combinations are found."""
    texts = ["cancel the order", "return the lamp", "cancel it and return mine", "say hello"] * 10
    plans = [("cancel",), ("return",), ("cancel", "return"), ("greet",)] * 10
    model = PlanModel.fit(texts, plans)
    assert model.predict("please return this") == ("return",)
    assert model.predict("cancel one and return the other") == ("cancel", "return")
    assert len(model.predict("good morning")) == 1


def test_fitting_reaches_the_optimum() -> None:
    """At the solution the gradient is zero: the ridge pulls as much as the cases push."""
    cases, labels = [["a"], ["a", "b"], ["b"], []] * 5, ["x", "x", "y", "y"] * 5
    model = fit(cases, labels, ridge=1.0, min_count=1, iterations=500)
    pull = [0.0, 0.0]
    for case, label in zip(cases, labels, strict=True):
        if "a" in case:
            for c, p in enumerate(model(case)):
                pull[c] += p - (model.classes[c] == label)
    row = model.weights[model.features["a"]]
    assert [g + w for g, w in zip(pull, row, strict=True)] == pytest.approx([0, 0], abs=1e-4)
