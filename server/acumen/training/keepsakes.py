"""What a version takes along for later: what its inputs looked like, and which of its weights matter."""

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from acumen.neural.anchor import PREFIX as FISHER
from acumen.neural.anchor import fisher
from acumen.neural.drift import baseline
from acumen.neural.drift.baseline import PREFIX as DRIFT
from acumen.neural.drift.observing import observe
from acumen.neural.learner import Labelled, Learner
from acumen.neural.model import Model
from acumen.neural.weights import TRAINABLE

OBSERVED, FEWEST_OBSERVED = 1_000, 50
WEIGHED = 300
MOST_WEIGHED = 500_000  # numbers; the information of larger networks would be larger than what it protects is worth


def without(weights: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return the weights without what the model they come from took along."""
    return {name: value for name, value in weights.items() if not name.startswith((DRIFT, FISHER))}


def of(model: Model, learner: Learner, trained: Labelled) -> dict[str, NDArray[Any]]:
    """Return the drift baseline of the training inputs (`drift/*`) and the Fisher information (`fisher/*`)."""
    kept: dict[str, NDArray[Any]] = {}
    if len(trained.messages) >= FEWEST_OBSERVED:
        kept |= baseline.arrays_of(baseline.fit(*observe(model, trained.messages[:OBSERVED])))
    numbers = sum(value.size for name, value in model.weights.items() if name.startswith(TRAINABLE))
    if numbers <= MOST_WEIGHED:
        some = Labelled(messages=trained.messages[:WEIGHED], targets=trained.targets[:WEIGHED])
        kept |= fisher(model.spec, learner, model.weights, some)
    return kept
