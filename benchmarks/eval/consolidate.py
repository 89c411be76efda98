"""How well CONSOLIDATE decides: graded similarity, merges of labelled pairs, facts in wordings, look-alikes, speed."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.bank.consolidating import joining
from acumen.bank.consolidating.guards import differs
from acumen.bank.consolidating.pairs import PairModel
from acumen.bank.consolidating.plan import Near, plan
from acumen.bank.consolidating.settings import Settings
from acumen.bank.consolidating.step import Kind
from acumen.bank.pattern import Pattern
from acumen.text.embedder import Embedder
from acumen.text.static import load
from benchmarks.eval import look_alikes, sts
from benchmarks.eval.facts import HELD_OUT, Facts
from benchmarks.eval.row import Row

Doubles = NDArray[Any]

RESAMPLES = 300
SAME_FROM = 3.5  # grades that round to "mostly equivalent"
RECALL = 0.2
NEIGHBOURS = 8


def rows(data: Path, seed: int) -> list[Row]:
    """Return all measurements of the step; `data` is the folder of the public sets."""
    embedder = load()
    model = PairModel.load(embedder)
    rng = np.random.default_rng(seed)
    return [
        *_graded(data, embedder, model, rng),
        _merging(data, embedder, model, rng),
        *_facts(embedder, model),
        *_look_alikes(data, model, seed),
        *_speed(embedder, model, rng),
    ]


def _graded(data: Path, embedder: Embedder, model: PairModel, rng: np.random.Generator) -> list[Row]:
    found = []
    for year, goal in ((2015, 0.78), (2016, None)):
        sets = sts.load(data, year)
        scores = [model.over([*s.first, *s.second]).similarity(_across(s)) for s in sets]
        low, high = _interval([_resampled_pearson(scores, sets, rng) for _ in range(RESAMPLES)])
        baselines = {
            "TF-IDF": _mean_pearson([tfidf(s.first, s.second) for s in sets], sets),
            "cosine": _mean_pearson([cosine(embedder, s) for s in sets], sets),
        }
        note = "fitted on 2012-2014; the winner of 2015 reports .8015" if year == 2015 else "fitted on 2012-2014"
        found.append(
            Row(
                step="consolidate",
                data=f"STS-{year}",
                measure="mean Pearson",
                value=_mean_pearson(scores, sets),
                n=sum(len(s.first) for s in sets),
                low=low,
                high=high,
                goal=goal,
                baselines=baselines,
                note=note,
            )
        )
    return found


def _across(pairs: sts.GradedPairs) -> list[tuple[int, int]]:
    count = len(pairs.first)
    return [(i, count + i) for i in range(count)]


def cosine(embedder: Embedder, pairs: sts.GradedPairs) -> Doubles:
    """Return the cosines (n,) of pairs of sentences."""
    return np.asarray((embedder.embed(pairs.first) * embedder.embed(pairs.second)).sum(1), np.float64)


def tfidf(first: Sequence[str], second: Sequence[str]) -> Doubles:
    """Return the TF-IDF cosines (n,) of pairs, sublinear, document frequencies from these sentences."""
    bags = [Counter(re.findall(r"\w+", text.lower())) for text in (*first, *second)]
    seen = Counter(word for bag in bags for word in bag)
    weighted = [{w: (1 + np.log(c)) * np.log((1 + len(bags)) / (1 + seen[w])) for w, c in b.items()} for b in bags]
    lengths = [np.sqrt(sum(v * v for v in bag.values())) or 1.0 for bag in weighted]
    half = len(first)
    dots = [sum(v * b.get(w, 0.0) for w, v in a.items()) for a, b in zip(weighted[:half], weighted[half:], strict=True)]
    return np.array([d / (x * y) for d, x, y in zip(dots, lengths[:half], lengths[half:], strict=True)])


def _mean_pearson(scores: list[Doubles], sets: list[sts.GradedPairs]) -> float:
    return float(np.mean([np.corrcoef(x, s.grades)[0, 1] for x, s in zip(scores, sets, strict=True)]))


def _resampled_pearson(scores: list[Doubles], sets: list[sts.GradedPairs], rng: np.random.Generator) -> float:
    drawn = [(rng.integers(len(x), size=len(x)), x, s.grades) for x, s in zip(scores, sets, strict=True)]
    return float(np.mean([np.corrcoef(x[i], grades[i])[0, 1] for i, x, grades in drawn]))


def _interval(values: list[float]) -> tuple[float, float]:
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def _merging(data: Path, embedder: Embedder, model: PairModel, rng: np.random.Generator) -> Row:
    sets = sts.load(data, 2015, 2016)
    same = np.concatenate([s.grades >= SAME_FROM for s in sets])
    p = np.concatenate([model.over([*s.first, *s.second]).p_same(_across(s)) for s in sets])
    kept = np.array([differs(a, b) is None for s in sets for a, b in zip(s.first, s.second, strict=True)])
    guarded = np.where(kept, p, p - 1)  # what a guard forbids comes last
    draws = [rng.integers(len(same), size=len(same)) for _ in range(RESAMPLES)]
    low, high = _interval([precision_at(guarded[i], same[i]) for i in draws])
    baselines = {
        "without guards": precision_at(p, same),
        "TF-IDF": precision_at(np.concatenate([tfidf(s.first, s.second) for s in sets]), same),
        "cosine": precision_at(np.concatenate([cosine(embedder, s) for s in sets]), same),
    }
    return Row(
        step="consolidate", data="STS-2015 and 2016, same from grade 3.5", measure="precision at recall .20",
        value=precision_at(guarded, same), n=len(same), low=low, high=high, goal=0.97, baselines=baselines,
        note="at the threshold that merges: precision "
        f"{same[guarded >= model.fitted.merge_at].mean():.3f} of {int((guarded >= model.fitted.merge_at).sum())} pairs",
    )  # fmt: skip


def precision_at(scores: Doubles, same: Doubles, recall: float = RECALL) -> float:
    """Return the precision of the best-scored pairs that hold a share of all that are the same; ties count whole."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(same[order])
    at = int(np.searchsorted(hits, np.ceil(recall * same.sum())))
    tied = scores >= scores[order[at]]
    return float(same[tied].mean())


def _facts(embedder: Embedder, model: PairModel) -> list[Row]:
    kept = {name: _remaining(facts, embedder, model) for name, facts in HELD_OUT.items()}
    remaining, wrong = [k for k, _ in kept.values()], sum(w for _, w in kept.values())
    baseline = {
        f"cosine >= {t}": float(np.mean([_by_cosine(f, embedder, t) for f in HELD_OUT.values()])) for t in (0.8, 0.9)
    }
    note = "patterns left of 15, by set: " + ", ".join(f"{name} {k}" for name, (k, _) in kept.items())
    return [
        Row(
            step="consolidate", data="5 facts x 3 wordings", measure="patterns left", value=float(np.mean(remaining)),
            n=len(remaining), low=float(min(remaining)), high=float(max(remaining)), goal=5.0, higher_is_better=False,
            baselines=baseline, note=f"{note}; low and high are the least and the most",
        ),
        Row(
            step="consolidate", data="5 facts x 3 wordings", measure="merges of different facts", value=float(wrong),
            n=15 * 14 // 2 * len(remaining), goal=0.0, higher_is_better=False,
        ),
    ]  # fmt: skip


def _patterns(facts: Facts) -> list[Pattern]:
    return [Pattern(id=f"{i}-{k}", content=text) for i, fact in enumerate(facts) for k, text in enumerate(fact)]


def _remaining(facts: Facts, embedder: Embedder, model: PairModel) -> tuple[int, int]:
    """Return how many patterns are left, and how many merges joined different facts."""
    patterns = _patterns(facts)
    made = plan(patterns, neighbours(embedder, patterns), 0, Settings(), model).of(Kind.MERGE)
    wrong = sum(step.changes[0].before.id[0] != step.changes[1].before.id[0] for step in made)
    return len(patterns) - len(made), wrong


def _by_cosine(facts: Facts, embedder: Embedder, least: float) -> int:
    """Return how many patterns a greedy deduplication by cosine leaves."""
    kept: list[Doubles] = []
    for vector in embedder.embed([text for fact in facts for text in fact]):
        if all(float(vector @ other) < least for other in kept):
            kept.append(vector)
    return len(kept)


def neighbours(embedder: Embedder, patterns: Sequence[Pattern], k: int = 10) -> list[Near]:
    """Return each pattern's `k` nearest others by exact search, as an index would."""
    vectors = embedder.embed([p.situation for p in patterns])
    found: list[Near] = []
    for start in range(0, len(vectors), 500):
        cosines = vectors[start : start + 500] @ vectors.T
        cosines[np.arange(len(cosines)), np.arange(start, start + len(cosines))] = -2.0
        nearest = np.argpartition(-cosines, min(k, len(vectors) - 1), axis=1)[:, : min(k, len(vectors) - 1)]
        found += [(start + i, int(j), float(cosines[i, j])) for i, row in enumerate(nearest) for j in row]
    return found


def _look_alikes(data: Path, model: PairModel, seed: int) -> list[Row]:
    generated = [(a, b) for _, a, b in look_alikes.generated(100, seed)]
    real = look_alikes.real(data)
    found = []
    for name, pairs, goal in (("generated", generated, 0.0), ("WebArena, one template", real, None)):
        texts = sorted({text for pair in pairs for text in pair})
        number = {text: i for i, text in enumerate(texts)}
        alike = model.over(texts).p_same([(number[a], number[b]) for a, b in pairs]) >= model.fitted.merge_at
        merged = sum(same and differs(a, b) is None for same, (a, b) in zip(alike, pairs, strict=True))
        found.append(
            Row(
                step="consolidate",
                data=f"look-alikes, {name}",
                measure="merges",
                value=float(merged),
                n=len(pairs),
                goal=goal,
                higher_is_better=False,
                baselines={"without guards": float(alike.sum())},
                note="" if goal == 0.0 else "fillings differ in numbers, names, or in whole phrases",
            )
        )
    return found


def _speed(embedder: Embedder, model: PairModel, rng: np.random.Generator) -> list[Row]:
    patterns = made_up(10_000, rng)
    vectors = embedder.embed([p.situation for p in patterns])
    codes = np.rint(vectors / np.abs(vectors).max(axis=1, keepdims=True) * 127).astype(np.int8)
    start = process_time()
    near = _joined(codes)
    joined = process_time()
    made = plan(patterns, near, 0, Settings(), model)
    seconds = process_time() - start
    exact = {(i, j) for i, j, _ in _joined(codes, exact_rows=len(codes))}
    found = exact.intersection((i, j) for i, j, _ in near)
    return [
        Row(
            step="consolidate", data="10,000 generated patterns", measure="processor seconds, near pairs and plan",
            value=seconds, n=1, goal=2.0, higher_is_better=False,
            note=f"{joined - start:.2f} of them for {len(near)} near pairs; {made.duplicates_removed} merges; "
            "the goal is for the whole step",
        ),
        Row(
            step="consolidate", data="10,000 generated patterns", measure="share of the near pairs found",
            value=len(found) / len(exact), n=len(exact),
        ),
    ]  # fmt: skip


def _joined(codes: NDArray[np.int8], exact_rows: int = joining.EXACT_ROWS) -> list[Near]:
    first, second, cosines = joining.near(codes, NEIGHBOURS, Settings().near, exact_rows)
    return list(zip(first.tolist(), second.tolist(), cosines.tolist(), strict=True))


_PHRASES = tuple(
    tuple(part.split("|"))
    for part in (
        "retry|cache|validate|log|compress|rotate|index|review|archive|encrypt|sample|throttle",
        "the upload|the search result|each invoice|the access token|every report|the build cache|old backups",
        "of the billing team|of the mobile app|in the warehouse|for new customers|for the nightly job",
        "when the queue is full|after a failed login|before the weekly release|while traffic is high",
        "because support asked for it|to keep costs low|so that audits pass|to save time|as the contract says",
    )
)


def made_up(count: int, rng: np.random.Generator) -> list[Pattern]:
    """Return patterns put together from phrases: one in ten repeats an earlier one's text."""
    texts: list[str] = []
    for _ in range(count):
        if texts and rng.random() < 0.1:
            texts.append(texts[rng.integers(len(texts))])
        else:
            texts.append(
                " ".join(part[rng.integers(len(part))] for part in _PHRASES) + f" in region {rng.integers(200)}"
            )
    return [Pattern(id=f"p{i:06d}", content=text) for i, text in enumerate(texts)]
