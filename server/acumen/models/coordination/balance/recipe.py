"""How balance-v1 is made: rounds of simulation, from the second on under its own plans, then calibration."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen.models.coordination.balance import judging
from acumen.models.coordination.balance.learning import batch, initial, learn, overload_right, targets
from acumen.models.coordination.balance.moments import Moment, gather
from acumen.models.coordination.balance.planners import Plans, by_first_estimate
from acumen.models.coordination.balance.replay import Planner
from acumen.models.coordination.balance.spec import SPEC
from acumen.models.coordination.balance.world import generate
from acumen.neural.calibrate import conformal_shift, fit_isotonic
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.recipe import Say
from acumen.neural.reference import fit_reference
from acumen.proto.v1 import model_pb2

ROUNDS = ((250, 1000), (500, 1500), (700, 5000))
CALIBRATION = 300
SHARE = 0.3
TOGETHER = 100
EXEMPLARS = 800


class Recipe:
    """See `acumen.neural.recipe.Recipe`."""

    def train(self, seed: int, say: Say) -> Mapping[str, NDArray[Any]]:
        """Follow the first estimates, learn, follow the model (DAgger; Ross et al., 2011), learn again, calibrate."""
        planner: Planner = by_first_estimate
        moments: list[Moment] = []
        weights: dict[str, NDArray[Any]] = {}
        for number, (clusters, steps) in enumerate(ROUNDS):
            moments += simulate(planner, 4 * seed + number, clusters, say)
            weights = weights or initial(np.random.default_rng(seed), moments)
            weights = learn(weights, moments, steps, seed + number, say)
            weights |= fit_reference(batch(moments).summary)
            planner = Plans(Model(SPEC, weights, "", Inference(acumen_accel.backend())))
        weights |= _exemplars(weights, moments)
        return calibrated(weights, simulate(planner, 4 * seed + len(ROUNDS), CALIBRATION, say))

    def evaluate(self, model: Model, data: Path | None, say: Say) -> Sequence[model_pb2.Suite]:
        """Judge on clusters never trained on, on larger and wilder ones, and on recorded requests."""
        return judging.suites(model, data, say)


def simulate(planner: Planner, seed: int, clusters: int, say: Say) -> list[Moment]:
    """Return moments of `clusters` clusters under a planner, some clusters at a time to bound memory."""
    moments: list[Moment] = []
    for start in range(0, clusters, TOGETHER):
        worlds = [generate(seed, i) for i in range(start, min(start + TOGETHER, clusters))]
        moments += gather(worlds, planner, SHARE, seed)[0]
        say(f"{len(moments)} moments of {start + len(worlds)} clusters")
    return moments


def scores(weights: Mapping[str, NDArray[Any]], moments: Sequence[Moment]) -> dict[str, NDArray[Any]]:
    """Return the network's scores of moments."""
    return SPEC.network(Inference(acumen_accel.backend()), weights, batch(moments))


def calibrated(weights: dict[str, NDArray[Any]], moments: Sequence[Moment]) -> dict[str, NDArray[Any]]:
    """Shift both latencies to cover half and nine tenths of `moments`, and fit the chance that `overload` is right."""
    features, found = batch(moments), scores(weights, moments)
    _, p99, carried = targets(features, moments)
    never = np.full(len(moments), -np.inf)
    bias = weights["net/latency/b"].copy()
    bias[0] += conformal_shift(never, found["fleet"][:, 0], p99[:, 0], 0.5)
    bias[1] += conformal_shift(never, found["fleet"][:, 1], p99[:, 0], 0.9)
    raw, right = overload_right(features, found, carried)
    fitted = fit_isotonic(raw, right)
    knots = {"cal/x": fitted.x.astype(np.float32), "cal/y": fitted.y.astype(np.float32)}
    return weights | {"net/latency/b": bias} | knots


def _exemplars(weights: Mapping[str, NDArray[Any]], moments: Sequence[Moment]) -> dict[str, NDArray[np.float32]]:
    kept = [moments[i] for i in np.linspace(0, len(moments) - 1, EXEMPLARS).astype(int)]
    labels = 1 - targets(batch(kept), kept)[2][:, 0]
    return {"exemplar/embedding": scores(weights, kept)["embedding"], "exemplar/label": labels}


RECIPE = Recipe()
