"""The graded sentence pairs of SemEval's Semantic Textual Similarity tasks, 2012 to 2016."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedPairs:
    """One set: `grades` (n,) from 0, unrelated, to 5, the same; `first` and `second` the sentences."""

    name: str
    grades: NDArray[np.float64]
    first: list[str]
    second: list[str]

    @property
    def genre(self) -> str:
        """The set's name without its year: sets of one genre share sources."""
        return self.name.split(".")[1]


def load(data: Path, *years: int) -> list[GradedPairs]:
    """Read the sets of some years, by name; pairs without a grade are left out."""
    paths = sorted(path for path in (data / "semeval_sts").glob("*.tsv.gz") if int(path.name[:4]) in years)
    return [_read(path) for path in paths]


def _read(path: Path) -> GradedPairs:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    kept = [row for row in rows if row[0].strip()]
    return GradedPairs(
        name=path.name.removesuffix(".tsv.gz"),
        grades=np.array([float(row[0]) for row in kept]),
        first=[row[1].strip() for row in kept],
        second=[row[2].strip() for row in kept],
    )
