"""balance-v1: how fast each server truly is by now, from old reports, and how to share the arrivals accordingly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.balance import promises, refusals, stepping
from acumen.neural.calibrate import Isotonic
from acumen.neural.rounding import significant_array
from acumen.neural.spec import Answer, Batch, Category, Certificate, FeatureGroup, Identity, Lever, Want
from acumen.proto.models.v1 import coordination_pb2 as pb
from acumen_accel import load_balancing
from acumen_accel.load_balancing import Loads

GRID = (0.25, 0.5, 0.7, 0.8, 0.9, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0)


def _group(name: str, start: int, stop: int, field: str) -> FeatureGroup:
    path = f"load_metrics.servers[].{field}"
    return FeatureGroup(name=name, array="servers", columns=slice(start, stop), field_path=path)


IDENTITY = Identity(
    name="balance-v1",
    version="1.0.0",
    category=Category.COORDINATION,
    input_field="load_metrics",
    output_field="distribution_plan",
    summary="Infers the present speed of servers from stale reports and shares the arrivals among them.",
    event="overload is right: whether the true speeds over the next report interval add up to the arrival rate",
    alternative_measure="the share of the arrivals",
    layer_groups=("server", "history", "fleet", "joint", "speed", "pooled", "latency"),
    training_data="simulated clusters of first-come-first-served servers under this model's plans; no measured data",
    exemplar_labels=("carried", "overloaded"),
    exemplar_noun="training moments",
    featurise_checks=True,
    limits=(
        "Speeds are those of servers that answer one request after another; parallel servers look like faster ones.",
        "A server without a nominal capacity and without answered requests is taken to be like its neighbours.",
        "The expected latencies hold for a plan renewed with every round of reports.",
    ),
    summary_names=(
        "log servers", "log spare capacity", "arrival_cv", "size_cv", "mean log requests inside",
        "most excess in flight",
        "highest error rate", "mean cpu", "mean log report age",
        "mean surprise about capacity", "mean log answered requests",
        "share of known capacities",
    ),
    feature_groups=(
        _group("the nominal capacities", 0, 2, "nominal_capacity_per_s"),
        _group("the recent windows", 2, 16, "recent"),
        _group("the requests in flight", 16, 17, "in_flight"),
        _group("the reported queues", 17, 18, "queue"),
        _group("the reported latencies", 18, 21, "p50_ms"),
        _group("the error rates", 21, 23, "error_rate"),
        _group("the processor use", 23, 25, "cpu"),
        _group("the reports' age", 25, 27, "last_report_age_ms"),
    ),
    levers=(
        Lever(
            field_path="load_metrics.arrival_rate_per_s",
            read=lambda m: float(m.arrival_rate_per_s),
            grid=lambda m: [m.arrival_rate_per_s * f for f in GRID],
            write=lambda m, value: setattr(m, "arrival_rate_per_s", value),
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """A batch as read: its numbers, first estimates of speed (rows,) a second, and the unit of rates (B,)."""

    loads: Loads
    first: NDArray[np.float64]
    unit: NDArray[np.float64]


def _ambiguous(message: pb.LoadMetrics) -> bool:
    """Return whether two servers share an id."""
    return len({server.id for server in message.servers}) < len(message.servers)


def batch_of(wires: Sequence[bytes], sizes: Sequence[int]) -> Batch:
    """Return the features of valid serialised inputs of so many servers each."""
    return described(load_balancing.read(wires, sizes))


def described(loads: Loads) -> Batch:
    """Return the features of inputs that were read."""
    features, first, unit, summary, owner = load_balancing.describe(loads)
    arrays: dict[str, NDArray[Any]] = {"servers": features, "offsets": loads.offsets, "owner": owner}
    return Batch(size=len(loads.load), arrays=arrays, summary=summary, facts=[Reading(loads, first, unit)])


class Balance:
    """See `IDENTITY`."""

    identity = IDENTITY

    def check(self, message: pb.LoadMetrics) -> None:
        """Raise `InvalidInput` unless ids are distinct and all numbers finite, not negative and within their ranges."""
        self.featurise([message])

    def cost(self, message: pb.LoadMetrics) -> int:
        """Estimate microseconds: 45 and 2 a server."""
        return 45 + 2 * len(message.servers)

    def featurise(self, messages: Sequence[pb.LoadMetrics]) -> Batch:
        """Return `servers` (rows, 43), whose columns `load_features` describes, and the rows of each input.

        Raises `InvalidInput` for bad ones: what is checked was read for the features anyway.
        """
        sizes = [len(m.servers) for m in messages]
        loads = load_balancing.read([m.SerializeToString() for m in messages], sizes)
        if (
            not 0 < min(sizes) <= max(sizes) <= refusals.SERVERS
            or loads.suspects.any()
            or any(map(_ambiguous, messages))
        ):
            for message in messages:
                refusals.refuse(message)
        return described(loads)

    def network(self, ops: Any, weights: Any, batch: Batch) -> dict[str, Any]:
        """Score servers, then the fleet: Deep Sets (Zaheer et al., 2017) twice over.

        `servers` (rows, 2): log factor on the first estimate of speed, log odds of being down; `fleet` (B, 3): log
        median and log 90th percentile of the latency to expect in units of 1 / `unit`, and the raw log odds of the
        event.
        """
        offsets = batch.arrays["offsets"]
        x = ops.normalise(batch.arrays["servers"], weights["norm/servers/center"], weights["norm/servers/scale"])
        x = ops.layers(x, weights, ("server", "history"), ("relu", "relu"))
        pool = ops.concat([ops.segment_mean(x, offsets), ops.segment_max(x, offsets)])
        fleet = ops.dense(pool, weights["net/fleet/w"], weights["net/fleet/b"], "relu")
        x = ops.concat([x, ops.gather(fleet, batch.arrays["owner"])])
        x = ops.dense(x, weights["net/joint/w"], weights["net/joint/b"], "relu")
        pool = ops.concat([ops.segment_mean(x, offsets), ops.segment_max(x, offsets)])
        embedding = ops.dense(pool, weights["net/pooled/w"], weights["net/pooled/b"], "relu")
        return {
            "servers": ops.dense(x, weights["net/speed/w"], weights["net/speed/b"]),
            "fleet": ops.dense(embedding, weights["net/latency/w"], weights["net/latency/b"]),
            "embedding": embedding,
        }

    def decode(
        self,
        messages: Sequence[pb.LoadMetrics],
        batch: Batch,
        scores: Mapping[str, Any],
        confidence: Isotonic,
        want: Want,
    ) -> list[Answer]:
        """Plan by the speeds inferred; `load_plan` documents what holds for any scores."""
        reading: Reading = batch.facts[0]
        ends = reading.loads.offsets.tolist()
        drained, plan, expected = load_balancing.plan(
            reading.loads, reading.first, reading.unit, scores["servers"], scores["fleet"]
        )
        for m, message in enumerate(messages):
            if message.max_step:
                stepping.keep_step(message, plan[ends[m] : ends[m + 1]], drained[ends[m] : ends[m + 1]])
        p = confidence(expected[:, 4])
        rows, out = significant_array(plan).tolist(), drained.tolist()
        facts = zip(messages, ends[:-1], ends[1:], significant_array(expected).tolist(), p.tolist(), strict=True)
        return [_answer(m, rows[a:b], out[a:b], e, plan[a:b, 0], chance, want) for m, a, b, e, chance in facts]

    def validate(self, message: pb.LoadMetrics, output: pb.DistributionPlan) -> list[str]:
        """Return every broken promise of `DistributionPlan`."""
        return promises.broken(message, output)

    def examples(self, seed: int, n: int) -> list[pb.LoadMetrics]:
        """Return what balancers know at random moments of simulated clusters under weights by first estimates."""
        from acumen.models.coordination.balance.moments import examples

        return examples(seed, n)


def _answer(
    message: pb.LoadMetrics,
    rows: list[list[float]],
    drained: list[int],
    expected: list[float],
    headline: NDArray[np.float64],
    p: float,
    want: Want,
) -> Answer:
    names = [s.id for s in message.servers]
    server = pb.ServerWeight
    output = pb.DistributionPlan(
        weights=[
            server(server=name, weight=w, speed_per_s=v, utilisation=u)
            for name, (w, v, u) in zip(names, rows, strict=True)
        ],
        drain=[name for name, out in zip(names, drained, strict=True) if out],
        expected_p99_ms_q50=expected[0],
        expected_p99_ms_q90=expected[1],
        overload=expected[2] > 0,
    )
    shares = [row[0] for row in rows]
    choice = f"most to '{names[shares.index(max(shares))]}'"
    answer = Answer(output=output, choice=f"{choice}, overloaded" if expected[2] else choice, headline=headline, p=p)
    if want.certificates:
        answer.certificates = _certificates(message, rows, names, expected)
    if want.alternatives:
        order = sorted(range(len(names)), key=lambda i: -shares[i])[1 : want.alternatives + 1]
        answer.alternatives = [(f"more to '{names[i]}'", shares[i]) for i in order]
    return answer


def _certificates(
    message: pb.LoadMetrics, rows: list[list[float]], names: list[str], expected: list[float]
) -> list[Certificate]:
    """State what the plan rests on: capacity against arrivals, the busiest server, and the promise if there is one."""
    arrivals, total, p99, slo = message.arrival_rate_per_s, expected[3], expected[0], message.slo_ms
    used = [row[2] for row in rows]
    busiest = used.index(max(used))
    facts = [
        Certificate(
            text=f"{arrivals:.6g} requests a second arrive, the serving servers carry {total:.6g}",
            value=total,
            field_path="distribution_plan.overload",
        ),
        Certificate(
            text=f"'{names[busiest]}' is used most: {used[busiest]:.3g} of its inferred speed",
            value=used[busiest],
            field_path=f"distribution_plan.weights[{busiest}].utilisation",
        ),
    ]
    if slo:
        text = (
            f"the median of the 99th percentile to expect is {p99:.6g} ms, {p99 / slo:.3g} of the {slo:.6g} ms promised"
        )
        facts.append(Certificate(text=text, value=p99, field_path="distribution_plan.expected_p99_ms_q50"))
    return facts


SPEC = Balance()
