"""balance-v1: learning from what servers did next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.balance import outcomes
from acumen.models.coordination.balance.learning import Targets, total_loss
from acumen.models.coordination.balance.outcomes import carried_or_none
from acumen.models.coordination.balance.spec import SPEC, Reading
from acumen.neural import ragged
from acumen.neural.learner import Judged, Labelled
from acumen.neural.refit import calibrated, raw_answers, remembering
from acumen.neural.spec import Answer, Batch, Weights
from acumen.neural.tape import Node, Tape

BY_SERVER, BY_INPUT = ("speed", "least", "down"), ("p99", "carried")


@dataclass(frozen=True, slots=True)
class PreparedLoads:
    """Features of all examples and what is known of each."""

    batch: Batch
    known: Targets

    @property
    def size(self) -> int:
        """How many examples there are."""
        return self.batch.size

    def take(self, index: NDArray[np.int64]) -> tuple[Batch, Targets]:
        """Return some examples."""
        rows, ends = ragged.taken(self.batch.arrays["offsets"], index)
        arrays = {
            "servers": self.batch.arrays["servers"][rows],
            "offsets": ends,
            "owner": np.repeat(np.arange(index.size), np.diff(ends)),
        }
        picked = dict.fromkeys(BY_SERVER, rows) | dict.fromkeys(BY_INPUT, index)
        known = {name: _picked(getattr(self.known, name), at) for name, at in picked.items()}
        return Batch(size=index.size, arrays=arrays, summary=self.batch.summary[index]), Targets(**known)


class BalanceLearner:
    """See `acumen.neural.learner.Learner`."""

    target_field = outcomes.ROOT
    measure = "minus the error: mean |log| of speeds, pinball of the log latency, a half for a wrong overload"

    def check(self, message: Any, target: Any) -> None:
        """Refuse servers not in the input or told twice, numbers out of range, and targets that tell nothing."""
        outcomes.refuse(message, target)

    def initial(self, weights: Weights, examples: Labelled, seed: int) -> dict[str, NDArray[Any]]:  # noqa: ARG002
        """Return the base's weights."""
        return dict(weights)

    def prepare(self, weights: Weights, examples: Labelled) -> PreparedLoads:  # noqa: ARG002
        """Read the metrics and the outcomes."""
        batch = SPEC.featurise(examples.messages)
        return PreparedLoads(batch, known_of(batch, examples))

    def loss(self, tape: Tape, scores: Mapping[str, Any], batch: Batch, targets: Any) -> Node:  # noqa: ARG002
        """Return the loss the network was made with, over what is known; of an input, known servers weigh 1 in sum."""
        return total_loss(tape, scores, targets)

    def judge(self, answers: Sequence[Answer], examples: Labelled) -> Judged:
        """Compare speeds, latencies and overload with the outcomes."""
        cases = list(zip(answers, examples.messages, examples.targets, strict=True))
        quality = [-outcomes.error(a.output, m, t) for a, m, t in cases]
        happened = [_right(a, carried_or_none(m, t)) is True for a, m, t in cases]
        return Judged(quality=np.array(quality, np.float64), happened=np.array(happened, np.bool_))

    def finish(self, weights: Weights, trained: Labelled, held: Labelled) -> dict[str, NDArray[Any]]:
        """Calibrate on the inputs of which it is known whether arrivals were carried; keep such ones as exemplars."""
        told = raw_answers(SPEC, weights, held.messages)
        judged = [
            (answer.p, _right(answer, carried_or_none(message, target)))
            for answer, message, target in zip(told, held.messages, held.targets, strict=True)
        ]
        known = [(p, right) for p, right in judged if right is not None]
        fitted = calibrated(weights, [p for p, _ in known], [right for _, right in known])
        carried = [carried_or_none(*pair) for pair in zip(trained.messages, trained.targets, strict=True)]
        kept = [i for i, one in enumerate(carried) if one is not None]
        known_messages, labels = [trained.messages[i] for i in kept], [int(not carried[i]) for i in kept]
        return remembering(SPEC, fitted, trained.messages, known_messages, labels)


def known_of(batch: Batch, examples: Labelled) -> Targets:
    """Return what the outcomes say, in the network's units."""
    reading: Reading = batch.facts[0]
    pairs = list(zip(examples.messages, examples.targets, strict=True))
    servers = outcomes.by_server(pairs)
    first = reading.first[:, None]
    carried = [carried_or_none(*pair) for pair in pairs]
    p99 = np.array([target.p99_ms if target.HasField("p99_ms") else np.nan for _, target in pairs])
    offsets = batch.arrays["offsets"]
    return Targets(
        speed=_weighed(outcomes.logarithm(servers[:, :1] / first), offsets),
        least=_weighed(outcomes.logarithm(servers[:, 1:2] / first), offsets),
        down=_weighed(servers[:, 2:3], offsets),
        p99=_present(np.log(p99 / 1e3 * reading.unit)),
        carried=_present(np.array([np.nan if one is None else float(one) for one in carried])),
    )


def _weighed(values: NDArray[np.float64], offsets: NDArray[np.int64]) -> tuple[Any, Any]:
    """Return values (rows, 1), 0 where not known, and weights that are 1 in sum over what is known of an input."""
    known = ~np.isnan(values)
    count = np.add.reduceat(known, offsets[:-1], axis=0)
    weight = known / np.maximum(np.repeat(count, np.diff(offsets), axis=0), 1)
    return np.where(known, values, 0).astype(np.float32), weight.astype(np.float32)


def _present(values: NDArray[np.float64]) -> tuple[Any, Any]:
    known = ~np.isnan(values)
    return np.where(known, values, 0).astype(np.float32)[:, None], known.astype(np.float32)[:, None]


def _picked(known: tuple[Any, Any], at: NDArray[np.int64]) -> tuple[Any, Any]:
    return known[0][at], known[1][at]


def _right(answer: Answer, carried: bool | None) -> bool | None:
    made: Any = answer.output
    return None if carried is None else bool(made.overload) != carried


LEARNER = BalanceLearner()
