"""cache-v1: an access pattern to a caching policy, a size and what to expect of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.errors import InvalidInput
from acumen.models.performance.cache import checks, columns, features, plan, reading
from acumen.models.performance.cache.identity import IDENTITY
from acumen.neural.rounding import significant
from acumen.neural.spec import Answer, Batch, Certificate, Source, Want
from acumen.proto.models.v1 import performance_pb2 as pb

COLUMNS = len(plan.POLICIES)
HEADLINE_SCALE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the decoder needs of one input: its rows in the batch, its sizes, and the trace where there is one."""

    rows: slice
    capacities: NDArray[np.int64]
    summary: features.Summary
    trace: features.Trace | None
    exact: NDArray[np.float64]


def measure(capacities: Sequence[int], pattern: features.Summary | features.Trace) -> tuple[Facts, dict[str, Any]]:
    """Return an input's facts (rows yet to be placed) and its feature rows."""
    sizes = np.array(capacities, np.int64)
    trace = pattern if isinstance(pattern, features.Trace) else None
    summary = reading.summary_of(pattern)
    exact = np.full((sizes.size, COLUMNS), np.nan)
    rows: dict[str, Any] = {"extra": np.zeros((sizes.size, features.EXTRA_WIDTH))}
    if trace:
        for column in (policy - 1 for policy in features.FREE):
            exact[:, column] = [trace.hits(int(c), column + 1) / summary.accesses for c in sizes]
        rows["extra"] = features.extra_rows(trace, sizes.tolist(), exact[:, [0, 1, 6]])
    exact[sizes >= summary.unique] = summary.bound
    rows["base"] = features.base_rows(summary, sizes.tolist())
    rows["present"] = np.full((sizes.size, 1), float(trace is not None))
    rows["anchor"] = exact[:, [1]] if trace else features.lru_curve(summary, sizes.astype(np.float64))[:, None]
    rows["bound"] = np.full((sizes.size, 1), summary.bound)
    facts = Facts(rows=slice(0, sizes.size), capacities=sizes, summary=summary, trace=trace, exact=exact)
    return facts, rows


def assemble(measured: Sequence[tuple[Facts, dict[str, Any]]]) -> Batch:
    """Return the batch of measured inputs."""
    edges = np.cumsum([0, *(facts.capacities.size for facts, _ in measured)])
    arrays = {
        name: np.ascontiguousarray(np.concatenate([rows[name] for _, rows in measured]), np.float32)
        for name in ("base", "extra", "present", "anchor", "bound")
    }
    placed = [
        Facts(rows=slice(a, b), capacities=f.capacities, summary=f.summary, trace=f.trace, exact=f.exact)
        for (f, _), a, b in zip(measured, edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    ]
    summary = np.array([summary_row(facts) for facts in placed], np.float32)
    return Batch(
        size=len(measured), arrays={**arrays, "offsets": edges.astype(np.int64)}, summary=summary, facts=placed
    )


def summary_row(facts: Facts) -> NDArray[np.float64]:
    """Return the row by which an input is judged usual or not, columns `features.SUMMARY_NAMES`."""
    sizes = np.log2(facts.capacities[[0, -1]])
    return np.concatenate([features.global_row(facts.summary), sizes, [float(facts.trace is not None)]])


class CacheSpec:
    """The domain logic of cache-v1."""

    identity = IDENTITY

    def check(self, message: Any) -> None:
        """Refuse traces and summaries that contradict themselves, sizes out of order, and costs that are not costs."""
        if violations := checks.violations(message):
            raise InvalidInput(violations)

    def cost(self, message: Any) -> int:
        """Estimate microseconds: reuse distances and replays grow with the accesses, the latter with the sizes too."""
        n, sizes = len(message.trace.key_hash), len(message.cache_entries)
        return int(200 + 60 * sizes + n * (0.07 + 0.012 * sizes))

    def featurise(self, messages: Sequence[Any]) -> Batch:
        """Measure each input at each of its sizes: one row a size, `offsets` tell whose."""
        return assemble([measure(message.cache_entries, reading.pattern_of(message)) for message in messages])

    def network(self, ops: Any, weights: Any, batch: Batch) -> dict[str, Any]:
        """Forecast every policy at every size around the LRU hit ratio; without a trace `extra` counts as unknown.

        Returns (rows, 9) `low`, `median` and `high` hit ratios and `valid` log odds of the event; `embedding`
        (size, 128); `odds` (2, 2), how log odds are scaled and shifted with and without a trace.
        """
        a = batch.arrays
        base = ops.normalise(a["base"], weights["norm/base/center"], weights["norm/base/scale"])
        extra = ops.normalise(a["extra"], weights["norm/extra/center"], weights["norm/extra/scale"]) * a["present"]

        def dense(x: Any, name: str, activation: str = "identity") -> Any:
            return ops.dense(x, weights[f"net/{name}/w"], weights[f"net/{name}/b"], activation)

        h = ops.concat([dense(base, "base", "gelu"), dense(ops.concat([extra, a["present"]]), "extra", "gelu")])
        h = ops.layers(h, weights, ("hidden1", "hidden2"), ("gelu", "gelu"))
        median = dense(h, "level") * a["bound"] + a["anchor"]
        spread = ops.softplus(dense(h, "spread")) * a["bound"]
        widen = a["present"] * weights["cqr/factor"][0] + (1 - a["present"]) * weights["cqr/factor"][1]
        return {
            "low": median - ops.columns(spread, 0, COLUMNS) * widen,
            "median": median,
            "high": median + ops.columns(spread, COLUMNS, 2 * COLUMNS) * widen,
            "valid": dense(h, "valid"),
            "odds": weights["event/odds"],
            "embedding": ops.segment_mean(h, a["offsets"]),
        }

    def decode(
        self, messages: Sequence[Any], batch: Batch, scores: Mapping[str, Any], confidence: Any, want: Want
    ) -> list[Answer]:
        """Choose size and policy by the forecasts; with a trace, replay whatever could still win at that size."""
        return [_decode(m, f, scores, confidence, want) for m, f in zip(messages, batch.facts, strict=True)]

    def validate(self, message: Any, output: Any) -> list[str]:
        """Re-derive every promise of `CachePlan`."""
        return checks.broken_promises(message, output)

    def examples(self, seed: int, n: int) -> list[Any]:
        """Generate inputs: three of four are traces, the rest their summaries."""
        made = (reading.example(seed, index) for index in range(n))
        return [reading.summarised(m) if i % 4 == 3 else m for i, m in enumerate(made)]


def _decode(message: Any, facts: Facts, scores: Mapping[str, Any], confidence: Any, want: Want) -> Answer:
    low, median, high, valid = (scores[name][facts.rows] for name in ("low", "median", "high", "valid"))
    forecasts = plan.Forecasts.of(low, median, high, facts.exact, facts.summary.bound)
    unaided = plan.Forecasts.of(low, median, high, np.full_like(facts.exact, np.nan), facts.summary.bound)
    price = _price(message, facts.summary)
    proposed = price.choose(facts.capacities, unaided.best())
    size = price.choose(facts.capacities, forecasts.best())
    if facts.trace:
        size = forecasts.settle(price, facts.capacities, lambda s, column: _replay(facts, s, column))
    ranked = forecasts.ranked(size)
    best = int(ranked[0])
    odds = forecasts.certainty(size) if facts.trace else float(valid[size, best])
    scale, shift = scores["odds"][0 if facts.trace else 1].astype(np.float64)
    raw = float(0.5 + 0.5 * np.tanh(0.5 * (scale * odds + shift)))
    output = _output(message, facts, forecasts, size)
    return Answer(
        output=output,
        choice=f"{plan.POLICIES[best]} at {output.recommended_entries:,} entries",
        headline=_headline(median[size]),
        p=1.0 if forecasts.certain(size) else float(confidence(raw)),
        source=Source.NETWORK if (size, best) == (proposed, int(unaided.ranked(proposed)[0])) else Source.HEURISTIC,
        alternatives=[
            (plan.POLICIES[c], float(forecasts.quantiles[size, c, 1])) for c in ranked[1 : 1 + want.alternatives]
        ],
        certificates=_certificates(facts, forecasts, size) if want.certificates else (),
    )


def _price(message: Any, summary: features.Summary) -> plan.Price:
    return plan.Price(
        accesses=summary.accesses, miss_ms=message.miss_cost_ms or 1.0, entry_ms=float(message.entry_cost_ms)
    )


def _replay(facts: Facts, size: int, column: int) -> float:
    assert facts.trace is not None
    return significant(facts.trace.hits(int(facts.capacities[size]), column + 1) / facts.summary.accesses)


def _headline(median: NDArray[Any]) -> NDArray[np.float64]:
    """Return the network's own view of the policies, a softmax of its medians."""
    scaled = np.clip(np.nan_to_num(median.astype(np.float64)), -1e3, 1e3) / HEADLINE_SCALE
    powers = np.exp(scaled - scaled.max())
    return np.asarray(powers / powers.sum())


def _output(message: Any, facts: Facts, forecasts: plan.Forecasts, size: int) -> Any:
    best = int(forecasts.ranked(size)[0])
    out: Any = pb.CachePlan(
        recommended_entries=int(facts.capacities[size]),
        admission=best in plan.DROPS_ONCE_SEEN and facts.summary.one_hit >= plan.MANY_ONCE_SEEN,
        prefetch=facts.summary.loop >= plan.MOSTLY_LOOPS,
    )
    out.policy = best + 1
    if message.trace.t_ms:
        out.ttl_ms = plan.time_to_live(columns.key_hash(message), columns.t_ms(message))
    for index, capacity in enumerate(facts.capacities.tolist()):
        ranked = forecasts.ranked(index)
        row = out.sizes.add(entries=capacity, policy=int(ranked[0]) + 1)
        for column in ranked.tolist():
            low, median, high = forecasts.quantiles[index, column].tolist()
            row.policies.add(policy=column + 1, hit_ratio_q10=low, hit_ratio_q50=median, hit_ratio_q90=high)
    return out


def _certificates(facts: Facts, forecasts: plan.Forecasts, size: int) -> list[Certificate]:
    n, u, bound = facts.summary.accesses, facts.summary.unique, facts.summary.bound
    entries = int(facts.capacities[size])
    facts_told = [
        Certificate(
            text=f"{n:,} accesses ask for {u:,} keys: no cache can hit more than {bound:.6g} of them",
            value=bound,
            field_path="pattern",
        )
    ]
    if facts.trace:
        for column in (c for c in forecasts.ranked(size) if not np.isnan(forecasts.exact[size, c])):
            ratio = float(forecasts.exact[size, column])
            text = f"{plan.POLICIES[column]} with {entries:,} entries, replayed over the trace, hits {ratio:.6g}"
            facts_told.append(Certificate(text=text, value=ratio, field_path="trace.key_hash"))
    return facts_told


SPEC = CacheSpec()
