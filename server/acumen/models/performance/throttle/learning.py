"""What the network learns from moments of the loop, and the losses it goes down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.performance.throttle.deciding import ODDS
from acumen.models.performance.throttle.features import Features
from acumen.neural.spec import Batch, Floats
from acumen.neural.tape import Node, Tape

LEVELS = (0.1, 0.5, 0.9)
# Beyond the sustainable rate a request costs more than one forgone below it; chosen in the loop on training seeds.
OVERSHOOT = 1.0
WEIGHTS = {"capacity": 1.0, "limit": 2.0, "latency": 0.3, "censored": 0.3}
FARTHEST = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Truths:
    """What was true of B inputs, in logarithms and NaN where it was not observed.

    `capacity` and `sustainable` (B,) over the input's rate, `latency` over its last 95th percentile; `carried` (B,) a
    rate that capacity is known to reach, `exceeded` one that it is known not to.
    """

    capacity: Floats
    sustainable: Floats
    latency: Floats
    carried: Floats
    exceeded: Floats

    def take(self, index: Any) -> "Truths":
        """Return those of some inputs."""
        return Truths(**{name: getattr(self, name)[index] for name in self.__slots__})

    @staticmethod
    def joined(parts: Sequence["Truths"]) -> "Truths":
        """Return several as one."""
        return Truths(**{n: np.concatenate([getattr(p, n) for p in parts]) for n in Truths.__slots__})


def truths(features: Features, **observed: NDArray[Any]) -> Truths:
    """Return truths from what was observed, requests a second and ms (B,), NaN where it was not."""
    unit = {"latency": features.p95_ms}
    filled: dict[str, Floats] = {}
    for name in Truths.__slots__:
        raw = observed.get(name, np.full(features.rate.size, np.nan))
        with np.errstate(invalid="ignore"):
            logs = np.log(np.maximum(raw, 1e-12) / unit.get(name, features.rate))
        filled[name] = np.clip(logs, -FARTHEST, FARTHEST).astype(np.float32)
    return Truths(**filled)


def batch_of(features: Features) -> Batch:
    """Return features as the network takes them."""
    arrays = {"windows": features.windows, "context": features.context}
    return Batch(size=features.rate.size, arrays=arrays, summary=features.summary)


def total_loss(tape: Tape, scores: Mapping[str, Any], truth: Truths) -> Node:
    """Return the sum over examples of their losses; what was not observed of one costs nothing.

    Pinball (Koenker and Bassett, 1978) on the quantiles of log capacity and on the median of log latency; on the limit,
    what it leaves unused or offers too much of the sustainable rate, the latter OVERSHOOT times as dear (newsvendor's
    loss, Arrow, Harris and Marschak, 1951); log loss of a logistic capacity on rates known to be carried or exceeded.
    """
    capacity, middle = scores["capacity"], tape.columns(scores["capacity"], 1, 2)
    known, target = _known(truth.capacity)
    total = tape.sum(_pinball(tape, target - middle, 0.5) * known)
    for column, level in ((0, LEVELS[0]), (2, LEVELS[2])):
        total = total + tape.sum(_pinball(tape, target - tape.columns(capacity, column, column + 1), level) * known)
    total = total * np.float32(WEIGHTS["capacity"])
    known, target = _known(truth.sustainable)
    total = total + tape.sum(_newsvendor(tape, middle + scores["limit"] - target) * known) * np.float32(
        WEIGHTS["limit"]
    )
    known, target = _known(truth.latency)
    total = total + tape.sum(_pinball(tape, target - scores["latency"], 0.5) * known) * np.float32(WEIGHTS["latency"])
    for bound, sign in ((truth.carried, 1.0), (truth.exceeded, -1.0)):
        total = total + _censored(tape, capacity, bound, sign)
    return total


def _known(values: Floats) -> tuple[Floats, Floats]:
    """Return 1 where a value is known, and the values with 0 where not, both (B, 1)."""
    known = np.isfinite(values)
    return known.astype(np.float32)[:, None], np.where(known, values, 0).astype(np.float32)[:, None]


def _pinball(tape: Tape, error: Node, level: float) -> Node:
    return tape.absolute(error) * np.float32(0.5) + error * np.float32(level - 0.5)


def _newsvendor(tape: Tape, error: Node) -> Node:
    """Return the share forgone below, 1 - e^error, or OVERSHOOT (e^error - 1) above, straight from an error of 1 on."""
    under, over = tape.relu(-error), tape.relu(error)
    near = np.float32(1) - tape.relu(np.float32(1) - over)
    return (np.float32(1) - tape.exp(-under)) + (tape.exp(near) - 1 + (over - near) * 3) * np.float32(OVERSHOOT)


def _censored(tape: Tape, capacity: Node, bound: Floats, sign: float) -> Node:
    """Return the log loss of capacity being above (sign 1) or below (-1) a rate."""
    known, target = _known(bound)
    if not known.any():
        return tape.sum(capacity * np.float32(0))
    spread = (tape.columns(capacity, 2, 3) - tape.columns(capacity, 0, 1)) * np.float32(0.5 / ODDS) + np.float32(1e-3)
    odds = (tape.columns(capacity, 1, 2) - target) / spread * np.float32(-sign)
    return tape.sum(tape.softplus(odds) * known) * np.float32(WEIGHTS["censored"])
