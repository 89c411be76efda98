"""From decisions to messages."""

from typing import Any

import numpy as np

from acumen.models.performance.throttle import deciding, reading, sharing
from acumen.models.performance.throttle.deciding import Decision
from acumen.models.performance.throttle.metrics import FALL, OK, REMAINING, RESET_S, RISE, SENT, Metrics
from acumen.neural.calibrate import Isotonic
from acumen.neural.rounding import significant
from acumen.neural.spec import Answer, Certificate, Want
from acumen.proto.models.v1 import performance_pb2 as pb

HELD = 0.02
OTHERS = (1.1, 0.9, 1.25, 0.75, 1.5, 0.5)
SLACK = 1e-9
LOADS = ("under", "at", "over")


def answer(message: pb.ApiMetrics, seen: Metrics, made: Decision, i: int, confidence: Isotonic, want: Want) -> Answer:
    """Return the answer to input number `i`."""
    output = limits(message, made, i)
    told = Answer(
        output=output,
        choice=choice(message, output),
        headline=made.chances[i],
        p=float(confidence(made.plan[i, deciding.RAW])),
    )
    if want.certificates:
        told.certificates = certificates(message, seen, made, i)
    if want.alternatives:
        told.alternatives = alternatives(seen, made, i, confidence)[: want.alternatives]
    return told


def limits(message: pb.ApiMetrics, made: Decision, i: int) -> Any:
    """Return decision number `i` as a message."""
    limit, burst, concurrency, backoff, regime, _ = made.plan[i].tolist()
    low, median, high, _, p95 = made.inferred[i].tolist()
    demand, weight = reading.wants(message)
    offered = sharing.offered(limit, demand)
    reject = significant(deciding.rejected(offered, [low, median, high]))
    output: Any = pb.RateLimits(
        limit_per_s=limit,
        burst=burst,
        concurrency=concurrency,
        backoff_ms=backoff,
        capacity_per_s_q10=low,
        capacity_per_s_q50=median,
        capacity_per_s_q90=high,
    )
    expected = output.expected
    expected.ok_per_s, expected.reject_rate, expected.p95_ms = significant(offered * (1 - reject)), reject, p95
    output.regime = int(regime)
    if demand.size:
        shares = sharing.share(limit, demand, weight).tolist()
        for client, each in zip(message.clients, shares, strict=True):
            output.per_client.add(id=client.id, limit_per_s=each)
    return output


def choice(message: pb.ApiMetrics, output: Any) -> str:
    """Return what to do in words: pause, cut, hold or raise, and the regime."""
    change = output.limit_per_s / message.current_limit_per_s - 1
    verb = "cut" if change < -HELD else "raise" if change > HELD else "hold"
    if message.HasField("quota") and message.quota.remaining < 1:
        verb = "pause"
    return f"{verb} the limit, {LOADS[output.regime - 1]} capacity"


def alternatives(seen: Metrics, made: Decision, i: int, confidence: Isotonic) -> list[tuple[str, float]]:
    """Return other limits that keep to steps and quota, nearest first, each with its chance to be carried."""
    numbers, limit = seen.numbers[i], float(made.limit[i])
    low, known = numbers[0] / numbers[FALL], max(numbers[0], seen.windows[i, :, OK].max())
    high = min(known * numbers[RISE], (numbers[REMAINING] - made.plan[i, deciding.BURST]) / numbers[RESET_S])
    tried = np.array([factor * limit for factor in OTHERS if max(low, SLACK) <= factor * limit <= high])
    if not tried.size:
        return []
    chances = confidence(deciding.carries(tried, seen, made, i)).tolist()
    return [(f"{rate:.6g} requests a second", chance) for rate, chance in zip(tried, chances, strict=True)]


def certificates(message: pb.ApiMetrics, seen: Metrics, made: Decision, i: int) -> list[Certificate]:
    """State what the limit rests on: the load against the capacity inferred, and whatever clamps it."""
    sent, limit = float(seen.windows[i, -1, SENT]), float(made.limit[i])
    median, wanted = float(made.inferred[i, deciding.MEDIAN]), float(made.inferred[i, deciding.WANTED])
    facts = [
        Certificate(
            text=f"the last window sent {sent:.6g} requests a second, {sent / median:.3g} of the median capacity",
            value=significant(sent / median),
            field_path="rate_limits.regime",
        )
    ]
    if message.HasField("quota"):
        pace = message.quota.remaining / message.quota.reset_ms * 1e3
        text = f"{message.quota.remaining:.6g} requests remain for {message.quota.reset_ms:.6g} ms: {pace:.6g} a second"
        facts.append(Certificate(text=text, value=pace, field_path="api_metrics.quota.remaining"))
    if abs(limit - wanted) > SLACK * wanted:
        text = f"unclamped the limit would be {wanted:.6g}; quota and largest steps make it {limit:.6g}"
        facts.append(Certificate(text=text, value=limit, field_path="rate_limits.limit_per_s"))
    if message.clients:
        facts.append(_shared(message, limit))
    return facts


def _shared(message: pb.ApiMetrics, limit: float) -> Certificate:
    demand, weight = reading.wants(message)
    met = int((sharing.share(limit, demand, weight) >= demand * (1 - SLACK)).sum())
    text = f"{met} of {demand.size} clients get all they want"
    return Certificate(text=text, value=met, field_path="rate_limits.per_client")
