"""Whether models answer better together: three networks of one form, each trained on another range of its world.

The members are made here, in a sixth of the shipped model's steps. Pools are fitted on one set of problems and judged
on another; nothing here reads a public set.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen.models.coordination.consensus import ENTRY as CONSENSUS
from acumen.models.reference.series.world import SHAPES, generate
from acumen.neural import ensemble
from acumen.neural.ballots import Past, cast, judged, trust_of
from acumen.neural.calibrate import Doubles, ece, luck
from acumen.neural.evaluate import interval, paired_gain
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.recipe import load
from benchmarks.eval.row import Row
from benchmarks.eval.series_members import member, tensors

DATA = "generated series"
STEPS, TRAINED_ON, FITTED_ON, JUDGED_ON = 2_000, 40_000, 4_000, 6_000
PAST = 200
LUCK = "perfect calibration, by luck"
# Quantiles of roughness that a member knows: the smoother part, the rougher part, all of it.
RANGES = ((0.0, 0.7), (0.3, 1.0), (0.0, 1.0))
MOST_ECE = 0.03


def rows(data: Path, seed: int) -> list[Row]:
    """Train the members, fit the pools, judge them on fresh series."""
    del data
    members = [member(10 * (seed + number), limits, TRAINED_ON, STEPS) for number, limits in enumerate(RANGES)]
    votes, right = _votes(members, 7_000 + seed, FITTED_ON)
    fresh, truth = _votes(members, 8_000 + seed, JUDGED_ON)
    weights = ensemble.fit_weights(votes, right)
    losses = {f"member {number + 1}": _loss(fresh[:, number], truth) for number in range(len(members))}
    said = f"weights {', '.join(f'{w:.3g}' for w in weights)}; trained for {STEPS} steps on {TRAINED_ON} series each"
    pools = {"fitted weights": weights, "equal weights": ensemble.equal_weights(len(members))}
    found = []
    for name, chosen in pools.items():
        found += _judged(f"log-linear pool, {name}", ensemble.log_linear(fresh, chosen), truth, losses, said)
    return [*found, *_decisions(Past(votes=votes[:PAST], right=right[:PAST]), fresh, truth)]


def _votes(members: Sequence[Model], seed: int, n: int) -> tuple[Doubles, NDArray[np.int64]]:
    series, shape = generate(seed, n)
    asked = tensors(series)
    return np.stack([[ballot.p for ballot in cast(one, asked)] for one in members], axis=1), shape


def _loss(p: Doubles, truth: NDArray[np.int64]) -> Doubles:
    return np.asarray(-np.log(np.maximum(p[np.arange(len(truth)), truth], ensemble.FLOOR)))


def _judged(name: str, p: Doubles, truth: NDArray[np.int64], losses: Mapping[str, Doubles], said: str) -> list[Row]:
    ours = _loss(p, truth)
    best = min(losses, key=lambda one: float(losses[one].mean()))
    gain, low, high = paired_gain(losses[best], ours)
    mean = interval(ours)
    sure = p.max(axis=1)
    return [
        Row(
            step="ensemble", data=DATA, measure=f"{name}: negative log-likelihood (lower is better)", value=mean[0],
            low=mean[1], high=mean[2], n=len(truth), higher_is_better=False,
            baselines={one: float(loss.mean()) for one, loss in losses.items()}, note=said,
        ),
        # The goal is on the interval: above 0 it must lie.
        Row(
            step="ensemble", data=DATA, measure=f"{name}: lower end of what it gains over {best}, paired", value=low,
            low=low, high=high, n=len(truth), goal=0.0, note=f"mean gain {gain:.4g} nats",
        ),
        Row(
            step="ensemble", data=DATA, measure=f"{name}: calibration error (ECE)",
            value=ece(sure, p.argmax(axis=1) == truth), n=len(truth), goal=MOST_ECE, higher_is_better=False,
            baselines={LUCK: luck(sure)},
        ),
    ]  # fmt: skip


def _decisions(past: Past, fresh: Doubles, truth: NDArray[np.int64]) -> list[Row]:
    """Return the accuracy and the calibration of the learned pool, beside majority and the best member."""
    judge = load(CONSENSUS, Inference(acumen_accel.backend()))
    checked = [(correct, len(past.right)) for correct in past.correct]
    trust = trust_of(judge, SHAPES, past, checked)
    p = np.stack([judged(judge, SHAPES, one, checked, trust)[0] for one in fresh])
    hits = (p.argmax(axis=1) == truth).astype(np.float64)
    majority = [ensemble.pooled(ensemble.majority(one), one).choice for one in fresh]
    alone = (fresh.argmax(axis=2) == truth[:, None]).mean(axis=0)
    mean = interval(hits)
    return [
        Row(
            step="ensemble", data=DATA, measure="learned pool (consensus-v1): accuracy", value=mean[0], low=mean[1],
            high=mean[2], n=len(truth),
            note=f"members' records on {PAST} past cases, which also gave the powers {trust[0]:.3g} of "
            f"consensus-v1's posterior and {trust[1]:.3g} of the members' geometric mean",
            baselines={"majority": float(np.mean(majority == truth)), "best member": float(alone.max())},
        ),
        Row(
            step="ensemble", data=DATA, measure="learned pool (consensus-v1): calibration error (ECE)",
            value=ece(p.max(axis=1), hits), n=len(truth), goal=MOST_ECE, higher_is_better=False,
            baselines={LUCK: luck(p.max(axis=1))},
        ),
    ]  # fmt: skip
