"""What the drift tests find in texts: questions of one assistant beside those it was not made for.

CLINC150's questions, each as the shipped embedder sees it, reduced to its main directions over the training questions.
The baseline is a part of the test questions; windows of the others must not alarm, windows out of scope or of a single
domain must. Training questions make another baseline: they have near duplicates among themselves that test questions do
not have, which is a difference, and what it leads to is reported beside. And the figures on generated inputs where
the tests have it hardest: many independent features in a small window.
"""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.neural.calibrate import Doubles
from acumen.neural.drift import baseline
from acumen.neural.drift.baseline import Baseline
from acumen.neural.drift.window import Level, examine
from acumen.text import static
from benchmarks.eval.row import Row

DIRECTIONS, KNOWN, NEAREST = 24, 2_000, 64
WINDOWS, SIZES = 1_000, (50, 100, 200)
LIKELIHOODS = 20_000
MOST_FALSE, LEAST_POWER = 0.02, 0.9
HARD = (12, 24, 48)
Draw = Callable[[np.random.Generator, int], tuple[Doubles, Doubles]]


def rows(data: Path, seed: int) -> list[Row]:
    """Measure false alarms and power on CLINC150 and on generated inputs."""
    return [*_texts(data / "clinc150", seed), *_generated(seed)]


def _texts(folder: Path, seed: int) -> list[Row]:
    sets = json.loads(gzip.decompress((folder / "data_full.json.gz").read_bytes()))
    domains = json.loads((folder / "domains.json").read_text())
    texts = {name: [text for text, _ in pairs] for name, pairs in sets.items()}
    see, trained = _observer(texts["train"], seed)
    test, order = see(texts["test"]), np.random.default_rng(seed).permutation(len(texts["test"]))
    known, rest = baseline.fit(*_part(test, order[:KNOWN])), order[KNOWN:]
    in_scope = _resampled(_part(test, rest))
    intents = np.array([intent for _, intent in sets["test"]])[rest]
    sources = {
        "out of scope": see(texts["oos_test"] + texts["oos_train"] + texts["oos_val"]),
        **{f"domain {name} only": _part(test, rest[np.isin(intents, domains[name])]) for name in ("banking", "travel")},
    }
    found = []
    for size in SIZES:
        share = _share(known, in_scope, size, seed)
        found.append(_row("clinc150", f"false alarms, windows of {size} in scope", share, MOST_FALSE, higher=False))
        share = _share(trained, in_scope, size, seed)
        name = f"windows of {size} test questions that alarm beside training questions"
        found.append(replace(_row("clinc150", name, share, None, higher=False), note="two samples that do differ"))
        for name, source in sources.items():
            share = _share(known, _resampled(source), size, seed)
            found.append(_row("clinc150", f"power, windows of {size} {name}", share, LEAST_POWER, higher=True))
    return found


def _observer(train: list[str], seed: int) -> tuple[Callable[[list[str]], tuple[Doubles, Doubles]], Baseline]:
    """Return how texts are seen, and the baseline of training texts.

    Features are the embedding along its main directions over half of the training texts; the output is the cosine to
    the nearest of them, as a confidence would be.
    """
    embed = static.load().embed
    order = np.random.default_rng(seed).permutation(len(train))
    half = len(train) // 2
    reference = embed([train[i] for i in order[:half]]).astype(np.float64)
    center = reference.mean(axis=0)
    directions = np.linalg.svd(reference - center, full_matrices=False)[2][:DIRECTIONS].T

    def see(texts: list[str]) -> tuple[Doubles, Doubles]:
        vectors = embed(texts).astype(np.float64)
        nearest = np.concatenate(
            [(vectors[i : i + NEAREST] @ reference.T).max(axis=1) for i in range(0, len(vectors), NEAREST)]
        )
        return (vectors - center) @ directions, nearest

    return see, baseline.fit(*see([train[i] for i in order[half : half + KNOWN]]))


def _part(seen: tuple[Doubles, Doubles], index: NDArray[Any]) -> tuple[Doubles, Doubles]:
    return seen[0][index], seen[1][index]


def _resampled(seen: tuple[Doubles, Doubles]) -> Draw:
    def draw(rng: np.random.Generator, size: int) -> tuple[Doubles, Doubles]:
        return _part(seen, rng.integers(0, len(seen[1]), size))

    return draw


def _generated(seed: int) -> list[Row]:
    found = []
    for features in HARD:
        rng = np.random.default_rng([seed, features])
        known = baseline.fit(*_normal(features)(rng, 1_000))
        share = _share(known, _normal(features), 50, seed)
        name = f"{features} independent normal features, windows of 50"
        found.append(_row("generated", f"false alarms, {name}", share, MOST_FALSE, higher=False))
        share = _share(known, _moved(features), 50, seed)
        row = _row("generated", f"power, 3 of {name}, moved by .5 sd", share, LEAST_POWER, higher=True)
        found.append(replace(row, baselines={"most any test can find at 2 % false alarms": _most(features, rng)}))
    return found


def _most(features: int, rng: np.random.Generator) -> float:
    """Return the power of the likelihood ratio that knows the size of the shift, its number and all deviations.

    Features are moved up or down, which is not known, nor which of them: Neyman and Pearson's test of the mixture of
    all such shifts, each chosen independently. The means of a window of 50 beside 1,000 are its data.
    """
    shift = 0.5 * np.sqrt(50 * 1_000 / 1_050)
    chance = rng.standard_normal((LIKELIHOODS, features))
    moved = rng.standard_normal((LIKELIHOODS, features))
    moved[:, :3] += shift
    ratio = [
        np.log1p(3 / features * (np.exp(-(shift**2) / 2) * np.cosh(shift * z) - 1)).sum(axis=1) for z in (chance, moved)
    ]
    return float(np.mean(ratio[1] >= np.quantile(ratio[0], 1 - MOST_FALSE)))


def _normal(features: int) -> Draw:
    def draw(rng: np.random.Generator, size: int) -> tuple[Doubles, Doubles]:
        x = rng.standard_normal((size, features))
        return x, 1 / (1 + np.exp(-x[:, 0]))

    return draw


def _moved(features: int) -> Draw:
    def draw(rng: np.random.Generator, size: int) -> tuple[Doubles, Doubles]:
        x, output = _normal(features)(rng, size)
        x[:, rng.choice(features, 3, replace=False)] += 0.5 * rng.choice([-1, 1], 3)
        return x, output

    return draw


def _share(known: Baseline, draw: Draw, size: int, seed: int) -> NDArray[Any]:
    rng = np.random.default_rng([seed, size])
    return np.array([examine(known, *draw(rng, size)).level == Level.ALARM for _ in range(WINDOWS)], np.float64)


def _row(data: str, measure: str, alarmed: NDArray[Any], goal: float | None, higher: bool) -> Row:
    share, error = float(alarmed.mean()), 1.96 * float(alarmed.std()) / np.sqrt(alarmed.size)
    return Row(
        step="drift", data=data, measure=measure, value=share, n=alarmed.size, low=max(share - error, 0.0),
        high=min(share + error, 1.0), goal=goal, higher_is_better=higher,
    )  # fmt: skip
