"""Problems whose graphs and efforts are those of real workflows (WfInstances, Coleman et al., 2022)."""

import json
import lzma
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.cognitive.convergent import world
from acumen_accel.problem_graph import arrange

FOLDER, FILES = "wfinstances", "*.jsonl.xz"
MOST_TASKS = 40
MOST_DEPENDENCIES = 3
LEAST_TASKS = 3
SHORTEST_S = 1e-3
FEW = 3
"""Runs of a kind from which its spread is taken; kinds that ran less often take a usual one."""

Array = NDArray[Any]


def cases(data: Path, seed: int, each: int) -> list[world.Case]:
    """Return problems from every workflow under `data`/wfinstances, `each` sets of circumstances a workflow.

    Tasks, dependencies, efforts and their spread within a kind are real; of large workflows up to 40 tasks are taken,
    found by going back from the last ones over up to three dependencies each. What traces do not tell (failures,
    shared state, workers, deadline, budget, what matters) is drawn as for generated problems. Empty without a file.
    """
    found = []
    for number, workflow in enumerate(_workflows(data)):
        for part in range(each):
            rng = np.random.default_rng([seed, number, part])
            graph = _graph(workflow, rng)
            if graph is not None:
                found.append(world.around(rng, *graph))
    return found


def _workflows(data: Path) -> Iterator[dict[str, Any]]:
    for path in sorted((data / FOLDER).glob(FILES)):
        with lzma.open(path, "rt") as lines:
            for line in lines:
                yield json.loads(line)


def _graph(workflow: dict[str, Any], rng: np.random.Generator) -> tuple[Array, Array, Array, Array] | None:
    """Return efforts, ms, their coefficients of variation, and the edges; None of a workflow too small or cyclic."""
    columns = {name: k for k, name in enumerate(workflow["cols"])}
    tasks = workflow["tasks"]
    kinds = [task[columns["kind"]] for task in tasks]
    effort = np.array([max(float(task[columns["runtime_s"]] or 0), SHORTEST_S) for task in tasks]) * 1000
    above = [[int(edge[0]) if isinstance(edge, list) else int(edge) for edge in task[-1]] for task in tasks]
    first = np.cumsum([0, *map(len, above)]).astype(np.int64)
    parent = np.array([j for row in above for j in row], np.int64)
    arranged = arrange(first, parent, effort)
    if len(tasks) < LEAST_TASKS or arranged.acyclic < len(tasks):
        return None
    kept = _some(arranged.level, above, rng)
    number = {i: k for k, i in enumerate(kept)}
    rows = [sorted({number[j] for j in above[i] if j in number}) for i in kept]
    edges = np.cumsum([0, *map(len, rows)]).astype(np.int64)
    spread = _spread(kinds, effort)
    return effort[kept], spread[kept], edges, np.array([j for row in rows for j in row], np.int64)


def _some(level: Array, above: list[list[int]], rng: np.random.Generator) -> list[int]:
    """Return up to 40 tasks: the last, and by turns what they depend on."""
    kept: set[int] = set()
    for last in np.lexsort((rng.random(level.size), -level)).tolist():
        waiting = [last]
        while waiting and len(kept) < MOST_TASKS:
            i = waiting.pop(0)
            if i not in kept:
                kept.add(i)
                waiting += [above[i][k] for k in rng.permutation(len(above[i]))[:MOST_DEPENDENCIES].tolist()]
    return sorted(kept)


def _spread(kinds: list[str], effort: Array) -> Array:
    runs = defaultdict(list)
    for kind, one in zip(kinds, effort, strict=True):
        runs[kind].append(one)
    usual = 0.3
    cv = {kind: float(np.std(e) / np.mean(e)) if len(e) >= FEW else usual for kind, e in runs.items()}
    return np.clip([cv[kind] for kind in kinds], 0.0, 4.0)
