"""A trajectory's diagnosis points at the step that broke it, and listens to judged neighbours."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acumen.bank.judging import Summary, judge_trajectory, summarise
from acumen.bank.judging.summary import agreement
from acumen.bank.trajectory import Outcome, Step, Trajectory

USER = Step(agent="user", thought="Please cancel my order ORD777 and tell me the refund.")
LOOK = Step(
    agent="clerk", action="get_order", arguments='{"order_id": "ORD777"}', observation='{"id": "ORD777", "paid": 20}'
)
ASK = Step(agent="clerk", thought="I can cancel ORD777 and refund 20. Shall I?")
YES = Step(agent="user", thought="Yes, please go ahead.")
WRITE = Step(
    agent="clerk", action="cancel_order", arguments='{"order_id": "ORD777"}', observation='{"status": "cancelled"}'
)
TELL = Step(agent="clerk", thought="Your order has been cancelled; 20 are refunded.")
THANKS = Step(agent="user", thought="Thank you!")
SOUND = (USER, LOOK, ASK, YES, WRITE, TELL, THANKS)


def _attempt(*steps: Step, task: str = "cancel order ORD777") -> Trajectory:
    return Trajectory(id="t", task=task, task_id="cancel", steps=steps)


def test_a_sound_attempt_has_no_broken_step() -> None:
    """Nothing is blamed where nothing grave was found and success is likely."""
    diagnosis = judge_trajectory(_attempt(*SOUND))
    assert diagnosis.step == -1 or diagnosis.p_success < 0.5
    assert not [e for e in diagnosis.evidence if e.effect <= -0.3]


def test_the_same_conversation_written_otherwise_is_judged_the_same() -> None:
    """Messages as thoughts, speaking actions or observations, answers of tools as steps of their own: it is one."""
    plain = judge_trajectory(_attempt(*SOUND)).p_success
    observed = [Step(agent=s.agent, observation=s.thought) if not s.action else s for s in SOUND]
    acted = [
        USER,
        LOOK,
        Step(agent="clerk", action="respond", arguments=ASK.thought, observation=YES.thought),
        *SOUND[4:],
    ]
    apart = [
        part
        for s in SOUND
        for part in ((replace(s, observation=""), Step(agent="tool", observation=s.observation)) if s.action else (s,))
    ]
    assert [judge_trajectory(_attempt(*steps)).p_success for steps in (observed, acted, apart)] == [plain] * 3


BROKEN = {
    "an error nobody repaired": (4, "error", replace(WRITE, observation="Error: order is locked", agent="closer")),
    "an error field": (4, "error", replace(WRITE, error="timeout after 30 s", observation="", agent="closer")),
    "a crash in the middle of the output": (
        4,
        "error",
        replace(WRITE, observation="starting\nTraceback (most recent call last):\nKeyError: 'x'", agent="closer"),
    ),
    "an exit code": (4, "error", replace(WRITE, observation="cancelling\nprocess exited with code 3", agent="closer")),
    "failing tests": (4, "error", replace(WRITE, observation="3 failed, 2 passed in 0.2s", agent="closer")),
    "an identifier nobody had named": (
        4,
        "invented_argument",
        replace(WRITE, arguments='{"order_id": "ORD123"}', agent="closer"),
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_planted_failure_is_found(kind: str) -> None:
    """The step, the agent and the kind of a planted failure are named, with a verbatim quote."""
    step, name, planted = BROKEN[kind]
    steps = (*SOUND[:step], planted, *SOUND[step + 1 :])
    diagnosis = judge_trajectory(_attempt(*steps))
    assert (diagnosis.step, diagnosis.agent) == (step, "closer")
    blamed = diagnosis.evidence[0]
    assert blamed.kind == name and blamed.step == step
    assert blamed.quote in planted.observation + planted.error + planted.arguments


def test_a_loop_is_blamed_on_its_first_repetition() -> None:
    """The same call with the same answer again and again broke it where it was first repeated."""
    diagnosis = judge_trajectory(_attempt(USER, LOOK, replace(LOOK, agent="looper"), LOOK, LOOK))
    assert (diagnosis.step, diagnosis.agent, diagnosis.evidence[0].kind) == (2, "looper", "loop")


def test_a_recovered_error_is_not_blamed_before_one_that_stayed() -> None:
    """An error that a later call of the same name made good weighs less than one that was left."""
    early = replace(LOOK, observation="Error: not ready")
    late = replace(WRITE, observation="Error: order is locked")
    diagnosis = judge_trajectory(_attempt(USER, early, LOOK, ASK, YES, late, TELL))
    assert diagnosis.step == 5


def test_a_write_without_consent_is_blamed() -> None:
    """A write after the user had said something else than yes is found."""
    refusal = replace(YES, thought="Wait, what would it cost?")
    diagnosis = judge_trajectory(_attempt(USER, LOOK, ASK, refusal, WRITE, TELL, THANKS))
    assert [e.step for e in diagnosis.evidence if e.kind == "unconfirmed_write"] == [4]


def test_a_complaint_points_at_the_step_before() -> None:
    """A user who says that it was wrong points at what was done just before."""
    diagnosis = judge_trajectory(
        _attempt(*SOUND[:6], replace(THANKS, thought="That is wrong, I asked for something else."))
    )
    assert [e.step for e in diagnosis.evidence if e.kind == "complaint"] == [5]


def test_stopping_in_the_middle_is_found() -> None:
    """An attempt that ends on a look-up has given no answer."""
    diagnosis = judge_trajectory(_attempt(USER, LOOK, replace(LOOK, arguments='{"order_id": "ORD778"}', agent="last")))
    assert [e.step for e in diagnosis.evidence if e.kind == "no_answer"] == [2]


def test_failures_lower_the_probability_of_an_agent_alone() -> None:
    """Searches that find nothing and no answer at the end make success less likely than an answer that was seen."""
    found = Step(
        agent="a", action="Search", arguments="capital of France", observation="Paris is the capital of France"
    )
    lost = replace(found, observation="Could not find [capital of France].")
    answer = Step(agent="a", action="Finish", arguments="Paris")
    good = judge_trajectory(_attempt(found, answer, task="What is the capital of France?"))
    bad = judge_trajectory(_attempt(lost, lost, lost, task="What is the capital of France?"))
    assert good.p_success > bad.p_success


@given(st.sampled_from(list(Outcome)), st.sampled_from([None, 0.0, 1.0]))
@settings(max_examples=12, deadline=None)
def test_the_outcome_it_carries_is_not_read(outcome: Outcome, reward: float | None) -> None:
    """The diagnosis of a trajectory does not depend on the outcome and reward written on it."""
    plain = _attempt(*SOUND)
    assert judge_trajectory(replace(plain, outcome=outcome, reward=reward)) == judge_trajectory(plain)


def test_neighbours_that_did_the_same_speak_for_it() -> None:
    """Success of those who changed the same raises the probability, their failure lowers it; unknown ones do not."""
    mine = _attempt(*SOUND)
    plain = judge_trajectory(mine).p_success
    p = {o: judge_trajectory(mine, neighbours=[(mine, o, 1.0)] * 3).p_success for o in Outcome}
    assert p[Outcome.SUCCESS] > plain > p[Outcome.FAILURE] and p[Outcome.UNKNOWN] == plain


def test_neighbours_that_did_otherwise_speak_against_it() -> None:
    """Having changed something else than those who succeeded is worse than having changed the same, and is named."""
    other = _attempt(*SOUND[:4], replace(WRITE, action="refund_order", agent="stranger"), *SOUND[5:])
    good = summarise(_attempt(*SOUND))
    near = [(good, Outcome.SUCCESS, 1.0)] * 3
    diagnosis = judge_trajectory(other, neighbours=near)
    assert diagnosis.p_success < judge_trajectory(_attempt(*SOUND), neighbours=near).p_success
    assert (diagnosis.step, diagnosis.agent) == (4, "stranger")


def test_far_neighbours_weigh_less() -> None:
    """A neighbour of a less similar task moves the probability less."""
    mine = _attempt(*SOUND)
    near, far = (judge_trajectory(mine, neighbours=[(mine, Outcome.SUCCESS, s)] * 3).p_success for s in (1.0, 0.3))
    assert near > far


def test_a_summary_says_what_was_changed() -> None:
    """Order of arguments and failed writes do not matter; a summary stands in for its trajectory."""
    written = replace(WRITE, arguments='{"a": 1, "order_id": "ORD777"}')
    turned = replace(WRITE, arguments='{"order_id":"ORD777","a":1}')
    one, two = (
        summarise(_attempt(USER, written)),
        summarise(_attempt(USER, replace(turned, observation="Error: busy"), turned)),
    )
    assert one.effects == two.effects and agreement(one, two) == 1.0
    assert agreement(one, summarise(_attempt(USER, LOOK))) == 0.0 and agreement(Summary(), Summary()) == 1.0
    mine = _attempt(*SOUND)
    by_value = judge_trajectory(mine, neighbours=[(summarise(mine), Outcome.SUCCESS, 1.0)])
    assert by_value == judge_trajectory(mine, neighbours=[(mine, Outcome.SUCCESS, 1.0)])


@given(
    st.lists(
        st.builds(
            Step,
            agent=st.sampled_from(["", "user", "a"]),
            action=st.sampled_from(["", "get_x", "update_x", "respond"]),
            thought=st.text(max_size=30),
            arguments=st.text(max_size=30),
            observation=st.text(max_size=60),
            error=st.sampled_from(["", "boom"]),
        ),
        max_size=8,
    )
)
@settings(max_examples=100, deadline=None)
def test_any_trajectory_is_judged(steps: list[Step]) -> None:
    """Whatever the steps, the diagnosis is a probability, its step exists, and it is the same again."""
    trajectory = _attempt(*steps)
    diagnosis = judge_trajectory(trajectory)
    assert 0 <= diagnosis.p_success <= 1 and -1 <= diagnosis.step < len(steps)
    assert diagnosis == judge_trajectory(trajectory)


def test_nothing_done_is_nothing_known() -> None:
    """Without steps the confidence is zero."""
    assert judge_trajectory(_attempt()).confidence == 0.0
