"""Pools of several models' distributions: what they are, and what they are worth."""

from typing import Any

import numpy as np
import pytest

import acumen_accel
from acumen.models.coordination.consensus import ENTRY as CONSENSUS
from acumen.neural import ensemble
from acumen.neural.ballots import PLAIN, Ballot, Past, ballot_of, judged, trust_of
from acumen.neural.calibrate import ece
from acumen.neural.evaluate import paired_gain
from acumen.neural.inference import Inference
from acumen.neural.recipe import load
from acumen.neural.spec import Answer
from acumen.proto.models.v1.coordination_pb2 import ConsensusDecision

OPTIONS = ("a", "b", "c", "d")


def simulated(seed: int, n: int, noise: tuple[float, ...], sharpness: tuple[float, ...]) -> tuple[Any, Any]:
    """Return votes (n, m, 4) on decision problems with known utilities, and the best options (n,).

    Each member sees every option's utility, a standard normal, with its own noise; it answers with the right posterior
    for that noise, made too sharp or too soft by the power `sharpness`.
    """
    rng = np.random.default_rng(seed)
    utility = 2 * rng.standard_normal((n, 4))
    votes = []
    for level, power in zip(noise, sharpness, strict=True):
        seen = utility + level * rng.standard_normal(utility.shape)
        draws = (seen * 4 / (4 + level**2))[:, None] + np.sqrt(4 * level**2 / (4 + level**2)) * rng.standard_normal(
            (n, 400, 4)
        )
        share = (draws.argmax(axis=2)[:, :, None] == np.arange(4)).mean(axis=1) + 1e-3
        votes.append((share**power) / (share**power).sum(axis=1, keepdims=True))
    return np.stack(votes, axis=1), utility.argmax(axis=1)


def _loss(p: Any, right: Any) -> Any:
    return -np.log(np.maximum(p[np.arange(len(right)), right], ensemble.FLOOR))


@pytest.fixture(scope="module")
def members() -> Any:
    """A good, a fair and a bad member, the last too sure of itself: votes to fit on, and others to judge by."""
    noise, sharpness = (1.0, 1.5, 3.0), (1.0, 1.0, 3.0)
    return simulated(1, 1_500, noise, sharpness), simulated(2, 3_000, noise, sharpness)


def test_a_fitted_pool_beats_its_best_member(members: Any) -> None:
    """On fresh problems its log loss is below the best member's, the paired interval above 0, its ECE at most .03."""
    (votes, right), (fresh, truth) = members
    p = ensemble.log_linear(fresh, ensemble.fit_weights(votes, right))
    best = min(range(3), key=lambda m: _loss(fresh[:, m], truth).mean())
    _, low, _ = paired_gain(_loss(fresh[:, best], truth), _loss(p, truth))
    assert low > 0
    assert ece(p.max(axis=1), p.argmax(axis=1) == truth) <= 0.03


def test_weights_follow_what_members_are_worth(members: Any) -> None:
    """The better the member the larger its weight; none is negative; ten cases move weights less than a thousand."""
    (votes, right), _ = members
    weights = ensemble.fit_weights(votes, right)
    assert weights[0] > weights[1] > weights[2] >= 0
    few, equal = ensemble.fit_weights(votes[:10], right[:10]), ensemble.equal_weights(3)
    assert np.abs(few - equal).sum() < np.abs(weights - equal).sum()


def test_a_member_that_is_wrong_on_purpose_weighs_nothing() -> None:
    """A member that shuns the right option gets weight 0, not a negative one."""
    votes, right = simulated(3, 800, (1.0, 1.0, 1.0), (1.0, 1.0, 1.0))
    against = 1.0 - votes[:, 0]
    votes[:, 2] = against / against.sum(axis=1, keepdims=True)
    assert ensemble.fit_weights(votes, right)[2] == 0


def test_the_fit_is_at_the_minimum(members: Any) -> None:
    """SciPy's bounded minimiser finds no better weights."""
    from scipy.optimize import minimize

    (votes, right), _ = members
    votes, right = votes[:200], right[:200]
    start = ensemble.equal_weights(3)

    def objective(weights: Any) -> float:
        p = ensemble.log_linear(votes, weights)[np.arange(len(right)), right]
        return float(-np.log(p).sum() + 5 * np.square(weights - start).sum())

    found = minimize(objective, start, bounds=[(0, None)] * 3, method="L-BFGS-B")
    assert objective(ensemble.fit_weights(votes, right)) <= found.fun + 1e-5


def test_pools_by_hand() -> None:
    """Two to one for a; the geometric mean of .9 .1 and .5 .5; a weight of 2 squares."""
    votes = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
    assert np.allclose(ensemble.majority(votes), [2 / 3, 1 / 3])
    pair = np.array([[0.9, 0.1], [0.5, 0.5]])
    root = np.sqrt([0.45, 0.05])
    assert np.allclose(ensemble.log_linear(pair, ensemble.equal_weights(2)), root / root.sum())
    assert np.allclose(ensemble.log_linear(pair[:1], np.array([2.0])), [0.81 / 0.82, 0.01 / 0.82])


def test_ties_go_to_the_more_probable() -> None:
    """One vote each for a, b and c: the option with the largest mean probability leads, whatever the order."""
    votes = np.array([[0.5, 0.3, 0.2, 0.0], [0.1, 0.8, 0.1, 0.0], [0.0, 0.4, 0.6, 0.0]])
    found = ensemble.pooled(ensemble.majority(votes), votes)
    assert found.choice == 1 and abs(found.confidence - 1 / 3) < 1e-12 and found.order.tolist() == [1, 2, 0, 3]


def test_no_member_has_a_veto() -> None:
    """A probability of 0 counts as one in a million: two sure members outvote one that excludes their option."""
    votes = np.array([[0.0, 1.0], [0.99, 0.01], [0.99, 0.01], [0.99, 0.01], [0.99, 0.01]])
    assert ensemble.log_linear(votes, np.ones(5))[0] > 0.5


def test_disagreement_runs_from_none_to_all() -> None:
    """Equal members: 0; each certain of another: 1; two groups: between."""
    assert ensemble.disagreement(np.tile([0.7, 0.2, 0.1], (3, 1))) < 1e-12
    assert abs(ensemble.disagreement(np.eye(3)) - 1) < 1e-12
    assert 0.3 < ensemble.disagreement(np.array([[1.0, 0, 0], [1.0, 0, 0], [0, 1.0, 0]])) < 0.9


def test_records_give_weights() -> None:
    """Odds against a guess: nine of ten weigh more than six of ten, a guesser nothing; all guessers weigh the same."""
    weights = ensemble.weights_of_records([90, 60, 25], [100, 100, 100], options=4)
    assert weights[0] > weights[1] > weights[2] and weights[2] < 0.02 and abs(weights.sum() - 1) < 1e-12
    wanted = np.log(3 * (91 / 102) / (11 / 102)) / np.log(3 * (61 / 102) / (41 / 102))
    assert abs(weights[0] / weights[1] - wanted) < 1e-9
    assert np.allclose(ensemble.weights_of_records([1, 0, 2], [100, 100, 100], options=4), 1 / 3)


def test_options_are_matched_by_name() -> None:
    """The same options in another order are the same distribution."""
    assert ensemble.aligned(OPTIONS, ("d", "c", "b", "a"), [0.4, 0.3, 0.2, 0.1]).tolist() == [0.1, 0.2, 0.3, 0.4]


def test_a_ballot_needs_named_options() -> None:
    """An answer without options, with fewer names than probabilities, or with a name twice, is no ballot."""

    def answer(options: tuple[str, ...]) -> Ballot:
        return ballot_of(
            Answer(output=ConsensusDecision(), choice="a", headline=np.array([0.6, 0.4]), p=0.6, options=options)
        )

    assert answer(("x", "y")).options == ("x", "y")
    assert answer(()).options == answer(("x",)).options == answer(("x", "x")).options == ()


@pytest.fixture(scope="module")
def judge() -> Any:
    """consensus-v1."""
    return load(CONSENSUS, Inference(acumen_accel.backend()))


def test_the_learned_pool_trusts_who_was_right_before(judge: Any) -> None:
    """One member that was right on all of forty past cases outweighs two that guessed; without the past they win."""
    rng = np.random.default_rng(5)
    right = rng.integers(0, 4, 40)
    said = np.stack([right, rng.integers(0, 4, 40), rng.integers(0, 4, 40)], axis=1)
    past = Past(votes=0.7 * np.eye(4)[said] + 0.075, right=right)
    now = np.array([[0.775, 0.075, 0.075, 0.075], [0.075, 0.775, 0.075, 0.075], [0.075, 0.775, 0.075, 0.075]])
    checked = [(one, 40) for one in past.correct]
    p, reliability = judged(judge, OPTIONS, now, checked)
    assert p.argmax() == 0 and abs(p.sum() - 1) < 1e-5 and reliability.argmax() == 0
    assert judged(judge, OPTIONS, now, [])[0].argmax() == 1


def test_past_cases_soften_a_judge_that_is_too_sure(judge: Any) -> None:
    """Three members that err together are unanimous and right in three of four: the posterior comes down to that."""
    rng = np.random.default_rng(8)
    right = rng.integers(0, 4, 200)
    said = np.where(rng.random(200) < 0.8, right, (right + 1) % 4)
    past = Past(votes=np.repeat((0.7 * np.eye(4)[said] + 0.075)[:, None], 3, axis=1), right=right)
    checked = [(one, 200) for one in past.correct]
    trust = trust_of(judge, OPTIONS, past, checked)
    plain, softened = (judged(judge, OPTIONS, past.votes[0], checked, t)[0].max() for t in (PLAIN, trust))
    share = float(np.mean(said == right))
    assert trust[0] < 1 and plain > share + 0.05 and abs(softened - share) < 0.02


def test_the_learned_pool_is_as_sure_as_it_is_right(judge: Any, members: Any) -> None:
    """Two hundred past cases: on fresh problems its ECE is at most .05, where the posterior as it is has over .08."""
    (votes, right), (fresh, truth) = members
    past = Past(votes=votes[:200], right=right[:200])
    checked = [(one, 200) for one in past.correct]
    trust = trust_of(judge, OPTIONS, past, checked)
    error = []
    for way in (PLAIN, trust):
        p = np.stack([judged(judge, OPTIONS, one, checked, way)[0] for one in fresh[:600]])
        error.append(ece(p.max(axis=1), p.argmax(axis=1) == truth[:600], bins=5))
    assert error[1] <= 0.05 and error[0] > 0.08
