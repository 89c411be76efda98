"""JUDGE a whole trajectory: how likely it succeeded, and where it broke if it did not."""

from collections.abc import Sequence
from typing import Final

from acumen.bank.judging.blame import GRAVE, Fault, faults
from acumen.bank.judging.process import process
from acumen.bank.judging.shipped import SHIPPED, Weights, sigmoid
from acumen.bank.judging.signals import DIALOGUE, SOLO, signals
from acumen.bank.judging.steps import Act, Role, acts
from acumen.bank.judging.summary import Summary, agreement, digest, effect, summarise
from acumen.bank.judging.weighing import weigh
from acumen.bank.trajectory import Outcome, Trajectory
from acumen.bank.verdict import Diagnosis, Evidence

Neighbour = tuple[Trajectory | Summary, Outcome, float]
NEIGHBOUR_NAMES: Final = ("own", "agrees_success", "agrees_failure", "differs_success", "differs_failure")
MOST_NEIGHBOURS: Final = 64
MOST_EVIDENCE: Final = 8


def judge_trajectory(
    trajectory: Trajectory, *, neighbours: Sequence[Neighbour] = (), weights: Weights = SHIPPED
) -> Diagnosis:
    """Return the probability of success and the step that broke it.

    `neighbours` are judged attempts at the same or a similar task, each with its outcome and the similarity of its task
    (0 to 1, 1 for the same); attempts of unknown outcome say nothing. The trajectory's own outcome and reward are not
    read.
    """
    found = acts(trajectory)
    if not found:
        return Diagnosis(p_success=sigmoid(weights.solo.bias), confidence=0.0, rationale="no steps: nothing to judge")
    own = own_score(found, trajectory.task, weights)
    judged = _summaries(neighbours)
    near = neighbour_signals(own, summarise(trajectory), judged)
    score = weights.neighbours(near) if judged else own
    wrong = (*faults(found), *_departures(found, judged))
    return _diagnosis(sigmoid(score), found, wrong, judged, near)


def own_score(found: Sequence[Act], task: str, weights: Weights = SHIPPED) -> float:
    """Return the log-odds of success by the attempt itself; there are two models, with and without a user in it."""
    if any(act.role is Role.USER for act in found):
        return weights.dialogue(signals(found, task, DIALOGUE))
    return weights.solo(signals(found, task, SOLO))


def _summaries(neighbours: Sequence[Neighbour]) -> list[tuple[Summary, bool, float]]:
    known = [n for n in neighbours if n[1] is not Outcome.UNKNOWN and n[2] > 0][:MOST_NEIGHBOURS]
    return [(n if isinstance(n, Summary) else summarise(n), o is Outcome.SUCCESS, min(1.0, s)) for n, o, s in known]


def neighbour_signals(own: float, summary: Summary, judged: Sequence[tuple[Summary, bool, float]]) -> tuple[float, ...]:
    """Return the own log-odds and how much of succeeded and failed neighbours agrees and differs with what was done.

    A neighbour weighs the square of its similarity, so that a half-similar task counts a quarter. The order is that of
    `NEIGHBOUR_NAMES`; each sum is capped at 3, what was seen when the weights were fitted.
    """
    sums = dict.fromkeys(NEIGHBOUR_NAMES[1:], 0.0)
    for other, success, similarity in judged:
        same = agreement(summary, other)
        ending = "success" if success else "failure"
        sums[f"agrees_{ending}"] += similarity**2 * same
        sums[f"differs_{ending}"] += similarity**2 * (1 - same)
    return (own, *(min(3.0, value) for value in sums.values()))


def _departures(found: Sequence[Act], judged: Sequence[tuple[Summary, bool, float]]) -> list[Fault]:
    """Return what was changed that no successful attempt at the task changed, where there is one to compare with."""
    good = [set(s.effects) for s, success, similarity in judged if success and similarity >= 0.99]
    if not good:
        return []
    done = [(act, text) for act in found if (text := effect(act))]
    known = set().union(*good)
    extra = [
        Fault(agent=a.agent, evidence=Evidence(kind="departs", quote=t[:160], step=a.step, effect=-0.4))
        for a, t in done
        if digest(t) not in known
    ]
    if extra or not all(g - {digest(t) for _, t in done} for g in good):
        return extra[:1]
    last = found[-1]
    return [
        Fault(
            agent=last.agent,
            evidence=Evidence(kind="omits", quote=last.name or last.text[:80], step=last.step, effect=-0.4),
        )
    ]


def _diagnosis(
    p: float,
    found: Sequence[Act],
    wrong: Sequence[Fault],
    judged: Sequence[tuple[Summary, bool, float]],
    near: Sequence[float],
) -> Diagnosis:
    ranked = sorted(wrong, key=lambda f: (-f.gravity, f.evidence.step))
    blamed = next((f for f in ranked if p < 0.5 or f.gravity >= GRAVE), None)
    evidence = (*(f.evidence for f in ranked[:MOST_EVIDENCE]), *_votes(near, judged))
    return Diagnosis(
        p_success=p,
        confidence=abs(2 * p - 1),
        rationale=_rationale(p, blamed, judged, near, len(found)),
        step=blamed.evidence.step if blamed else -1,
        agent=blamed.agent if blamed else "",
        evidence=evidence,
        criteria=(weigh("process", 1.0, process(found)),),
    )


def _votes(near: Sequence[float], judged: Sequence[tuple[Summary, bool, float]]) -> list[Evidence]:
    """Return the neighbours' agreement as evidence, signed by what it speaks for."""
    if not judged:
        return []
    signs = (1, -1, -1, 1)
    kinds = NEIGHBOUR_NAMES[1:]
    return [
        Evidence(kind=k, quote=f"{v:.2f}", effect=s * v / 3)
        for k, v, s in zip(kinds, near[1:], signs, strict=True)
        if v
    ]


def _rationale(
    p: float, blamed: Fault | None, judged: Sequence[tuple[Summary, bool, float]], near: Sequence[float], n: int
) -> str:
    parts = [f"probability of success {p:.3f} from {n} acts (log-odds {near[0]:+.2f} by themselves)"]
    if judged:
        parts.append(
            f"{len(judged)} judged neighbours: "
            + ", ".join(f"{k} {v:.2f}" for k, v in zip(NEIGHBOUR_NAMES[1:], near[1:], strict=True))
        )
    if blamed:
        parts.append(
            f'step {blamed.evidence.step} ({blamed.agent or "agent"}): {blamed.evidence.kind} "{blamed.evidence.quote}"'
        )
    else:
        parts.append("no step found that broke it")
    return "; ".join(parts)
