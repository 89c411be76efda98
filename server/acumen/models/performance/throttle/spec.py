"""throttle-v1: what was measured of an API to the limits to keep to."""

from collections.abc import Mapping, Sequence
from typing import Any

from acumen.errors import InvalidInput
from acumen.models.performance.throttle import answering, deciding, features, network, promises, reading, refusals
from acumen.models.performance.throttle.identity import IDENTITY
from acumen.neural.spec import Answer, Batch, Want


class Throttle:
    """The domain logic of throttle-v1."""

    identity = IDENTITY

    def check(self, message: Any) -> None:
        """Refuse numbers out of range, windows out of order, quotas that contradict themselves, clients named twice."""
        if violations := refusals.violations(message):
            raise InvalidInput(violations)

    def cost(self, message: Any) -> int:
        """Estimate microseconds; reading grows with windows and clients, and stays below 500 for both at their most."""
        return int(150 + 3 * len(message.windows) + 0.8 * len(message.clients))

    def featurise(self, messages: Sequence[Any]) -> Batch:
        """Read the messages into arrays, and put rates and times in units of the input's own."""
        seen = reading.metrics_of(messages)
        made = features.extract(seen)
        arrays = {"windows": made.windows, "context": made.context}
        return Batch(size=len(messages), arrays=arrays, summary=made.summary, facts=(seen, made))

    def network(self, ops: Any, weights: Any, batch: Batch) -> dict[str, Any]:
        """Score a batch; see `network.forward`."""
        return network.forward(ops, weights, batch)

    def decode(
        self, messages: Sequence[Any], batch: Batch, scores: Mapping[str, Any], confidence: Any, want: Want
    ) -> list[Answer]:
        """Clamp, share and forecast by the capacity inferred; `deciding` documents what holds for any scores."""
        seen, made = batch.facts
        decided = deciding.decide(seen, made, scores)
        return [answering.answer(m, seen, decided, i, confidence, want) for i, m in enumerate(messages)]

    def validate(self, message: Any, output: Any) -> list[str]:
        """Return every broken promise of `RateLimits`."""
        return promises.broken(message, output)

    def examples(self, seed: int, n: int) -> list[Any]:
        """Return what clients know at random moments of simulated loops, some with shares, quotas and steps."""
        from acumen.models.performance.throttle.moments import examples

        return examples(seed, n)


SPEC = Throttle()
