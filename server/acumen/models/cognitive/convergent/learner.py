"""How convergent-v1 learns from problems whose strategies were tried."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen.errors import InvalidInput
from acumen.models.cognitive.convergent import checks, learning, path, reading, spec, world
from acumen.models.cognitive.convergent.identity import WITHIN
from acumen.neural.inference import Inference
from acumen.neural.learner import Judged, Labelled, recalibrated
from acumen.neural.spec import Answer, Weights
from acumen.neural.tape import Node, Tape

Array = NDArray[Any]


class ConvergentLearner:
    """Learns from outcomes of one or more strategies a problem, or from which was best."""

    target_field = "convergent_truth"
    measure = (
        "1 less the utility lost by the first choice among the strategies tried (one alone: less the error of its "
        "utility; only the best named: 1 if it was chosen)"
    )

    def check(self, message: Any, target: Any) -> None:
        """Refuse a truth without content, strategies listed twice or not possible, and results out of range."""
        if found := list(checks.truth_violations(message, target)):
            raise InvalidInput(found)

    def initial(self, weights: Weights, examples: Labelled, seed: int) -> dict[str, Array]:  # noqa: ARG002
        """Return the base's weights."""
        return dict(weights)

    def prepare(self, weights: Weights, examples: Labelled) -> learning.Examples:  # noqa: ARG002
        """Read the problems and what was true of them."""
        batch = spec.SPEC.featurise(examples.messages)
        rows = [
            targets_of(known, foretold, target)
            for (known, foretold), target in zip(batch.facts, examples.targets, strict=True)
        ]
        stacked = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
        return learning.Examples(size=batch.size, graph=batch.arrays["graph"], targets=learning.Targets(**stacked))

    def loss(self, tape: Tape, scores: Mapping[str, Any], batch: Any, targets: Any) -> Node:  # noqa: ARG002
        """Return the sum of the loss the recipe trains with, over what is known."""
        return learning.total(tape, scores, targets)

    def judge(self, answers: Sequence[Answer], examples: Labelled) -> Judged:
        """Compare the order of the strategies answered with how those tried fared."""
        judged = [
            _judged(answer.output, message, target)
            for answer, message, target in zip(answers, examples.messages, examples.targets, strict=True)
        ]
        return Judged(
            quality=np.array([quality for quality, _ in judged]),
            happened=np.array([right for _, right in judged], bool),
        )

    def finish(self, weights: Weights, trained: Labelled, held: Labelled) -> dict[str, Array]:  # noqa: ARG002
        """Return the weights with the event's probability fitted anew."""
        return recalibrated(spec.SPEC, self, weights, held, Inference(acumen_accel.backend()))


def targets_of(known: reading.Read, foretold: Array, target: Any) -> dict[str, Array]:
    """Return the fields of `Targets` for one problem, each (8,)."""
    possible = path.possible(known.problem)
    row: dict[str, Array] = {name: np.zeros(spec.STRATEGIES) for name in ("cost", "log_time", "success", "best")}
    row |= {"known": np.zeros(spec.STRATEGIES, bool), "timed": np.zeros(spec.STRATEGIES, bool), "possible": possible}
    row["cost"] += 1.0
    for outcome in target.outcomes:
        s = outcome.strategy - 1
        row["known"][s] = True
        row["cost"][s] = spec.FLOOR - utility_of(known, outcome)
        if outcome.WhichOneof("result") == "run":
            run = outcome.run
            row["timed"][s] = True
            row["log_time"][s] = learning.log_factor(run.time_ms, foretold[s])
            row["success"][s] = run.solved and run.time_ms <= known.problem.deadline
    if target.best:
        row["best"][target.best - 1] = 1.0
    return row


def utility_of(known: reading.Read, outcome: Any) -> float:
    """Return the utility of an outcome, given or computed of its run."""
    if outcome.WhichOneof("result") == "utility":
        return float(outcome.utility)
    run = outcome.run
    return float(world.utility(known.problem, run.time_ms, run.spent_units * reading.MS_A_UNIT, run.solved))


def _judged(output: Any, message: Any, target: Any) -> tuple[float, bool]:
    if not target.outcomes:
        return float(output.strategy == target.best), output.strategy == target.best
    known = reading.read(message)
    tried = {outcome.strategy: utility_of(known, outcome) for outcome in target.outcomes}
    if len(tried) == 1:
        (strategy, truth), told = next(iter(tried.items())), _told(output)
        right = output.strategy == target.best if target.best else abs(told[strategy] - truth) <= WITHIN
        return 1 - abs(told[strategy] - truth), right
    ranked = [output.strategy, *(other.strategy for other in output.alternatives)]
    picked = next(tried[strategy] for strategy in ranked if strategy in tried)
    best = max(tried.values())
    return 1 - (best - picked), picked >= (1 - WITHIN) * best


def _told(output: Any) -> dict[int, float]:
    """Return the utility told of every strategy."""
    told = {o.strategy: max(output.expected_utility - o.expected_regret, 0.0) for o in output.alternatives}
    return {**told, output.strategy: output.expected_utility}


LEARNER = ConvergentLearner()
