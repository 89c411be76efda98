"""Multinomial logistic regression over binary features: small, sparse, convex, and the same bytes every time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxEnt:
    """Weights (f + 1, c) over named features, the last row the bias, for `classes` (c)."""

    features: dict[str, int]
    classes: tuple[str, ...]
    weights: Doubles

    def __call__(self, active: Sequence[str]) -> Doubles:
        """Return the classes' probabilities (c,) given the features that are there; unknown ones say nothing."""
        rows = sorted({self.features[name] for name in active if name in self.features})
        return _softmax(self.weights[[*rows, len(self.features)]].sum(axis=0)[None])[0]


def fit(
    cases: Sequence[Sequence[str]],
    labels: Sequence[str],
    ridge: float = 2.0,
    min_count: int = 3,
    max_features: int = 8192,
    iterations: int = 80,
) -> MaxEnt:
    """Fit by accelerated gradient descent (Nesterov, 1983; step 1/L, Böhning's bound of 1992 on the curvature).

    `cases` feature names per case, each once; `ridge` the L2 penalty on all but the bias. Features seen in fewer than
    `min_count` cases are left out, then all but the `max_features` most frequent.
    """
    counts = Counter(name for case in cases for name in case)
    frequent = sorted((n for n in counts if counts[n] >= min_count), key=lambda n: (-counts[n], n))[:max_features]
    features = {name: i for i, name in enumerate(frequent)}
    classes = tuple(sorted(set(labels)))
    number = {name: i for i, name in enumerate(classes)}
    target = np.eye(len(classes))[[number[label] for label in labels]]
    matrix = _Sparse.of([[features[n] for n in case if n in features] for case in cases], len(features))
    return MaxEnt(features=features, classes=classes, weights=_descend(matrix, target, ridge, iterations))


@dataclass(frozen=True, slots=True)
class _Sparse:
    """A binary matrix by rows and by columns, the last column all ones so that no row is empty."""

    columns: Indices
    row_starts: Indices
    rows: Indices
    column_starts: Indices
    used: Indices
    width: int

    @classmethod
    def of(cls, active: Sequence[Sequence[int]], features: int) -> "_Sparse":
        columns = np.array([c for row in active for c in (*row, features)], np.intp)
        sizes = np.array([len(row) + 1 for row in active], np.intp)
        rows = np.repeat(np.arange(len(active)), sizes)
        order = np.argsort(columns, kind="stable")
        used, column_starts = np.unique(columns[order], return_index=True)
        return cls(columns, np.cumsum(sizes) - sizes, rows[order], column_starts, used, features + 1)

    def times(self, weights: Doubles) -> Doubles:
        """Return the product with a matrix (width, c)."""
        return np.add.reduceat(weights[self.columns], self.row_starts, axis=0)

    def transposed_times(self, values: Doubles) -> Doubles:
        """Return the transposed product with a matrix (rows, c)."""
        product = np.zeros((self.width, values.shape[1]))
        product[self.used] = np.add.reduceat(values[self.rows], self.column_starts, axis=0)
        return product

    def largest_eigenvalue(self) -> float:
        """Return the largest eigenvalue of the Gram matrix, by power iteration from ones."""
        vector = np.ones((self.width, 1))
        for _ in range(20):
            vector = self.transposed_times(self.times(vector))
            vector /= np.linalg.norm(vector)
        return float(np.linalg.norm(self.times(vector)) ** 2)


def _descend(matrix: _Sparse, target: Doubles, ridge: float, iterations: int) -> Doubles:
    penalty = np.full((matrix.width, 1), ridge)
    penalty[-1] = 1e-6
    step = 1 / (0.5 * matrix.largest_eigenvalue() * 1.05 + ridge)
    weights = ahead = np.zeros((matrix.width, target.shape[1]))
    momentum = 1.0
    for _ in range(iterations):
        gradient = matrix.transposed_times(_softmax(matrix.times(ahead)) - target) + penalty * ahead
        moved = ahead - step * gradient
        following = (1 + np.sqrt(1 + 4 * momentum * momentum)) / 2
        ahead = moved + (momentum - 1) / following * (moved - weights)
        weights, momentum = moved, following
    return weights


def _softmax(logits: Doubles) -> Doubles:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
