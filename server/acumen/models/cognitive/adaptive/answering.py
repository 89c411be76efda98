"""From a decision to a message, its certificates and alternatives."""

from collections.abc import Iterator, Sequence

from acumen.models.cognitive.adaptive.deciding import EXPLORE, Decision
from acumen.models.cognitive.adaptive.features import Facts
from acumen.neural.rounding import significant, significant_array
from acumen.neural.spec import Answer, Certificate, Want
from acumen.proto.models.v1 import cognitive_pb2 as pb


def answer(message: pb.FeedbackHistory, fact: Facts, made: Decision, p: float, want: Want) -> Answer:
    """Return the answer to one history."""
    names = [action.id for action in message.actions]
    changed = _changes(fact)
    effective = significant_array(fact.beliefs.stats[fact.rows, 1]).tolist()
    rows = made.estimates.tolist()
    policy = made.policy.tolist()
    output = pb.LearnedPolicy(
        policy=[pb.ActionProbability(action_id=n, probability=q) for n, q in zip(names, policy, strict=True)],
        estimates=[
            pb.ActionEstimate(action_id=n, mean=m, q10=low, q90=high, change_detected_at_ms=t, effective_n=count)
            for n, (m, low, high), t, count in zip(names, rows, changed, effective, strict=True)
        ],
        exploration_rate=significant(max(0.0, 1.0 - policy[made.recommended])),
        recommended_action=names[made.recommended],
        floor=significant(EXPLORE / len(names)),
    )
    return Answer(
        output=output,
        choice=f"take '{names[made.recommended]}'",
        headline=made.headline,
        p=p,
        abstained=not len(message.events),
        alternatives=_alternatives(names, made, want.alternatives),
        certificates=list(_certificates(names, fact, made, changed)) if want.certificates else (),
    )


def _changes(fact: Facts) -> list[int | None]:
    """Return each action's time of the last change, None where none was found."""
    times = fact.history.t_ms
    return [int(times[i]) if i >= 0 else None for i in fact.beliefs.changed[fact.rows].tolist()]


def _alternatives(names: Sequence[str], made: Decision, most: int) -> list[tuple[str, float]]:
    odds = made.odds.tolist()
    order = sorted((i for i in range(len(names)) if i != made.recommended), key=lambda i: -odds[i])[:most]
    return [(f"take '{names[i]}'", odds[i]) for i in order]


def _certificates(
    names: Sequence[str], fact: Facts, made: Decision, changed: list[int | None]
) -> Iterator[Certificate]:
    """State what the recommendation rests on: the action's own feedback, and the latest change of any action."""
    stats, best = fact.beliefs.stats[fact.rows], made.recommended
    count, mean = int(stats[best, 0]), float(stats[best, 5])
    text = f"'{names[best]}' was chosen in {count} of {fact.history.action.size} events"
    if count:
        text += f", its mean reward over the last {min(count, 20)} of them is {mean:.3g}"
    yield Certificate(text=text, value=float(count), field_path="feedback_history.events")
    found = [(t, i) for i, t in enumerate(changed) if t is not None]
    if found:
        t, i = max(found)
        yield Certificate(
            text=f"the mean reward of '{names[i]}' changed at t_ms {t}: a likelihood-ratio test tells both sides apart",
            value=float(t),
            field_path=f"learned_policy.estimates[{i}].change_detected_at_ms",
        )
