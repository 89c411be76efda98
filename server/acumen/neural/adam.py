"""Adam over all weights at once: one buffer of each kind, of which the named arrays are views."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen_accel.checked.training import AdamSettings

Array: TypeAlias = NDArray[Any]
Floats: TypeAlias = NDArray[np.float32]
# Arrays begin on cache lines; the numbers between them are zeros and stay so.
LINE: Final = 16
KINDS: Final = ("weights", "averaged", "mean", "square")
KERNELS: Final = acumen_accel.backend()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How to fit.

    Adam (Kingma and Ba, 2015) with decoupled weight decay (Loshchilov and Hutter, 2019); linear warm-up over the first
    `warmup` share of `steps`, then a cosine to zero; gradients clipped to a global norm; the weights returned are an
    exponential moving average with decay `ema`.
    """

    steps: int
    learning_rate: float = 1e-3
    warmup: float = 0.05
    clip: float = 1.0
    weight_decay: float = 0.0
    ema: float = 0.999

    def rate(self, step: int) -> float:
        """Return the learning rate of a step, from 0."""
        warm = max(1, int(self.warmup * self.steps))
        if step < warm:
            return self.learning_rate * (step + 1) / warm
        return self.learning_rate * 0.5 * (1 + float(np.cos(np.pi * (step - warm) / max(1, self.steps - warm))))


class Adam:
    """The optimiser's state over named float32 weights; `frozen` ones never change and have no moments.

    `weights`, `averaged`, `mean` and `square` are by name, and change in place.
    """

    def __init__(self, weights: Mapping[str, Array], schedule: Schedule, frozen: Set[str] = frozenset()) -> None:
        self.schedule, self.step = schedule, 0
        self.frozen = {name: np.array(value) for name, value in weights.items() if name in frozen}
        # In the order of names: the norm is a sum, whose last bits would differ with the order.
        moving = {name: np.shape(weights[name]) for name in sorted(weights) if name not in frozen}
        ends = np.cumsum([-(-int(np.prod(shape)) // LINE) * LINE for shape in moving.values()], dtype=np.int64)
        size = int(ends[-1]) if ends.size else 0
        self._flat = {kind: acumen_accel.aligned(np.zeros(size)) for kind in (*KINDS, "gradient")}
        starts = dict(zip(moving, [0, *ends[:-1].tolist()], strict=False))
        self._views = {kind: _views(flat, moving, starts) for kind, flat in self._flat.items()}
        self.mean, self.square = self._views["mean"], self._views["square"]
        views = {kind: self._views[kind] | self.frozen for kind in KINDS[:2]}
        self.weights, self.averaged = ({name: views[kind][name] for name in weights} for kind in KINDS[:2])
        for name in moving:
            self.weights[name][...] = self.averaged[name][...] = weights[name]

    def update(self, gradients: Mapping[str, Array]) -> None:
        """Take one step along `gradients`, one for each weight; those of frozen weights are not looked at.

        Raises FloatingPointError, and changes nothing, when a gradient holds NaN or infinity.
        """
        for name, place in self._views["gradient"].items():
            place[...] = gradients[name]
        schedule, rate, norm = self.schedule, self.schedule.rate(self.step), self._norm()
        self.step += 1
        keep = min(schedule.ema, (1 + self.step) / (10 + self.step))
        settings = AdamSettings(
            scale=min(1.0, schedule.clip / max(norm, 1e-12)),
            rate=rate,
            decay=schedule.weight_decay,
            first=1 / (1 - 0.9**self.step),
            second=1 / (1 - 0.999**self.step),
            follow=1 - keep,
        )
        flat = self._flat
        KERNELS.adam_step(flat["weights"], flat["averaged"], flat["mean"], flat["square"], flat["gradient"], settings)

    def _norm(self) -> float:
        """Return the global norm of the gradients; squares that leave float32 are summed in float64."""
        gradient = self._flat["gradient"]
        total = KERNELS.squared_norm(gradient)
        if not np.isfinite(total):
            total = float(np.sum(np.square(gradient, dtype=np.float64)))
        if not np.isfinite(total):
            raise FloatingPointError(f"gradients are not finite at step {self.step}")
        return float(np.sqrt(total))

    def state(self) -> dict[str, Array]:
        """Return copies of all that `restore` needs: `step`, and `<kind>/<name>` for weights, averages and moments."""
        kept: dict[str, Array] = {"step": np.array([self.step], np.int64)}
        for kind in KINDS:
            kept |= {f"{kind}/{name}": value.copy() for name, value in getattr(self, kind).items()}
        return kept

    def restore(self, state: Mapping[str, Array]) -> None:
        """Go on exactly where `state` was taken; ValueError, and no change, unless it is of the same weights."""
        places = {f"{kind}/{name}": place for kind in KINDS for name, place in getattr(self, kind).items()}
        wrong = sorted(name for name in places.keys() | state.keys() if name != "step" and _differ(name, places, state))
        if wrong or "step" not in state:
            raise ValueError(f"state: {', '.join(wrong or ['step'])} missing, unknown or of another shape")
        for name, place in places.items():
            place[...] = state[name]
        self.step = int(state["step"][0])


def _views(flat: Floats, shapes: Mapping[str, tuple[int, ...]], starts: Mapping[str, int]) -> dict[str, Floats]:
    return {
        name: flat[starts[name] : starts[name] + int(np.prod(shape))].reshape(shape) for name, shape in shapes.items()
    }


def _differ(name: str, places: Mapping[str, Array], state: Mapping[str, Array]) -> bool:
    return name not in places or name not in state or places[name].shape != state[name].shape
