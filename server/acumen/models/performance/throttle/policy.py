"""The model as a limiter in the loop."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen.models.performance.throttle import deciding, features, learning, network
from acumen.models.performance.throttle.deciding import Decision
from acumen.models.performance.throttle.loop import Loop, Orders
from acumen.models.performance.throttle.metrics import Metrics
from acumen.neural.inference import Inference
from acumen.neural.spec import Weights

TRIED = 0.3


@dataclass(slots=True)
class Learned:
    """Limits by weights; in training one limit in three is multiplied by a factor with a log deviation of `explore`."""

    weights: Weights
    explore: float = 0.0
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))
    ops: Inference = field(default_factory=lambda: Inference(acumen_accel.backend()))

    def __call__(self, seen: Metrics, _loop: Loop) -> Orders:
        """Return limits, bursts and caps on requests in flight."""
        orders = self.decide(seen).orders.copy()
        if self.explore:
            kick = self.rng.normal(0, self.explore, seen.size) * (self.rng.random(seen.size) < TRIED)
            orders[:, 0] = np.minimum(orders[:, 0] * np.exp(kick), seen.pace)
        return orders

    def decide(self, seen: Metrics) -> Decision:
        """Return the decisions."""
        made = features.extract(seen)
        return deciding.decide(seen, made, self.score(made))

    def score(self, made: features.Features) -> dict[str, NDArray[Any]]:
        """Return the scores."""
        return network.forward(self.ops, self.weights, learning.batch_of(made))
