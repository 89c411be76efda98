"""The selector's code on real algorithm selection: fitted to nine folds of an ASlib scenario, judged on the tenth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.cognitive.convergent import aslib
from acumen.neural import evaluate, portfolio
from acumen.proto.v1 import model_pb2

OPTIONS = portfolio.Options()
GOAL = 0.60
RESAMPLES = 1000

Interval = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One scenario: what the network and what each rival selected, and what it comes to with the features' cost."""

    scenario: aslib.Scenario
    network: aslib.Selected
    rivals: Mapping[str, aslib.Selected]

    @property
    def charged(self) -> aslib.Selected:
        """Return the network's selection with the time its features take."""
        paid = aslib.charged(self.scenario, self.network.ours)
        return aslib.Selected(ours=paid, fixed=self.network.fixed, oracle=self.network.oracle)


def outcomes(data: Path) -> list[Outcome]:
    """Select on every scenario under `data`; empty when there is none. Nothing fitted is kept."""
    return [
        Outcome(
            scenario=scenario,
            network=aslib.select(scenario, aslib.by_network(OPTIONS)),
            rivals={f"kNN, k = {k}": aslib.select(scenario, aslib.by_neighbours(k)) for k in aslib.NEIGHBOURS},
        )
        for scenario in aslib.scenarios(data)
    ]


def gap(selected: Sequence[aslib.Selected], seed: int = 0) -> Interval:
    """Return the mean over scenarios of the share of the gap closed, and its bootstrap interval over instances."""
    rng = np.random.default_rng(seed)
    means = [np.mean([_resampled(one, rng) for one in selected]) for _ in range(RESAMPLES)]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(np.mean([one.gap for one in selected])), float(low), float(high)


def _resampled(one: aslib.Selected, rng: np.random.Generator) -> float:
    pick: NDArray[np.int64] = rng.integers(0, one.ours.size, one.ours.size)
    fixed = one.fixed[pick]
    return float((fixed - one.ours[pick]).sum() / (fixed - one.oracle[pick]).sum())


def rivals(found: Sequence[Outcome]) -> dict[str, float]:
    """Return the mean gap each rival closes."""
    return {name: float(np.mean([one.rivals[name].gap for one in found])) for name in found[0].rivals}


def suites(data: Path) -> list[model_pb2.Suite]:
    """Return the suite of the card; none without scenarios."""
    found = outcomes(data)
    if not found:
        return []
    told = "10-fold, fitted anew on each fold by the code of this model's selector; nothing of it is in the weights"
    n = sum(one.network.ours.size for one in found)
    measures = [
        evaluate.measure(
            "mean share of the gap from the single best algorithm to the oracle that is closed (PAR10)",
            gap([one.network for one in found]),
            _baselines(rivals(found)),
            target=GOAL,
            higher_is_better=True,
        ),
        evaluate.measure(
            "the same with the time the features take",
            gap([one.charged for one in found]),
            higher_is_better=True,
        ),
        *(_scenario(one) for one in found),
    ]
    return [evaluate.suite("real: ASlib", n, told, measures)]


def _scenario(one: Outcome) -> model_pb2.Measure:
    name = f"share of the gap closed on {one.scenario.name}"
    others: Any = {label: selected.gap for label, selected in one.rivals.items()}
    return evaluate.measure(name, gap([one.network]), _baselines(others), higher_is_better=True)


def _baselines(gaps: Mapping[str, float]) -> dict[str, tuple[str, float]]:
    heuristics = {name: ("heuristic", value) for name, value in gaps.items()}
    return {"single best": ("naive", 0.0), **heuristics, "oracle": ("oracle", 1.0)}
