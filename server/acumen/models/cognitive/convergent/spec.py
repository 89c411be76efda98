"""convergent-v1: a problem context to the best strategy and its path."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.errors import InvalidInput
from acumen.models.cognitive.convergent import checks, path, reading, world
from acumen.models.cognitive.convergent.identity import COLUMNS, IDENTITY, WITHIN
from acumen.neural import selector
from acumen.neural.rounding import significant
from acumen.neural.spec import Answer, Batch, Certificate, Want
from acumen.proto.models.v1 import cognitive_pb2 as pb
from acumen_accel.execution_simulation import Strategy
from acumen_accel.problem_graph import measure

Doubles: TypeAlias = NDArray[np.float64]

STRATEGIES = len(Strategy)
FLOOR = 1.05
"""A strategy's cost is this less its utility, so that its logarithm stays finite."""
LEAST_LOG, MOST_LOG = float(np.log(FLOOR - 1)), float(np.log(FLOOR))
TEMPERATURE = 0.02
MOST_LOG_TIME = 4.0


class ConvergentSpec:
    """The domain logic of convergent-v1."""

    identity = IDENTITY

    def check(self, message: Any) -> None:
        """Refuse numbers out of range, ids that are not distinct, and dependencies that dangle or go in circles."""
        if found := checks.violations(message):
            raise InvalidInput(found)

    def cost(self, message: Any) -> int:
        """Estimate microseconds: each strategy is run once without chance, which grows with the square of the size."""
        n = len(message.subproblems)
        return int(150 + 12 * n + 0.15 * n * n)

    def featurise(self, messages: Sequence[Any]) -> Batch:
        """Measure each graph and run every strategy on it without chance: `graph` (n, 51)."""
        facts = [reading.read(message) for message in messages]
        return assemble(facts)

    def network(self, ops: Any, weights: Any, batch: Batch) -> dict[str, Any]:
        """Return the selector's scores, `time` (n, 8) log factors on the runs without chance, `success` (n, 8) odds."""
        x = ops.normalise(batch.arrays["graph"], weights["norm/graph/center"], weights["norm/graph/scale"])
        scores = selector.network(ops, weights, x)
        for head in ("time", "success"):
            scores[head] = ops.dense(scores["embedding"], weights[f"net/{head}/w"], weights[f"net/{head}/b"])
        return scores

    def decode(
        self, messages: Sequence[Any], batch: Batch, scores: Mapping[str, Any], confidence: Any, want: Want
    ) -> list[Answer]:
        """Choose the possible strategy of least refined cost and lay out its steps."""
        names = ("refined", "log_cost", "time", "success")
        rows = [_finite(scores[name]) for name in names]
        return [
            _decode(message, facts, [row[i] for row in rows], confidence, want)
            for i, (message, facts) in enumerate(zip(messages, batch.facts, strict=True))
        ]

    def validate(self, message: Any, output: Any) -> list[str]:
        """Re-derive every promise of `SolutionPath`."""
        return checks.broken_promises(message, output)

    def examples(self, seed: int, n: int) -> list[Any]:
        """Generate problems as in training."""
        return [world.case(world.generator(seed, index)).message for index in range(n)]


def assemble(facts: Sequence[reading.Read]) -> Batch:
    """Return the batch of problems that were read."""
    rows = np.empty((len(facts), len(COLUMNS)))
    known = []
    for i, one in enumerate(facts):
        rows[i, :-3], foretold = measure(one.problem, one.arranged)
        rows[i, -3:] = one.hints
        known.append((one, foretold[:, 0]))
    graph = rows.astype(np.float32)
    return Batch(size=len(facts), arrays={"graph": graph}, summary=graph, facts=known)


def _finite(scores: Any) -> Doubles:
    """Return scores (n, 8) with what is no number as 0 and the infinite as far away."""
    wide = np.asarray(scores, np.float64)
    return wide if np.isfinite(wide).all() else np.nan_to_num(wide, posinf=99.0, neginf=-99.0)


def utilities(log_cost: Any) -> Doubles:
    """Return utilities, 0 to 1, of log costs."""
    return FLOOR - np.exp(np.clip(log_cost, LEAST_LOG, MOST_LOG))


def sureness(utility: Doubles, possible: NDArray[np.bool_], best: int) -> float:
    """Return a raw probability of the event: how far the rivals stay below the chosen one, less what it allows."""
    margin = utility - utility[best] * (1 - WITHIN)
    rivals = np.exp(np.clip(margin / TEMPERATURE, -50, 50)) * possible
    rivals[best] = 0.0
    return float(np.e / (np.e + rivals.sum()))


def _decode(message: Any, facts: Any, scores: Sequence[Doubles], confidence: Any, want: Want) -> Answer:
    known, foretold = facts
    refined, log_cost, time, success = scores
    possible = path.possible(known.problem)
    utility = utilities(refined)
    order = np.argsort(np.where(possible, -utility, 9.0), kind="stable")[: int(possible.sum())].tolist()
    best, values = Strategy(order[0]), utility.tolist()
    lost = {s: significant(values[best] - values[s]) for s in order}
    out = pb.SolutionPath(
        steps=path.steps(message, known.problem, known.arranged, best),
        expected_time_ms=significant(
            float(foretold[best] * np.exp(np.clip(time[best], -MOST_LOG_TIME, MOST_LOG_TIME)))
        ),
        success_prob=significant(float(0.5 + 0.5 * np.tanh(0.5 * np.clip(success[best], -60, 60)))),
        expected_utility=significant(float(utilities(log_cost[best]))),
    )
    out.strategy = best + 1  # type: ignore[assignment]
    others = sorted(order[1:], key=lambda s: (lost[s], s))
    for other in others:
        out.alternatives.add(strategy=other + 1, expected_regret=lost[other])  # type: ignore[arg-type]
    return Answer(
        output=out,
        choice=best.name,
        headline=_headline(utility, possible),
        options=path.NAMES,
        p=float(confidence(sureness(utility, possible, best))),
        alternatives=[(path.NAMES[s], lost[s]) for s in others[: want.alternatives]],
        certificates=_certificates(known, foretold, best) if want.certificates else (),
    )


def _headline(utility: Doubles, possible: NDArray[np.bool_]) -> Doubles:
    powers = np.exp((utility - utility[possible].max()) / TEMPERATURE) * possible
    return np.asarray(powers / powers.sum())


def _certificates(known: reading.Read, foretold: Doubles, best: Strategy) -> list[Certificate]:
    """Return facts about the graph: its critical path, its whole effort, and the chosen strategy without chance."""
    total, critical = float(known.problem.task[:, 0].sum()), float(known.arranged.rank.max())
    calm = float(foretold[best])
    return [
        Certificate(
            text=f"the longest way through the subproblems takes {critical:.6g} ms of {total:.6g} ms in all",
            value=critical,
            field_path="subproblems",
        ),
        Certificate(
            text=f"{best.name} takes {calm:.6g} ms if every attempt takes its mean, the deadline is "
            f"{known.problem.deadline:.6g} ms",
            value=calm,
            field_path="deadline_ms",
        ),
    ]


SPEC = ConvergentSpec()
