"""Fitting the judge's weights: ridge logistic regressions, calibrated on their predictions for unseen groups."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen.bank.judging import judge, judge_pair, summarise
from acumen.bank.judging.contrast import NAMES as PAIR_NAMES
from acumen.bank.judging.contrast import contrast
from acumen.bank.judging.response import mean_score
from acumen.bank.judging.shipped import SHIPPED, Linear, Weights, logit
from acumen.bank.judging.signals import DIALOGUE, SOLO, signals
from acumen.bank.judging.steps import acts
from acumen.bank.judging.summary import Summary
from acumen.bank.judging.trajectory import NEIGHBOUR_NAMES, neighbour_signals
from acumen.bank.judging.words import read
from benchmarks.eval.judge_data import Attempt, Pair

Doubles: TypeAlias = NDArray[np.float64]
Groups: TypeAlias = NDArray[np.int64]
DIALOGUE_RIDGE: Final = 30.0
SOLO_RIDGE: Final = 3.0
NEIGHBOUR_RIDGE: Final = 3.0
PAIR_RIDGE: Final = 3.0
INNER_FOLDS: Final = 5
# A pair's weight by its set, divided among the set's pairs: LLMBar's macro average and MT-Bench 1, the others less.
SET_WEIGHT: Final = {
    "natural": 0.5,
    "gptinst": 0.125,
    "gptout": 0.125,
    "manual": 0.125,
    "neighbor": 0.125,
    "mtbench": 1.0,
    "faireval": 0.25,
    "llmeval2": 0.25,
    "other": 0.6,
}


def numbered(groups: Sequence[str]) -> Groups:
    """Return a number for each group, in order of appearance."""
    known: dict[str, int] = {}
    return np.array([known.setdefault(group, len(known)) for group in groups], np.int64)


def folds(groups: Groups, count: int, seed: int) -> Groups:
    """Return each case's fold (n,), whole groups at a time."""
    n = int(groups.max()) + 1
    order = np.random.default_rng(seed).permutation(n)
    fold = np.empty(n, np.int64)
    fold[order] = np.arange(n) % count
    return fold[groups]


def ridge(x: Doubles, y: Doubles, w: Doubles, names: Sequence[str], strength: float, centred: bool = True) -> Linear:
    """Fit a logistic regression by Newton's method; features are scaled to unit deviation (or unit mean square).

    `x` (n, d), `y` (n,) 0 or 1, `w` (n,). Without `centred` there is neither centre nor bias: an odd function.
    """
    centre = np.average(x, axis=0, weights=w) if centred else np.zeros(x.shape[1])
    scale = np.sqrt(np.average((x - centre) ** 2, axis=0, weights=w)) + 1e-6
    z = np.c_[(x - centre) / scale, np.full(len(x), float(centred))]
    penalty = np.diag([strength] * x.shape[1] + [1e-6])
    b = np.zeros(z.shape[1])
    for _ in range(15):
        p = 1 / (1 + np.exp(-np.clip(z @ b, -30, 30)))
        b += np.linalg.solve((z * (w * p * (1 - p))[:, None]).T @ z + penalty, z.T @ (w * (y - p)) - penalty @ b)
    return Linear(
        names=tuple(names),
        centre=_rounded(centre),
        scale=_rounded(scale),
        weight=_rounded(b[:-1]),
        bias=float(f"{b[-1]:.6g}"),
    )


def _rounded(values: Doubles) -> tuple[float, ...]:
    return tuple(float(f"{v:.6g}") for v in values)


def scores(model: Linear, x: Doubles) -> Doubles:
    """Return the model's log-odds of each row."""
    return np.array([model(row) for row in x.tolist()])


def calibrated(
    x: Doubles, y: Doubles, w: Doubles, groups: Groups, names: Sequence[str], strength: float, centred: bool = True
) -> Linear:
    """Fit as `ridge`, then shrink the weights by the slope that log-odds for unseen groups deserve (Platt, 1999)."""
    model = ridge(x, y, w, names, strength, centred)
    held = crossed(x, y, w, groups, lambda a, b, c, _: ridge(a, b, c, names, strength, centred), seed=7)
    slope = ridge(held[:, None], y, w, ["slope"], 1e-3, centred)
    factor = max(0.05, slope.weight[0] / slope.scale[0])
    bias = slope.bias - factor * slope.centre[0] + factor * model.bias if centred else 0.0
    return Linear(
        names=model.names,
        centre=model.centre,
        scale=model.scale,
        weight=_rounded(factor * np.array(model.weight)),
        bias=float(f"{bias:.6g}"),
    )


Fit: TypeAlias = Callable[[Doubles, Doubles, Doubles, Groups], Linear]


def crossed(
    x: Doubles, y: Doubles, w: Doubles, groups: Groups, fit: Fit, seed: int, count: int = INNER_FOLDS
) -> Doubles:
    """Return log-odds (n,) of each case from a model that was fitted without its group."""
    fold, held = folds(groups, count, seed), np.zeros(len(y))
    for f in range(count):
        out = fold == f
        if out.any():
            held[out] = scores(fit(x[~out], y[~out], w[~out], numbered(list(map(str, groups[~out])))), x[out])
    return held


def fit_dialogue(x: Doubles, y: Doubles, w: Doubles, groups: Groups) -> Linear:
    """Fit the model of attempts with a user."""
    return calibrated(x, y, w, groups, DIALOGUE, DIALOGUE_RIDGE)


def fit_solo(x: Doubles, y: Doubles, w: Doubles, groups: Groups) -> Linear:
    """Fit the model of attempts without a user."""
    return calibrated(x, y, w, groups, SOLO, SOLO_RIDGE)


def fit_neighbours(x: Doubles, y: Doubles, w: Doubles, groups: Groups) -> Linear:
    """Fit the model that adds what neighbours say."""
    return calibrated(x, y, w, groups, NEIGHBOUR_NAMES, NEIGHBOUR_RIDGE)


def fit_pair(x: Doubles, y: Doubles, w: Doubles, groups: Groups) -> Linear:
    """Fit the model of pairs; it has no bias, so that swapping negates it."""
    return calibrated(x, y, w, groups, PAIR_NAMES, PAIR_RIDGE, centred=False)


def features(attempts: Sequence[Attempt], names: Sequence[str]) -> Doubles:
    """Return the signals of each attempt (n, d)."""
    return np.array([signals(acts(a.trajectory), a.trajectory.task, names) for a in attempts])


def labels(attempts: Sequence[Attempt]) -> tuple[Doubles, Groups]:
    """Return outcomes (n,) and groups (n,)."""
    return np.array([float(a.success) for a in attempts]), numbered([a.group for a in attempts])


def near(own: Doubles, attempts: Sequence[Attempt], y: Doubles, groups: Groups) -> Doubles:
    """Return the neighbour signals (n, 5), the other attempts of the same group standing in the bank."""
    kept = [summarise(a.trajectory) for a in attempts]
    rows = []
    for i in range(len(attempts)):
        others: list[tuple[Summary, bool, float]] = [
            (kept[j], bool(y[j]), 1.0) for j in np.flatnonzero(groups == groups[i]) if j != i
        ]
        rows.append(neighbour_signals(float(own[i]), kept[i], others))
    return np.array(rows)


def with_others(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the pairs and, for each, its better response beside that of another task, an answer to another question.

    The two take turns at being first, so that the labels stay balanced; `subset` is `other`.
    """
    best = [p.first if p.first_better else p.second for p in pairs]
    shift = len(pairs) // 2
    added = []
    for i, p in enumerate(pairs):
        mine, stranger = best[i], best[(i + shift) % len(pairs)]
        first, second = (mine, stranger) if i % 2 else (stranger, mine)
        added.append(Pair(task=p.task, first=first, second=second, first_better=bool(i % 2), subset="other"))
    return [*pairs, *added]


def pair_features(pairs: Sequence[Pair]) -> tuple[Doubles, Doubles, Doubles, Groups]:
    """Return differences (n, d), labels (n,), weights (n,) and groups (n,) of pairs."""
    x = np.array([contrast(read(p.first), read(p.second), read(p.task)) for p in pairs])
    sizes = {name: sum(p.subset == name for p in pairs) for name in SET_WEIGHT}
    w = np.array([SET_WEIGHT[p.subset] / sizes[p.subset] for p in pairs])
    y = np.array([float(p.first_better) for p in pairs])
    return x, y, w * len(pairs) / w.sum(), numbered([p.task.strip()[:200] for p in pairs])


def pair_evidence(pairs: Sequence[Pair]) -> Doubles:
    """Return what hard evidence adds to each pair's log-odds (n,), as `judge_pair` adds it to what the texts say."""
    plain = replace(SHIPPED.pair, weight=(0.0,) * len(PAIR_NAMES))
    alone = replace(SHIPPED, pair=plain)
    return np.array([logit(judge_pair(p.first, p.second, p.task, weights=alone).p_first) for p in pairs])


def response_cases(
    pairs: Sequence[Pair], answered: Sequence[tuple[str, str, str, bool]]
) -> tuple[Doubles, Doubles, Doubles, Groups, NDArray[Any]]:
    """Return the three terms of `calibrated` (n, 3), labels, weights, groups and the kind of case of judged responses.

    Cases: both responses of each pair; each pair's first response put to the task of another pair, which is bad, so
    that answers to other questions are among the bad ones; answers judged against a reference.
    """
    shift = len(pairs) // 2
    cases: list[tuple[str, str, str, bool, float, str]] = []
    for i, p in enumerate(pairs):
        for text, better in ((p.first, p.first_better), (p.second, not p.first_better)):
            cases.append((text, p.task, "", better, 1.0, "sums" if p.subset == "base10" else "pair"))
        cases.append((p.first, pairs[(i + shift) % len(pairs)].task, "", False, 0.25, "other"))
    cases += [(given, question, reference, label, 1.0, "reference") for question, given, reference, label in answered]
    rows = [_case(text, task, reference) for text, task, reference, *_ in cases]
    y, w = np.array([float(c[3]) for c in cases]), np.array([c[4] for c in cases])
    return np.array(rows), y, w, numbered([c[1].strip()[:200] for c in cases]), np.array([c[5] for c in cases])


def _case(text: str, task: str, reference: str) -> tuple[float, float, float]:
    mean, hard = mean_score(
        judge(text, task, reference=reference, criteria={"correctness": 1.0} if reference else {}).criteria
    )
    x = float(np.log(mean / (1 - mean)))
    return (1 - hard) * min(x, 0.0), (1 - hard) * max(x, 0.0), hard * x


def fit_response(x: Doubles, y: Doubles, w: Doubles, _groups: Groups) -> Linear:
    """Fit the three numbers that calibrate a response's mean score."""
    return ridge(x, y, w, ("soft_slope_low", "soft_slope_high", "hard_slope"), 1.0, centred=False)


def fit_all(
    tau: Sequence[Attempt],
    reflexion: Sequence[Attempt],
    pairs: Sequence[Pair],
    answered: Sequence[tuple[str, str, str, bool]],
) -> Weights:
    """Fit everything on all of the development data."""
    preferences = [p for p in pairs if p.subset in SET_WEIGHT]
    (yt, gt), (ys, gs) = labels(tau), labels(reflexion)
    xt, one = features(tau, DIALOGUE), np.ones(len(yt))
    own = crossed(xt, yt, one, gt, fit_dialogue, seed=3, count=10)
    x, y, w, g, _ = response_cases(pairs, answered)
    slopes = fit_response(x, y, w, g)
    slope = dict(zip(slopes.names, (v / s for v, s in zip(slopes.weight, slopes.scale, strict=True)), strict=True))
    return Weights(
        dialogue=fit_dialogue(xt, yt, one, gt),
        solo=fit_solo(features(reflexion, SOLO), ys, np.ones(len(ys)), gs),
        neighbours=fit_neighbours(near(own, tau, yt, gt), yt, one, gt),
        pair=fit_pair(*pair_features(with_others(preferences))),
        soft_slope_low=float(f"{max(0.05, slope['soft_slope_low']):.6g}"),
        soft_slope_high=float(f"{max(0.05, slope['soft_slope_high']):.6g}"),
        hard_slope=float(f"{max(0.3, slope['hard_slope']):.6g}"),
    )


def as_json(weights: Weights) -> dict[str, Any]:
    """Return the weights as they are written to the file."""
    return asdict(weights)
