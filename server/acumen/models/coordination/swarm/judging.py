"""Judging coordination plans by simulation, on other runs than those the oracle was chosen by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.swarm import configurations, formulae, reading, world
from acumen.models.coordination.swarm.identity import WITHIN
from acumen.models.coordination.swarm.world import USUAL, Nature
from acumen.neural import evaluate
from acumen.neural.model import Model
from acumen.neural.recipe import Say
from acumen.neural.spec import Want
from acumen.proto.v1 import model_pb2

QUIET = Want(certificates=False)
EVALUATION_SEED = 7_000
TARGETS = {"synthetic": (1.03, 0.03), "shifted": (1.08, 0.08)}
# Name, what it holds, whether wide, how many swarms, and how many for the event, which needs no second simulation.
SUITES = (
    ("synthetic", "swarms as trained on", False, 700, 3_000),
    ("shifted", "65 to 128 agents; loss and deaths above all trained on", True, 160, 160),
)
RUNS = 24
SENSITIVITY = (
    ("no stragglers", Nature(straggler_share=0.0)),
    ("three times the stragglers", Nature(straggler_share=0.3)),
    ("stragglers up to 20 times slower", Nature(straggler_slowdown=20.0)),
    ("tasks all of one size", Nature(size_cv=0.0)),
    ("tasks of very different sizes", Nature(size_cv=2.0)),
    ("messages that always take their mean", Nature(jitter=0.0)),
    ("messages of exponential delay", Nature(jitter=1.0)),
    ("speeds known exactly", Nature(pace_sigma=0.0)),
    ("speeds hardly known", Nature(pace_sigma=0.6)),
)
SWEEP, SWEEP_SEEDS = 60, 16
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An input with the mean costs `truth` (24,) of every configuration under the rule's leader, over `runs`."""

    message: Any
    swarm: reading.Swarm
    leader: int
    runs: int
    seed: tuple[int, ...]
    nature: Nature
    truth: Doubles

    @classmethod
    def of(cls, seed: int, index: int, runs: int, wide: bool = False, nature: Nature = USUAL) -> "Case":
        """Draw an input and simulate it."""
        message = world.example(world.generator(seed, index, wide), wide)
        swarm = reading.swarm_of(message)
        leader = int(formulae.standing(swarm)[0])
        source = (seed, int(wide), index)
        truth = _costs(message, swarm, leader, (*source, 2), runs, nature)
        return cls(message=message, swarm=swarm, leader=leader, runs=runs, seed=source, nature=nature, truth=truth)

    def under(self, leader: int) -> Doubles:
        """Return the costs under another leader, with the chance of `truth`."""
        if leader == self.leader:
            return self.truth
        return _costs(self.message, self.swarm, leader, (*self.seed, 2), self.runs, self.nature)

    def seen(self) -> Doubles:
        """Return the costs of other runs, to choose by."""
        return _costs(self.message, self.swarm, self.leader, (*self.seed, 1), self.runs, self.nature)


def _costs(
    message: Any, swarm: reading.Swarm, leader: int, seed: tuple[int, ...], runs: int, nature: Nature
) -> Doubles:
    return world.outcome(message, leader, np.random.default_rng(seed), runs, nature).cost(swarm)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the model chose: its configuration, its cost under the model's leader, the probability, the event."""

    choice: int
    cost: float
    p: float
    happened: bool


def ask(model: Model, case: Case) -> Asked:
    """Ask the model, and simulate every configuration under its leader with the chance of `Case.truth`."""
    told = model.answer([case.message], QUIET)[0].answer
    out: Any = told.output
    choice = configurations.INDEX[out.topology, out.branching, out.batch]
    costs = case.under(case.swarm.ids.index(out.leader_id))
    happened = bool(costs[choice] <= WITHIN * costs.min() + 1e-12)
    return Asked(choice=choice, cost=float(costs[choice]), p=told.p, happened=happened)


def suites(model: Model, say: Say) -> list[model_pb2.Suite]:
    """Return every suite: as trained on, shifted, and one for each other nature of the simulator."""
    found = []
    for name, told, wide, n, in_all in SUITES:
        cases = [Case.of(EVALUATION_SEED, index, RUNS, wide) for index in range(n)]
        more = [ask(model, Case.of(EVALUATION_SEED, index, RUNS, wide)) for index in range(n, in_all)]
        found.append(_suite(model, name, told, cases, TARGETS[name], more))
        say("\n".join(f"{name} {m.name}: {m.value:.4f}" for m in found[-1].measures))
    for told, nature in SENSITIVITY:
        cases = [Case.of(EVALUATION_SEED + 1, index, SWEEP_SEEDS, nature=nature) for index in range(SWEEP)]
        found.append(_suite(model, f"sensitivity: {told}", "swarms as trained on", cases))
        say(f"{told}: {found[-1].measures[0].value:.4f}")
    return found


def _suite(
    model: Model, name: str, told: str, cases: Sequence[Case], targets: tuple[float, float] | None = None,
    more: Sequence[Asked] = (),
) -> model_pb2.Suite:  # fmt: skip
    asked = [ask(model, case) for case in cases]
    truth = np.array([case.truth for case in cases])
    oracle = _picked(truth, np.array([case.seen().argmin() for case in cases]))
    ours = np.array([one.cost for one in asked]) / oracle
    chosen = _picked(truth, np.array([one.choice for one in asked])) / oracle
    rule = _picked(truth, np.array([world.rule_of_thumb(case.swarm) for case in cases])) / oracle
    ratios = truth / oracle[:, None]
    fixed = int(ratios.mean(axis=0).argmin())
    rivals = {
        f"{configurations.name(fixed)}, best fixed here": ("naive", float(ratios[:, fixed].mean())),
        "rule of thumb": ("heuristic", float(rule.mean())),
        "best of 24 by other runs": ("oracle", 1.0),
    }
    strict = np.array([one.cost for one in asked]) / truth.min(axis=1)
    better = min((float(ratios[:, fixed].mean()), ratios[:, fixed]), (float(rule.mean()), rule), key=lambda r: r[0])[1]
    measures = [
        evaluate.measure("cost over the best configuration's", evaluate.interval(ours), rivals, targets and targets[0]),
        evaluate.measure("the same with the rule's leader", evaluate.interval(chosen), rivals),
        evaluate.measure("cost over the least of the very runs scored", evaluate.interval(strict)),
        evaluate.measure("cost ratio less the better baseline's", evaluate.paired_gain(ours, better)),
        evaluate.measure("leader chosen against the rule's, cost ratio", evaluate.interval(ours / chosen)),
    ]
    if targets:
        every = [*asked, *more]
        told += f"; the event is judged on {len(every):,} swarms" if more else ""
        measures += evaluate.calibration([one.p for one in every], [one.happened for one in every], targets[1])
    return evaluate.suite(name, len(cases), f"{told}; {cases[0].runs} runs each", measures)


def _picked(table: Doubles, columns: NDArray[np.int64]) -> Doubles:
    return np.asarray(table[np.arange(len(columns)), columns])
