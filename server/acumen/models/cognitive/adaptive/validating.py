"""Every promise of `LearnedPolicy`, derived again from the input and the numbers given."""

from collections.abc import Iterator

import numpy as np

from acumen.models.cognitive.adaptive.deciding import EXPLORE
from acumen.models.cognitive.adaptive.reading import Doubles, History, joined, read
from acumen.proto.models.v1.cognitive_pb2 import FeedbackHistory, LearnedPolicy
from acumen_accel import feedback

TOLERANCE = 1e-5


def broken(message: FeedbackHistory, output: LearnedPolicy) -> list[str]:
    """Return what of `output` is not as its contract says; empty when all is."""
    names = [action.id for action in message.actions]
    if [row.action_id for row in output.policy] != names or [row.action_id for row in output.estimates] != names:
        return ["policy or estimates are not one an action, in input order"]
    policy = np.array([row.probability for row in output.policy])
    estimates = np.array([(row.mean, row.q10, row.q90) for row in output.estimates])
    history = read(message)
    return [
        *_policy(policy, output),
        *_estimates(estimates),
        *_recommendation(names, policy, estimates, history.risk_aversion, output),
        *_feedback(history, output),
    ]


def _policy(policy: Doubles, output: LearnedPolicy) -> Iterator[str]:
    if not (np.isfinite(policy).all() and (policy <= 1).all()):
        yield "a probability leaves 0..1"
    if abs(output.floor - EXPLORE / policy.size) > TOLERANCE * output.floor:
        yield "floor is not 0.01 over the number of actions"
    if (policy < output.floor * (1 - TOLERANCE)).any():
        yield "a probability is below the floor"
    if abs(policy.sum() - 1) > TOLERANCE:
        yield f"probabilities sum to {policy.sum()}"


def _estimates(estimates: Doubles) -> Iterator[str]:
    if not ((estimates >= 0) & (estimates <= 1)).all():
        yield "an estimate leaves 0..1"
    if not ((estimates[:, 1] <= estimates[:, 0]) & (estimates[:, 0] <= estimates[:, 2])).all():
        yield "an estimate's mean is not between its quantiles"


def _recommendation(
    names: list[str], policy: Doubles, estimates: Doubles, risk_aversion: float, output: LearnedPolicy
) -> Iterator[str]:
    worth = ((1 - risk_aversion) * estimates[:, 0] + risk_aversion * estimates[:, 1]).tolist()
    best = max(range(len(names)), key=lambda i: (worth[i], policy[i], -i))
    if output.recommended_action != names[best]:
        yield "the recommended action is not the one of the largest mean, or between mean and q10"
    if abs(output.exploration_rate - (1 - policy[best])) > TOLERANCE:
        yield "exploration_rate is not the probability of the other actions"


def _feedback(history: History, output: LearnedPolicy) -> Iterator[str]:
    """Run the test for changes again, and count the events since by the definition, not by the kernel."""
    laid = joined([history])
    changed = feedback.summarise(laid, feedback.believe(laid).exactness)[1].tolist()
    for k, row in enumerate(output.estimates):
        at = changed[k]
        given = row.change_detected_at_ms if row.HasField("change_detected_at_ms") else None
        if given != (int(history.t_ms[at]) if at >= 0 else None):
            yield f"the change of '{row.action_id}' is not the one that the test finds"
        counted = effective(history.propensity[at if at > 0 else 0 :][history.action[at if at > 0 else 0 :] == k])
        if abs(row.effective_n - counted) > TOLERANCE * max(counted, 1):
            yield f"effective_n of '{row.action_id}' is not Kish's, which is {counted:.6g}"


def effective(propensity: Doubles) -> float:
    """Return Kish's effective number of events weighed by inverse propensities; their count where one is unknown."""
    if not propensity.size or (propensity <= 0).any():
        return float(propensity.size)
    weight = 1 / np.maximum(propensity, 0.02)
    return float(weight.sum() ** 2 / (weight**2).sum())
