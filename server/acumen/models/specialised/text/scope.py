"""Does a text belong to any label? What the network is unsure of, or has seen nothing like, does not.

Two facts of a text are standardised on held-out texts that belong, and summed: the negative entropy of its
probabilities, and its likeness to the nearest prototypes in the hidden layer (nearest neighbours: Sun et al., 2022).
Their weights are fixed at one each, so that nothing is tuned to what happened to be outside in training.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Doubles: TypeAlias = NDArray[np.float64]

NEAREST: Final = 3
PROTOTYPES: Final = 1024  # in all, the same number for every label
MOST_EACH: Final = 8
ROUNDS: Final = 8
REJECTED: Final = 0.05  # share of texts that belong which is given up
UNFITTED: Final = np.array([0.0, 1.0, 0.0, 1.0, 1.0, 0.0, -np.finfo(np.float32).max], np.float32)


def facts(p: Doubles, hidden: NDArray[Any], near: NDArray[Any]) -> Doubles:
    """Return (n, 2): negative entropy of the probabilities (n, labels), and mean cosine to the nearest prototypes."""
    sure = np.sum(p * np.log(np.maximum(p, 1e-30)), axis=1)
    length = np.sqrt(np.sum(np.square(hidden, dtype=np.float64), axis=1))
    best = -np.sort(-near.astype(np.float64), axis=1)[:, :NEAREST].mean(axis=1)
    return np.stack([sure, np.clip(best / np.maximum(length, 1e-6), -1.0, 1.0)], axis=1)


def score(line: NDArray[Any], found: Doubles) -> Doubles:
    """Return (n,) the sum of the standardised facts; `line` is what `fit` returned."""
    center, scale = line[[0, 2]].astype(np.float64), line[[1, 3]].astype(np.float64)
    return np.asarray(((found - center) / scale).sum(axis=1))


def probability(line: NDArray[Any], scores: Doubles) -> Doubles:
    """Return (n,) the probability that each text belongs."""
    return np.asarray(0.5 * (np.tanh(0.5 * np.clip(float(line[4]) * scores + float(line[5]), -40, 40)) + 1))


def outside(line: NDArray[Any], scores: Doubles) -> NDArray[np.bool_]:
    """Return (n,) whether each text is given up: 5 % of the held-out texts that belong are."""
    return np.asarray(scores < float(line[6]))


def fit(belongs: Doubles, not_any: Doubles) -> NDArray[np.float32]:
    """Return the line of `score`, `probability` and `outside` from the facts of texts that belong, and that do not.

    Probabilities are for texts of which half belong (Platt, 1999, with the slope kept positive).
    """
    line = UNFITTED.astype(np.float64)
    line[[0, 2]], line[[1, 3]] = belongs.mean(axis=0), belongs.std(axis=0) + 1e-6
    inside = score(line, belongs)
    if not_any.size:
        line[4:6] = _logistic(inside, score(line, not_any))
    line[6] = np.quantile(inside, REJECTED)
    return line.astype(np.float32)


def _logistic(inside: Doubles, apart: Doubles) -> Doubles:
    """Fit slope and intercept by Newton's method, each side weighing the same, with a weak pull to (1, 0)."""
    x = np.concatenate([inside, apart])
    y = np.repeat([1.0, 0.0], [inside.size, apart.size])
    weight = np.repeat([0.5 / inside.size, 0.5 / apart.size], [inside.size, apart.size])
    columns, line = np.stack([x, np.ones_like(x)], axis=1), np.array([1.0, 0.0])
    for _ in range(30):
        p = 0.5 * (np.tanh(0.5 * np.clip(columns @ line, -40, 40)) + 1)
        slope = columns.T @ (weight * (p - y)) + 1e-3 * (line - [1.0, 0.0])
        curve = (columns * (weight * p * (1 - p))[:, None]).T @ columns + 1e-3 * np.eye(2)
        line = line - np.clip(np.linalg.solve(curve, slope), -1.0, 1.0)
    return np.array([max(line[0], 1e-3), line[1]])


def prototypes(hidden: NDArray[Any], label: NDArray[np.int64], labels: int) -> NDArray[np.float32]:
    """Return (256, k) unit columns: centres of each label's hidden vectors, by k-means on the sphere."""
    each = int(np.clip(PROTOTYPES // max(labels, 1), 1, MOST_EACH))
    unit = hidden / np.maximum(np.linalg.norm(hidden, axis=1, keepdims=True), 1e-6)
    centres = [_centres(unit[label == one], each) for one in np.unique(label)]
    return np.ascontiguousarray(np.concatenate(centres).T, np.float32)


def _centres(unit: NDArray[Any], most: int) -> NDArray[Any]:
    count = min(most, max(1, unit.shape[0] // 4))
    centres = unit[np.linspace(0, unit.shape[0] - 1, count).astype(np.int64)]
    for _ in range(ROUNDS):
        nearest = np.argmax(unit @ centres.T, axis=1)
        sums = np.stack([unit[nearest == k].sum(axis=0) + 1e-3 * centres[k] for k in range(count)])
        centres = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return np.asarray(centres)


def line_of(weights: Mapping[str, Any]) -> NDArray[Any]:
    """Return the line that the weights hold."""
    return np.asarray(weights["scope/line"])
