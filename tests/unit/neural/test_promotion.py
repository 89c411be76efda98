"""New weights take over only for a gain that chance and poison do not explain."""

import numpy as np
import pytest

from acumen.neural.promotion import FEWEST, Decision, decide, relative_rise, share_harmed, sign_change_p

SEEDS = 200
# Two and a half of a hundred are allowed by chance; so are three standard errors of 200 draws above them.
MOST_FALSE = 0.025 + 3 * np.sqrt(0.025 * 0.975 / SEEDS)


def _right(rng: np.random.Generator, p: float, n: int) -> np.ndarray:
    return (rng.random(n) < p).astype(np.float64)


@pytest.mark.parametrize("n", [10, 20, 50, 200])
@pytest.mark.parametrize("kind", ["decisions", "losses", "heavy"])
def test_no_difference_is_seldom_promoted(n: int, kind: str) -> None:
    """Old and new are equally good on average: over 200 seeds at most 2.5 % and three standard errors are promoted."""

    def qualities(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        if kind == "decisions":
            return _right(rng, 0.7, n), _right(rng, 0.7, n)
        if kind == "losses":
            return -rng.exponential(size=n), -rng.exponential(size=n)
        return rng.standard_t(2, n), rng.standard_t(2, n)

    promoted = [decide(*qualities(np.random.default_rng([seed, n]))).promoted for seed in range(SEEDS)]
    assert np.mean(promoted) <= MOST_FALSE


def test_training_on_shuffled_labels_is_refused() -> None:
    """A nearest-centroid learner fitted to shuffled labels, held-out labels true: 200 seeds, nearly all refused.

    Old weights are the centroids of true labels; a learner of shuffled labels ends near one centroid for both classes.
    """
    promoted = 0
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        label = rng.integers(0, 2, 120)
        x = rng.standard_normal((120, 4)) + 0.8 * label[:, None]
        old, new = _centroids(x[:80], label[:80]), _centroids(x[:80], rng.permutation(label[:80]))
        promoted += decide(_quality(old, x[80:], label[80:]), _quality(new, x[80:], label[80:])).promoted
    assert promoted / SEEDS <= MOST_FALSE


def _centroids(x: np.ndarray, label: np.ndarray) -> np.ndarray:
    return np.stack([x[label == k].mean(axis=0) for k in (0, 1)])


def _quality(centroids: np.ndarray, x: np.ndarray, label: np.ndarray) -> np.ndarray:
    distance = np.square(x[:, None] - centroids).sum(axis=2)
    return (distance.argmin(axis=1) == label).astype(np.float64)


def test_a_real_gain_is_promoted() -> None:
    """From 60 to 85 % right on 100 examples, on 95 of 100 seeds; the reason tells gain, interval and n."""
    decisions = []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        decisions.append(decide(_right(rng, 0.6, 100), _right(rng, 0.85, 100)))
    promoted = [one for one in decisions if one.promoted]
    assert len(promoted) >= 95
    first = promoted[0]
    assert first.low > 0 and first.low <= first.gain <= first.high and first.n == 100
    assert f"gains {first.gain:.4g}" in first.reason and "100 examples" in first.reason


def test_too_few_examples_are_refused() -> None:
    """Nine certain gains are no ground; ten are."""
    assert FEWEST == 10
    refused = decide(np.zeros(9), np.ones(9))
    assert not refused.promoted and "9 examples" in refused.reason and "10 are needed" in refused.reason
    assert decide(np.zeros(10), np.ones(10)).promoted


def test_a_bootstrap_of_few_examples_alone_does_not_promote() -> None:
    """Four right of ten more, none fewer: the interval lies above 0, one of sixteen coin tosses does as well."""
    decision = decide(np.zeros(10), np.array([1.0] * 4 + [0.0] * 6))
    assert decision.low > 0 and abs(decision.p - 1 / 16) < 0.02
    assert not decision.promoted and "sign changes" in decision.reason


def test_one_example_cannot_buy_a_promotion() -> None:
    """A single huge gain among a hundred is refused, however large: half of all coin tosses do as well."""
    gains = np.zeros(100)
    gains[7] = 1e9
    assert not decide(np.zeros(100), gains).promoted
    assert sign_change_p(gains) > 0.4


def test_a_rise_of_the_base_loss_is_refused() -> None:
    """The same gain is promoted at +.9 % and refused at +1.1 % of the base suite's mean loss; the figure is told."""
    old, new, base = np.zeros(50), np.ones(50), np.full(1_000, 2.0)
    kept = decide(old, new, base, base * 1.009)
    assert kept.promoted and abs((kept.base_rise or 0) - 0.009) < 1e-9 and "+0.90%" in kept.reason
    lost = decide(old, new, base + np.linspace(0, 1, 1_000), (base + np.linspace(0, 1, 1_000)) * 1.011)
    assert not lost.promoted and "rises by 1.10%" in lost.reason


def test_harm_hidden_in_a_good_mean_is_refused() -> None:
    """Two in a hundred of the base suite get much worse while the rest improve: the mean falls, and it is refused."""
    rng = np.random.default_rng(3)
    base = rng.uniform(0.4, 0.6, 1_000)
    poisoned = base - 0.03
    poisoned[:20] += 1.0
    assert relative_rise(base, poisoned) < 0
    assert abs(share_harmed(base, poisoned) - 0.02) < 1e-9
    decision = decide(np.zeros(50), np.ones(50), base, poisoned)
    assert not decision.promoted and "2.0% of the base suite get much worse" in decision.reason
    noisy = base + 0.02 * rng.standard_normal(1_000)
    assert decide(np.zeros(50), np.ones(50), base, noisy).promoted


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_refused(bad: float) -> None:
    """A quality or a loss that is no number never promotes."""
    new, base = np.ones(20), np.ones(20)
    new[3] = base[3] = bad
    assert not decide(np.zeros(20), new).promoted
    assert "not a finite number" in decide(np.zeros(20), np.ones(20), np.ones(20), base).reason


def test_pairs_must_be_pairs() -> None:
    """Arrays of different lengths are a mistake of the caller."""
    with pytest.raises(ValueError, match=r"\(20,\) and \(19,\)"):
        decide(np.zeros(20), np.ones(19))


def test_a_decision_is_the_same_every_time() -> None:
    """Equal inputs, equal decisions; intervals and p do not depend on what ran before."""
    rng = np.random.default_rng(1)
    old, new = rng.random(40), rng.random(40) + 0.1
    assert isinstance(decide(old, new), Decision) and decide(old, new) == decide(old, new)
