"""The distance of two samples' kernel means, in linear time by random Fourier features."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.neural.calibrate import Doubles

FEATURES = 256
_LIMIT = 5.0
_SHRINKAGE = 0.1
_PAIRS = 2_000
WIDTH = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """A Gaussian kernel over whitened inputs, as frequencies (Rahimi and Recht, 2007).

    `center`, `scale` (f,) standardise; `frequencies` (f, 128) hold the whitening and the bandwidth.
    """

    center: Doubles
    scale: Doubles
    frequencies: Doubles

    def features(self, x: NDArray[Any]) -> Doubles:
        """Return (n, 256) features whose inner products approximate the kernel."""
        angles = _standardised(x, self.center, self.scale) @ self.frequencies
        return np.concatenate([np.cos(angles), np.sin(angles)], axis=1) / np.sqrt(FEATURES / 2)


def fit_kernel(x: NDArray[Any], seed: int) -> Kernel:
    """Return a kernel for inputs like x (n, f): its bandwidth is the median distance of whitened pairs.

    Whitening lets a shift against the grain of correlated features show; the correlations are shrunk by a tenth.
    """
    rng = np.random.default_rng(seed)
    center, scale = np.median(x, axis=0).astype(np.float64), x.std(axis=0).astype(np.float64)
    scale = np.where(scale > 0, scale, 1.0)
    z = _standardised(x, center, scale)
    covariance = np.cov(z, rowvar=False).reshape(z.shape[1], z.shape[1])
    whiten = np.linalg.inv(np.linalg.cholesky((1 - _SHRINKAGE) * covariance + _SHRINKAGE * np.eye(z.shape[1]))).T
    white = z @ whiten
    first, second = rng.integers(0, len(z), (2, _PAIRS))
    spread = np.median(np.linalg.norm(white[first] - white[second], axis=1))
    bandwidth = max(WIDTH * float(spread), 1e-6)
    return Kernel(center=center, scale=scale, frequencies=whiten @ _orthogonal(rng, z.shape[1]) / bandwidth)


def _orthogonal(rng: np.random.Generator, dimensions: int) -> Doubles:
    """Return (f, 128) Gaussian directions, orthogonal within each block of f, which is less noisy (Yu et al., 2016)."""
    blocks = []
    for _ in range(-(-FEATURES // 2 // dimensions)):
        directions = np.linalg.qr(rng.standard_normal((dimensions, dimensions)))[0]
        blocks.append(directions * np.linalg.norm(rng.standard_normal((dimensions, dimensions)), axis=0))
    return np.concatenate(blocks, axis=1)[:, : FEATURES // 2]


def discrepancy(first: Doubles, second: Doubles) -> Doubles:
    """Return the squared maximum mean discrepancy (Gretton et al., 2012) of mean features (..., 256)."""
    return np.asarray(np.square(first - second).sum(axis=-1))


def _standardised(x: NDArray[Any], center: Doubles, scale: Doubles) -> Doubles:
    return np.clip((np.asarray(x, np.float64) - center) / scale, -_LIMIT, _LIMIT)
