"""Fit what retrieval ships: how components are mixed, and what makes a best result probably relevant.

Components are mixed as fits the training claims of SciFact, training and validation utterances of CLINC150,
descriptions of AWS errors and rewordings of the STS tasks of 2012 to 2014; probabilities, as fits the first two and
generated nonsense (whether two services gave an error the same name cannot be told from its description, so that
set is only shown). The validation claims, the test
utterances and all of WebArena are left for the evaluation.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from acumen.bank.scoring import COMPONENTS, EVIDENCE, SHIPPED_FILE, Doubles, Weights
from acumen.neural.calibrate import ece
from acumen.text.static import load
from benchmarks.eval.retrieval_bank import Embedder, Found, TextBank, judged
from benchmarks.eval.retrieval_sets import RetrievalSet, absent, clinc, errors, nonsense, reworded, scifact, webarena

# No public set has outcomes or ages: a pattern that failed ten times of ten loses .42 of reliability, as much as .05 of
# similarity and words together; age decides between near-equals only.
RELIABILITY, RECENCY = 0.1, 0.01
TIMES, AGREEMENTS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0), (0.0, 0.25, 0.5, 0.75, 1.0)
NOISE, BORNE = 0.002, 0.005  # of mean reciprocal rank: on average over the sets, and in any
ONLY_MIXED = ("AWS errors", "rewordings")  # their labels say what is relevant, not that nothing else is
Case = tuple[Doubles, float]


def main() -> None:
    """Fit, print how it generalises from set to set, and write the file that is shipped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of the public data sets")
    options = parser.parse_args()
    embedder = load()
    sets = training_sets(options.data)
    banks = [TextBank(one.texts, embedder) for one in sets]
    answered = [
        (one.name, [f for f in bank.answer(one) if f.relevant.any()]) for bank, one in zip(banks, sets, strict=True)
    ]
    mixed = mixture(answered)
    report_mixture(answered, mixed)
    groups = [cases(bank, one, mixed) for bank, one in zip(banks, sets, strict=True)]
    used = [(one.name, group) for one, group in zip(sets, groups, strict=True) if one.name not in ONLY_MIXED]
    names, fitted = [name for name, _ in used], [group for _, group in used]
    relevance = logistic(fitted)
    weights = replace(mixed, relevance=relevance, threshold=withholding(fitted, relevance))
    held = [("WebArena", _webarena(options.data, embedder, mixed)), ("AWS errors", groups[1])]
    report(names, fitted, held)
    SHIPPED_FILE.write_text(json.dumps(content(weights), indent=2) + "\n")


def training_sets(data: Path) -> list[RetrievalSet]:
    """Return what is fitted on; CLINC150 with banks of four sizes."""
    sizes = [clinc(data, "val", per_intent, seed=per_intent) for per_intent in (3, 10, 40, 100)]
    sizes = [one.part(range(0, len(one.queries), 3)) for one in sizes]
    claims = scifact(data, "train")
    answered = claims.part([i for i, there in enumerate(claims.relevant) if there])
    return [answered, errors(data, 800, seed=1), reworded(data), *sizes]


def mixture(answered: Sequence[tuple[str, Sequence[Found]]]) -> Weights:
    """Return the weights of similarity, words and agreement with which first relevant results rank highest.

    The measure is the mean reciprocal rank, every set by name weighing the same. The grid is coarse and what differs by
    less than `NOISE` counts as equal, in favour of similarity, so that tables of nearly the same cosines give the same
    weights. Agreement is for tasks that differ in what fills their slots: none of these sets has such, so it is as
    strong as each of them bears.
    """
    reached = {times: quality(answered, weighted(times, 0)) for times in TIMES}
    times = min(times for times in TIMES if reached[times] >= max(reached.values()) - NOISE)
    sets = [[one for one in answered if one[0] == name] for name in dict.fromkeys(name for name, _ in answered)]
    floors = [quality(one, weighted(times, 0)) - BORNE for one in sets]

    def borne(agreement: float) -> bool:
        return all(quality(one, weighted(times, agreement)) >= f for one, f in zip(sets, floors, strict=True))

    return weighted(times, max(filter(borne, AGREEMENTS)))


def weighted(times: float, agreement: float) -> Weights:
    """Return weights by which BM25 counts so many times as similarity, and agreement so many times as BM25."""
    shares = np.array([1, times * (1 + agreement)]) / (1 + times * (1 + agreement))
    components = np.array([*shares * (1 - RELIABILITY - RECENCY), RELIABILITY, RECENCY])
    return Weights(components=components, agreement=agreement, relevance=np.zeros(1 + len(EVIDENCE)), threshold=0.0)


def quality(answered: Sequence[tuple[str, Sequence[Found]]], weights: Weights) -> float:
    """Return the mean over names of the mean reciprocal rank of the first relevant result."""
    names = list(dict.fromkeys(name for name, _ in answered))
    of = {name: [rank(f, weights) for other, some in answered if other == name for f in some] for name in names}
    return float(np.mean([np.mean(ranks) for ranks in of.values()]))


def rank(found: Found, weights: Weights) -> float:
    """Return the reciprocal rank of the first relevant candidate, 0 where none is."""
    there = np.flatnonzero(found.relevant[judged(found, weights).ranking])
    return float(1 / (1 + there[0])) if there.size else 0.0


def cases(bank: TextBank, questions: RetrievalSet, weights: Weights) -> list[Case]:
    """Return evidence and truth for a set's queries, for every second one with its answers hidden, and for nonsense."""
    odd = questions.part(range(1, len(questions.queries), 2)).without_answers()
    even = questions.part(range(0, len(questions.queries), 2))
    noise = absent("nonsense", questions.texts, nonsense(len(questions.queries) // 10, seed=7))
    return [case(found, weights) for some in (even, odd, noise) for found in bank.answer(some)]


def case(found: Found, weights: Weights) -> Case:
    """Return the evidence for a query's best candidate, and whether it is relevant."""
    answer = judged(found, weights)
    return answer.evidence, float(found.relevant[answer.ranking[0]])


def _webarena(data: Path, embedder: Embedder, weights: Weights) -> list[Case]:
    questions = webarena(data)
    return cases(TextBank(questions.texts, embedder), questions, weights)


def logistic(groups: Sequence[Sequence[Case]], penalty: float = 1e-4) -> Doubles:
    """Fit a logistic regression in which every set weighs the same; the constant is not shrunk."""
    tables = [(np.array([e for e, _ in group]), np.array([r for _, r in group])) for group in groups]

    def loss(w: Doubles) -> tuple[float, Doubles]:
        value, slope = penalty * float(w[1:] @ w[1:]), 2 * penalty * np.concatenate([[0], w[1:]])
        for x, y in tables:
            z = w[0] + x @ w[1:]
            value += float(np.mean(np.logaddexp(0, z) - y * z)) / len(tables)
            error = (1 / (1 + np.exp(-z)) - y) / len(y) / len(tables)
            slope = slope + np.concatenate([[error.sum()], error @ x])
        return value, slope

    return np.asarray(minimize(loss, np.zeros(1 + len(EVIDENCE)), jac=True, method="L-BFGS-B").x)


def withholding(groups: Sequence[Sequence[Case]], relevance: Doubles) -> float:
    """Return the threshold, a whole percent, that tells relevant from irrelevant best results best (Youden, 1950)."""
    tables = [np.array(_probabilities(group, relevance)) for group in groups]

    def gain(percent: int) -> float:
        passed = [(table[:, 0] >= percent / 100, table[:, 1] > 0) for table in tables]
        return float(np.mean([shown[true].mean() - shown[~true].mean() for shown, true in passed]))

    return max(range(1, 100), key=gain) / 100


def _probabilities(group: Sequence[Case], relevance: Doubles) -> list[tuple[float, float]]:
    return [(float(1 / (1 + np.exp(-relevance[0] - relevance[1:] @ e))), true) for e, true in group]


def report(names: Sequence[str], groups: Sequence[list[Case]], held: Sequence[tuple[str, list[Case]]]) -> None:
    """Print each set's calibration error when everything of its name is left out, and that of the sets never used."""
    for name in dict.fromkeys(names):
        others = [group for other, group in zip(names, groups, strict=True) if other != name]
        relevance = logistic(others)
        own = [case for other, group in zip(names, groups, strict=True) if other == name for case in group]
        print(f"left out {name}: {_quality(own, relevance)}; fitted on all: {_quality(own, logistic(groups))}")
    for name, group in held:
        print(f"never fitted on {name}: {_quality(group, logistic(groups))}")


def report_mixture(answered: Sequence[tuple[str, Sequence[Found]]], mixed: Weights) -> None:
    """Print what each set has of the weights fitted on all and on the others, and of similarity and BM25 alone."""
    print(f"weights of similarity and words: {mixed.components[:2].round(3)}, of agreement in words: {mixed.agreement}")
    for left in dict.fromkeys(name for name, _ in answered):
        own, others = ([one for one in answered if (one[0] == left) == same] for same in (True, False))
        fitted = {"all": mixed, "the others": mixture(others), "similarity": weighted(0, 0), "words": weighted(1e6, 0)}
        print(left, {name: round(quality(own, weights), 4) for name, weights in fitted.items()})


def _quality(group: list[Case], relevance: Doubles) -> str:
    p, true = np.array(_probabilities(group, relevance)).T
    ranks = np.argsort(np.argsort(p)) + 1
    area = (ranks[true > 0].sum() - true.sum() * (true.sum() + 1) / 2) / (true.sum() * (true.size - true.sum()))
    return f"ECE {ece(p, true):.3f} AUC {area:.3f} n {p.size} relevant {true.mean():.2f}"


def content(weights: Weights) -> dict[str, object]:
    """Return weights as they are written; evidence to a tenth, which tables of nearly the same cosines share."""
    relevance = dict(zip(("constant", *EVIDENCE), (round(float(x), 1) for x in weights.relevance), strict=True))
    return {
        "components": dict(zip(COMPONENTS, (float(f"{x:.6g}") for x in weights.components), strict=True)),
        "lexical": {"agreement": float(f"{weights.agreement:.6g}")},
        "relevance": relevance,
        "threshold": weights.threshold,
    }


if __name__ == "__main__":
    main()
