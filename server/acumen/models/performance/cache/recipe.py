"""How cache-v1 is made and judged."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import acumen_accel
from acumen.models.performance.cache import columns, features, judging, learning, plan, reading, real, spec
from acumen.neural import calibrate, reference
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.recipe import Say
from acumen.neural.spec import Batch
from acumen.proto.v1 import model_pb2

TRAINING = range(12_000)
WIDENING = range(100_000, 101_000)
CALIBRATION = range(200_000, 202_000)
TEST = range(1_000_000, 1_000_700)
TRIO = range(1_000)
STEPS = 5_000
EXEMPLARS = 1_000
COVERAGE = 0.8

Weights = dict[str, NDArray[Any]]


class CacheRecipe:
    """Trains on generated traces only; real traces are for judging."""

    def train(self, seed: int, say: Say) -> Mapping[str, NDArray[Any]]:
        """Generate, fit, widen the intervals on one held-out split and calibrate the event on another."""
        data = learning.examples(seed, TRAINING, say)
        weights: Weights = {**learning.normalisers(data), **learning.neutral()}
        weights |= learning.train(data, weights, seed, STEPS, say)
        weights["cqr/factor"] = _widening(weights, learning.examples(seed, WIDENING, say))
        weights |= _reference(data)
        weights |= _exemplars(weights, data)
        return weights | _calibration(weights, seed, say)

    def evaluate(self, model: Model, data: Path | None, say: Say) -> Sequence[model_pb2.Suite]:
        """Judge on generated traces as trained on, on wider ones, and on each real set."""
        suites = []
        trio = judging.trio(learning.examples(0, TRIO, say).regret)
        say(f"three fixed replays: {', '.join(plan.POLICIES[column] for column in trio)}")
        for name, told, cases, target in (
            ("synthetic", "generated traces", judging.generated(0, TEST, halves=False), judging.ECE_TARGET),
            ("synthetic, first halves", "the same, half as long", judging.generated(0, TEST), judging.ECE_TARGET),
            ("shifted", "first halves of wider traces", judging.generated(0, TEST, wide=True), judging.ECE_SHIFTED),
        ):
            every = list(cases)
            say(f"{name}: {len(every)} cases")
            suites.append(judging.suite(model, name, told, every, trio, target))
        found = real.traces(data) if data else {}
        if not found:
            say("no real traces: the suites 'real' are left out")
            return suites
        every = []
        for name, keys in found.items():
            cases = [judging.Case.of(*case) for case in real.cases(keys)]
            say(f"real: {name}: {len(cases)} cases")
            told = "a trace of the caffeine simulator"
            suites.append(judging.suite(model, f"real: {name}", told, cases, trio))
            every += cases
        return [*suites, judging.suite(model, "real: all", "the traces above", every, trio, judging.ECE_SHIFTED)]


def _ops() -> Inference:
    return Inference(acumen_accel.backend())


def _rows(weights: Weights, data: learning.Examples, masked: bool) -> tuple[dict[str, Any], Any]:
    rows = np.arange(len(data.truth))
    batch, truth, _ = data.take(rows, rows.size if masked else 0)
    return spec.SPEC.network(_ops(), weights, batch), truth


def _widening(weights: Weights, data: learning.Examples) -> NDArray[np.float32]:
    """Return (2, 9) factors that make each policy's interval cover 80 %, with a trace and without.

    Conformalised quantiles (Romano et al., 2019) with the miss measured in units of the interval's own half width.
    """
    factors = np.empty((2, spec.COLUMNS), np.float32)
    for kind, masked in enumerate((False, True)):
        scores, truth = _rows(weights, data, masked)
        below = (scores["median"] - truth) / np.maximum(scores["median"] - scores["low"], 1e-6)
        above = (truth - scores["median"]) / np.maximum(scores["high"] - scores["median"], 1e-6)
        far = np.maximum(below, above)
        rank = min(1.0, np.ceil((len(far) + 1) * COVERAGE) / len(far))
        factors[kind] = np.maximum(np.quantile(far, rank, axis=0, method="higher"), 0.1)
    return factors


def _reference(data: learning.Examples) -> Weights:
    """Describe the training inputs, each both as a trace and as its summary."""
    blind = data.summary.copy()
    blind[:, features.SUMMARY_NAMES.index("has_trace")] = 0
    return dict(reference.fit_reference(np.concatenate([data.summary, blind])))


def _exemplars(weights: Weights, data: learning.Examples) -> Weights:
    """Keep the first training traces, labelled with the best policy at their largest size."""
    edges = data.first_row[: EXEMPLARS + 1]
    batch, _, regret = data.take(np.arange(edges[-1]), 0)
    whole = Batch(size=EXEMPLARS, arrays={**batch.arrays, "offsets": edges}, summary=batch.summary)
    embedding = spec.SPEC.network(_ops(), weights, whole)["embedding"]
    return {"exemplar/embedding": embedding, "exemplar/label": regret[edges[1:] - 1].argmin(axis=1).astype(np.int32)}


def _calibration(weights: Weights, seed: int, say: Say) -> Weights:
    """Fit the event's probability on inputs of a split of their own, each as a trace and as its summary."""
    model = Model(spec.SPEC, weights, "", _ops())
    odds: list[list[float]] = [[], []]
    happened: list[list[bool]] = [[], []]
    for index in CALIBRATION:
        asked = _asked(reading.example(seed, index))
        trace = features.Trace.of(columns.key_hash(asked[0]))
        for kind, messages in enumerate((asked, [reading.summarised(message) for message in asked])):
            for answer in (scored.answer for scored in model.answer(messages, judging.QUIET)):
                if answer.p < 1.0:
                    made: Any = answer.output
                    lost = learning.regrets(learning.true_hits(trace, made.recommended_entries))
                    p = max(answer.p, 1e-9)
                    odds[kind].append(float(np.log(p / (1 - p))))
                    happened[kind].append(bool(lost[made.policy - 1] <= plan.REGRET))
    right = np.mean([*happened[0], *happened[1]])
    say(f"calibrated on {len(odds[0])} and {len(odds[1])} answers, {right:.3f} of them right")
    return _fitted(odds, happened)


def _asked(message: Any) -> list[Any]:
    """Return an input, and one for each of its sizes alone: callers ask both ways."""
    alone = [reading.message_of(columns.key_hash(message), [size]) for size in message.cache_entries]
    return [message, *alone] if len(alone) > 1 else [message]


def _fitted(odds: list[list[float]], happened: list[list[bool]]) -> Weights:
    """Return each kind's logistic scaling (Platt, 1999), then one isotonic map over both."""
    lines = np.array([_platt(np.array(x), np.array(y, np.float64)) for x, y in zip(odds, happened, strict=True)])
    raw = [1 / (1 + np.exp(-(a * np.array(x) + b))) for (a, b), x in zip(lines, odds, strict=True)]
    fitted = calibrate.fit_isotonic(np.concatenate(raw), np.concatenate(happened))
    return {"event/odds": lines.astype(np.float32), "cal/x": fitted.x, "cal/y": fitted.y}


def _platt(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return scale and shift of log odds `x` that fit outcomes `y`: Newton's method, a weak prior toward 1 and 0."""
    rows, prior = np.stack([x, np.ones_like(x)], axis=1), np.array([1.0, 0.0])
    line = prior.copy()
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(rows @ line, -30, 30)))
        slope = rows.T @ (y - p) - (line - prior)
        bend = (rows * (p * (1 - p))[:, None]).T @ rows + np.eye(2)
        line = line + np.linalg.solve(bend, slope)
    return line


RECIPE = CacheRecipe()
