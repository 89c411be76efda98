"""The fitted weights that are shipped, read once when the package is imported."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from pathlib import Path
from typing import Any, Final

WEIGHTS: Final = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """A linear score over named features: `bias + sum(weight * (feature - centre) / scale)`."""

    names: tuple[str, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    weight: tuple[float, ...]
    bias: float = 0.0

    def __call__(self, features: Sequence[float]) -> float:
        """Return the score, a log-odds; `features` in the order of `names`."""
        parts = zip(features, self.centre, self.scale, self.weight, strict=True)
        return self.bias + sum(w * (x - c) / s for x, c, s, w in parts)

    def parts(self, features: Sequence[float]) -> dict[str, float]:
        """Return what each feature adds to the score."""
        rows = zip(self.names, features, self.centre, self.scale, self.weight, strict=True)
        return {name: w * (x - c) / s for name, x, c, s, w in rows}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Linear":
        """Return the model that a mapping of its fields describes."""
        vectors = {key: tuple(values[key]) for key in ("names", "centre", "scale", "weight")}
        return cls(**vectors, bias=float(values["bias"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """All fitted numbers.

    How a trajectory is judged by itself (with a user to talk to, or alone) and among neighbours, how a pair is, and the
    slopes that calibrate a response's score.
    """

    dialogue: Linear
    solo: Linear
    neighbours: Linear
    pair: Linear
    soft_slope_low: float
    soft_slope_high: float
    hard_slope: float

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Weights":
        """Return the weights that a parsed file describes."""
        return cls(
            dialogue=Linear.of(values["dialogue"]),
            solo=Linear.of(values["solo"]),
            neighbours=Linear.of(values["neighbours"]),
            pair=Linear.of(values["pair"]),
            soft_slope_low=float(values["soft_slope_low"]),
            soft_slope_high=float(values["soft_slope_high"]),
            hard_slope=float(values["hard_slope"]),
        )


def sigmoid(x: float) -> float:
    """Return the probability of a log-odds, which is clipped to +-30."""
    return 1 / (1 + exp(-max(-30.0, min(30.0, x))))


def logit(p: float) -> float:
    """Return the log-odds of a probability, which is clipped to 1e-6 from certainty."""
    p = min(1 - 1e-6, max(1e-6, p))
    return log(p / (1 - p))


SHIPPED: Final = Weights.of(json.loads(WEIGHTS.read_text()))
