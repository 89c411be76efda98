"""Fitting the network to what turned out to be true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.balance.moments import Moment
from acumen.models.coordination.balance.spec import SPEC, batch_of
from acumen.neural.fit import Schedule, dense_weights, fit
from acumen.neural.spec import Batch, Floats
from acumen.neural.tape import Node, Tape
from acumen_accel import load_balancing

WIDTH = 64
MOMENTS_A_STEP = 192
FARTHEST = 7.0
LEVELS = (0.5, 0.9)
WIDTH_OF_HUBER = 0.3
SPEED, REST = 4.0, 0.5


def initial(rng: np.random.Generator, moments: Sequence[Moment]) -> dict[str, NDArray[Any]]:
    """Return untrained weights whose plans are those of the first estimates, and the normaliser of the features."""
    shapes = {
        "server": (load_balancing.COLUMNS, WIDTH),
        "history": (WIDTH, WIDTH),
        "fleet": (2 * WIDTH, WIDTH),
        "joint": (2 * WIDTH, WIDTH),
        "speed": (WIDTH, 2),
        "pooled": (2 * WIDTH, WIDTH),
        "latency": (WIDTH, 3),
    }
    weights: dict[str, NDArray[Any]] = {}
    for name, (inputs, outputs) in shapes.items():
        weights |= dense_weights(rng, f"net/{name}", inputs, outputs, 0.1 if outputs < WIDTH else 1.0)
    features = batch(moments).arrays["servers"]
    center, scale = features.mean(axis=0, dtype=np.float64), features.std(axis=0, dtype=np.float64) + 1e-3
    return weights | {"norm/servers/center": center.astype(np.float32), "norm/servers/scale": scale.astype(np.float32)}


def batch(moments: Sequence[Moment]) -> Batch:
    """Return the features of moments."""
    return batch_of([m.wire for m in moments], [m.speed.size for m in moments])


def learn(
    weights: Mapping[str, NDArray[Any]], moments: Sequence[Moment], steps: int, seed: int, say: Any
) -> dict[str, NDArray[Any]]:
    """Return the weights after `steps` steps over random moments."""
    rng = np.random.default_rng(seed)
    fixed = {name: value for name, value in weights.items() if not name.startswith("net/")}

    def loss(tape: Tape, nodes: Mapping[str, Any], _step: int) -> Node:
        chosen = [moments[i] for i in rng.integers(0, len(moments), MOMENTS_A_STEP)]
        features = batch(chosen)
        scores = SPEC.network(tape, {**fixed, **nodes}, features)
        return total_loss(tape, scores, of_moments(features, chosen))

    def progress(step: int, value: float) -> None:
        if step % 250 == 0:
            say(f"step {step} of {steps}: loss {value:.4f}")

    trained = {name: value for name, value in weights.items() if name.startswith("net/")}
    schedule = Schedule(steps=steps, learning_rate=2e-3, weight_decay=1e-3, ema=0.998)
    return fixed | fit(trained, loss, schedule, progress)


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What scores should say, each with its weight in the loss; 0 for what is not known.

    By server (rows, 1): `speed` log true speed over the first estimate, `least` a lower bound of the same, `down` 0 or
    1. By input (B, 1): `p99` log 99th percentile in units of 1 / unit, `carried` 0 or 1.
    """

    speed: tuple[Floats, Floats]
    least: tuple[Floats, Floats]
    down: tuple[Floats, Floats]
    p99: tuple[Floats, Floats]
    carried: tuple[Floats, Floats]


def of_moments(features: Batch, moments: Sequence[Moment]) -> Targets:
    """Return everything that is known of simulated moments; servers, and inputs, weigh alike and 1 in sum."""
    speed, p99, carried = targets(features, moments)
    down = np.concatenate([m.down for m in moments]).astype(np.float32)[:, None]
    servers, inputs = np.full_like(speed, 1 / len(speed)), np.full_like(p99, 1 / len(p99))
    return Targets(
        speed=(speed, servers),
        least=(speed, np.zeros_like(servers)),
        down=(down, servers),
        p99=(p99, inputs),
        carried=(carried, inputs),
    )


def total_loss(tape: Tape, scores: Mapping[str, Node], known: Targets) -> Node:
    """Return Huber on log speed, log loss on being down and on carrying the arrivals, pinball on both log latencies.

    A bound costs what it is missed by, a bound that is kept costs nothing.
    """
    servers, fleet = scores["servers"], scores["fleet"]
    speed, down = tape.columns(servers, 0, 1), tape.columns(servers, 1, 2)
    loss = tape.huber(speed, *_about(known.speed, WIDTH_OF_HUBER)) * SPEED
    if known.least[1].any():
        short = tape.relu(known.least[0] - speed)
        loss = loss + tape.huber(short, *_about((np.zeros_like(short.value), known.least[1]), WIDTH_OF_HUBER)) * SPEED
    rest = tape.log_loss(down, *known.down) + tape.log_loss(tape.columns(fleet, 2, 3), *known.carried)
    for column, level in enumerate(LEVELS):
        rest = rest + tape.pinball(tape.columns(fleet, column, column + 1), *_about(known.p99, level))
    return loss + rest * REST


def _about(known: tuple[Floats, Floats], setting: float) -> tuple[Floats, float, Floats]:
    return known[0], setting, known[1]


def targets(features: Batch, moments: Sequence[Moment]) -> tuple[Floats, Floats, Floats]:
    """Return what scores should say.

    (rows, 1) log true speed over the first estimate; (B, 1) log 99th percentile in units of 1 / unit; (B, 1)
    whether the true speeds exceed the arrival rate.
    """
    reading = features.facts[0]
    speed = np.log(np.concatenate([m.speed for m in moments]) / reading.first)
    p99 = np.log(np.array([m.p99 for m in moments]) * reading.unit)
    carried = np.array([m.speed.sum() for m in moments]) > reading.loads.load[:, 2]
    clipped = np.clip(speed, -FARTHEST, FARTHEST)
    return clipped.astype(np.float32)[:, None], p99.astype(np.float32)[:, None], carried.astype(np.float32)[:, None]


def overload_right(
    features: Batch, scores: Mapping[str, NDArray[Any]], carried: Floats
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return (B,) the raw probability that a plan's `overload` is right, and whether it was."""
    reading = features.facts[0]
    expected = load_balancing.plan(reading.loads, reading.first, reading.unit, scores["servers"], scores["fleet"])[2]
    return expected[:, 4], (expected[:, 2] > 0) == (carried[:, 0] == 0)
