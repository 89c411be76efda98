"""What a strategy makes of a graph: whether it can be carried out, and the steps it takes."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.proto.models.v1 import cognitive_pb2 as pb
from acumen_accel.execution_simulation import Strategy
from acumen_accel.problem_graph import Arranged, Problem

S: TypeAlias = Strategy

NAMES = tuple(strategy.name for strategy in S)
ALONE = (S.SEQUENTIAL, S.ITERATIVE_REFINE, S.ADAPTIVE)
EARLY = (S.PIPELINE, S.SPECULATIVE)
ATTEMPTS = {S.ITERATIVE_REFINE: 6, S.ADAPTIVE: 4}
USUAL_ATTEMPTS = 3
MOST_PARTS, MOST_COPIES = 4, 3


def _possible(several: bool, dependent: bool) -> NDArray[np.bool_]:
    return np.array([(several or s in ALONE) and (dependent or s not in EARLY) for s in S])


POSSIBLE = {(a, b): _possible(a, b) for a in (False, True) for b in (False, True)}


def possible(problem: Problem) -> NDArray[np.bool_]:
    """Return (8,): which strategies can be carried out; SEQUENTIAL always can."""
    return POSSIBLE[problem.workers > 1, problem.parent.size > 0]


def steps(message: Any, problem: Problem, arranged: Arranged, strategy: Strategy) -> list[pb.PathStep]:
    """Return the steps in the order the strategy takes them up: the longest way to the end first."""
    parts = min(problem.workers, MOST_PARTS) if strategy is S.DIVIDE_CONQUER else 1
    copies = min(problem.workers, MOST_COPIES) if strategy is S.PORTFOLIO_RACE else 1
    attempts = ATTEMPTS.get(strategy, USUAL_ATTEMPTS)
    order = arranged.order.tolist()
    stages = _stages(arranged, strategy)
    names = [part.id for part in message.subproblems]
    if strategy not in EARLY:
        return [
            pb.PathStep(id=names[i], stage=stages[i], parts=parts, copies=copies, max_attempts=attempts) for i in order
        ]
    depends = np.diff(problem.first).tolist()
    return [
        pb.PathStep(id=names[i], stage=stages[i], parts=1, copies=1, max_attempts=attempts, early=depends[i] > 0)
        for i in order
    ]


def _stages(arranged: Arranged, strategy: Strategy) -> list[int]:
    if strategy is S.SEQUENTIAL:
        stage = np.empty_like(arranged.order)
        stage[arranged.order] = np.arange(stage.size)
        return list(stage.tolist())
    return [0] * arranged.level.size if strategy is S.SPECULATIVE else list(arranged.level.tolist())
