"""Public sets as texts with labels: what is learned from, what is judged on."""

import csv
import gzip
import io
import json
import lzma
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from acumen.text.terms import terms

Pairs: TypeAlias = Sequence[tuple[str, str]]
NONE = "oos"  # label of a text that belongs to none


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSet:
    """`train` is learned from, `held` calibrates, `test` judges; `outside` are texts of no label to judge on."""

    name: str
    train: Pairs
    held: Pairs
    test: Pairs
    outside: Sequence[str] = ()

    def few(self, each: int, seed: int) -> "TextSet":
        """Return the set with so many training texts a label, and with so many again to calibrate on."""
        return replace(
            self,
            name=f"{self.name}, {each} a label",
            train=_few(self.train, each, seed),
            held=_few(self.held, each, seed),
        )

    def of_labels(self, labels: frozenset[str]) -> "TextSet":
        """Return the set with the texts of some labels only."""
        train, held, test = ([one for one in part if one[1] in labels] for part in (self.train, self.held, self.test))
        return replace(self, outside=(), train=train, held=held, test=test)


def _few(pairs: Pairs, each: int, seed: int) -> Pairs:
    taken, kept = Counter[str](), []
    for text, label in random.Random(seed).sample(list(pairs), len(pairs)):
        taken[label] += 1
        if taken[label] <= each:
            kept.append((text, label))
    return kept


def clinc(data: Path, with_outside: bool) -> TextSet:
    """Return CLINC150 as published; with its 100 and 100 texts of no intent among what is learned from, or without."""
    content = json.loads(gzip.decompress((data / "clinc150" / "data_full.json.gz").read_bytes()))
    read = {split: [(text, label) for text, label in pairs] for split, pairs in content.items()}
    return TextSet(
        name="CLINC150" + (", 100 out-of-scope texts in training" if with_outside else ""),
        train=read["train"] + (read["oos_train"] if with_outside else []),
        held=read["val"] + (read["oos_val"] if with_outside else []),
        test=read["test"],
        outside=[text for text, _ in read["oos_test"]],
    )


def domains(data: Path) -> list[frozenset[str]]:
    """Return the labels of each of CLINC150's ten domains."""
    content = json.loads((data / "clinc150" / "domains.json").read_text())
    return [frozenset(labels) for labels in content.values()]


def aws_errors(data: Path, seed: int) -> TextSet:
    """Return descriptions of AWS errors with their names, of which 30 services or more have one; services are split."""
    lines = lzma.decompress((data / "aws_errors" / "botocore_error_shapes.jsonl.xz").read_bytes()).splitlines()
    rows = [row for row in map(json.loads, lines) if row["doc"] and len(row["doc"].split()) > 3]
    services: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        services[row["name"]].add(row["service"])
    often = {name for name, those in services.items() if len(those) >= 30}
    every = sorted({row["service"] for row in rows})
    shuffled = random.Random(seed).sample(every, len(every))
    cuts = int(0.6 * len(every)), int(0.75 * len(every))
    held, test = set(shuffled[cuts[0] : cuts[1]]), set(shuffled[cuts[1] :])
    parts: dict[str, list[tuple[str, str]]] = {"train": [], "held": [], "test": []}
    for row in rows:
        if row["name"] in often:
            part = "test" if row["service"] in test else "held" if row["service"] in held else "train"
            parts[part].append((row["doc"], row["name"]))
    name = f"AWS errors, {len(often)} names, services held out"
    return TextSet(name=name, train=parts["train"], held=parts["held"], test=parts["test"])


def fallacies(data: Path, seed: int) -> TextSet:
    """Return arguments with their fallacy: dev judges, without those of which training has a near-duplicate."""
    train, test = (_fallacy_rows(data / "logical_fallacy" / f"edu_{part}.csv.gz") for part in ("train", "dev"))
    known = [set(terms(text).tolist()) for text, _ in train]
    fresh = [one for one in test if max(_likeness(set(terms(one[0]).tolist()), other) for other in known) < 0.5]
    shuffled = random.Random(seed).sample(train, len(train))
    cut = int(0.8 * len(shuffled))
    return TextSet(name="logical fallacies, deduplicated", train=shuffled[:cut], held=shuffled[cut:], test=fresh)


def _fallacy_rows(path: Path) -> list[tuple[str, str]]:
    rows = csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode()))
    return [(row["source_article"], row["updated_label"]) for row in rows]


def _likeness(one: set[int], other: set[int]) -> float:
    return len(one & other) / max(len(one | other), 1)
