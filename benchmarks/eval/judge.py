"""JUDGE measured: attempts, pairs and responses, always on groups that the weights in use were not fitted on.

Every figure is the mean over `REPEATS` cross-validations of ten folds with whole tasks held out; in each fold the
weights and their calibration are fitted anew from the other folds. Intervals are 95 % bootstraps over tasks.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.bank.judging.signals import DIALOGUE, SOLO
from acumen.bank.judging.words import words_of
from acumen.neural.calibrate import ece
from benchmarks.eval.judge_data import Attempt, Pair, answered, pairs, reflexion, tau
from benchmarks.eval.judge_fit import (
    SET_WEIGHT,
    Doubles,
    Fit,
    Groups,
    crossed,
    features,
    fit_dialogue,
    fit_neighbours,
    fit_pair,
    fit_response,
    fit_solo,
    labels,
    near,
    numbered,
    pair_evidence,
    pair_features,
    response_cases,
    ridge,
    with_others,
)
from benchmarks.eval.row import Row

REPEATS: Final = 5
FOLDS: Final = 10
DRAWS: Final = 400
BINS: Final = 5  # of the calibration error; with 200 cases more bins measure luck
TALK: Final = ("refusing", "refused_last", "listed", "claimed", "asking")
ADVERSARIAL: Final = ("gptinst", "gptout", "manual", "neighbor")
Statistic: TypeAlias = Callable[[NDArray[Any]], float]


def rows(data: Path, seed: int) -> list[Row]:
    """Return every row of the JUDGE step."""
    return [
        *attempt_rows(tau(data), seed),
        *solo_rows(reflexion(data), seed),
        *pair_rows(pairs(data), seed),
        *response_rows(data, seed),
    ]


def auc(score: Doubles, y: Doubles) -> float:
    """Return the probability that a success scores above a failure, ties counting half (Mann and Whitney, 1947)."""
    _values, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    good = y.sum()
    return float((rank[y == 1].sum() - good * (good + 1) / 2) / (good * (len(y) - good)))


def interval(groups: Groups, statistic: Statistic, seed: int) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a statistic of case numbers, whole groups drawn with replacement."""
    rng = np.random.default_rng(seed)
    members = [np.flatnonzero(groups == g) for g in range(int(groups.max()) + 1)]
    drawn = (np.concatenate([members[g] for g in rng.integers(0, len(members), len(members))]) for _ in range(DRAWS))
    low, high = np.nanquantile([statistic(cases) for cases in drawn], [0.025, 0.975])
    return float(low), float(high)


def repeated(x: Doubles, y: Doubles, w: Doubles, groups: Groups, fit: Fit, seed: int) -> Doubles:
    """Return held-out log-odds (repeats, n)."""
    return np.array([crossed(x, y, w, groups, fit, seed + r, FOLDS) for r in range(REPEATS)])


def _shuffled(x: Doubles, y: Doubles, groups: Groups, fit: Fit, seed: int) -> float:
    """Return the mean held-out AUC over four shuffles of the labels: what nothing to learn looks like."""
    found = []
    for r in range(4):
        mixed = np.random.default_rng(seed + 100 + r).permutation(y)
        found.append(auc(crossed(x, mixed, np.ones(len(y)), groups, fit, seed, FOLDS), mixed))
    return float(np.mean(found))


def _auc_row(held: Doubles, y: Doubles, groups: Groups, seed: int, **fields: Any) -> Row:
    def mean(cases: NDArray[Any]) -> float:
        return (
            float(np.mean([auc(h[cases], y[cases]) for h in held])) if 0 < y[cases].sum() < len(cases) else float("nan")
        )

    low, high = interval(groups, mean, seed)
    return Row(step="judge", value=mean(np.arange(len(y))), n=len(y), low=low, high=high, **fields)


def _ece_row(held: Doubles, y: Doubles, data: str, w: Doubles | None = None) -> Row:
    """Return the calibration error, beside what a perfectly calibrated score of the same spread would show by luck."""
    p = 1 / (1 + np.exp(-held))
    rng = np.random.default_rng(11)
    cases = np.arange(len(y)) if w is None else rng.choice(len(y), 4 * len(y), p=w / w.sum())
    luck = np.mean([ece(p[0][cases], (rng.random(len(y)) < p[0])[cases], BINS) for _ in range(50)])
    value = float(np.mean([ece(q[cases], y[cases], BINS) for q in p]))
    return Row(
        step="judge",
        data=data,
        measure=f"calibration error ({BINS} equal-mass bins)",
        value=value,
        n=len(y),
        goal=0.05,
        higher_is_better=False,
        baselines={"perfect calibration, by luck": float(luck)},
    )


def attempt_rows(attempts: list[Attempt], seed: int) -> list[Row]:
    """Return tau-bench airline: (a) tasks held out, (b) with the three other attempts of the task in the bank."""
    y, groups = labels(attempts)
    one, x = np.ones(len(y)), features(attempts, DIALOGUE)
    held = repeated(x, y, one, groups, fit_dialogue, seed)
    talk = [DIALOGUE.index(name) for name in TALK]
    words = repeated(x[:, talk], y, one, groups, lambda a, b, c, _: ridge(a, b, c, TALK, 30.0), seed)
    beside = {
        "fewer messages": auc(np.array([-float(len(a.trajectory.steps)) for a in attempts]), y),
        "refuses more often": auc(x[:, DIALOGUE.index("refusing")], y),
        "words only, without the acts": float(np.mean([auc(h, y) for h in words])),
        "labels shuffled": _shuffled(x, y, groups, fit_dialogue, seed),
    }
    among, alone = _among(x, y, groups, attempts, seed)
    return [
        _auc_row(
            held,
            y,
            groups,
            seed,
            data="tau-bench airline",
            measure="success AUC, tasks held out",
            goal=0.80,
            baselines=beside,
        ),
        _auc_row(
            among,
            y,
            groups,
            seed,
            data="tau-bench airline",
            goal=0.86,
            baselines={"outcomes of the other three": auc(alone, y)},
            measure="success AUC, the task's three other attempts in the bank",
        ),
        _ece_row(held, y, "tau-bench airline, tasks held out"),
        _ece_row(among, y, "tau-bench airline, other attempts in the bank"),
    ]


def _among(x: Doubles, y: Doubles, groups: Groups, attempts: list[Attempt], seed: int) -> tuple[Doubles, Doubles]:
    """Return held-out log-odds among neighbours, and the neighbours' successes; both models are fitted anew by fold."""
    held = np.zeros((REPEATS, len(y)))
    one = np.ones(len(y))
    plain = near(np.zeros(len(y)), attempts, y, groups)
    for r in range(REPEATS):

        def both(a: Doubles, b: Doubles, c: Doubles, g: Groups) -> Any:
            own = crossed(a[:, : x.shape[1]], b, c, g, fit_dialogue, seed + 50)
            upper = fit_neighbours(np.c_[own, a[:, x.shape[1] :]], b, c, g)
            lower = fit_dialogue(a[:, : x.shape[1]], b, c, g)
            return lambda row: upper((lower(row[: x.shape[1]]), *row[x.shape[1] :]))

        held[r] = crossed(np.c_[x, plain[:, 1:]], y, one, groups, both, seed + r, FOLDS)
    return held, plain[:, 1] + plain[:, 3]


def solo_rows(attempts: list[Attempt], seed: int) -> list[Row]:
    """Return the question-answering traces, questions held out."""
    y, groups = labels(attempts)
    x = features(attempts, SOLO)
    held = repeated(x, y, np.ones(len(y)), groups, fit_solo, seed)
    beside = {
        "fewer steps": auc(-x[:, SOLO.index("calls")], y),
        "labels shuffled": _shuffled(x, y, groups, fit_solo, seed),
    }
    name = "Reflexion HotpotQA traces, labels stripped"
    return [
        _auc_row(held, y, groups, seed, data=name, measure="success AUC, questions held out", baselines=beside),
        _ece_row(held, y, name),
    ]


def pair_rows(every: list[Pair], seed: int) -> list[Row]:
    """Return the accuracy on pairs by set, one rule for all."""
    kept = with_others([p for p in every if p.subset in SET_WEIGHT])
    x, y, w, groups = pair_features(kept)
    subset = np.array([p.subset for p in kept])
    held = repeated(x, y, w, groups, fit_pair, seed) + pair_evidence(kept)
    mixed = np.where(np.random.default_rng(seed).random(len(y)) < 0.5, y, 1 - y)
    shuffled = repeated(x, mixed, w, groups, fit_pair, seed)
    lengths = np.array([len(words_of(p.first)) - len(words_of(p.second)) for p in kept], float)
    methods = {"shorter": -lengths, "longer": lengths, "more of the task's words": x[:, 1]}
    right = (held > 0) == (y == 1)
    found = []
    for name, measure, goal in (
        ("LLMBar", "macro accuracy of Natural and Adversarial", 0.645),
        ("mtbench", "accuracy", 0.69),
        ("faireval", "accuracy", None),
        ("llmeval2", "accuracy", None),
    ):
        beside = {m: _accuracy(_right(v, y), subset, name, np.arange(len(y))) for m, v in methods.items()}
        beside["labels shuffled"] = float(
            np.mean(
                [_accuracy(((h > 0) == (mixed == 1)).astype(float), subset, name, np.arange(len(y))) for h in shuffled]
            )
        )
        mean = right.mean(axis=0)
        low, high = interval(groups, lambda cases, n=name, m=mean: _accuracy(m, subset, n, cases), seed)  # type: ignore[misc]
        n = int((_of(subset, name)).sum())
        note = (
            "; ".join(f"{s} {mean[subset == s].mean():.3f}" for s in ("natural", *ADVERSARIAL))
            if name == "LLMBar"
            else ""
        )
        found.append(
            Row(
                step="judge",
                data=name,
                measure=measure,
                value=_accuracy(mean, subset, name, np.arange(len(y))),
                n=n,
                low=low,
                high=high,
                goal=goal,
                baselines=beside,
                note=note,
            )
        )
    real = subset != "other"
    return [
        *found,
        _ece_row(held, y, "pairs, answers to other tasks among them", w),
        _ece_row(held[:, real], y[real], "pairs of the public sets alone"),
    ]


def _of(subset: NDArray[Any], name: str) -> NDArray[Any]:
    return np.isin(subset, ("natural", *ADVERSARIAL)) if name == "LLMBar" else subset == name


def _right(score: Doubles, y: Doubles) -> Doubles:
    """Return how right a score of the first response is: 1, 0, or one half for a tie."""
    return np.where(score == 0, 0.5, (score > 0) == (y == 1))


def _accuracy(right: Doubles, subset: NDArray[Any], name: str, cases: NDArray[Any]) -> float:
    """Return the mean over a set; for LLMBar, Natural and the mean of the four adversarial sets weigh the same."""
    r, s = right[cases], subset[cases]
    if name != "LLMBar":
        return float(r[s == name].mean()) if (s == name).any() else float("nan")
    each = [r[s == a].mean() if (s == a).any() else np.nan for a in ADVERSARIAL]
    return float((r[s == "natural"].mean() + np.nanmean(each)) / 2)


def response_rows(data: Path, seed: int) -> list[Row]:
    """Return how well single responses are judged: agreement with a reference, and the score's calibration."""
    given = answered(data)
    x, y, w, groups, kind = response_cases(pairs(data), given)
    held = repeated(x, y, w, groups, fit_response, seed)
    found = []
    for name, told in (
        ("reference", "HotpotQA answers against a reference"),
        ("sums", "base-10 additions worked out in steps"),
    ):
        of = kind == name
        beside = {"without evidence": 0.5}
        found.append(
            _auc_row(
                held[:, of],
                y[of],
                numbered(list(map(str, groups[of]))),
                seed,
                data=told,
                measure="AUC of being right",
                baselines=beside,
            )
        )
    real = kind == "pair"
    return [
        *found,
        _ece_row(held, y, "responses: of pairs, put to other tasks, against a reference", w),
        _ece_row(held[:, real], y[real], "responses of the public pairs alone"),
    ]
