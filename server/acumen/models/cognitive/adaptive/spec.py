"""adaptive-v1: what it sees, computes and answers."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from acumen.models.cognitive.adaptive import answering, network, validating
from acumen.models.cognitive.adaptive.deciding import decide
from acumen.models.cognitive.adaptive.features import Facts, batch_of
from acumen.models.cognitive.adaptive.identity import IDENTITY
from acumen.models.cognitive.adaptive.reading import read
from acumen.neural.calibrate import Isotonic
from acumen.neural.spec import Answer, Batch, Want
from acumen.proto.models.v1.cognitive_pb2 import FeedbackHistory, LearnedPolicy


class Adaptive:
    """See `IDENTITY`."""

    identity = IDENTITY

    def check(self, message: FeedbackHistory) -> None:
        """Raise `InvalidInput` naming every broken rule."""
        read(message)

    def cost(self, message: FeedbackHistory) -> int:
        """Estimate microseconds."""
        return int(150 + 0.7 * len(message.events) + 3 * len(message.actions))

    def featurise(self, messages: Sequence[FeedbackHistory]) -> Batch:
        """Read each history and run the filters over it; `facts` are `features.Facts`. Raises `InvalidInput`."""
        return batch_of([read(message) for message in messages])

    def network(self, ops: Any, weights: Any, batch: Batch) -> dict[str, Any]:
        """Score the actions; see `network.run`."""
        return network.run(ops, weights, batch)

    def decode(
        self,
        messages: Sequence[FeedbackHistory],
        batch: Batch,
        scores: Mapping[str, Any],
        confidence: Isotonic,
        want: Want,
    ) -> list[Answer]:
        """Decide for every history; `deciding` says what holds for any scores."""
        facts: Sequence[Facts] = batch.facts
        risk = np.array([fact.history.risk_aversion for fact in facts])
        made = decide(scores, batch.arrays["offsets"], risk)
        p = confidence(np.array([one.odds[one.recommended] for one in made])).tolist()
        return [
            answering.answer(message, fact, one, chance, want)
            for message, fact, one, chance in zip(messages, facts, made, p, strict=True)
        ]

    def validate(self, message: FeedbackHistory, output: LearnedPolicy) -> list[str]:
        """Return every broken promise of `LearnedPolicy`."""
        return validating.broken(message, output)

    def examples(self, seed: int, n: int) -> list[FeedbackHistory]:
        """Return histories of simulated bandits, as in training."""
        from acumen.models.cognitive.adaptive.moments import examples

        return examples(seed, n)


SPEC = Adaptive()
