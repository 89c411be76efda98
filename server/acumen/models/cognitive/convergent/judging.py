"""Judging choices: what they lose against the best of the eight, beside simpler ways to choose."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.cognitive.convergent import path, reading, world
from acumen.models.cognitive.convergent.identity import WITHIN
from acumen.neural import evaluate
from acumen.neural.model import Model
from acumen.neural.spec import Want
from acumen.proto.v1 import model_pb2
from acumen_accel.execution_simulation import Strategy
from acumen_accel.problem_graph import foretell

QUIET = Want(certificates=False)
FEW, MANY = 4, 64
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Problems with the true mean utility, time and success of every strategy (n, 8).

    `oracle` (n,) is the best by other runs than those `utility` was measured on.
    """

    cases: Sequence[world.Case]
    utility: Doubles
    time: Doubles
    success: Doubles
    possible: NDArray[np.bool_]
    oracle: NDArray[np.int64]

    def of(self, chosen: NDArray[np.int64]) -> Doubles:
        """Return (n,) utilities of choices."""
        return np.asarray(self.utility[np.arange(len(self.cases)), chosen])


def simulated(cases: Sequence[world.Case], seed: int, chosen_by: int, measured_by: int) -> Judged:
    """Simulate every strategy: once to choose the oracle's, and with other chances to measure all."""
    possible = np.array([path.possible(case.problem) for case in cases])
    first, second = (
        [
            world.fared(case.problem, case.arranged, np.random.default_rng([seed, i, part]), runs)
            for i, case in enumerate(cases)
        ]
        for part, runs in enumerate((chosen_by, measured_by))
    )
    picked = np.array([one.utility for one in first])
    return Judged(
        cases=cases,
        utility=np.array([one.utility for one in second]),
        time=np.array([one.time for one in second]),
        success=np.array([one.success for one in second]),
        possible=possible,
        oracle=np.where(possible, picked, -1).argmax(axis=1),
    )


def rule(case: world.Case) -> int:
    """Choose as a rule table of width, coupling and failure does; it reads what is told."""
    known = reading.read(case.message)
    problem, effort = known.problem, known.problem.task[:, 0]
    failure, shared = (float(effort @ column / effort.sum()) for column in (1 - problem.task[:, 1], problem.task[:, 2]))
    parallelism = float(effort.sum() / known.arranged.rank.max())
    if problem.workers == 1:
        return Strategy.ITERATIVE_REFINE if failure > 0.15 else Strategy.SEQUENTIAL
    if failure > 0.2:
        return Strategy.PORTFOLIO_RACE if problem.weights[1] < 0.3 else Strategy.ITERATIVE_REFINE
    if shared > 0.4:
        return Strategy.ADAPTIVE if parallelism > 1.5 else Strategy.SEQUENTIAL
    return Strategy.PARALLEL if parallelism > 0.7 * problem.workers else Strategy.DIVIDE_CONQUER


def without_chance(case: world.Case) -> int:
    """Choose by one run of every strategy in which every attempt takes its mean."""
    known = reading.read(case.message)
    run = foretell(known.problem, known.arranged)
    return _best(case, world.utility(known.problem, run[:, 0], run[:, 1], run[:, 1] <= known.problem.budget))


def by_simulation(runs: int) -> Callable[[world.Case], int]:
    """Return the way to choose that simulates what is told, so many times, at the moment of choice."""

    def choose(case: world.Case) -> int:
        known = reading.read(case.message)
        fared = world.fared(known.problem, known.arranged, np.random.default_rng(runs), runs)
        return _best(case, fared.utility)

    return choose


def _best(case: world.Case, utility: Doubles) -> int:
    return int(np.where(path.possible(case.problem), utility, -1).argmax())


RIVALS: Mapping[str, Callable[[world.Case], int]] = {
    "rule table": rule,
    "one run without chance": without_chance,
    f"{FEW} simulated runs": by_simulation(FEW),
    f"{MANY} simulated runs": by_simulation(MANY),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Aims:
    """What a suite is measured against: the strategy to beat, and targets for gap and calibration; None without."""

    fixed: int
    gap: float | None
    ece: float | None


def suite(model: Model, name: str, data: str, judged: Judged, aims: Aims) -> model_pb2.Suite:
    """Return measures on problems; `aims.fixed` is the single strategy that is best on training problems."""
    answers = [scored.answer for scored in model.answer([case.message for case in judged.cases], QUIET)]
    outputs: list[Any] = [answer.output for answer in answers]
    ours = judged.of(np.array([out.strategy - 1 for out in outputs]))
    allowed = np.where(judged.possible[:, aims.fixed], aims.fixed, int(Strategy.SEQUENTIAL))
    naive, oracle = judged.of(allowed), judged.of(judged.oracle)
    rivals = {label: judged.of(np.array([choose(case) for case in judged.cases])) for label, choose in RIVALS.items()}
    best = np.where(judged.possible, judged.utility, -1).max(axis=1)
    happened = ours >= (1 - WITHIN) * best
    gaps = {label: ("heuristic", _gap(theirs, naive, oracle)) for label, theirs in rivals.items()}
    reached = {label: ("heuristic", float(theirs.mean())) for label, theirs in rivals.items()}
    fixed = f"{path.NAMES[aims.fixed]} (SEQUENTIAL where it is not possible)"
    measures = [
        evaluate.measure(
            "share of the gap from the best fixed strategy to the oracle that is closed",
            evaluate.ratio_interval(ours - naive, oracle - naive),
            {fixed: ("naive", 0.0), **gaps, "best by other runs": ("oracle", 1.0)},
            target=aims.gap,
            higher_is_better=True,
        ),
        evaluate.measure(
            "mean utility",
            evaluate.interval(ours),
            {fixed: ("naive", naive.mean()), **reached, "best by other runs": ("oracle", oracle.mean())},
            higher_is_better=True,
        ),
        *(
            evaluate.measure(f"utility gained over {label}, paired", evaluate.paired_gain(ours, theirs))
            for label, theirs in rivals.items()
        ),
        *_foretold(judged, outputs),
        *evaluate.calibration([answer.p for answer in answers], happened, aims.ece),
    ]
    return evaluate.suite(name, len(judged.cases), data, measures)


def _gap(theirs: Doubles, naive: Doubles, oracle: Doubles) -> float:
    return float((theirs - naive).sum() / (oracle - naive).sum())


def _foretold(judged: Judged, outputs: Sequence[Any]) -> list[model_pb2.Measure]:
    at = np.arange(len(outputs)), np.array([out.strategy - 1 for out in outputs])
    time = np.array([out.expected_time_ms for out in outputs])
    late = np.abs(np.log(time / np.maximum(judged.time[at], 1e-3 * time)))
    wrong = np.abs(np.array([out.success_prob for out in outputs]) - judged.success[at])
    worth = np.abs(np.array([out.expected_utility for out in outputs]) - judged.utility[at])
    return [
        evaluate.measure("absolute error of log expected time", evaluate.interval(late)),
        evaluate.measure("absolute error of success_prob", evaluate.interval(wrong)),
        evaluate.measure("absolute error of expected_utility", evaluate.interval(worth)),
    ]
