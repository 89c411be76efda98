"""How convergent-v1 is made and judged."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen.models.cognitive.convergent import judging, learning, real, selection, spec, world
from acumen.models.cognitive.convergent.identity import WITHIN
from acumen.neural import calibrate
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.recipe import Say
from acumen.neural.reference import fit_reference
from acumen.proto.v1 import model_pb2

TRAINING, RUNS = range(20_000), 64
CALIBRATION, CALIBRATION_RUNS = range(1_000_000, 1_002_500), 320
TEST, SHIFTED = range(2_000_000, 2_003_000), range(2_000_000, 2_002_000)
CHOSEN_BY, MEASURED_BY = 128, 320
STEPS = 5_000
EXEMPLARS = 1_000
CIRCUMSTANCES, REAL_RUNS = 2, (192, 256)
TEST_SEED = 20_261
GAP, GAP_SHIFTED = 0.85, 0.75
ECE, ECE_SHIFTED = 0.03, 0.08

Weights = dict[str, NDArray[Any]]


class ConvergentRecipe:
    """Trains on simulated problems only."""

    def train(self, seed: int, say: Say) -> Mapping[str, NDArray[Any]]:
        """Simulate, fit, and calibrate on problems of a split of their own."""
        data = learning.examples(seed, TRAINING, RUNS, say)
        weights: Weights = learning.initial(np.random.default_rng([seed, 1]), data)
        weights = learning.train(weights, data, seed, STEPS, say)
        regret = np.where(data.targets.known, data.targets.cost, np.inf)
        kept = np.arange(EXEMPLARS)
        scores = spec.SPEC.network(_ops(), weights, data.take(kept)[0])
        weights |= {
            **fit_reference(data.graph),
            "exemplar/embedding": np.ascontiguousarray(scores["embedding"]),
            "exemplar/label": regret[kept].argmin(axis=1).astype(np.int32),
            "world/fixed": np.array([_best_fixed(data.targets)], np.int32),
        }
        return weights | _calibration(weights, seed, say)

    def evaluate(self, model: Model, data: Path | None, say: Say) -> Sequence[model_pb2.Suite]:
        """Judge on fresh problems, on larger ones of wider ranges, on real graphs and on real algorithm selection."""
        fixed = int(model.weights["world/fixed"][0])
        suites = []
        for name, told, indices, ranges, gap, ece in (
            ("synthetic", "generated problems of 2 to 24 subproblems", TEST, world.USUAL, GAP, ECE),
            ("shifted", "24 to 48 subproblems, wider ranges", SHIFTED, world.SHIFTED, GAP_SHIFTED, ECE_SHIFTED),
        ):
            cases = [world.case(world.generator(TEST_SEED, i, name == "shifted"), ranges) for i in indices]
            judged = judging.simulated(cases, TEST_SEED, CHOSEN_BY, MEASURED_BY)
            suites.append(judging.suite(model, name, told, judged, judging.Aims(fixed=fixed, gap=gap, ece=ece)))
            _report(suites[-1], say)
        return [*suites, *_real(model, data, fixed, say)]


def _real(model: Model, data: Path | None, fixed: int, say: Say) -> list[model_pb2.Suite]:
    found = real.cases(data, TEST_SEED, CIRCUMSTANCES) if data else []
    if not data or not found:
        say("no real graphs: the suite 'real: WfInstances' is left out")
        return []
    told = "graphs and efforts of real workflows, everything else drawn"
    judged = judging.simulated(found, TEST_SEED, *REAL_RUNS)
    suites = [judging.suite(model, "real: WfInstances", told, judged, judging.Aims(fixed=fixed, gap=None, ece=None))]
    suites += selection.suites(data)
    for suite in suites:
        _report(suite, say)
    return suites


def _best_fixed(targets: learning.Targets) -> int:
    """Return the single best strategy, SEQUENTIAL standing in where it is not possible."""
    cost = np.where(targets.known, targets.cost, targets.cost[:, :1])
    return int(cost.mean(axis=0).argmin())


def _ops() -> Inference:
    return Inference(acumen_accel.backend())


def _report(suite: model_pb2.Suite, say: Say) -> None:
    say("\n".join(f"{suite.name} {m.name}: {m.value:.4f}" for m in suite.measures))


def _calibration(weights: Weights, seed: int, say: Say) -> Weights:
    """Fit the event's probability."""
    cases = [world.case(world.generator(seed, index)) for index in CALIBRATION]
    judged = judging.simulated(cases, seed, 1, CALIBRATION_RUNS)
    model = Model(spec.SPEC, weights, "", _ops())
    answers = [scored.answer for scored in model.answer([case.message for case in cases], judging.QUIET)]
    outputs: list[Any] = [answer.output for answer in answers]
    ours = judged.of(np.array([out.strategy - 1 for out in outputs]))
    best = np.where(judged.possible, judged.utility, -1).max(axis=1)
    happened = ours >= (1 - WITHIN) * best
    say(f"calibrated on {happened.size} problems, the event happened on {happened.mean():.3f} of them")
    fitted = calibrate.fit_isotonic([answer.p for answer in answers], happened)
    return {"cal/x": fitted.x.astype(np.float32), "cal/y": fitted.y.astype(np.float32)}


RECIPE = ConvergentRecipe()
