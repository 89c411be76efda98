"""The Open Bandit logs (Saito et al., 2021): what a policy learned on one part is worth on the rest."""

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from acumen.models.cognitive.adaptive.deciding import decide
from acumen.models.cognitive.adaptive.features import batch_of
from acumen.models.cognitive.adaptive.judging import Interval
from acumen.models.cognitive.adaptive.reading import Doubles, History, Indices
from acumen.neural import evaluate
from acumen.neural.model import Model
from acumen.proto.v1 import model_pb2

TRAIN = 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A log in order of time: `action` (n,) of `actions` items, `click` and `propensity` (n,), `t_ms` (n,)."""

    actions: int
    action: Indices
    click: Doubles
    propensity: Doubles
    t_ms: Indices

    def history(self, upto: int) -> History:
        """Return the first events as a history without contexts."""
        return History(
            actions=self.actions,
            action=self.action[:upto],
            reward=self.click[:upto],
            propensity=self.propensity[:upto],
            t_ms=self.t_ms[:upto],
            context=None,
            now=np.zeros(0),
            features=np.zeros((self.actions, 0)),
            horizon=0,
            risk_aversion=0.0,
        )


def read(path: Path) -> Log:
    """Read a log whose items number from 0."""
    with gzip.open(path, "rt", newline="") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: row["timestamp"])
    action = np.array([int(row["item_id"]) for row in rows])
    stamps = np.array([row["timestamp"].split("+")[0] for row in rows], "datetime64[us]")
    return Log(
        actions=int(action.max()) + 1,
        action=action,
        click=np.array([float(row["click"]) for row in rows]),
        propensity=np.array([float(row["propensity_score"]) for row in rows]),
        t_ms=(stamps.astype(np.int64) // 1000),
    )


def weights(log: Log, policy: Doubles, after: int) -> Doubles:
    """Return the importance of each event past `after` under a policy (K,)."""
    return np.asarray(policy[log.action[after:]] / log.propensity[after:])


def snips(click: Doubles, weight: Doubles) -> float:
    """Return the self-normalised value of a policy (Swaminathan and Joachims, 2015)."""
    return float((click * weight).sum() / weight.sum())


def doubly_robust(log: Log, policy: Doubles, level: Doubles, after: int) -> Doubles:
    """Return one term an event past `after`, their mean the value (Dudik et al., 2011); `level` (K,) of clicks."""
    action = log.action[after:]
    return np.asarray((policy * level).sum() + weights(log, policy, after) * (log.click[after:] - level[action]))


def suite(model: Model, log: Log) -> model_pb2.Suite:
    """Learn from the first part of a log by a random policy; value the policy learned on the rest."""
    batch = batch_of([log.history(TRAIN)])
    made = decide(model.score(batch), batch.arrays["offsets"], np.zeros(batch.size))[0]
    rest = log.click[TRAIN:]
    uniform = np.full(log.actions, 1 / log.actions)
    policies = {"ours": made.headline, "recommended": np.eye(log.actions)[made.recommended], "uniform": uniform}
    policies["best by count"] = np.eye(log.actions)[_most_clicked(log)]
    weight = {name: weights(log, p, TRAIN) for name, p in policies.items()}
    value = {name: snips(rest, w) for name, w in weight.items()}
    told = {
        "uniform": ("naive", value["uniform"]),
        "most clicked action": ("heuristic", value["best by count"]),
        "recommended action": ("heuristic", value["recommended"]),
    }
    level = made.estimates[:, 0]
    doubly = {name: doubly_robust(log, policies[name], level, TRAIN) for name in ("ours", "uniform")}
    measures = [
        evaluate.measure("value by SNIPS", evaluate.ratio_interval(rest * weight["ours"], weight["ours"]), told),
        evaluate.measure("value by SNIPS less uniform's, paired", _snips_gain(rest, weight["ours"], weight["uniform"])),
        evaluate.measure(
            "doubly robust value",
            evaluate.interval(doubly["ours"]),
            {"uniform": ("naive", float(doubly["uniform"].mean()))},
        ),
        evaluate.measure(
            "doubly robust value less uniform's, paired", evaluate.paired_gain(doubly["ours"], doubly["uniform"])
        ),
        evaluate.measure("effective number of events behind it", (_kish(weight["ours"]),) * 3),
    ]
    gain = measures[3]
    tie = "a tie: the interval of the gain over uniform holds 0" if gain.ci_low <= 0 <= gain.ci_high else "not a tie"
    data = f"Open Bandit, men, random policy (CC BY 4.0): learned on {TRAIN:,} events, valued on the rest; {tie}"
    return evaluate.suite("real: open_bandit", rest.size, data, measures)


def _most_clicked(log: Log) -> int:
    action, click = log.action[:TRAIN], log.click[:TRAIN]
    return int((np.bincount(action, click) / np.maximum(np.bincount(action), 1)).argmax())


def _kish(weight: Doubles) -> float:
    return float(weight.sum() ** 2 / (weight**2).sum())


def _snips_gain(click: Doubles, ours: Doubles, theirs: Doubles, resamples: int = 2000) -> Interval:
    """Return the difference of two self-normalised values, and its bootstrap interval, events resampled together."""
    rng = np.random.default_rng(0)
    picks = [rng.integers(0, click.size, click.size) for _ in range(resamples)]
    low, high = np.quantile([snips(click[k], ours[k]) - snips(click[k], theirs[k]) for k in picks], [0.025, 0.975])
    return snips(click, ours) - snips(click, theirs), float(low), float(high)
