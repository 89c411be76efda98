"""Fit the weights with which consolidation grades pairs of texts, on the graded pairs of STS 2012 to 2014.

Run again whenever the static table changes. `graded` is fitted by ridge regression on grades centred within each set
(sets differ in how generous their graders were), and `same` by logistic regression on whether a pair that no guard
forbids was graded "mostly equivalent" or better (3.5 and up rounds to grade 4). Each is a sum of two features: with
genres held out, others beside them (the third, the worst word, the ratio of lengths) predicted no better.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.bank.consolidating.alignment import FEATURES, Alignment
from acumen.bank.consolidating.guards import differs
from acumen.bank.consolidating.pairs import SHIPPED, Fitted, Linear
from acumen.text.embedder import Embedder
from acumen.text.static import load as load_embedder
from benchmarks.eval import sts

SAME_FROM = 3.5
GRADED_BY = [0, 1]  # the cosine and the mean share
SAME_BY = [0, 2]  # the cosine and the lesser share
RIDGE = 10.0
MERGE_AT = 0.8  # the greatest tenth that keeps every fact of benchmarks.eval.facts.DEVELOPMENT in one pattern

Doubles = NDArray[Any]


def fit(data: Path, embedder: Embedder) -> Fitted:
    """Return the weights fitted on STS 2012 to 2014."""
    sets = sts.load(data, 2012, 2013, 2014)
    rows = [features(s, embedder) for s in sets]
    grades = [s.grades / 5 for s in sets]
    passed = [np.array([differs(a, b) is None for a, b in zip(s.first, s.second, strict=True)]) for s in sets]
    same_rows = np.vstack([r[p] for r, p in zip(rows, passed, strict=True)])
    same = np.concatenate([g[p] >= SAME_FROM / 5 for g, p in zip(grades, passed, strict=True)])
    return Fitted(
        embedder=embedder.identity.id, graded=ridge(rows, grades), same=logistic(same_rows, same), merge_at=MERGE_AT
    )


def features(pairs: sts.GradedPairs, embedder: Embedder) -> Doubles:
    """Return the features (n, 3) of graded pairs."""
    count = len(pairs.first)
    return Alignment([*pairs.first, *pairs.second], embedder).features([(i, count + i) for i in range(count)])


def ridge(rows: list[Doubles], grades: list[Doubles]) -> Linear:
    """Fit a sum to grades, both centred within their sets; the constant brings the mean back."""
    rows = [r[:, GRADED_BY] for r in rows]
    x = np.vstack([r - r.mean(0) for r in rows])
    y = np.concatenate([g - g.mean() for g in grades])
    scale = x.std(0)
    z = x / scale
    weights = np.linalg.solve(z.T @ z + RIDGE * np.eye(z.shape[1]), z.T @ y) / scale
    constant = np.concatenate(grades).mean() - np.vstack(rows).mean(0) @ weights
    return _linear(GRADED_BY, weights, constant)


def logistic(rows: Doubles, happened: Doubles, iterations: int = 30) -> Linear:
    """Fit a log-odds by Newton's method with a ridge of 1 on the standardised weights."""
    rows = rows[:, SAME_BY]
    mean, scale = rows.mean(0), rows.std(0)
    z = np.column_stack([(rows - mean) / scale, np.ones(len(rows))])
    penalty = np.diag([*np.ones(rows.shape[1]), 0.0])
    w = np.zeros(z.shape[1])
    for _ in range(iterations):
        p = 1 / (1 + np.exp(-z @ w))
        gradient = z.T @ (p - happened) + penalty @ w
        w = w - np.linalg.solve((z * (p * (1 - p))[:, None]).T @ z + penalty, gradient)
    return _linear(SAME_BY, w[:-1] / scale, w[-1] - (w[:-1] * mean / scale).sum())


def _linear(features: list[int], weights: Doubles, constant: float) -> Linear:
    """Round to six digits: what is printed is what is used; features that are not named weigh nothing."""
    rounded = dict(zip(features, (float(f"{w:.6g}") for w in weights), strict=True))
    return Linear(weights=tuple(rounded.get(i, 0.0) for i in range(len(FEATURES))), constant=float(f"{constant:.6g}"))


def main() -> None:
    """Fit and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of the public data sets")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    options = parser.parse_args()
    options.out.write_text(fit(options.data, load_embedder()).dump())
    print(options.out.read_text())


if __name__ == "__main__":
    main()
