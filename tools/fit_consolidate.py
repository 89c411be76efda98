"""Fit the weights with which consolidation grades pairs of texts, on the graded pairs of STS 2012 to 2014.

Run again whenever the static table changes. `graded`, a sum of the first two features, is fitted by ridge regression on
grades centred within each set (sets differ in how generous their graders were; more features did not predict the grades
of held-out genres better), and `same`, a sum of all, by logistic regression on
whether a pair that no guard forbids was graded "mostly equivalent" or better (3.5 and up rounds to grade 4).
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
GRADED_BY = 2
RIDGE = 10.0
MERGE_AT = 0.7  # keeps every fact of benchmarks.eval.facts.DEVELOPMENT in one pattern; .8 does not

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
    """Return the features (n, 5) of graded pairs."""
    count = len(pairs.first)
    return Alignment([*pairs.first, *pairs.second], embedder).features([(i, count + i) for i in range(count)])


def ridge(rows: list[Doubles], grades: list[Doubles]) -> Linear:
    """Fit a sum to grades, both centred within their sets; the constant brings the mean back."""
    rows = [r[:, :GRADED_BY] for r in rows]
    x = np.vstack([r - r.mean(0) for r in rows])
    y = np.concatenate([g - g.mean() for g in grades])
    scale = x.std(0)
    z = x / scale
    weights = np.linalg.solve(z.T @ z + RIDGE * np.eye(z.shape[1]), z.T @ y) / scale
    constant = np.concatenate(grades).mean() - np.vstack(rows).mean(0) @ weights
    return _linear(np.pad(weights, (0, len(FEATURES) - GRADED_BY)), constant)


def logistic(rows: Doubles, happened: Doubles, iterations: int = 30) -> Linear:
    """Fit a log-odds by Newton's method with a ridge of 1 on the standardised weights."""
    mean, scale = rows.mean(0), rows.std(0)
    z = np.column_stack([(rows - mean) / scale, np.ones(len(rows))])
    penalty = np.diag([*np.ones(rows.shape[1]), 0.0])
    w = np.zeros(z.shape[1])
    for _ in range(iterations):
        p = 1 / (1 + np.exp(-z @ w))
        gradient = z.T @ (p - happened) + penalty @ w
        w = w - np.linalg.solve((z * (p * (1 - p))[:, None]).T @ z + penalty, gradient)
    return _linear(w[:-1] / scale, w[-1] - (w[:-1] * mean / scale).sum())


def _linear(weights: Doubles, constant: float) -> Linear:
    """Round to six digits: what is printed is what is used."""
    return Linear(weights=tuple(float(f"{w:.6g}") for w in weights), constant=float(f"{constant:.6g}"))


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
