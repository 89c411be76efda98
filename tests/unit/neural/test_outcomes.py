"""Outcomes fold into statistics that can be recomputed, and an alarm that means something."""

import numpy as np

from acumen.neural.outcomes import Outcomes, PageHinkley


def test_statistics_by_hand() -> None:
    """Two outcomes at .8: one hit, one miss."""
    fold = Outcomes()
    fold.add(0.8, True, None)
    fold.add(0.8, False, None)
    assert (fold.count, fold.happened) == (2, 1)
    assert np.isclose(fold.squared_error, 0.04 + 0.64)


def test_a_second_outcome_replaces_the_first() -> None:
    """Saying it again the other way leaves one outcome."""
    fold = Outcomes()
    fold.add(0.8, True, None)
    fold.add(0.8, False, True)
    assert (fold.count, fold.happened) == (1, 0)
    assert np.isclose(fold.squared_error, 0.64)


def test_alarm_is_rare_without_and_certain_with_a_drop() -> None:
    """At 80 % accuracy 10,000 outcomes alarm in less than one run in twenty; at 40 % within 300 they always do."""
    alarms = []
    for seed in range(60):
        rng, test = np.random.default_rng(seed), PageHinkley()
        for happened in rng.random(10_000) < 0.8:
            test.add((0.8 - happened) ** 2)
        alarms.append(test.alarm)
        for happened in rng.random(300) < 0.4:
            test.add((0.8 - happened) ** 2)
        assert test.alarm
    assert sum(alarms) <= 3
