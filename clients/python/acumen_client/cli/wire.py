"""Timing the forms of Predict over the wire, from the caller's side."""

import itertools
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from google.protobuf.message import Message

from acumen_client.client import Client
from acumen_client.messages import LoadMetrics, LoadWindow, PredictRequest, ServerLoad, Timing

BATCH_SIZES = (1, 8, 32, 256)
ITEMS = 2_000
LEAST_CALLS = 20
WINDOW = 32
_WARM_UP = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WireTiming:
    """Times of the calls of one form, `batch_size` items each; on a stream, from an item said to its result heard."""

    form: str
    batch_size: int
    in_flight: int
    timing: Timing


def example() -> LoadMetrics:
    """Return a small input: four servers, one of them slow."""
    servers = [
        ServerLoad(
            id=f"server-{number}",
            nominal_capacity_per_s=100,
            in_flight=2 + number,
            queue=number,
            p50_ms=8 + 4 * number,
            p99_ms=40 + 25 * number,
            cpu=0.4 + 0.1 * number,
            last_report_age_ms=500,
            recent=[LoadWindow(rate_per_s=60 - 8 * number, mean_ms=10 + 6 * number)],
        )
        for number in range(4)
    ]
    return LoadMetrics(servers=servers, arrival_rate_per_s=220, slo_ms=200)


def steps() -> int:
    """Return how many steps `measure` counts."""
    return 2 + len(BATCH_SIZES)


def measure(client: Client, requests: Sequence[PredictRequest | LoadMetrics], items: int) -> Iterator[WireTiming]:
    """Yield the times of each form; answers are not recorded. The first calls are not counted. Raises `AcumenError`."""
    for question in itertools.islice(itertools.cycle(requests), _WARM_UP):
        client.predict(question, record=False)
    questions = itertools.cycle(requests)
    unary = _timed(lambda: client.predict(next(questions), record=False), items)
    yield WireTiming(form="Predict", batch_size=1, in_flight=1, timing=_timing(*unary, 1))
    stream = _timing(*_stream(client, questions, items), 1)
    yield WireTiming(form="PredictStream", batch_size=1, in_flight=WINDOW, timing=stream)
    for size in BATCH_SIZES:
        batch = list(itertools.islice(questions, size))
        calls = max(items // size, LEAST_CALLS)
        spent = _timed(lambda batch=batch: client.predict_batch(batch, record=False), calls)  # type: ignore[misc]
        yield WireTiming(form="PredictBatch", batch_size=size, in_flight=1, timing=_timing(*spent, size))


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile of ascending values."""
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1]


def _timed(call: Callable[[], object], count: int) -> tuple[list[float], float]:
    times = []
    began = time.perf_counter()
    for _ in range(count):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return times, time.perf_counter() - began


def _stream(client: Client, questions: Iterable[Message], items: int) -> tuple[list[float], float]:
    said: list[float] = []

    def asked() -> Iterator[Message]:
        for question in itertools.islice(questions, items):
            said.append(time.perf_counter())
            yield question

    began = time.perf_counter()
    results = client.predict_stream(asked(), record=False, max_in_flight=WINDOW)
    times = [time.perf_counter() - said[result.correlation_id] for result in results]
    return times, time.perf_counter() - began


def _timing(times: list[float], total_s: float, items_a_call: int) -> Timing:
    ordered = sorted(times)
    p50, p95, p99 = (timedelta(seconds=percentile(ordered, share)) for share in (0.50, 0.95, 0.99))
    rate = len(times) * items_a_call / total_s
    return Timing(n=len(times), p50=p50, p95=p95, p99=p99, items_per_s=rate)
