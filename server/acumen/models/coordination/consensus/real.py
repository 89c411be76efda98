"""Real tables of votes with known truth: `<name>-label.csv.gz` (item, worker, label) and `<name>-truth.csv.gz`."""

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from acumen.models.coordination.consensus.table import Integers, Table, table_of

UNKNOWN = -1
LABEL = "-label.csv.gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class RealTable:
    """A real table; `truth` (items,) true options, `UNKNOWN` where not given; `dropped` repeated votes left out."""

    name: str
    table: Table
    truth: Integers
    dropped: int


def read_all(folder: Path) -> list[RealTable]:
    """Read every table of a folder, by name."""
    return [_read(path) for path in sorted(folder.glob("*" + LABEL))]


def _read(path: Path) -> RealTable:
    """Read one table; where an agent voted twice on an item the first vote counts."""
    name = path.name.removesuffix(LABEL)
    first: dict[tuple[str, str], str] = {}
    rows = _rows(path)
    for row in rows:
        first.setdefault((row["item"], row["worker"]), row["label"])
    known = {row["item"]: row["truth"] for row in _rows(path.with_name(f"{name}-truth.csv.gz"))}
    items, agents = (list(dict.fromkeys(key[i] for key in first)) for i in (0, 1))
    options = sorted({*first.values(), *(known[item] for item in items if item in known)})
    table = table_of(
        _numbers([agent for _, agent in first], agents),
        _numbers([item for item, _ in first], items),
        _numbers(list(first.values()), options),
        len(options),
    )
    truth = np.array([options.index(known[item]) if item in known else UNKNOWN for item in items])
    return RealTable(name=name, table=table, truth=truth, dropped=len(rows) - len(first))


def _rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", newline="") as lines:
        return list(csv.DictReader(lines))


def _numbers(names: list[str], among: list[str]) -> Integers:
    number = {name: i for i, name in enumerate(among)}
    return np.array([number[name] for name in names], np.int64)
