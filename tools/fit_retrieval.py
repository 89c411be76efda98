"""Fit what retrieval ships: how components are mixed, and what makes a best result probably relevant.

Components are mixed as fits the training claims of SciFact, training and validation utterances of CLINC150 and
descriptions of AWS errors; probabilities, as fits the first two and generated nonsense (whether two services gave an
error the same name cannot be told from its description, so that set is only shown). The validation claims, the test
utterances and all of WebArena are left for the evaluation.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from acumen.bank.scoring import COMPONENTS, EVIDENCE, SHIPPED_FILE, Doubles, Weights
from acumen.neural.calibrate import ece
from acumen.text.static import load
from benchmarks.eval.retrieval_bank import Embedder, Found, TextBank, judged
from benchmarks.eval.retrieval_sets import RetrievalSet, absent, clinc, errors, nonsense, scifact, webarena

# No public set has outcomes or ages: a pattern that failed ten times of ten loses .42 of reliability, as much as .05 of
# similarity and words together; age decides between near-equals only.
RELIABILITY, RECENCY = 0.1, 0.01
Case = tuple[Doubles, float]


def main() -> None:
    """Fit, print how it generalises from set to set, and write the file that is shipped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of the public data sets")
    options = parser.parse_args()
    embedder = load()
    sets = training_sets(options.data)
    banks = [TextBank(one.texts, embedder) for one in sets]
    mixed = mixture([bank.answer(one) for bank, one in zip(banks, sets, strict=True)])
    groups = [cases(bank, one, mixed) for bank, one in zip(banks, sets, strict=True)]
    used = [(one.name, group) for one, group in zip(sets, groups, strict=True) if one.name != "AWS errors"]
    names, fitted = [name for name, _ in used], [group for _, group in used]
    relevance = logistic(fitted)
    weights = replace(mixed, relevance=relevance, threshold=withholding(fitted, relevance))
    held = [("WebArena", _webarena(options.data, embedder, mixed)), ("AWS errors", groups[1])]
    report(names, fitted, held)
    SHIPPED_FILE.write_text(json.dumps(content(weights), indent=2) + "\n")


def training_sets(data: Path) -> list[RetrievalSet]:
    """Return what is fitted on; CLINC150 with banks of three sizes."""
    sizes = [clinc(data, "val", per_intent, seed=per_intent) for per_intent in (3, 10, 40)]
    sizes = [one.part(range(0, len(one.queries), 3)) for one in sizes]
    claims = scifact(data, "train")
    return [claims.part([i for i, there in enumerate(claims.relevant) if there]), errors(data, 800, seed=1), *sizes]


def mixture(answered: Sequence[Sequence[Found]]) -> Weights:
    """Fit the weights of similarity and words as a choice among candidates (multinomial logit; McFadden, 1974)."""
    tables = [[(_columns(f), f.relevant) for f in found if f.relevant.any()] for found in answered]

    def loss(w: Doubles) -> float:
        return float(np.mean([np.mean([_surprise(x @ w, own) for x, own in table]) for table in tables]))

    similarity, bm25, agreement = minimize(loss, np.array([8.0, 18.0, 3.0]), method="Powell").x
    inner = max(float(agreement), 0.0) / float(bm25)
    words = bm25 * (1 + inner)
    shares = np.array([similarity, words]) / (similarity + words) * (1 - RELIABILITY - RECENCY)
    components = np.array([*shares, RELIABILITY, RECENCY])
    return Weights(components=components, agreement=inner, relevance=np.zeros(1 + len(EVIDENCE)), threshold=0.0)


def _columns(found: Found) -> Doubles:
    hits = found.hits
    return np.column_stack([found.similarity, hits.bm25, hits.agreement])


def _surprise(scores: Doubles, relevant: NDArray[np.bool_]) -> float:
    likely = np.exp(scores - scores.max())
    return float(-np.log(likely[relevant].sum() / likely.sum()))


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


def _quality(group: list[Case], relevance: Doubles) -> str:
    p, true = np.array(_probabilities(group, relevance)).T
    ranks = np.argsort(np.argsort(p)) + 1
    area = (ranks[true > 0].sum() - true.sum() * (true.sum() + 1) / 2) / (true.sum() * (true.size - true.sum()))
    return f"ECE {ece(p, true):.3f} AUC {area:.3f} n {p.size} relevant {true.mean():.2f}"


def content(weights: Weights) -> dict[str, object]:
    """Return weights as they are written, six digits each."""
    relevance = dict(zip(("constant", *EVIDENCE), (float(f"{x:.6g}") for x in weights.relevance), strict=True))
    return {
        "components": dict(zip(COMPONENTS, (float(f"{x:.6g}") for x in weights.components), strict=True)),
        "lexical": {"agreement": float(f"{weights.agreement:.6g}")},
        "relevance": relevance,
        "threshold": weights.threshold,
    }


if __name__ == "__main__":
    main()
