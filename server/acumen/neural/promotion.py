"""Whether new weights take the place of old ones: only for a gain that chance and poison do not explain."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from acumen.neural.calibrate import Doubles
from acumen.neural.evaluate import paired_gain

FEWEST = 10
MOST_RISE = 0.01
MOST_HARMED = 0.01
LARGEST_P = 0.025
FLIPS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided on, and why.

    `gain` is the mean of new minus old quality over `n` held-out examples, `low` and `high` its 95 % paired bootstrap
    interval, `p` the share of random sign changes of the examples' gains that gain as much. `base_rise` is the relative
    rise of the mean loss on the base suite, `harmed` the share of the suite that got much worse less the share that
    got much better; both None without a suite.
    """

    promoted: bool
    reason: str
    n: int
    gain: float = 0.0
    low: float = 0.0
    high: float = 0.0
    p: float = 1.0
    base_rise: float | None = None
    harmed: float | None = None


def decide(
    old_quality: Any, new_quality: Any, base_old_loss: Any = None, base_new_loss: Any = None, seed: int = 0
) -> Decision:
    """Compare old and new weights on the same held-out examples, and on the base suite where its losses are given.

    `old_quality`, `new_quality` (n,) in the learner's measure, higher is better; `base_old_loss`, `base_new_loss` (b,).
    Promoted is what gains with its whole interval above 0 and stands the exact test of sign changes at 2.5 % (Fisher,
    1935), because a bootstrap of few examples promises too much; and what does not raise the base suite's mean loss by
    more than 1 %, nor make more than 1 % of it much worse. The last two are the guard against poison: examples that
    buy a gain here with harm elsewhere. Raises `ValueError` for arrays of different lengths.
    """
    old, new = _paired(old_quality, new_quality)
    if old.size < FEWEST:
        return Decision(promoted=False, n=old.size, reason=f"{old.size} examples were held out, {FEWEST} are needed")
    base = None if base_old_loss is None or base_new_loss is None else _paired(base_old_loss, base_new_loss)
    if not all(np.isfinite(part).all() for part in (old, new, *(base or ()))):
        return Decision(promoted=False, n=old.size, reason="a quality or a loss is not a finite number")
    gain, low, high = paired_gain(new, old, seed)
    p = sign_change_p(new - old, seed)
    rise, harmed = (None, None) if base is None else (relative_rise(*base), share_harmed(*base))
    broken = [*_no_gain(gain, low, high, p, old.size), *_harm(rise, harmed)]
    reason = "; ".join(broken) or f"gains {gain:.4g} [{low:.4g}, {high:.4g}] on {old.size} examples{_kept(rise)}"
    return Decision(
        promoted=not broken,
        reason=reason,
        n=old.size,
        gain=gain,
        low=low,
        high=high,
        p=p,
        base_rise=rise,
        harmed=harmed,
    )


def sign_change_p(gains: Doubles, seed: int = 0) -> float:
    """Return the share of random sign changes of `gains` (n,) whose sum is at least theirs, the gains counted in."""
    rng, total, reached = np.random.default_rng(seed), float(gains.sum()), 0
    moved = gains[gains != 0]
    for _ in range(FLIPS // 100):
        signs = rng.integers(0, 2, (100, moved.size)) * 2.0 - 1.0
        reached += int((signs @ moved >= total - 1e-12 * np.abs(moved).sum()).sum())
    return (reached + 1) / (FLIPS + 1)


def relative_rise(old: Doubles, new: Doubles) -> float:
    """Return by how much the mean loss rises, as a share of the old one."""
    before, after = float(old.mean()), float(new.mean())
    return (after - before) / max(abs(before), 1e-12)


def share_harmed(old: Doubles, new: Doubles) -> float:
    """Return the share of losses that rise much, less the share that fall as much.

    Much is more than the old losses' standard deviation and more than a tenth of their mean.
    """
    limit = max(float(old.std()), 0.1 * abs(float(old.mean())), 1e-12)
    return float(np.mean(new - old > limit) - np.mean(old - new > limit))


def _paired(first: Any, second: Any) -> tuple[Doubles, Doubles]:
    one, other = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if one.ndim != 1 or one.shape != other.shape:
        raise ValueError(f"paired values have shapes {one.shape} and {other.shape}")
    return one, other


def _no_gain(gain: float, low: float, high: float, p: float, n: int) -> Sequence[str]:
    said = f"the gain of {gain:.4g} on {n} examples has the interval [{low:.4g}, {high:.4g}]"
    if low <= 0:
        return [f"{said}, which does not lie above 0"]
    return (
        [f"{said}, and {p:.1%} of random sign changes gain as much, more than {LARGEST_P:.1%}"] if p > LARGEST_P else []
    )


def _harm(rise: float | None, harmed: float | None) -> Sequence[str]:
    broken = []
    if rise is not None and rise > MOST_RISE:
        broken.append(f"loss on the base suite rises by {rise:.2%}, more than {MOST_RISE:.0%}")
    if harmed is not None and harmed > MOST_HARMED:
        broken.append(f"{harmed:.1%} of the base suite get much worse, more than {MOST_HARMED:.0%}")
    return broken


def _kept(rise: float | None) -> str:
    return "" if rise is None else f", loss on the base suite changes by {rise:+.2%}"
