"""How adaptive-v1 learns from histories and what came of the actions afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen.errors import InvalidInput, Violation
from acumen.models.cognitive.adaptive.features import batch_of
from acumen.models.cognitive.adaptive.pool import Pool, Target
from acumen.models.cognitive.adaptive.reading import Doubles, read
from acumen.models.cognitive.adaptive.spec import SPEC
from acumen.neural.inference import Inference
from acumen.neural.learner import Judged, Labelled, recalibrated
from acumen.neural.spec import Answer, Batch, Weights
from acumen.neural.tape import Node, Tape
from acumen.proto.models.v1.cognitive_pb2 import AdaptiveTruth, FeedbackHistory
from acumen_accel.feedback import GRID

ROOT = "adaptive_truth"
MOST_OUTCOMES, MOST_COUNT = 64, 10**9
HALF_WEIGHT = 20.0
FEWEST_TO_RECALIBRATE = 50
UNLABELLED = np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a history's actions: `mean` and `count` (K,), count 0 where nothing is known."""

    mean: Doubles
    count: Doubles


class AdaptiveLearner:
    """Learns which action turns out best, what actions bring, and how sure of it to be."""

    target_field = "adaptive_truth"
    measure = "mean reward under the policy in the period after, actions without an outcome left out"

    def check(self, message: FeedbackHistory, target: AdaptiveTruth) -> None:
        """Raise `InvalidInput` naming every outcome that the history cannot have had."""
        violations = list(_violations(message, target))
        if violations:
            raise InvalidInput(violations)

    def initial(self, weights: Weights, examples: Labelled, seed: int) -> dict[str, NDArray[Any]]:  # noqa: ARG002
        """Return the base's weights."""
        return dict(weights)

    def prepare(self, weights: Weights, examples: Labelled) -> Pool:  # noqa: ARG002
        """Compute the features of the examples and what their outcomes say."""
        batch = batch_of([read(message) for message in examples.messages])
        found = [outcome_of(m, t) for m, t in zip(examples.messages, examples.targets, strict=True)]
        return Pool(batch, target_of(found))

    def loss(self, tape: Tape, scores: Mapping[str, Any], batch: Batch, targets: Target) -> Node:
        """Return the sum over examples of three parts.

        Cross-entropy of which of the actions with an outcome is best; Bernoulli log loss of means and pinball loss of
        q10 and q90, averaged over those actions by how exact their outcomes are.
        """
        odds = scores["odds"] + (1 - targets.known) * UNLABELLED
        best = -tape.sum(tape.log(tape.segment_softmax(odds, batch.arrays["offsets"])) * targets.best)
        mean = scores["mean"]
        rest = -mean + np.float32(1.0)
        level = -tape.sum((tape.log(mean) * targets.mean + tape.log(rest) * (1 - targets.mean)) * targets.weight)
        above = targets.mean - mean.value
        spread = _pinball(tape, scores["low"] + above, 0.1) + _pinball(tape, above - scores["high"], 0.9)
        return best + level + tape.sum(spread * targets.weight) * np.float32(4.0)

    def judge(self, answers: Sequence[Answer], examples: Labelled) -> Judged:
        """Score policies on the outcomes; the event happened where the recommended action's outcome is the largest.

        A recommended action without an outcome counts as an event that did not happen.
        """
        rows = [
            _judged(answer, outcome_of(message, target))
            for answer, message, target in zip(answers, examples.messages, examples.targets, strict=True)
        ]
        return Judged(quality=np.array([row[0] for row in rows]), happened=np.array([row[1] for row in rows]))

    def finish(self, weights: Weights, trained: Labelled, held: Labelled) -> dict[str, NDArray[Any]]:  # noqa: ARG002
        """Recalibrate on the held examples that tell of every action; keep the base's map where they are few."""
        pairs = zip(held.messages, held.targets, strict=True)
        whole = [(m, t) for m, t in pairs if len(t.outcomes) == len(m.actions)]
        if len(whole) < FEWEST_TO_RECALIBRATE:
            return dict(weights)
        kept = Labelled(messages=[m for m, _ in whole], targets=[t for _, t in whole])
        return recalibrated(SPEC, self, weights, kept, Inference(acumen_accel.backend()))


def outcome_of(message: FeedbackHistory, target: AdaptiveTruth) -> Outcome:
    """Return the outcomes in the order of the actions."""
    number = {action.id: i for i, action in enumerate(message.actions)}
    mean, count = np.full(len(number), 0.5), np.zeros(len(number))
    for one in target.outcomes:
        mean[number[one.action_id]], count[number[one.action_id]] = one.mean_reward, max(one.count, 1)
    return Outcome(mean, count)


def target_of(found: Sequence[Outcome]) -> Target:
    """Return what outcomes say: how probably each action is the best among those known, means and their weights."""
    mean, count = (np.concatenate([getattr(one, name) for one in found])[:, None] for name in ("mean", "count"))
    weight = np.concatenate([_weights(one.count) for one in found])[:, None]
    best = np.concatenate([best_of(one) for one in found])[:, None]
    rows = (best, mean, weight, count > 0)
    return Target(*(np.asarray(part, np.float32) for part in rows))


def _weights(count: Doubles) -> Doubles:
    """Return how much each outcome counts; those of one example sum to at most 1."""
    return np.asarray(count / (count + HALF_WEIGHT) / max(int((count > 0).sum()), 1))


def best_of(outcome: Outcome) -> Doubles:
    """Return (K,) how probably each action is the best of those with an outcome: Beta posteriors on the grid."""
    known = np.flatnonzero(outcome.count)
    count, won = np.minimum(outcome.count[known], 1e6), outcome.mean[known]
    log = (count * won)[:, None] * GRID[1] + (count * (1 - won))[:, None] * GRID[2] + np.log(GRID[3])
    belief = np.exp(log - log.max(axis=1, keepdims=True))
    belief /= belief.sum(axis=1, keepdims=True)
    below = np.maximum(np.cumsum(belief, axis=1) - 0.5 * belief, 1e-9)
    odds = (belief * below.prod(axis=0) / below).sum(axis=1)
    best = np.zeros(outcome.count.size)
    best[known] = odds / odds.sum()
    return best


def _pinball(tape: Tape, error: Node, level: float) -> Node:
    """Return the pinball loss of errors, truth less quantile."""
    return tape.absolute(error) * np.float32(0.5) + error * np.float32(level - 0.5)


def _judged(answer: Answer, outcome: Outcome) -> tuple[float, bool]:
    output: Any = answer.output
    policy = np.array([row.probability for row in output.policy]) * (outcome.count > 0)
    names = [row.action_id for row in output.policy]
    best = names.index(output.recommended_action)
    known = outcome.mean[outcome.count > 0]
    happened = bool(outcome.count[best] > 0 and outcome.mean[best] >= known.max())
    return float((policy * outcome.mean).sum() / policy.sum()), happened


def _violations(message: FeedbackHistory, target: AdaptiveTruth) -> list[Violation]:
    known = {action.id for action in message.actions}
    found: list[tuple[str, str]] = []
    if not 1 <= len(target.outcomes) <= MOST_OUTCOMES:
        found.append(("outcomes", f"has {len(target.outcomes)} entries, must have 1 to {MOST_OUTCOMES}"))
    seen: set[str] = set()
    for i, one in enumerate(target.outcomes):
        path = f"outcomes[{i}]"
        if one.action_id not in known:
            found.append((f"{path}.action_id", f"'{one.action_id}' is not one of the history's {len(known)} actions"))
        elif one.action_id in seen:
            found.append((f"{path}.action_id", f"'{one.action_id}' has an outcome before, one an action is allowed"))
        seen.add(one.action_id)
        if not 0 <= one.mean_reward <= 1:
            found.append((f"{path}.mean_reward", f"is {one.mean_reward}, must be 0 to 1"))
        if one.count > MOST_COUNT:
            found.append((f"{path}.count", f"is {one.count}, must be at most {MOST_COUNT}"))
    return [Violation(field=f"{ROOT}.{field}", description=text) for field, text in found]


LEARNER = AdaptiveLearner()
