"""How alike two texts are, and how probable it is that they state the same."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acumen.bank.consolidating.alignment import FEATURES, Alignment, Doubles
from acumen.text.embedder import Embedder

SHIPPED: Final = Path(__file__).parent / "pairs.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """A weighted sum of the features: `weights` (3,) in the order of `FEATURES`, and a constant."""

    weights: tuple[float, ...]
    constant: float

    def __call__(self, rows: Doubles) -> Doubles:
        """Return the sums (n,) of feature rows (n, 3), added in one order, so that no batch changes them."""
        return self.constant + sum(
            (w * column for w, column in zip(self.weights, rows.T, strict=True)), np.zeros(len(rows))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """What was fitted: to `embedder`'s vectors, on graded pairs; `merge_at` is the probability from which to merge."""

    embedder: str
    graded: Linear
    same: Linear
    merge_at: float

    @classmethod
    def parse(cls, content: str) -> "Fitted":
        """Read the form that `dump` writes; KeyError, TypeError or ValueError when it is another."""
        found: dict[str, Any] = json.loads(content)
        if tuple(found["features"]) != FEATURES:
            raise ValueError(f"fitted to the features {found['features']}, not {FEATURES}")
        graded, same = (Linear(weights=tuple(found[k]["weights"]), constant=found[k]["constant"]) for k in _LINEAR)
        return cls(embedder=found["embedder"], graded=graded, same=same, merge_at=found["merge_at"])

    def dump(self) -> str:
        """Return it as JSON text."""
        linear = {
            k: {"weights": x.weights, "constant": x.constant}
            for k, x in zip(_LINEAR, (self.graded, self.same), strict=True)
        }
        whole = {"embedder": self.embedder, "features": FEATURES, **linear, "merge_at": self.merge_at}
        return json.dumps(whole, indent=2) + "\n"


_LINEAR: Final = ("graded", "same")


class PairModel:
    """Grades pairs of texts by the static vectors of the texts and of their words."""

    def __init__(self, embedder: Embedder, fitted: Fitted) -> None:
        self._embedder, self.fitted = embedder, fitted

    @classmethod
    def load(cls, embedder: Embedder, path: Path = SHIPPED) -> "PairModel":
        """Read the fitted weights that are shipped, or others of their format."""
        return cls(embedder, Fitted.parse(path.read_text()))

    def over(self, texts: Sequence[str]) -> "Grades":
        """Return the grades of pairs among these texts."""
        return Grades(Alignment(texts, self._embedder), self.fitted)

    def similarity(self, a: str, b: str) -> float:
        """Return how alike two texts are, 0 unrelated to 1 the same."""
        return float(self.over([a, b]).similarity([(0, 1)])[0])

    def p_same(self, a: str, b: str) -> float:
        """Return the probability that two texts state the same, given that no guard finds a difference."""
        return float(self.over([a, b]).p_same([(0, 1)])[0])


class Grades:
    """Grades of pairs among given texts; a pair's grade is the same in any batch, and whichever text comes first."""

    def __init__(self, alignment: Alignment, fitted: Fitted) -> None:
        self._alignment, self._fitted = alignment, fitted

    def similarity(self, pairs: Sequence[tuple[int, int]]) -> Doubles:
        """Return how alike the texts of n pairs are (n,), 0 unrelated to 1 the same."""
        return np.clip(self._fitted.graded(self._alignment.features(pairs)), 0.0, 1.0)

    def p_same(self, pairs: Sequence[tuple[int, int]]) -> Doubles:
        """Return the probability (n,) that the texts of n pairs state the same, given that no guard objects."""
        return 1 / (1 + np.exp(-self._fitted.same(self._alignment.features(pairs))))

    def may_reach(self, pairs: Sequence[tuple[int, int]], least: float) -> NDArray[np.bool_]:
        """Return (n,) whether `p_same` could be `least` by the cosine, were the words matched in full."""
        rows = np.zeros((len(pairs), len(FEATURES)))
        rows[:, 0] = self._alignment.cosines(pairs)
        rows[:, 1:] = np.array(self._fitted.same.weights[1:]) > 0
        return np.asarray(1 / (1 + np.exp(-self._fitted.same(rows))) >= least)
