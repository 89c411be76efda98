"""Judging limits beside every usual way to limit oneself, before the same services at the same times."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from acumen.models.performance.throttle import limiters, real, world
from acumen.models.performance.throttle.deciding import CARRIED, RAW, Decision
from acumen.models.performance.throttle.limiters import Aimd, Gradient2, Static, Vegas, total
from acumen.models.performance.throttle.loop import Loop, Orders, Policy
from acumen.models.performance.throttle.metrics import OK, Metrics
from acumen.models.performance.throttle.policy import Learned
from acumen.models.performance.throttle.world import REGIMES, Worlds
from acumen.neural import evaluate
from acumen.neural.model import Model
from acumen.neural.recipe import Say
from acumen.proto.v1 import model_pb2
from acumen_accel.throttle_simulation import Doubles

SEED = 6_200_000
SYNTHETIC, SHIFTED, REAL = 640, 320, 480
TUNING = 9_000
TARGET = 0.955
ECE, ECE_SHIFTED = 0.03, 0.08
STATICS = np.geomspace(0.15, 2.0, 20)
SETTINGS: Mapping[str, tuple[Callable[..., Policy], list[dict[str, Any]]]] = {
    "AIMD": (Aimd, [{"cut": c, "share": s} for c in (0.5, 0.7, 0.9) for s in (0.02, 0.05, 0.1)]),
    "gradient2": (
        Gradient2,
        [{"updates": u, "tolerance": t, "span": p} for u in (1, 3) for t in (1.1, 1.5) for p in (60, 600)],
    ),
    "Vegas": (Vegas, [{"updates": u, "probe": p} for u in (1, 2, 3, 5) for p in (30, 100, 1000)]),
}


def suites(model: Model, data: Path | None, say: Say) -> list[model_pb2.Suite]:
    """Return the results on each suite; recorded arrivals only when `data` has them."""
    rivals = _rivals(say)
    made = [
        judge("synthetic", "simulated services of other seeds", _synthetic(), model, rivals, ECE, say),
        judge(
            "shifted",
            "services slower, noisier and less steady at once than any in training",
            world.generate(SEED + 1, SHIFTED, world.SHIFTED),
            model,
            rivals,
            ECE_SHIFTED,
            say,
        ),
    ]
    arrival = real.read(data) if data else None
    if arrival is None:
        say("no azure_llm/AzureLLMInferenceTrace_code.csv.gz: the suite 'real: azure_llm' is left out")
        return made
    text = "arrivals of the Azure LLM inference code trace (CC BY 4.0) wanted of simulated services"
    worlds = real.worlds(arrival, SEED + 2, REAL)
    return [*made, judge("real: azure_llm", text, worlds, model, rivals, ECE_SHIFTED, say)]


def _synthetic() -> Worlds:
    return world.generate(SEED, SYNTHETIC)


def _rivals(say: Say) -> dict[str, Callable[[], Policy]]:
    """Return the usual limiters, each with the settings that earn most on services of training."""
    worlds = world.generate(TUNING, 128)
    rivals: dict[str, Callable[[], Policy]] = {"Vegas as published": Vegas}
    for name, (make, settings) in SETTINGS.items():
        chosen = limiters.tuned(make, settings, worlds)
        say(f"{name}: {chosen}")
        rivals[name] = _maker(make, chosen)
    return rivals


def _maker(make: Callable[..., Policy], settings: Mapping[str, Any]) -> Callable[[], Policy]:
    return lambda: make(**settings)


def judge(
    name: str,
    data: str,
    worlds: Worlds,
    model: Model,
    rivals: Mapping[str, Callable[[], Policy]],
    ece: float,
    say: Say,
) -> model_pb2.Suite:
    """Return one suite: utility beside the usual limiters', by regime too, and how well the model knows itself."""
    watched = Watched(model)
    best = total(worlds, limiters.oracle)
    ours = total(worlds, watched) / best
    theirs = {label: total(worlds, make()) / best for label, make in rivals.items()}
    informed = total(worlds, limiters.capacity_oracle) / best
    fixed = {"static 100": total(worlds, Static(limit=100.0)) / best, "best static of each run": _static(worlds) / best}
    means = ours.mean(), informed.mean(), theirs["Vegas"].mean()
    say(f"{name}: {worlds.size} services, utility {means[0]:.4f}, capacity oracle {means[1]:.4f}, Vegas {means[2]:.4f}")
    measures = [
        *_utility(ours, theirs, fixed, informed),
        *_regimes(worlds, ours, theirs["Vegas"]),
        *watched.knowledge(ece),
    ]
    return evaluate.suite(name, worlds.size, data, measures)


def _static(worlds: Worlds) -> Doubles:
    """Return the utility of the fixed limit that turns out best in each world."""
    mean = worlds.services.capacity.mean(axis=1)
    best: Doubles = np.max([total(worlds, Static(limit=mean * share)) for share in STATICS], axis=0)
    return best


def _utility(
    ours: Doubles, theirs: Mapping[str, Doubles], fixed: Mapping[str, Doubles], informed: Doubles
) -> list[model_pb2.Measure]:
    """Compare utilities, all in shares of the full oracle's, with it and with the capacity oracle's (`informed`)."""
    roles = {"static 100": "naive"}
    every = {**fixed, **theirs}
    rule = max(theirs, key=lambda label: float(theirs[label].mean()))

    def against(unit: Doubles) -> dict[str, tuple[str, float]]:
        return {label: (roles.get(label, "heuristic"), float((v / unit).mean())) for label, v in every.items()}

    known = {**against(informed), "capacity oracle": ("oracle", 1.0)}
    full = {
        **against(np.ones_like(ours)),
        "capacity oracle": ("oracle", float(informed.mean())),
        "oracle of capacity and demand": ("oracle", 1.0),
    }
    return [
        evaluate.measure("utility / the capacity oracle's", evaluate.interval(ours / informed), known, TARGET, True),
        evaluate.measure(
            "utility / that of an oracle of capacity and demand", evaluate.interval(ours), full, TARGET, True
        ),
        _gain("Vegas's", ours, theirs["Vegas"], 0.0),
        _gain(f"the best heuristic's ({rule})", ours, theirs[rule]),
    ]


def _gain(whose: str, ours: Doubles, theirs: Doubles, target: float | None = None) -> model_pb2.Measure:
    name = f"utility less {whose}, in shares of that oracle's"
    return evaluate.measure(name, evaluate.paired_gain(ours, theirs), None, target, True)


def _regimes(worlds: Worlds, ours: Doubles, vegas: Doubles) -> list[model_pb2.Measure]:
    made = []
    for number, regime in enumerate(REGIMES):
        here = worlds.regime == number
        baseline = {"Vegas": ("heuristic", float(vegas[here].mean())), "oracle": ("oracle", 1.0)}
        made.append(evaluate.measure(f"{regime}: utility / that oracle's", evaluate.interval(ours[here]), baseline))
        name = f"{regime}: utility less Vegas's, in shares of that oracle's"
        made.append(evaluate.measure(name, evaluate.paired_gain(ours[here], vegas[here]), None, 0.0, True))
    return made


class Watched:
    """The model in the loop, with what it said of the coming interval and what came."""

    def __init__(self, model: Model) -> None:
        self.learned, self.confidence = Learned(model.weights, ops=model.ops), model.confidence
        self.made: list[Decision] = []
        self.capacity: list[Doubles] = []
        self.answered: list[Doubles] = []

    def __call__(self, seen: Metrics, loop: Loop) -> Orders:
        """Return limits, bursts and caps, and remember."""
        made = self.learned.decide(seen)
        self.made.append(made)
        self.capacity.append(loop.capacity())
        self.answered.append(np.maximum(seen.windows[:, -1, OK], 1e-3))
        return made.orders

    def knowledge(self, ece: float) -> list[model_pb2.Measure]:
        """Measure the capacity inferred and the event's probability, services resampled as wholes."""
        capacity = np.stack(self.capacity, axis=1)
        said = np.stack([made.inferred for made in self.made], axis=1)
        limit = np.stack([made.limit for made in self.made], axis=1)
        p = self.confidence(np.stack([made.plan[:, RAW] for made in self.made], axis=1))
        met = (capacity >= CARRIED * limit).astype(float)
        error = np.abs(np.log(said[:, :, 1] / capacity))
        last = np.abs(np.log(np.stack(self.answered, axis=1) / capacity))
        inside = (capacity >= said[:, :, 0]) & (capacity <= said[:, :, 2])
        return [
            evaluate.measure(
                "capacity: mean absolute error in logarithms",
                evaluate.interval(error.mean(axis=1)),
                {"the rate last answered": ("naive", float(last.mean()))},
            ),
            evaluate.measure("capacity: share within its 80 % interval", evaluate.interval(inside.mean(axis=1))),
            *evaluate.calibration(p.ravel(), met.ravel(), ece, group=np.repeat(np.arange(len(p)), p.shape[1])),
        ]
