"""Does a bank learn from outcomes? A log of tasks is replayed; the later half tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from acumen.bank import scoring
from acumen.bank.learning import Learner
from benchmarks.eval.retrieval_bank import Found

USELESS = 0.4  # of the patterns: they are about the right thing and their lesson fails whenever it is followed


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """What of an outcome is used: the statistics of the pattern shown, the weights; `shuffled` outcomes are others'."""

    statistics: bool = False
    weights: bool = False
    shuffled: bool = False


def replay(found: Sequence[Found], patterns: int, seed: int, regime: Regime) -> tuple[float, NDArray[np.float64]]:
    """Return the share of tasks of the later half whose first pattern led to success, and the weights in the end.

    Each task takes the best pattern; it succeeds if that answers the task and is not useless. Shuffled: what
    is reported is drawn at the rate of success so far, whatever was shown.
    """
    rng = np.random.default_rng(seed)
    useless = rng.random(patterns) < USELESS
    counts, shipped = np.zeros((2, patterns)), scoring.load()
    learner, won = Learner(shipped), []
    for place in rng.permutation(len(found)).tolist():
        one = found[place]
        reliable = scoring.reliability(*counts[:, one.rows])
        table = np.column_stack(
            [one.similarity, scoring.lexical(one.hits, shipped), reliable, np.full(one.rows.size, 0.5)]
        )
        scores = scoring.score(table, learner.weights)
        best = int(scoring.order(scores, np.zeros(scores.size, np.bool_), one.rows)[0])
        won.append(bool(one.relevant[best]) and not useless[one.rows[best]])
        reported = bool(rng.random() < np.mean(won)) if regime.shuffled else won[-1]
        if regime.weights:
            shown = SimpleNamespace(**dict(zip(scoring.COMPONENTS, table[best].tolist(), strict=True)))
            learner.learn([shown], float(reported))
        if regime.statistics:
            counts[0 if reported else 1, one.rows[best]] += 1
    return float(np.mean(won[len(won) // 2 :])), learner.weights
