"""cache-v1: learning from observed hit ratios."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.performance.cache import outcomes
from acumen.models.performance.cache.learning import Targets, total_loss
from acumen.models.performance.cache.spec import SPEC
from acumen.neural import ragged
from acumen.neural.learner import Judged, Labelled
from acumen.neural.refit import calibrated, raw_answers, remembering
from acumen.neural.spec import Answer, Batch, Weights
from acumen.neural.tape import Node, Tape


@dataclass(frozen=True, slots=True)
class PreparedPatterns:
    """Features of all examples, a row a size, and what is known of each row."""

    batch: Batch
    known: Targets

    @property
    def size(self) -> int:
        """How many examples there are."""
        return self.batch.size

    def take(self, index: NDArray[np.int64]) -> tuple[Batch, Targets]:
        """Return some examples."""
        rows, ends = ragged.taken(self.batch.arrays["offsets"], index)
        arrays = {name: value[rows] for name, value in self.batch.arrays.items() if name != "offsets"}
        known = Targets(
            truth=self.known.truth[rows],
            weight=self.known.weight[rows],
            regret=self.known.regret[rows],
            whole=self.known.whole[rows],
        )
        return Batch(size=index.size, arrays={**arrays, "offsets": ends}, summary=self.batch.summary[index]), known


class CacheLearner:
    """See `acumen.neural.learner.Learner`."""

    target_field = outcomes.ROOT
    measure = "minus the mean absolute error of the observed hit ratios' medians"

    def check(self, message: Any, target: Any) -> None:
        """Refuse policies and sizes that are none, told twice, ratios that are none, and targets that tell nothing."""
        outcomes.refuse(message, target)

    def initial(self, weights: Weights, examples: Labelled, seed: int) -> dict[str, NDArray[Any]]:  # noqa: ARG002
        """Return the base's weights."""
        return dict(weights)

    def prepare(self, weights: Weights, examples: Labelled) -> PreparedPatterns:  # noqa: ARG002
        """Measure the patterns."""
        pairs = zip(examples.messages, examples.targets, strict=True)
        known = [_known(outcomes.ratios(*pair)) for pair in pairs]
        parts = {name: np.concatenate([getattr(k, name) for k in known]) for name in Targets.__slots__}
        return PreparedPatterns(SPEC.featurise(examples.messages), Targets(**parts))

    def loss(self, tape: Tape, scores: Mapping[str, Any], batch: Batch, targets: Any) -> Node:  # noqa: ARG002
        """Return the loss the network was made with, over what is known; of an input that weighs 1 in sum."""
        return total_loss(tape, scores, targets)

    def judge(self, answers: Sequence[Answer], examples: Labelled) -> Judged:
        """Compare medians with what was observed, and the choice with the best where all policies were."""
        cases = list(zip(answers, examples.messages, examples.targets, strict=True))
        quality = [-outcomes.error(answer.output, message, target) for answer, message, target in cases]
        happened = [outcomes.valid_or_none(answer.output, message, target) is True for answer, message, target in cases]
        return Judged(quality=np.array(quality, np.float64), happened=np.array(happened, np.bool_))

    def finish(self, weights: Weights, trained: Labelled, held: Labelled) -> dict[str, NDArray[Any]]:
        """Calibrate on inputs of which all policies were observed at the chosen size; such ones are exemplars."""
        told = raw_answers(SPEC, weights, held.messages)
        judged = [
            (answer.p, outcomes.valid_or_none(answer.output, message, target))
            for answer, message, target in zip(told, held.messages, held.targets, strict=True)
            if answer.p < 1  # Of what was replayed nothing is left to calibrate.
        ]
        known = [(p, valid) for p, valid in judged if valid is not None]
        fitted = calibrated(weights, [p for p, _ in known], [valid for _, valid in known])
        best = [outcomes.best_or_none(*pair) for pair in zip(trained.messages, trained.targets, strict=True)]
        kept = [(message, one) for message, one in zip(trained.messages, best, strict=True) if one is not None]
        return remembering(SPEC, fitted, trained.messages, [message for message, _ in kept], [one for _, one in kept])


def _known(observed: NDArray[np.float64]) -> Targets:
    """Return the targets of one input; its known ratios weigh 1 in sum, and so do its rows without gaps."""
    told, lost = ~np.isnan(observed), outcomes.regrets(observed)
    whole = told.all(axis=1, keepdims=True)
    return Targets(
        truth=np.where(told, observed, 0).astype(np.float32),
        weight=(told / max(told.sum(), 1)).astype(np.float32),
        regret=np.where(whole, lost, 1).astype(np.float32),
        whole=(whole / max(whole.sum(), 1)).astype(np.float32),
    )


LEARNER = CacheLearner()
