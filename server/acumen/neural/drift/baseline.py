"""What inputs looked like when a model was made: the arrays `drift/*` beside its weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.neural.calibrate import Doubles
from acumen.neural.drift import fourier, histogram, null

PREFIX = "drift/"
KEPT = 1_000
FEWEST = 2 * null.SIZES[0]
SEED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A baseline of `size` inputs with f features; the output, a model's confidence, is the last of f + 1 columns.

    `sample` (f + 1, k) holds each column sorted, `cuts` (f + 1, 19) the edges of its bins, `counts` (f + 1, 20) how
    many inputs fall into each, `mean` (256,) the kernel's mean features.
    """

    size: int
    sample: Doubles
    cuts: Doubles
    counts: Doubles
    kernel: fourier.Kernel
    mean: Doubles
    null: null.Null

    @property
    def features(self) -> int:
        """How many features an input has."""
        return len(self.sample) - 1


def fit(summary: NDArray[Any], output: NDArray[Any], seed: int = SEED) -> Baseline:
    """Return the baseline of inputs with features `summary` (n, f) and answers' confidences `output` (n,), n >= 100."""
    columns = np.column_stack([summary, output]).astype(np.float32).astype(np.float64)
    cuts = np.stack([histogram.edges(column) for column in columns.T])
    kernel = fourier.fit_kernel(columns[:, :-1], seed)
    features = kernel.features(columns[:, :-1])
    return Baseline(
        size=len(columns),
        sample=_thinned(np.sort(columns, axis=0).T),
        cuts=cuts,
        counts=np.stack([histogram.counts(cut, column) for cut, column in zip(cuts, columns.T, strict=True)]),
        kernel=kernel,
        mean=features.mean(axis=0),
        null=null.fit(columns, cuts, features, seed),
    )


def _thinned(ordered: Doubles) -> Doubles:
    """Return at most `KEPT` evenly spaced order statistics of each row."""
    n = ordered.shape[1]
    if n <= KEPT:
        return ordered
    return ordered[:, ((np.arange(KEPT) + 0.5) * n / KEPT).astype(np.int64)]


def arrays_of(baseline: Baseline) -> dict[str, NDArray[Any]]:
    """Return the baseline as arrays to be stored with weights."""
    known, kernel = baseline.null, baseline.kernel
    single = {
        "sample": baseline.sample,
        "cuts": baseline.cuts,
        "counts": baseline.counts,
        "center": kernel.center,
        "scale": kernel.scale,
        "frequencies": kernel.frequencies,
        "mean": baseline.mean,
        "null_sizes": known.sizes,
        "null_ks": known.ks,
        "null_psi": known.psi,
        "null_location": known.location,
        "null_limits": known.limits,
    }
    stored: dict[str, NDArray[Any]] = {PREFIX + name: value.astype(np.float32) for name, value in single.items()}
    return stored | {f"{PREFIX}size": np.array([baseline.size], np.int64)}


def of_arrays(arrays: Mapping[str, NDArray[Any]]) -> Baseline:
    """Return the baseline that `arrays_of` stored; raises `ValueError` naming an array that is no such thing."""
    got = {name.removeprefix(PREFIX): value for name, value in arrays.items() if name.startswith(PREFIX)}
    _check(got)
    doubles = {name: np.asarray(value, np.float64) for name, value in got.items()}
    return Baseline(
        size=int(got["size"][0]),
        sample=doubles["sample"],
        cuts=doubles["cuts"],
        counts=doubles["counts"],
        kernel=fourier.Kernel(center=doubles["center"], scale=doubles["scale"], frequencies=doubles["frequencies"]),
        mean=doubles["mean"],
        null=null.Null(
            sizes=doubles["null_sizes"],
            ks=doubles["null_ks"],
            psi=doubles["null_psi"],
            location=doubles["null_location"],
            limits=doubles["null_limits"],
        ),
    )


def _check(got: Mapping[str, NDArray[Any]]) -> None:
    if missing := sorted(_SHAPES.keys() - got.keys()):
        raise ValueError(f"{PREFIX}{missing[0]} is missing")
    if got["sample"].ndim != 2 or got["null_sizes"].ndim != 1:
        raise ValueError(f"{PREFIX}sample or {PREFIX}null_sizes has another number of dimensions")
    columns, kept = got["sample"].shape
    dimensions = {"c": columns, "f": columns - 1, "k": kept, "s": len(got["null_sizes"])}
    for name, shape in _SHAPES.items():
        wanted = tuple(dimensions.get(part, part) for part in shape)
        if got[name].shape != wanted or 0 in wanted or got[name].dtype.kind not in "fi":
            raise ValueError(f"{PREFIX}{name} has shape {list(got[name].shape)}, wanted is {list(wanted)}")
        if not np.isfinite(got[name]).all():
            raise ValueError(f"{PREFIX}{name} is not finite")
    _check_values(got)


def _check_values(got: Mapping[str, NDArray[Any]]) -> None:
    rules = {
        "size": got["size"][0] >= FEWEST,
        "sample": (np.diff(got["sample"], axis=1) >= 0).all(),
        "cuts": (np.diff(got["cuts"], axis=1) >= 0).all(),
        "counts": (got["counts"] >= 0).all(),
        "scale": (got["scale"] > 0).all(),
        "null_sizes": (got["null_sizes"] > 0).all() and (np.diff(got["null_sizes"]) > 0).all(),
        "null_ks": (got["null_ks"][..., 1] > 0).all(),
        "null_psi": (got["null_psi"][..., 1] > 0).all(),
        "null_location": (got["null_location"][..., 1] > 0).all(),
    }
    if broken := [name for name, holds in rules.items() if not holds]:
        raise ValueError(f"{PREFIX}{broken[0]} holds values that no baseline has")


_SHAPES: dict[str, tuple[Any, ...]] = {
    "size": (1,),
    "sample": ("c", "k"),
    "cuts": ("c", histogram.BINS - 1),
    "counts": ("c", histogram.BINS),
    "center": ("f",),
    "scale": ("f",),
    "frequencies": ("f", fourier.FEATURES // 2),
    "mean": (fourier.FEATURES,),
    "null_sizes": ("s",),
    "null_ks": ("s", "c", 2),
    "null_psi": ("s", "c", 2),
    "null_location": ("s", "c", 2),
    "null_limits": ("s", len(null.SHARES)),
}
