"""Judging the model: whole runs on its own policy, calibration, intervals, changes found, and a real log."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from acumen.models.cognitive.adaptive import baselines, judging, real
from acumen.models.cognitive.adaptive.baselines import Way
from acumen.models.cognitive.adaptive.oracle import Oracle
from acumen.models.cognitive.adaptive.reading import Doubles
from acumen.models.cognitive.adaptive.replay import Policy, Score, play
from acumen.models.cognitive.adaptive.world import (
    CONTEXTUAL,
    DESIGN,
    DRIFTING,
    SHIFTED,
    STATIONARY,
    TRAINING,
    Ranges,
    Worlds,
    generate,
)
from acumen.neural import evaluate
from acumen.neural.model import Model
from acumen.neural.recipe import Say
from acumen.proto.v1 import model_pb2

TARGET, SHARE = 28.5, 0.8
BANK = "the filter bank alone, the same policy"
Rivals = dict[str, tuple[str, Doubles]]
Interval = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One suite of runs: what bandits, from which seed, how many, and what its ECE must not exceed."""

    name: str
    data: str
    ranges: Ranges
    seed: int
    runs: int
    ece: float


PLANS = (
    Plan(
        name="synthetic",
        data="400 choices in bandits of 3 to 8 actions whose means are drawn anew with hazard 0, "
        ".004 or .015; horizon not told",
        ranges=DESIGN,
        seed=19101,
        runs=300,
        ece=0.03,
    ),
    Plan(name="stationary", data="400 choices where means stay", ranges=STATIONARY, seed=19202, runs=120, ece=0.03),
    Plan(
        name="drifting", data="400 choices where means walk at random", ranges=DRIFTING, seed=19303, runs=120, ece=0.03
    ),
    Plan(
        name="contextual",
        data="400 choices where means depend on 1 to 4 numbers known beforehand",
        ranges=CONTEXTUAL,
        seed=19404,
        runs=120,
        ece=0.03,
    ),
    Plan(
        name="shifted",
        data="10 to 20 actions, hazards of .03 to .06, wilder drift, slopes and contexts, other levels",
        ranges=SHIFTED,
        seed=19505,
        runs=120,
        ece=0.08,
    ),
)


def suites(model: Model, data: Path | None, say: Say) -> list[model_pb2.Suite]:
    """Return every suite; the real one only where the log is to hand."""
    found = []
    for plan in PLANS:
        found.append(_runs(model, plan))
        say(f"{plan.name}: regret {found[-1].measures[0].value:.4g}")
        if plan.name in ("synthetic", "shifted"):
            found.append(
                judging.histories(
                    model,
                    plan.name,
                    plan.seed + 50_000,
                    TRAINING if plan.name == "synthetic" else plan.ranges,
                    plan.ece,
                )
            )
    found.append(judging.changes())
    folder = data / "open_bandit" if data else None
    if folder and folder.is_dir():
        found.append(real.suite(model, real.read(folder / "random-men.csv.gz")))
    else:
        say("no folder open_bandit: the real suite is left out")
    return found


def ways(worlds: Worlds, score: Score, seed: int) -> dict[str, tuple[str, Way]]:
    """Return the ways that are compared, with their roles."""
    narrow, narrow_discounted = baselines.UpperBound(worlds, seed), baselines.UpperBound(worlds, seed, 0.98)
    narrow.width = narrow_discounted.width = 0.5
    found: dict[str, tuple[str, Way]] = {
        "random": ("naive", baselines.Uniform(worlds)),
        "epsilon-greedy .1": ("heuristic", baselines.Greedy(worlds, seed)),
        "UCB1": ("heuristic", baselines.UpperBound(worlds, seed)),
        "UCB1, width tuned": ("heuristic", narrow),
        "Thompson": ("heuristic", baselines.Thompson(worlds, seed)),
        "discounted UCB .98, width tuned": ("heuristic", narrow_discounted),
        "discounted Thompson .98": ("heuristic", baselines.Thompson(worlds, seed, 0.98)),
    }
    if worlds.slope.any():
        found["LinUCB"] = ("heuristic", baselines.Linear(worlds, seed, 1.0, False))
        found["linear Thompson"] = ("heuristic", baselines.Linear(worlds, seed, 1.0, True))
    found[BANK] = ("heuristic", Policy(worlds, unaided(score)))
    if not worlds.slope.any() and not worlds.features.any():
        found["filter that knows the generator, Thompson"] = ("oracle", Oracle(worlds))
        found["filter that knows the generator, probabilities cubed"] = ("oracle", Oracle(worlds, 3.0))
    return found


def unaided(score: Score) -> Score:
    """Return the scores of the filter bank alone: what the network corrects, uncorrected."""

    def scored(batch: Any) -> Mapping[str, Any]:
        at = batch.arrays
        mean = 1 / (1 + np.exp(-at["level"]))
        return {**score(batch), "odds": at["odds"], "mean": mean, "low": at["low"], "high": at["high"]}

    return scored


def _runs(model: Model, plan: Plan) -> model_pb2.Suite:
    """Play whole runs by every way, on the same luck."""
    worlds = generate(plan.seed, range(plan.runs), plan.ranges)
    policy = Policy(worlds, model.score)
    ours = _cost(worlds, policy)
    made = ways(worlds, model.score, plan.seed)
    rivals = {name: (role, _cost(worlds, way)) for name, (role, way) in made.items()}
    measures = _regrets(plan, ours, rivals)
    if plan.name == "stationary":
        ratio = evaluate.ratio_interval(ours, rivals["Thompson"][1])
        measures.append(evaluate.measure("regret over Thompson's", ratio, target=1.1))
    if plan.name == "synthetic":
        hurried = _cost(worlds, Policy(worlds, model.score, hurried=True))
        measures.append(evaluate.measure("regret, told how many choices are left", evaluate.interval(hurried)))
        measures += _by_hazard(worlds, ours, rivals)
    p, happened = _claims(policy, model.confidence)
    run = np.repeat(np.arange(len(p)), p.shape[1])
    measures += evaluate.calibration(p.ravel(), happened.ravel(), plan.ece, " on its own runs", run)
    return evaluate.suite(plan.name, plan.runs, plan.data, measures)


def _cost(worlds: Worlds, way: Way) -> Doubles:
    """Return (R,) the regret of whole runs."""
    return np.asarray(play(worlds, way).regret.sum(axis=1))


def _regrets(plan: Plan, ours: Doubles, rivals: Rivals) -> list[model_pb2.Measure]:
    """Return regret beside every other way's, and against the best textbook way and the filter bank alone, paired."""
    textbook = [name for name, (role, _) in rivals.items() if role == "heuristic" and name != BANK]
    best = min(textbook, key=lambda name: rivals[name][1].mean())
    theirs, primary = rivals[best][1], plan.name == "synthetic"
    ratio = evaluate.ratio_interval(ours, theirs)
    share = SHARE if primary else None
    return [
        evaluate.measure(
            "regret over 400 choices", evaluate.interval(ours), _means(rivals), TARGET if primary else None
        ),
        evaluate.measure(f"regret over that of {best}, the best textbook way", ratio, target=share),
        evaluate.measure(f"regret less that of {best}, paired", evaluate.paired_gain(ours, theirs)),
        evaluate.measure(f"regret less that of {BANK}, paired", evaluate.paired_gain(ours, rivals[BANK][1])),
    ]


def _means(rivals: Rivals, which: Any = slice(None)) -> dict[str, tuple[str, float]]:
    return {name: (role, float(cost[which].mean())) for name, (role, cost) in rivals.items()}


def _by_hazard(worlds: Worlds, ours: Doubles, rivals: Rivals) -> list[model_pb2.Measure]:
    return [
        evaluate.measure(f"regret at hazard {hazard:g}", evaluate.interval(ours[which]), _means(rivals, which))
        for hazard in np.unique(worlds.hazard).tolist()
        for which in [worlds.hazard == hazard]
    ]


def _claims(policy: Policy, confidence: Callable[[Any], Any]) -> tuple[Doubles, Doubles]:
    """Return probabilities and outcomes (R, T) of the event along runs."""
    p = np.stack([confidence(raw) for raw, _ in policy.claims], axis=1)
    return p, np.stack([right for _, right in policy.claims], axis=1).astype(np.float64)
