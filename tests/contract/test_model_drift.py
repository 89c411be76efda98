"""Drift detection holds its promises on the inputs of every model, whatever its features are like."""

from typing import Any

import numpy as np
import pytest

import acumen_accel
from acumen.models import CATALOGUE
from acumen.neural.drift.baselines import GENERATED, generated
from acumen.neural.drift.observing import observe
from acumen.neural.drift.window import Level, examine
from acumen.neural.inference import Inference
from acumen.neural.recipe import Entry, load

SIZES = (50, 100, 200, 500)
FRESH, WINDOWS, DRIFTED = 2_000, 1_000, 200
SHIFT_SD, SHIFTED = 0.5, 3


@pytest.fixture(scope="module", params=CATALOGUE, ids=lambda entry: entry.name)
def watched(request: pytest.FixtureRequest) -> Any:
    """Return a model's own baseline, and features and confidences of other inputs of its generator."""
    entry: Entry = request.param
    model = load(entry, Inference(acumen_accel.backend()))
    return generated(model), *observe(model, entry.spec.examples(78, FRESH)), entry.spec.identity


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_its_own_inputs_seldom_alarm(watched: Any, size: int) -> None:
    """Of 1,000 windows drawn from fresh inputs at most 2 % alarm."""
    baseline, summary, output, _ = watched
    rng = np.random.default_rng(size)
    picks = [rng.integers(0, FRESH, size) for _ in range(WINDOWS)]
    levels = [examine(baseline, summary[pick], output[pick]).level for pick in picks]
    assert np.mean([level == Level.ALARM for level in levels]) <= 0.02


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_a_shift_of_half_a_deviation_is_found(watched: Any, size: int) -> None:
    """Of 200 windows with three features moved by .5 sd, up or down, at least 90 % alarm."""
    baseline, summary, output, _ = watched
    rng, spread = np.random.default_rng(size), summary.std(axis=0)
    moving = np.flatnonzero(spread > 0)
    found = 0
    for _ in range(DRIFTED):
        pick = rng.integers(0, FRESH, size)
        moved = summary[pick].astype(np.float64)
        chosen = rng.choice(moving, min(SHIFTED, moving.size), replace=False)
        moved[:, chosen] += SHIFT_SD * spread[chosen] * rng.choice([-1, 1], chosen.size)
        found += examine(baseline, moved, output[pick]).level == Level.ALARM
    assert found >= 0.9 * DRIFTED


@pytest.mark.slow
def test_every_feature_has_a_name(watched: Any) -> None:
    """A report has a column for each of the model's named features, from 1,000 inputs."""
    baseline, _, _, identity = watched
    assert baseline.features == len(identity.summary_names) and baseline.size == GENERATED
