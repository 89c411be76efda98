"""How large the tests' statistics get by chance: permutations of the baseline itself.

A window of n and the rest of the baseline, drawn from its rows at random, are samples of one distribution. Statistics
are scaled by the effective size m = n rest / (n + rest) (distances by its root), so that what is found for one pair of
sizes holds for others near them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.neural.calibrate import Doubles
from acumen.neural.drift import fourier, histogram

SIZES = (50, 100, 200, 500)
PERMUTATIONS = 2_000
FALSE_ALARMS = 0.0075
# Each test's share of the false alarms: most to the two that find small shifts, least to what finds large ones anyway.
SHARES = {"ks": 0.07, "psi": 0.03, "location": 0.6, "mmd": 0.2, "output": 0.1}
_ORDINARY = 5.0
# What a value that one input in 400 has would give: 1,000 inputs without it do not say that it never comes.
_LEAST_DEVIATION = 0.05
_CHUNK = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Null:
    """What chance does at each of the window sizes `sizes` (s,).

    `ks`, `psi` and `location` (s, f + 1, 2) hold mean and standard deviation of the scaled statistics by feature, the
    output being the last; `limits` (s, 5) what each of `TESTS` stays below, so that all of them together do in all but
    `FALSE_ALARMS` of the windows.
    """

    sizes: Doubles
    ks: Doubles
    psi: Doubles
    location: Doubles
    limits: Doubles

    def at(self, size: int) -> "Null":
        """Return the values for one size, without the first axis: linear in its logarithm, constant outside."""
        x, known = np.log(size), np.log(self.sizes)
        upper = int(np.clip(np.searchsorted(known, x), 1, max(len(known) - 1, 1))) if len(known) > 1 else 0
        lower = max(upper - 1, 0)
        span = known[upper] - known[lower]
        share = float(np.clip((x - known[lower]) / span, 0.0, 1.0)) if span else 0.0
        parts = (self.ks, self.psi, self.location, self.limits)
        ks, psi, location, limits = ((1 - share) * part[lower] + share * part[upper] for part in parts)
        return Null(sizes=self.sizes, ks=ks, psi=psi, location=location, limits=limits)


def standard(scaled: Doubles, known: Doubles) -> Doubles:
    """Return scaled statistics (..., f) in standard deviations above what chance gives, `known` (f, 2)."""
    return np.asarray((scaled - known[:, 0]) / known[:, 1])


def energy(location: Doubles) -> Doubles:
    """Return how far locations (..., f) stand out together: the sum of their squares' excess over 5.

    Hard thresholding (Fan, 1996) finds few shifted features among many as well as many slightly shifted ones.
    """
    return np.asarray(np.maximum(np.square(location) - _ORDINARY, 0.0).sum(axis=-1))


def outstanding(ks: Doubles, psi: Doubles, location: Doubles) -> Doubles:
    """Return the largest of one column's statistics, each in deviations of chance."""
    return np.asarray(np.maximum(np.maximum(ks, psi), np.abs(location)))


def fit(columns: NDArray[Any], cuts: Doubles, features: Doubles, seed: int) -> Null:
    """Return what chance does to windows of the rows `columns` (n, f + 1), the output being the last column.

    `cuts` (f + 1, 19) are the bins' edges, `features` (n, 256) the kernel's. Sizes beyond half of n are left out.
    """
    tables = _Tables(columns, cuts, features)
    sizes = [size for size in SIZES if 2 * size <= len(columns)]
    found = [_at_size(tables, size, np.random.default_rng([seed, size])) for size in sizes]
    ks, psi, location, limits = (np.stack(part) for part in zip(*found, strict=True))
    return Null(sizes=np.array(sizes, np.float64), ks=ks, psi=psi, location=location, limits=limits)


class _Tables:
    """What every permutation reads: the rows in each column's order, their ranks, bins and kernel features."""

    def __init__(self, columns: NDArray[Any], cuts: Doubles, features: Doubles) -> None:
        self.rows = len(columns)
        self.order = np.argsort(columns, axis=0, kind="stable").T
        ranked = np.take_along_axis(columns.T, self.order, axis=1)
        self.last = np.concatenate([ranked[:, 1:] > ranked[:, :-1], np.ones((len(ranked), 1), bool)], axis=1)
        self.mid = np.stack([_share_below(*pair) for pair in zip(ranked, columns.T, strict=True)], axis=1) - 0.5
        members = [histogram.bins(cut, column) for cut, column in zip(cuts, columns.T, strict=True)]
        self.bins = np.concatenate([np.eye(histogram.BINS, dtype=np.float32)[one] for one in members], axis=1)
        self.features = features.astype(np.float32)


def _at_size(tables: _Tables, size: int, rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles, Doubles]:
    chunks = [_chunk(tables, size, rng) for _ in range(PERMUTATIONS // _CHUNK)]
    ks, psi, location, mmd = (np.concatenate(part) for part in zip(*chunks, strict=True))
    known = [_moments(part) for part in (ks, psi, location)]
    z = [standard(part, moments) for part, moments in zip((ks, psi, location), known, strict=True)]
    tests = {
        "ks": z[0][:, :-1].max(axis=1),
        "psi": z[1][:, :-1].max(axis=1),
        "location": energy(z[2][:, :-1]),
        "mmd": mmd,
        "output": outstanding(*(part[:, -1] for part in z)),
    }
    return *known, _limits(np.stack([tests[name] for name in SHARES], axis=1))  # type: ignore[return-value]


def _chunk(tables: _Tables, size: int, rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles, Doubles]:
    """Return the scaled statistics of b permutations: three times (b, f + 1), and (b,)."""
    member = np.zeros((_CHUNK, tables.rows), np.float32)
    picks = np.argpartition(rng.random(member.shape), size, axis=1)[:, :size]
    np.put_along_axis(member, picks, np.float32(1), axis=1)
    rest, effective = tables.rows - size, size * (tables.rows - size) / tables.rows
    columns = zip(tables.order, tables.last, strict=True)
    across = np.ascontiguousarray(member.T)
    ks = np.stack([_distances(across[order], last, size, rest) for order, last in columns]).astype(np.float64)
    window = (member @ tables.bins).reshape(_CHUNK, -1, histogram.BINS).astype(np.float64)
    psi = histogram.psi(window, tables.bins.sum(axis=0).reshape(1, -1, histogram.BINS) - window)
    inside = (member @ tables.features).astype(np.float64)
    outside = tables.features.sum(axis=0, dtype=np.float64) - inside
    mmd = fourier.discrepancy(inside / size, outside / rest)
    # The mean rank against the rest alone: against all rows it is closer to the middle by the window's own share.
    location = (member @ tables.mid) / size * tables.rows / rest
    return np.sqrt(effective) * ks.T, effective * psi, np.sqrt(effective) * location, effective * mmd


def _share_below(ranked: Doubles, values: Doubles) -> Doubles:
    left, right = (np.searchsorted(ranked, values, side=side) for side in ("left", "right"))
    return np.asarray((left + right) / (2.0 * ranked.size))


def _distances(member: NDArray[np.float32], last: NDArray[np.bool_], size: int, rest: int) -> NDArray[np.float32]:
    """Return (b,): the largest difference of the distribution functions of members (n, b), in a column's order."""
    gap = np.cumsum(member, axis=0)
    gap *= np.float32(1 / size + 1 / rest)
    gap -= (np.arange(1, len(gap) + 1, dtype=np.float32) / np.float32(rest))[:, None]
    if not last.all():
        gap = gap[last]
    return np.asarray(np.maximum(gap.max(axis=0), -gap.min(axis=0)))


def _moments(scaled: Doubles) -> Doubles:
    return np.stack([scaled.mean(axis=0), np.maximum(scaled.std(axis=0), _LEAST_DEVIATION)], axis=1)


def _limits(tests: Doubles) -> Doubles:
    """Return a limit for each test, reached by its share, that together give `FALSE_ALARMS` (Westfall, Young, 1993)."""
    ordered, n = np.sort(tests, axis=0), len(tests)
    columns = zip(ordered.T, tests.T, strict=True)
    reached = n - np.stack([np.searchsorted(known, one, side="left") for known, one in columns], axis=1)
    weighed = np.sort((reached / np.array(list(SHARES.values()))).min(axis=1))
    allowed = weighed[int(FALSE_ALARMS * n)] * np.array(list(SHARES.values()))
    rank = np.clip(n - np.ceil(allowed - 1e-9).astype(np.int64) + 1, 0, n)
    beyond = np.vstack([ordered, np.nextafter(ordered[-1], np.inf)])
    return beyond[rank, np.arange(tests.shape[1])]
