"""Real algorithm selection: the scenarios of ASlib (Bischl et al., 2016), read where they are, never kept.

Each scenario says how long every algorithm ran on every instance, and splits the instances into ten folds. A selector
is fitted to nine and chooses on the tenth; a run that was not finished counts ten times the limit (PAR10).
"""

import csv
import re
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.neural import portfolio

Array = NDArray[Any]
Choose: Any = Callable[[Array, Array, Array, int], NDArray[np.int64]]

FOLDER, ARCHIVE = "aslib", "*.tar.xz"
FOLDS = range(1, 11)
NEIGHBOURS = (5, 10, 32)
_ATTRIBUTE = re.compile(r"@attribute\s+('[^']*'|\"[^\"]*\"|\S+)", re.IGNORECASE)
_IDS = ("instance_id", "repetition")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario's instances.

    `features` (n, f), NaN where missing; `cost` (n, s) PAR10; `fold` (n,); `features_cost` (n,) the time they take and
    `presolved` (n,) whether an instance was solved by computing them.
    """

    name: str
    limit: float
    features: Array
    cost: Array
    fold: Array
    features_cost: Array
    presolved: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """PAR10 of each instance: chosen by a selector, by the best single algorithm of its nine folds, by an oracle."""

    ours: Array
    fixed: Array
    oracle: Array

    @property
    def gap(self) -> float:
        """Return the share of the gap from the single best to the oracle that is closed."""
        return float((self.fixed - self.ours).sum() / (self.fixed - self.oracle).sum())


def scenarios(data: Path) -> list[Scenario]:
    """Read every scenario of the archives under `data`/aslib, by name; empty when there is none."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted((data / FOLDER).glob(ARCHIVE)):
        with tarfile.open(path) as archive:
            for member in archive:
                folder, file = Path(member.name).parts[-2:] if len(Path(member.name).parts) > 1 else ("", "")
                content = archive.extractfile(member) if member.isfile() else None
                if content is not None:
                    found.setdefault(folder, {})[file] = content.read().decode()
    return [_scenario(name, files) for name, files in sorted(found.items()) if "algorithm_runs.arff" in files]


def select(scenario: Scenario, choose: Any, with_features_cost: bool = False) -> Selected:
    """Choose on every fold by what was fitted to the others."""
    n = len(scenario.cost)
    ours, fixed = np.zeros(n), np.zeros(n)
    for fold in FOLDS:
        held = scenario.fold == fold
        features, cost = scenario.features[~held], scenario.cost[~held]
        chosen = choose(features, cost, scenario.features[held], fold)
        rows = scenario.cost[held]
        ours[held] = rows[np.arange(len(rows)), chosen]
        fixed[held] = rows[:, cost.mean(axis=0).argmin()]
    if with_features_cost:
        ours = charged(scenario, ours)
    return Selected(ours=ours, fixed=fixed, oracle=scenario.cost.min(axis=1))


def charged(scenario: Scenario, cost: Array) -> Array:
    """Return costs with the time the features take; an instance they solve costs only that time."""
    late = cost + scenario.features_cost
    late = np.where((cost > scenario.limit) | (late > scenario.limit), 10 * scenario.limit, late)
    return np.where(scenario.presolved, scenario.features_cost, late)


def by_network(options: portfolio.Options) -> Any:
    """Return the way to choose that fits the selector's network."""

    def choose(features: Array, cost: Array, asked: Array, seed: int) -> NDArray[np.int64]:
        return portfolio.fitted(features, cost, seed, options).choose(asked)

    return choose


def by_neighbours(neighbours: int) -> Any:
    """Return the way to choose by the nearest training instances."""

    def choose(features: Array, cost: Array, asked: Array, _seed: int) -> NDArray[np.int64]:
        return portfolio.nearest(features, cost, asked, neighbours)

    return choose


def _scenario(name: str, files: dict[str, str]) -> Scenario:
    told = files["description.txt"]
    limit = float(re.findall(r"algorithm_cutoff_time:\s*([\d.]+)", told)[0])
    steps = re.findall(r"-\s*(\S+)", re.findall(r"default_steps:\s*\n((?:\s*-\s*\S+\n)+)", told)[0])
    fold = {row["instance_id"]: int(float(row["fold"])) for row in _table(files["cv.arff"])}
    number = {instance: i for i, instance in enumerate(sorted(fold))}
    features, costs, status = (
        {row["instance_id"]: row for row in _table(files.get(f"feature_{part}.arff", ""))}
        for part in ("values", "costs", "runstatus")
    )
    return Scenario(
        name=name,
        limit=limit,
        features=np.array([[_number(v) for k, v in features[i].items() if k not in _IDS] for i in number]),
        cost=_par10(_table(files["algorithm_runs.arff"]), number, limit),
        fold=np.array([fold[instance] for instance in number]),
        features_cost=np.array([sum(_time(costs.get(i, {}).get(step, "?")) for step in steps) for i in number]),
        presolved=np.array([any(status.get(i, {}).get(step) == "presolved" for step in steps) for i in number]),
    )


def _par10(runs: Iterator[dict[str, str]], number: dict[str, int], limit: float) -> Array:
    rows = list(runs)
    algorithms = {name: s for s, name in enumerate(sorted({row["algorithm"] for row in rows}))}
    cost = np.full((len(number), len(algorithms)), 10 * limit)
    measure = next(name for name in rows[0] if name not in (*_IDS, "algorithm", "runstatus"))
    for row in rows:
        time = _number(row[measure])
        if row["runstatus"] == "ok" and time <= limit:
            cost[number[row["instance_id"]], algorithms[row["algorithm"]]] = time
    return cost


def _table(text: str) -> Iterator[dict[str, str]]:
    """Yield the rows of an ARFF file by the names of its attributes."""
    head, data = [], []
    for line in (line.strip() for line in text.splitlines()):
        if not line or line.startswith("%"):
            continue
        if found := _ATTRIBUTE.match(line):
            head.append(found.group(1).strip("'\""))
        elif not line.startswith("@"):
            data.append(line)
    for row in csv.reader(data, quotechar="'", skipinitialspace=True):
        yield dict(zip(head, row, strict=True))


def _number(text: str) -> float:
    return float("nan") if text == "?" else float(text)


def _time(text: str) -> float:
    return 0.0 if text == "?" else float(text)
