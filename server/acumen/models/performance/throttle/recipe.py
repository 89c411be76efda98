"""How throttle-v1 is made and judged."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.performance.throttle import judging, learning, limiters, network, world
from acumen.models.performance.throttle.deciding import CARRIED, RAW
from acumen.models.performance.throttle.identity import FELL, ROSE
from acumen.models.performance.throttle.loop import Loop, Orders, Policy, run
from acumen.models.performance.throttle.metrics import Metrics
from acumen.models.performance.throttle.moments import Moments, gather
from acumen.models.performance.throttle.policy import Learned
from acumen.neural import calibrate
from acumen.neural.fit import Schedule, fit
from acumen.neural.model import Model
from acumen.neural.recipe import Say
from acumen.neural.reference import fit_reference
from acumen.neural.tape import Node, Tape
from acumen.proto.v1 import model_pb2

WORLDS = 320
FIRST_SHARE, SHARE = 0.3, 0.6
ROUNDS, STEPS, LAST_STEPS = 5, 800, 10_000
EXPLORE = 0.2
MOMENTS_A_STEP = 256
CALIBRATION_WORLDS = 320
EXEMPLARS = 800
SCHEDULE = {"learning_rate": 2e-3, "weight_decay": 1e-3, "ema": 0.998}

Weights = dict[str, NDArray[Any]]


class ThrottleRecipe:
    """Imitates the capacity oracle: first along other limiters' runs, then along the network's own (DAgger).

    Ross, Gordon and Bagnell, A reduction of imitation learning to no-regret online learning, 2011.
    """

    def train(self, seed: int, say: Say) -> Mapping[str, NDArray[Any]]:
        """Gather, fit, gather anew where the network led; calibrate on runs of their own."""
        kept = [_first(seed, i, policy) for i, policy in enumerate(_teachers(seed))]
        weights: Weights = {**network.initial(np.random.default_rng([seed, 1])), **_normalisers(Moments.joined(kept))}
        for number in range(ROUNDS):
            last = number == ROUNDS - 1
            weights = fitted(weights, Moments.joined(kept), LAST_STEPS if last else STEPS, [seed, 2, number], say)
            if not last:
                own = Learned(weights, EXPLORE, np.random.default_rng([seed, 3, number]))
                kept.append(gather(_worlds(seed, 10 + number), own, SHARE, number)[0])
                say(f"round {number + 1}: {sum(part.owner.size for part in kept)} moments")
        weights |= _reference(weights, Moments.joined(kept[-2:]), seed)
        return weights | _calibration(weights, seed, say)

    def evaluate(self, model: Model, data: Path | None, say: Say) -> Sequence[model_pb2.Suite]:
        """Judge in loops of other seeds, in harder ones, and under recorded arrivals."""
        return judging.suites(model, data, say)


def _worlds(seed: int, number: int, count: int = WORLDS) -> world.Worlds:
    return world.training(1_000 * seed + number, count)


def _teachers(seed: int) -> list[Policy]:
    """Return the limiters of the first round: the oracle with an unsteady hand, and two usual ones."""
    rng = np.random.default_rng([seed, 4])

    def unsteady(seen: Metrics, loop: Loop) -> Orders:
        return limiters.by_rate(loop.sustainable() * np.exp(rng.normal(-0.1, 0.4, seen.size)), seen)

    return [unsteady, limiters.Vegas(), limiters.Aimd()]


def _first(seed: int, number: int, policy: Policy) -> Moments:
    return gather(_worlds(seed, number), policy, FIRST_SHARE, number)[0]


def _normalisers(data: Moments) -> Weights:
    """Return the centre and scale (mean, standard deviation) of each feature column."""
    found: Weights = {}
    for name in ("windows", "context"):
        x = getattr(data.features, name)
        found[f"norm/{name}/center"] = x.mean(axis=0, dtype=np.float64).astype(np.float32)
        found[f"norm/{name}/scale"] = (x.std(axis=0, dtype=np.float64) + 1e-2).astype(np.float32)
    return found


def fitted(weights: Weights, data: Moments, steps: int, seed: list[int], say: Say) -> Weights:
    """Return the weights after some steps over random moments."""
    rng = np.random.default_rng(seed)
    fixed = {name: value for name, value in weights.items() if not name.startswith("net/")}

    def loss(tape: Tape, nodes: Mapping[str, Any], _step: int) -> Node:
        drawn = data.take(rng.integers(0, data.owner.size, MOMENTS_A_STEP))
        scores = network.forward(tape, {**fixed, **nodes}, learning.batch_of(drawn.features))
        return learning.total_loss(tape, scores, drawn.truth) * np.float32(1 / MOMENTS_A_STEP)

    def on_step(step: int, value: float) -> None:
        if step % 1000 == 999:
            say(f"step {step + 1}: loss {value:.4f}")

    trained = {name: value for name, value in weights.items() if name.startswith("net/")}
    return fixed | fit(trained, loss, Schedule(steps=steps, **SCHEDULE), on_step)


def _reference(weights: Weights, data: Moments, seed: int) -> Weights:
    """Describe the inputs of the network's own runs, and keep some, labelled by how capacity went on."""
    picked = data.take(np.random.default_rng([seed, 5]).choice(data.owner.size, EXEMPLARS, replace=False))
    embedding = Learned(weights).score(picked.features)["embedding"]
    label = np.digitize(picked.truth.capacity, np.log([FELL, ROSE])).astype(np.int32)
    described = fit_reference(data.features.summary)
    return {**described, "exemplar/embedding": embedding, "exemplar/label": label}


def _calibration(weights: Weights, seed: int, say: Say) -> Weights:
    """Fit the map from raw probability to frequency on runs that training did not see."""
    told = outcomes(_worlds(seed, 50, CALIBRATION_WORLDS), weights)
    say(f"calibrated on {told[0].size} limits, {told[1].mean():.3f} of them carried")
    made = calibrate.fit_isotonic(*told)
    return {"cal/x": made.x.astype(np.float32), "cal/y": made.y.astype(np.float32)}


def outcomes(worlds: world.Worlds, weights: Mapping[str, Any]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the raw probability of every limit along the network's own runs, and whether it was carried."""
    learned, raw, carried = Learned(weights), [], []

    def policy(seen: Metrics, loop: Loop) -> Orders:
        made = learned.decide(seen)
        raw.append(made.plan[:, RAW])
        carried.append(loop.capacity() >= CARRIED * made.limit)
        return made.orders

    run(worlds, policy)
    return np.concatenate(raw), np.concatenate(carried)


RECIPE = ThrottleRecipe()
