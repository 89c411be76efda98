"""Does a text belong to any label? What the network is unsure of, or has seen nothing like, does not.

Three facts of a text are standardised on held-out texts that belong, and summed: how far its best logit stands out
from all (MaxLogit: Hendrycks et al., 2022; in deviations: Jung et al., 2021), and its likeness to the nearest
prototypes of the labels, once in the hidden layer and once in the frozen embedder's meaning (nearest neighbours: Sun et
al., 2022). Each weighs the same, so that nothing is tuned to what happened to be outside in training.
"""

from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Doubles: TypeAlias = NDArray[np.float64]

NEAREST: Final = 3
IN_HIDDEN, IN_MEANING = (1280, 8), (1920, 12)  # prototypes in all, the same number for every label, and most for each
SMALL: Final = 0.25  # beside the deviation of the logits: of two labels the deviation alone would say nothing
ROUNDS: Final = 8
REJECTED: Final = 0.05  # share of texts that belong which is given up
FACTS: Final = 3
# Centres and scales of the facts, slope and intercept of the probability, floor of what belongs.
UNFITTED: Final = np.array([*[0.0] * FACTS, *[1.0] * FACTS, 1.0, 0.0, -np.finfo(np.float32).max], np.float32)


def facts(logits: NDArray[Any], hidden: NDArray[Any], meaning: NDArray[Any]) -> Doubles:
    """Return (n, 3) from logits (n, labels) and from cosines with the prototypes (n, k)."""
    x = logits.astype(np.float64)
    above = (x.max(axis=1) - x.mean(axis=1)) / (x.std(axis=1) + SMALL)
    return np.stack([above, _nearest(hidden), _nearest(meaning)], axis=1)


def _nearest(likeness: NDArray[Any]) -> Doubles:
    count = min(NEAREST, likeness.shape[1])
    best = np.partition(likeness, -count, axis=1)[:, -count:]
    return np.sort(best, axis=1).astype(np.float64).mean(axis=1)


def score(line: NDArray[Any], found: Doubles) -> Doubles:
    """Return (n,) the sum of the standardised facts; `line` is what `fit` returned."""
    center, scale = line[:FACTS].astype(np.float64), line[FACTS : 2 * FACTS].astype(np.float64)
    return np.asarray(((found - center) / scale).sum(axis=1))


def probability(line: NDArray[Any], scores: Doubles) -> Doubles:
    """Return (n,) the probability that each text belongs."""
    return np.asarray(0.5 * (np.tanh(0.5 * np.clip(float(line[-3]) * scores + float(line[-2]), -40, 40)) + 1))


def outside(line: NDArray[Any], scores: Doubles) -> NDArray[np.bool_]:
    """Return (n,) whether each text is given up: 5 % of the held-out texts that belong are."""
    return np.asarray(scores < float(line[-1]))


def fit(belongs: Doubles, not_any: Doubles) -> NDArray[np.float32]:
    """Return the line of `score`, `probability` and `outside` from the facts of texts that belong, and that do not.

    Probabilities are for texts of which half belong (Platt, 1999, with the slope kept positive).
    """
    line = UNFITTED.astype(np.float64)
    line[:FACTS], line[FACTS : 2 * FACTS] = belongs.mean(axis=0), belongs.std(axis=0) + 1e-3
    inside = score(line, belongs)
    if not_any.size:
        line[-3:-1] = _logistic(inside, score(line, not_any))
    line[-1] = np.quantile(inside, REJECTED)
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


def prototypes(
    vectors: NDArray[Any], label: NDArray[np.int64], labels: int, most: tuple[int, int]
) -> NDArray[np.float32]:
    """Return (d, k) unit columns: centres of each label's vectors, by k-means on the sphere; `most` in all and each."""
    each = int(np.clip(most[0] // max(labels, 1), 1, most[1]))
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
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
