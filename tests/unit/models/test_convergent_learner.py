"""convergent-v1's learner: what users observe of strategies, and what the network makes of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import acumen_accel
from acumen.errors import InvalidInput
from acumen.models.cognitive.convergent import ENTRY, learner, path, reading, spec, world
from acumen.neural.fit import Schedule, fit
from acumen.neural.inference import Inference
from acumen.neural.learner import Labelled, answers
from acumen.neural.model import Model
from acumen.neural.recipe import load
from acumen.neural.spec import Want
from acumen.neural.tape import Node, Tape
from acumen.proto.models.v1 import cognitive_pb2 as pb

FULL = Want(certificates=True, alternatives=8)


def _message(n: int = 3, **kw: Any) -> pb.ProblemContext:
    message = pb.ProblemContext(workers=2, deadline_ms=5000, budget_units=20, **kw)
    for i in range(n):
        part = message.subproblems.add(id=f"s{i}", effort_ms=1000, effort_cv=0.3, success_prob=0.9, shared_state=0.1)
        part.depends_on.extend([f"s{i - 1}"] if i else [])
    return message


def _model() -> Model:
    return load(ENTRY, Inference(acumen_accel.backend()))


def _truths(seed: int, n: int) -> Labelled:
    """Return problems with one simulated run of two strategies each, as a user would see them."""
    messages, targets = [], []
    for index in range(n):
        rng = world.generator(seed, index)
        case = world.case(rng)
        target = pb.ConvergentTruth()
        for strategy in rng.permutation(np.flatnonzero(path.possible(case.problem)))[:2].tolist():
            fared = world.fared(case.problem, case.arranged, np.random.default_rng([seed, index]), 32)
            target.outcomes.add(strategy=strategy + 1, utility=float(fared.utility[strategy]))
        messages.append(case.message)
        targets.append(target)
    return Labelled(messages=messages, targets=targets)


def test_a_run_is_worth_what_the_contract_says() -> None:
    """A run at the deadline within half the budget: (1/2 + 4/5 + 1) / 3; unsolved 0; partial outcomes are masked."""
    message = _message()
    known = reading.read(message)
    outcome = pb.SolutionOutcome(strategy=pb.SOLUTION_STRATEGY_PARALLEL)
    outcome.run.time_ms, outcome.run.spent_units, outcome.run.solved = 5000, 10, True
    assert learner.utility_of(known, outcome) == pytest.approx((0.5 + 0.8 + 1) / 3)
    outcome.run.solved = False
    assert learner.utility_of(known, outcome) == 0
    row = learner.targets_of(known, np.ones(8), pb.ConvergentTruth(outcomes=[outcome]))
    assert row["known"].tolist() == row["timed"].tolist() == [False, True] + [False] * 6


def test_the_learners_gradients_add_up() -> None:
    """The loss of four examples is the sum of two batches of two, and so are its gradients."""
    made, model = learner.LEARNER, _model()
    labelled = _truths(11, 4)
    labelled.targets[1].best = labelled.targets[1].outcomes[0].strategy
    run = labelled.targets[2].outcomes[0].run
    run.time_ms, run.spent_units, run.solved = 100.0, 1.0, True
    prepared = made.prepare(model.weights, labelled)
    whole = _gradient(model.weights, prepared, np.arange(4))
    halves = [_gradient(model.weights, prepared, np.array(index)) for index in ([0, 1], [2, 3])]
    assert whole[0] == pytest.approx(halves[0][0] + halves[1][0], rel=1e-5)
    for name, gradient in whole[1].items():
        np.testing.assert_allclose(gradient, halves[0][1][name] + halves[1][1][name], rtol=2e-3, atol=2e-4)


def _gradient(weights: Any, prepared: Any, index: Any) -> tuple[float, dict[str, Any]]:
    batch, targets = prepared.take(index)
    nodes = {name: Node(value) for name, value in weights.items() if name.startswith("net/")}
    scores = spec.SPEC.network(Tape(), {**weights, **nodes}, batch)
    loss = learner.LEARNER.loss(Tape(), scores, batch, targets)
    loss.backward()
    return float(loss.value), {name: node.grad for name, node in nodes.items() if node.grad is not None}


def _tuned(weights: Any, labelled: Labelled, steps: int, frozen: Sequence[str] = ()) -> dict[str, Any]:
    prepared = learner.LEARNER.prepare(weights, labelled)
    free = {n: w for n, w in weights.items() if n.startswith("net/") and n.split("/")[1] not in frozen}
    rng = np.random.default_rng(0)

    def loss(tape: Tape, nodes: Any, _step: int) -> Node:
        batch, targets = prepared.take(rng.integers(0, prepared.size, 32))
        return learner.LEARNER.loss(tape, spec.SPEC.network(tape, {**weights, **nodes}, batch), batch, targets)

    return {**weights, **fit(free, loss, Schedule(steps=steps, learning_rate=1e-3, ema=0.9))}


def _always(strategy: int, seed: int, n: int) -> Labelled:
    messages = [m for m in spec.SPEC.examples(seed, 4 * n) if m.workers > 1][:n]
    return Labelled(
        messages=messages,
        targets=[
            pb.ConvergentTruth(best=strategy)  # type: ignore[arg-type]
            for _ in messages
        ],
    )


def test_it_learns_from_a_users_labels_and_not_from_shuffled_ones() -> None:
    """Where racing is best whenever failures are common, else parallel, it learns it; shuffled labels teach nothing."""
    model = _model()
    messages = [m for m in spec.SPEC.examples(21, 1200) if m.workers > 1][:500]
    failing = [np.mean([1 - p.success_prob for p in m.subproblems]) > 0.1 for m in messages]
    best = [pb.SOLUTION_STRATEGY_PORTFOLIO_RACE if f else pb.SOLUTION_STRATEGY_PARALLEL for f in failing]
    told = [pb.ConvergentTruth(best=b) for b in best]
    shuffled = [told[i] for i in np.random.default_rng(3).permutation(400)]
    held = Labelled(messages=messages[400:], targets=told[400:])

    def quality(targets: Any) -> float:
        tuned = _tuned(model.weights, Labelled(messages=messages[:400], targets=targets), 150)
        found = answers(spec.SPEC, tuned, held.messages, model.ops)
        return float(learner.LEARNER.judge(found, held).quality.mean())

    right = quality(told[:400])
    assert right > 0.8
    assert right > quality(shuffled) + 0.15


def test_frozen_groups_stay_byte_for_byte() -> None:
    """With groups 0 to 5 frozen only the heads after them move."""
    model, groups = _model(), spec.SPEC.identity.layer_groups
    assert groups[:7] == ("input", "hidden_1", "hidden_2", "hidden_3", "embedding", "cost", "regret")
    tuned = _tuned(model.weights, _always(2, 31, 64), 5, frozen=groups[:6])
    for name in (n for n in model.weights if n.startswith("net/")):
        same = tuned[name].tobytes() == np.asarray(model.weights[name]).tobytes()
        assert same == (name.split("/")[1] in groups[:6] or name.split("/")[1] in {"time", "success"}), name


def test_bad_truths_are_refused_by_field() -> None:
    """Nothing said, a strategy twice, one that is not possible, a result out of range."""
    message, bad = _message(), pb.ConvergentTruth()
    message.workers = 1
    with pytest.raises(InvalidInput):
        learner.LEARNER.check(message, bad)
    for strategy, utility in ((1, 0.5), (1, 1.5), (2, 0.5), (99, 0.5)):
        bad.outcomes.add(strategy=strategy, utility=utility)  # type: ignore[arg-type]
    bad.outcomes.add(strategy=pb.SOLUTION_STRATEGY_ADAPTIVE)
    with pytest.raises(InvalidInput) as refused:
        learner.LEARNER.check(message, bad)
    fields = [violation.field.removeprefix("convergent_truth.") for violation in refused.value.violations]
    assert fields == [
        "outcomes[1].strategy", "outcomes[1].utility", "outcomes[2].strategy", "outcomes[3].strategy",
        "outcomes[4].result",
    ]  # fmt: skip


def test_judging_uses_only_what_was_tried() -> None:
    """The first choice among the tried counts; one alone is judged by its utility; the best named by being chosen."""
    message = _message()
    answer = _model().answer([message], FULL)[0].answer
    output: Any = answer.output
    ranked = [output.strategy, *(other.strategy for other in output.alternatives)]

    def judged(*tried: tuple[int, float], best: int = 0) -> Any:
        target = pb.ConvergentTruth(best=best)  # type: ignore[arg-type]
        for strategy, utility in tried:
            target.outcomes.add(strategy=strategy, utility=utility)  # type: ignore[arg-type]
        found = learner.LEARNER.judge([answer], Labelled(messages=[message], targets=[target]))
        return float(found.quality[0]), bool(found.happened[0])

    assert judged((ranked[1], 0.4), (ranked[3], 0.6)) == (pytest.approx(0.8), False)
    assert judged((ranked[1], 0.6), (ranked[3], 0.4)) == (pytest.approx(1.0), True)
    assert judged(best=ranked[0]) == (1.0, True)
    assert judged(best=ranked[2]) == (0.0, False)
    told = output.expected_utility - output.alternatives[0].expected_regret
    assert judged((ranked[1], told)) == (pytest.approx(1.0), True)
