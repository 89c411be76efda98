"""How throttle-v1 learns from what a caller saw of its own API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen.errors import InvalidInput
from acumen.models.performance.throttle import features, learning, reading, refusals
from acumen.models.performance.throttle.deciding import CARRIED
from acumen.models.performance.throttle.features import Features
from acumen.models.performance.throttle.learning import Truths
from acumen.models.performance.throttle.moments import chosen
from acumen.models.performance.throttle.spec import SPEC
from acumen.neural import learner
from acumen.neural.inference import Inference
from acumen.neural.learner import Judged, Labelled, Prepared
from acumen.neural.spec import Answer, Batch, Weights
from acumen.neural.tape import Node, Tape

FEWEST = 30


@dataclass(slots=True, kw_only=True)
class Examples:
    """Features and truths of labelled examples."""

    size: int
    features: Features
    truth: Truths

    def take(self, index: NDArray[np.int64]) -> tuple[Batch, Truths]:
        """Return the examples `index` as a batch, and their truths."""
        return learning.batch_of(chosen(self.features, index)), self.truth.take(index)


class ThrottleLearner:
    """Learns capacity, limits and latencies from whatever part of them was observed."""

    target_field = "throttle_truth"
    measure = (
        "share of the sustainable rate that the limit uses, less what it exceeds it by; where that is not known, of "
        "the capacity, or of the tightest bounds on it"
    )

    def check(self, message: Any, target: Any) -> None:
        """Refuse labels that say nothing, numbers out of range, and what cannot be true together."""
        if violations := refusals.label_violations(message, target):
            raise InvalidInput(violations)

    def initial(self, weights: Weights, examples: Labelled, seed: int) -> dict[str, NDArray[Any]]:
        """Return the base's weights."""
        del examples, seed
        return dict(weights)

    def prepare(self, weights: Weights, examples: Labelled) -> Prepared:
        """Read and featurise the examples once."""
        del weights
        made = features.extract(reading.metrics_of(examples.messages))
        observed = [_observed(m, t) for m, t in zip(examples.messages, examples.targets, strict=True)]
        columns = {name: np.array([one[name] for one in observed]) for name in Truths.__slots__}
        return Examples(size=len(examples.messages), features=made, truth=learning.truths(made, **columns))

    def loss(self, tape: Tape, scores: Mapping[str, Any], batch: Batch, targets: Any) -> Node:
        """Return `learning.total_loss`, as in the recipe."""
        del batch
        return learning.total_loss(tape, scores, targets)

    def judge(self, answers: Sequence[Answer], examples: Labelled) -> Judged:
        """Compare limits with the rates that turned out to serve; a bound that is kept costs nothing."""
        rows = [
            _quality(_limit(a), _observed(m, t))
            for a, m, t in zip(answers, examples.messages, examples.targets, strict=True)
        ]
        return Judged(
            quality=np.array([row[0] for row in rows], np.float64), happened=np.array([row[1] for row in rows], bool)
        )

    def finish(self, weights: Weights, trained: Labelled, held: Labelled) -> dict[str, NDArray[Any]]:
        """Calibrate on the held examples that settle the event, or keep the base's map when they are too few."""
        del trained
        ops = Inference(acumen_accel.backend())
        told = learner.answers(SPEC, weights, held.messages, ops)
        pairs = zip(told, held.messages, held.targets, strict=True)
        settled = [i for i, (a, m, t) in enumerate(pairs) if _settled(_limit(a), _observed(m, t))]
        if len(settled) < FEWEST:
            return dict(weights)
        kept = Labelled(messages=[held.messages[i] for i in settled], targets=[held.targets[i] for i in settled])
        return learner.recalibrated(SPEC, self, weights, kept, ops)


def _limit(answer: Answer) -> float:
    output: Any = answer.output
    return float(output.limit_per_s)


def _observed(message: Any, truth: Any) -> dict[str, float]:
    """Return what a label says, requests a second and ms, NaN where it says nothing."""

    def told(name: str) -> float:
        return float(getattr(truth, name)) if truth.HasField(name) else np.nan

    limit = float(message.current_limit_per_s)
    bounded = truth.HasField("over_capacity")
    below = limit if bounded and truth.over_capacity else np.nan
    above = limit if bounded and not truth.over_capacity else np.nan
    return {
        "capacity": told("capacity_per_s"),
        "sustainable": told("sustainable_per_s"),
        "latency": told("p95_ms"),
        "carried": float(np.fmax(told("carried_per_s"), above)),
        "exceeded": below,
    }


def _bounds(seen: Mapping[str, float]) -> tuple[float, float]:
    """Return the least and the most that the capacity can have been."""
    if not np.isnan(seen["capacity"]):
        return seen["capacity"], seen["capacity"]
    least = float(np.nanmax([seen["carried"], seen["sustainable"], 0.0]))
    return least, float(np.nanmin([seen["exceeded"], np.inf]))


def _settled(limit: float, seen: Mapping[str, float]) -> bool:
    """Return whether the label says if the capacity was at least CARRIED x limit."""
    least, most = _bounds(seen)
    return not least < CARRIED * limit <= most


def _quality(limit: float, seen: Mapping[str, float]) -> tuple[float, bool]:
    """Return how well a limit served, at most 1, and whether the capacity bore it as far as the label tells."""
    least, most = _bounds(seen)
    low, high = (seen["sustainable"],) * 2 if not np.isnan(seen["sustainable"]) else (least, most)
    under, over = max(low - limit, 0.0) / low if low else 0.0, max(limit - high, 0.0) / high
    return 1.0 - under - min(over, 1.0), bool(least >= CARRIED * limit)


LEARNER = ThrottleLearner()
