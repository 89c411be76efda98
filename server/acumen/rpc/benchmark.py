"""`Benchmark`: real inferences, timed one by one, backends in turn within every round."""

import statistics
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

import acumen_accel
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.recipe import Entry
from acumen.neural.serving import Serving
from acumen.neural.spec import Want
from acumen.proto.v1 import neural_pb2 as pb
from acumen.rpc.convert import duration
from acumen.rpc.describe import resident_bytes
from acumen.rpc.stream import Stream

BACKENDS = {1: "kernels", 2: "numpy", 3: "python"}  # by number of `acumen.v1.Backend`
DEFAULT_ITERATIONS, DEFAULT_ROUNDS, DEFAULT_BATCH = 1000, 5, 1
INPUTS, SEED = 64, 0
WARM_UP = 3


async def benchmark(serving: Serving, entry: Entry, request: pb.BenchmarkRequest, stream: Stream) -> None:
    """Time a model round by round on its executor and stream what was measured."""
    live = await serving.registry.acquire(entry)
    models = _models(live, request.backends)
    inputs = [getattr(one, entry.spec.identity.input_field) for one in request.inputs]
    for message in inputs:
        entry.spec.check(message)
    inputs = inputs or await serving.executor.run(entry.spec.examples, SEED, INPUTS)
    batches = _batches(inputs, request.batch_size or DEFAULT_BATCH)
    timed: dict[int, list[pb.Timing]] = {backend: [] for backend in models}
    for number in range(1, (request.rounds or DEFAULT_ROUNDS) + 1):
        for backend, model in models.items():
            iterations = request.iterations or DEFAULT_ITERATIONS
            timing = await serving.executor.run(_round, model, batches, iterations)
            timed[backend].append(timing)
            told = pb.BenchmarkRound(round=number, backend=pb.Backend.Name(backend), timing=timing)
            await stream.write(pb.BenchmarkResponse(round=told))
    await stream.write(pb.BenchmarkResponse(summary=_summary(live, timed)))


def _models(live: Model, wanted: Sequence[int]) -> dict[int, Model]:
    """Return the model by backend; unspecified, and none at all, is what is live."""
    backends = [backend or pb.BACKEND_KERNELS for backend in wanted]
    if not backends:
        return {pb.BACKEND_KERNELS: live}
    return {b: live.with_ops(Inference(acumen_accel.backend(BACKENDS[b]))) for b in backends}


def _batches(inputs: Sequence[Any], size: int) -> list[list[Any]]:
    """Return as many batches as inputs, each of `size`, wrapping around."""
    return [[inputs[(start + i) % len(inputs)] for i in range(size)] for start in range(len(inputs))]


def _round(model: Model, batches: Sequence[list[Any]], iterations: int) -> pb.Timing:
    want = Want(certificates=False)
    for batch in batches[:WARM_UP]:
        model.answer(batch, want)
    seconds = np.empty(iterations)
    for i in range(iterations):
        batch = batches[i % len(batches)]
        started = time.perf_counter()
        model.answer(batch, want)
        seconds[i] = time.perf_counter() - started
    return _timing(seconds, len(batches[0]))


def _timing(seconds: "np.ndarray[Any, Any]", size: int) -> pb.Timing:
    p50, p95, p99 = (duration(float(value)) for value in np.percentile(seconds, [50, 95, 99]))
    return pb.Timing(n=seconds.size, p50=p50, p95=p95, p99=p99, items_per_s=seconds.size * size / float(seconds.sum()))


def _summary(model: Model, timed: dict[int, list[pb.Timing]]) -> pb.BenchmarkSummary:
    first = next(iter(timed.values()))
    summary = pb.BenchmarkSummary(
        model=model.name,
        version=model.spec.identity.version,
        level=acumen_accel.info().level,
        resident_bytes=resident_bytes(),
    )
    for backend, timings in timed.items():
        ratios = [_p50(own) / _p50(base) for own, base in zip(timings, first, strict=True)]
        ratio = statistics.median(ratios)
        summary.backends.add(backend=pb.Backend.Name(backend), timing=_median(timings), ratio=ratio)
    return summary


def _p50(timing: pb.Timing) -> float:
    return timing.p50.ToNanoseconds() / 1e9


def _median(timings: Sequence[pb.Timing]) -> pb.Timing:
    p50, p95, p99 = (
        duration(statistics.median(getattr(t, name).ToNanoseconds() for t in timings) / 1e9)
        for name in ("p50", "p95", "p99")
    )
    rate = statistics.median(t.items_per_s for t in timings)
    return pb.Timing(n=sum(t.n for t in timings), p50=p50, p95=p95, p99=p99, items_per_s=rate)
