"""How a measured quality is reported: beside luck, and with intervals that know which cases hang together."""

import numpy as np

from acumen.neural import evaluate, ragged
from acumen.neural.calibrate import ece, luck


def test_luck_is_what_a_true_forecast_shows() -> None:
    """Some .05 with 700 cases, a third of it with nine times as many; a forecast that is too sure shows far more."""
    p = np.random.default_rng(1).uniform(0.4, 1.0, 6_300)
    few, many = luck(p[:700]), luck(p)
    assert 0.03 < few < 0.06 and 2.4 < few / many < 3.6
    happened = np.random.default_rng(2).random(p.size) < p
    assert ece(p, happened) < 1.6 * many < ece(np.sqrt(p), happened)


def test_cases_of_a_group_are_drawn_together() -> None:
    """Twenty copies of each of 100 cases tell no more than the 100 do; taken for 2,000 they would seem to."""
    values = np.random.default_rng(3).random(100)
    copies, group = np.repeat(values, 20), np.repeat(np.arange(100), 20)

    def width(owner: np.ndarray, of: np.ndarray) -> float:
        _, low, high = evaluate.grouped(owner, lambda i: float(of[i].mean()))
        return high - low

    alone, together = width(np.arange(100), values), width(group, copies)
    assert 0.8 < together / alone < 1.25 and width(np.arange(2_000), copies) < 0.4 * alone


def test_calibration_stands_beside_luck_and_the_base_rate() -> None:
    """Four measures under a label; the target holds for the ECE alone; the base rate is what knows nothing scores."""
    p = np.full(200, 0.5)
    happened = np.arange(200) < 100
    found = {m.name: m for m in evaluate.calibration(p, happened, 0.03, " here")}
    assert list(found) == ["event happened here", "ECE here", "Brier here", "NLL here"]
    assert found["ECE here"].HasField("target") and not found["Brier here"].HasField("target")
    assert found["event happened here"].value == 0.5
    assert found["Brier here"].value == found["Brier here"].baselines[0].value == 0.25
    assert abs(found["ECE here"].baselines[0].value - luck(p)) < 1e-12


def test_segments_are_taken_in_any_order() -> None:
    """Rows of the segments asked for, one after another, empty and repeated ones too, with the edges they then have."""
    rows, edges = ragged.taken(np.array([0, 2, 2, 5]), np.array([2, 0, 1, 2]))
    assert rows.tolist() == [2, 3, 4, 0, 1, 2, 3, 4] and edges.tolist() == [0, 3, 5, 5, 8]
