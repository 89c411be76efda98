"""How good an embedder's vectors are: nearest intents, scientific claims and their abstracts, graded similarity.

Nothing of these sets was seen by what is measured. The figures of the teacher and of the naive table stand in the
card, where the tool that made the table measured them with the functions below.
"""

import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.text import static
from benchmarks.eval.row import Row

Doubles: TypeAlias = NDArray[np.float64]
Embed: TypeAlias = Callable[[Sequence[str]], NDArray[np.float32]]
RESAMPLES = 1000
_QUOTES = "[]'\""  # An abstract is written as a list of quoted sentences, a line each.
_BETWEEN = re.compile(r"['\"]\n ['\"]")
_TASKS = {
    "clinc150_1nn": ("retrieve", "clinc150", "nearest neighbour, in-scope accuracy, static tier", 0.865),
    "scifact_ndcg10": ("retrieve", "scifact", "dense nDCG@10, static tier", 0.54),
    "sts2015_pearson": ("consolidate", "semeval_sts", "STS-2015 weighted mean Pearson, static tier", None),
}
STS_2015 = ("answers-forums", "answers-students", "belief", "headlines", "images")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A figure with its 95 % bootstrap interval over n cases."""

    value: float
    low: float
    high: float
    n: int


def rows(data: Path, seed: int) -> list[Row]:
    """Measure the table that is shipped; `data` is the folder of the public sets."""
    card = json.loads((static.SHIPPED / "card.json").read_text())
    found = measure(static.load().embed, data, seed)
    return [_row(name, figure, card["held_out"]) for name, figure in found.items()]


def _row(name: str, figure: Measured, held_out: Mapping[str, Mapping[str, Any]]) -> Row:
    step, data, measured, goal = _TASKS[name]
    others = {other: held_out[other][name]["value"] for other in ("naive", "teacher")}
    return Row(
        step=step, data=data, measure=measured, value=figure.value, n=figure.n, low=figure.low, high=figure.high,
        goal=goal, baselines=others, note="teacher and naive as the card has them, measured alike",
    )  # fmt: skip


def measure(embed: Embed, data: Path, seed: int) -> dict[str, Measured]:
    """Measure any embedder by the same three sets."""
    return {
        "clinc150_1nn": _mean(nearest_intent(embed, data / "clinc150"), seed),
        "scifact_ndcg10": _mean(claim_gains(embed, data / "scifact"), seed),
        "sts2015_pearson": _pearson(similarities(embed, data / "semeval_sts"), seed),
    }


def nearest_intent(embed: Embed, folder: Path) -> Doubles:
    """Return for each of 4,500 in-scope test texts whether the nearest of 15,000 training texts has its intent."""
    sets = json.loads(gzip.decompress((folder / "data_full.json.gz").read_bytes()))
    (known, labels), (asked, wanted) = (zip(*sets[name], strict=True) for name in ("train", "test"))
    found = np.argmax(embed(asked) @ embed(known).T, axis=1)
    return (np.array(labels)[found] == np.array(wanted)).astype(np.float64)


def claim_gains(embed: Embed, folder: Path) -> Doubles:
    """Return nDCG@10 of each of the 300 claims over the 5,183 abstracts, cited ones being relevant (as in BEIR)."""
    corpus, claims = _scifact(folder / "scifact.zip")
    documents = sorted(corpus)
    scores = embed([text for text, _ in claims]) @ embed([corpus[number] for number in documents]).T
    ranked = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    wanted = (cited for _, cited in claims)
    return np.array([_gain([documents[i] for i in best], cited) for best, cited in zip(ranked, wanted, strict=True)])


def _scifact(archive: Path) -> tuple[dict[int, str], list[tuple[str, set[int]]]]:
    """Return title and abstract by number, and the distinct claims of the validation file with what they cite."""
    with zipfile.ZipFile(archive) as files:
        documents, lines = (_table(files.read(f"{name}.csv")) for name in ("corpus_train", "claims_validation"))
    corpus = {int(d["doc_id"]): f"{d['title']} {_BETWEEN.sub(' ', d['abstract']).strip(_QUOTES)}" for d in documents}
    claims = {line["id"]: (line["claim"], set(map(int, line["cited_doc_ids"].strip("[]").split()))) for line in lines}
    return corpus, list(claims.values())


def _table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def _gain(found: Sequence[int], cited: set[int]) -> float:
    discounts = 1 / np.log2(np.arange(2, 12))
    hits = np.array([document in cited for document in found])
    return float(discounts[: len(hits)][hits].sum() / discounts[: len(cited)].sum())


def similarities(embed: Embed, folder: Path) -> list[tuple[Doubles, Doubles]]:
    """Return for each of the five sets of STS 2015 the cosines and the grades of its graded pairs."""
    found = []
    for name in STS_2015:
        lines = gzip.decompress((folder / f"2015.{name}.test.tsv.gz").read_bytes()).decode().splitlines()
        pairs = [line.split("\t")[:3] for line in lines if line.split("\t")[0].strip()]
        left, right = (embed([pair[side] for pair in pairs]) for side in (1, 2))
        cosines = np.einsum("ij,ij->i", left, right, dtype=np.float64)
        found.append((cosines, np.array([float(pair[0]) for pair in pairs])))
    return found


def _mean(cases: Doubles, seed: int) -> Measured:
    draw = np.random.default_rng(seed)
    means = [draw.choice(cases, len(cases)).mean() for _ in range(RESAMPLES)]
    low, high = np.quantile(means, [0.025, 0.975])
    return Measured(value=float(cases.mean()), low=float(low), high=float(high), n=len(cases))


def _pearson(sets: list[tuple[Doubles, Doubles]], seed: int) -> Measured:
    """Return the mean correlation of the sets, weighted by their pairs as the task's organisers do."""
    draw = np.random.default_rng(seed)
    sizes = [len(grades) for _, grades in sets]
    means = []
    for _ in range(RESAMPLES):
        picks = [draw.integers(0, size, size) for size in sizes]
        again = [(x[pick], y[pick]) for (x, y), pick in zip(sets, picks, strict=True)]
        means.append(_weighted(again, sizes))
    low, high = np.quantile(means, [0.025, 0.975])
    return Measured(value=_weighted(sets, sizes), low=float(low), high=float(high), n=sum(sizes))


def _weighted(sets: list[tuple[Doubles, Doubles]], sizes: list[int]) -> float:
    return float(np.average([np.corrcoef(x, y)[0, 1] for x, y in sets], weights=sizes))
