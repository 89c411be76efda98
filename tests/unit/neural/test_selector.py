"""The selector: what is masked counts for nothing, the loss adds up, and it learns who is best where."""

from typing import Any

import numpy as np

from acumen.neural import portfolio, selector
from acumen.neural.selector import Costs, Losses
from acumen.neural.tape import Node, Tape

PARTS = Losses()


def _scored(weights: Any, x: Any, costs: Costs) -> tuple[float, dict[str, Any]]:
    nodes = {name: Node(value) for name, value in weights.items() if name.startswith("net/")}
    loss = selector.loss(Tape(), selector.network(Tape(), {**weights, **nodes}, x), costs, 1.0, PARTS)
    loss.backward()
    return float(loss.value), {name: node.grad for name, node in nodes.items()}


def _case(n: int = 6, strategies: int = 4) -> tuple[Any, Any, Costs]:
    rng = np.random.default_rng(1)
    costs = Costs(cost=rng.lognormal(0, 1, (n, strategies)), known=rng.random((n, strategies)) < 0.7)
    weights = selector.initial(rng, 5, strategies, 16) | selector.placement(costs)
    return weights, rng.standard_normal((n, 5)).astype(np.float32), costs


def test_what_was_not_observed_has_no_part_in_the_loss() -> None:
    """Any number may stand where nothing is known; loss and gradients stay the same."""
    weights, x, costs = _case()
    other = Costs(cost=np.where(costs.known, costs.cost, 123.0), known=costs.known)
    (loss, gradients), (same, gradients_again) = _scored(weights, x, costs), _scored(weights, x, other)
    assert loss == same
    for name, gradient in gradients.items():
        np.testing.assert_array_equal(gradient, gradients_again[name])


def test_an_instance_without_observations_adds_nothing() -> None:
    """Its loss is zero."""
    weights, x, costs = _case(1)
    assert _scored(weights, x, Costs(cost=costs.cost, known=np.zeros_like(costs.known)))[0] == 0


def test_the_loss_of_a_batch_is_the_sum_of_its_instances() -> None:
    """Each instance's loss is its own."""
    weights, x, costs = _case()
    alone = sum(_scored(weights, x[i : i + 1], costs.take(np.array([i])))[0] for i in range(6))
    np.testing.assert_allclose(_scored(weights, x, costs)[0], alone, rtol=1e-5)


def test_it_learns_who_is_best_where() -> None:
    """Two strategies trade places with the sign of a feature; a third is never best; labels shuffled teach nothing."""
    rng = np.random.default_rng(2)
    x = rng.standard_normal((400, 6))
    cost = np.exp(np.stack([x[:, 0], -x[:, 0], np.full(400, 1.5)], axis=1))
    options = portfolio.Options(members=1, width=16, steps=120, noise=0.1, drop=0.0, decay=0.0)
    learned = portfolio.fitted(x[:300], cost[:300], 1, options).choose(x[300:])
    shuffled = portfolio.fitted(x[:300], cost[rng.permutation(300)], 1, options).choose(x[300:])
    best = cost[300:].argmin(axis=1)
    assert (learned == best).mean() > 0.9
    assert (shuffled == best).mean() < 0.7


def test_missing_features_and_costs_are_taken_as_missing() -> None:
    """Half of both left out, the rule is still learned."""
    rng = np.random.default_rng(3)
    x = rng.standard_normal((600, 3))
    cost = np.exp(np.stack([x[:, 0], -x[:, 0], np.full(600, 1.5)], axis=1))
    holes = np.where(rng.random(cost.shape) < 0.3, np.nan, cost)
    seen = np.where(rng.random(x.shape) < 0.1, np.nan, x)
    options = portfolio.Options(members=1, width=16, steps=150, noise=0.1, drop=0.0, decay=0.0)
    chosen = portfolio.fitted(seen[:500], holes[:500], 1, options).choose(x[500:])
    assert (chosen == cost[500:].argmin(axis=1)).mean() > 0.85


def test_nearest_neighbours_choose_by_mean_cost() -> None:
    """The rival by hand: the two nearest of three decide."""
    features, cost = np.array([[0.0], [0.1], [9.0]]), np.array([[1.0, 5.0], [9.0, 1.0], [0.0, 100.0]])
    assert portfolio.nearest(features, cost, np.array([[0.05]]), 2).tolist() == [1]
    assert portfolio.nearest(features, cost, np.array([[9.0]]), 1).tolist() == [0]
