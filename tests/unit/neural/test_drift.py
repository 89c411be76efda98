"""What the drift tests find, and how seldom they cry wolf."""

import numpy as np
import pytest
from drifting import Generate, alarms, correlated, discrete, heavy, normal, shifted

from acumen.neural.drift import baseline, histogram, kolmogorov
from acumen.neural.drift.window import Level, Test, examine, examine_output

Test.__test__ = False  # type: ignore[attr-defined]
KINDS = {"normal": normal(12), "correlated": correlated(12), "heavy": heavy(6), "discrete": discrete(3)}
SIZES = (50, 75, 100, 200, 350, 500)
WINDOWS, DRIFTED = 1_000, 200


@pytest.fixture(scope="module", params=KINDS)
def known(request):
    """A generator with its baseline of 1,000 inputs, and their spread."""
    generate = KINDS[request.param]
    summary, output = generate(11, 1_000)
    return generate, baseline.fit(summary, output), summary.std(axis=0)


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_false_alarms_are_rare(known, size: int) -> None:
    """Of 1,000 fresh windows of the baseline's own distribution at most 2 % alarm, at every size."""
    generate, made, _ = known
    assert alarms(made, [generate((99, size, i), size) for i in range(WINDOWS)]) <= 0.02


@pytest.mark.parametrize("size", SIZES)
def test_a_shift_of_half_a_deviation_is_found(known, size: int) -> None:
    """Of 200 fresh windows with 3 features moved by .5 sd, up or down, at least 90 % alarm, at every size."""
    generate, made, spread = known
    rng = np.random.default_rng(size)
    windows = [generate((98, size, i), size) for i in range(DRIFTED)]
    assert alarms(made, [(shifted(summary, spread, rng), output) for summary, output in windows]) >= 0.9


@pytest.fixture(scope="module")
def plain():
    """A baseline of four normal features."""
    return baseline.fit(*normal(4)(11, 1_000))


def test_the_culprit_is_named(plain) -> None:
    """The moved feature is at ALARM, with the direction it moved in; the others are not."""
    summary, output = normal(4)(5, 200)
    summary[:, 2] += 1.0
    report = examine(plain, summary, output)
    assert [column.level == Level.ALARM for column in report.features] == [False, False, True, False]
    assert report.features[2].above > 0.7 and report.features[2].psi > 0.25 and report.features[2].q < 1e-6
    assert {Test.KOLMOGOROV_SMIRNOV, Test.POPULATION_STABILITY, Test.LOCATION} <= set(report.alarms)


def test_a_change_of_spread_is_found_though_no_mean_moves(plain) -> None:
    """Doubling every deviation alarms by distance and discrepancy, with `above` near one half."""
    summary, output = normal(4)(5, 200)
    report = examine(plain, 2 * summary, output)
    assert Test.KOLMOGOROV_SMIRNOV in report.alarms
    assert all(abs(column.above - 0.5) < 0.1 for column in report.features)


def test_a_broken_correlation_is_found_though_no_feature_changes(plain) -> None:
    """Features that become copies of each other keep their own distributions; all together they alarm."""
    summary, output = normal(4)(5, 300)
    report = examine(plain, summary[:, [0, 0, 2, 2]], output)
    assert report.alarms == (Test.MEAN_DISCREPANCY,)
    value, threshold = report.discrepancy or (0.0, 0.0)
    assert value >= threshold


def test_a_change_of_the_answers_alone_is_found(plain) -> None:
    """Confidences that fall while inputs stay alarm as the output, with and without inputs at hand."""
    summary, output = normal(4)(5, 200)
    assert examine(plain, summary, output**3).alarms == (Test.OUTPUT,)
    alone = examine_output(plain, output**3)
    assert alone.alarms == (Test.OUTPUT,) and alone.features == () and alone.discrepancy is None
    assert examine_output(plain, output).level != Level.ALARM


def test_the_index_is_freed_of_its_bias(plain) -> None:
    """Over 300 windows of 50 without drift the mean index is below the watch line; as defined it is above .25."""
    windows = [normal(4)((7, i), 50) for i in range(300)]
    unbiased = [examine(plain, *window).features[0].psi for window in windows]
    raw = [histogram.psi(histogram.counts(plain.cuts[0], summary[:, 0]), plain.counts[0]) for summary, _ in windows]
    assert np.mean(unbiased) < 0.1 and np.mean(raw) > 0.25


def test_the_index_is_the_textbooks() -> None:
    """Two bins, half and half beside nine to one: (.9 - .5) ln(.9 / .5) + (.1 - .5) ln(.1 / .5) = .8789."""
    window, known = np.zeros(20), np.zeros(20)
    window[:2], known[:2] = (900_000, 100_000), (500_000, 500_000)
    assert abs(float(histogram.psi(window, known)) - 0.8789) < 1e-3


def test_distances_and_probabilities_are_those_of_scipy() -> None:
    """Statistic, p without ties, the share above and the correction for many tests agree with SciPy."""
    from scipy import stats

    rng = np.random.default_rng(2)
    for n, m in ((50, 1_000), (200, 300)):
        first, second = np.sort(rng.standard_normal(m)), 0.2 + rng.standard_normal(n)
        distance, above = kolmogorov.compare(first, second)
        wanted = stats.ks_2samp(first, second)
        assert abs(distance - wanted.statistic) < 1e-12
        assert abs(float(kolmogorov.p_value(distance, n * m / (n + m))) - wanted.pvalue) < 0.02
        assert abs(above - stats.mannwhitneyu(second, first).statistic / (n * m)) < 1e-12
    whole = np.sort(np.floor(2 * rng.standard_normal(500)))
    other = np.floor(2 * rng.standard_normal(80))
    assert abs(kolmogorov.compare(whole, other)[0] - stats.ks_2samp(whole, other).statistic) < 1e-12
    p = rng.random(40) ** 2
    assert np.allclose(kolmogorov.false_discovery(p), stats.false_discovery_control(p))


def test_what_is_stored_finds_the_same(plain) -> None:
    """A baseline from its arrays gives the same report, and the arrays of one seed are the same bytes twice."""
    arrays = baseline.arrays_of(plain)
    again = baseline.arrays_of(baseline.fit(*normal(4)(11, 1_000)))
    assert all(name.startswith("drift/") and np.array_equal(arrays[name], again[name]) for name in arrays)
    first = examine(plain, *normal(4)(5, 120))
    second = examine(baseline.of_arrays(arrays), *normal(4)(5, 120))
    assert (first.level, first.alarms) == (second.level, second.alarms)
    assert np.allclose([c.psi for c in first.features], [c.psi for c in second.features], atol=1e-4)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("drift/mean", lambda arrays: arrays.pop("drift/mean")),
        ("drift/cuts", lambda arrays: arrays.update({"drift/cuts": arrays["drift/cuts"][:-1]})),
        ("drift/scale", lambda arrays: arrays.update({"drift/scale": -arrays["drift/scale"]})),
        ("drift/sample", lambda arrays: arrays.update({"drift/sample": arrays["drift/sample"][:, ::-1]})),
        ("drift/null_ks", lambda arrays: arrays.update({"drift/null_ks": np.nan * arrays["drift/null_ks"]})),
        ("drift/size", lambda arrays: arrays.update({"drift/size": np.array([3])})),
    ],
)
def test_damaged_arrays_are_named(plain, name: str, change) -> None:
    """What is missing, of another shape, not finite or impossible is a `ValueError` with the array's name."""
    arrays = baseline.arrays_of(plain)
    change(arrays)
    with pytest.raises(ValueError, match=name):
        baseline.of_arrays(arrays)


def test_a_value_never_seen_alarms_only_when_it_is_common() -> None:
    """A feature that was constant in 1,000 inputs: two other values among 500 are no drift, thirty are."""
    summary, output = normal(3)(11, 1_000)
    summary[:, 1] = 1.0
    made = baseline.fit(summary, output)
    window, confidence = normal(3)(12, 500)
    for count, level in ((2, Level.NONE), (30, Level.ALARM)):
        window[:, 1] = 1.0
        window[:count, 1] = 2.0
        assert examine(made, window, confidence).features[1].level == level


def test_a_small_baseline_serves_windows_of_its_own_size() -> None:
    """Of 200 windows of 50 beside a baseline of 100 at most 4 % alarm; a shift of two deviations always does."""
    generate: Generate = normal(3)
    made = baseline.fit(*generate(11, 100))
    assert alarms(made, [generate((3, i), 50) for i in range(200)]) <= 0.04
    assert alarms(made, [(x + 2, y) for x, y in (generate((4, i), 50) for i in range(50))]) == 1.0
