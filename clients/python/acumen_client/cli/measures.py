"""How measurements are laid out, as JSON and for people."""

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from acumen_client.cli import figures, models, tables
from acumen_client.cli.screen import Document, document
from acumen_client.cli.wire import WireTiming
from acumen_client.messages import Backend, BackendTiming, BenchmarkSummary, GetModelResponse, Timing

_SPANS = ("p50", "p95", "p99")
_TIMING_COLUMNS = ("n", *_SPANS, "items/s")


def wire_document(measured: WireTiming) -> Document:
    """Return the JSON of a form's times."""
    return {
        "form": measured.form,
        "batchSize": measured.batch_size,
        "inFlight": measured.in_flight,
        "timing": document(measured.timing),
    }


def metric_document(metric: str, summary: BenchmarkSummary, described: GetModelResponse) -> Document:
    """Return the JSON of one metric of a model."""
    if metric == "memory":
        return {"model": document(described.model.memory), "workerResidentBytes": str(summary.resident_bytes)}
    if metric == "accuracy":
        return {"card": document(described.card)["suites"], "recordedOutcomes": document(described.outcomes)}
    keys = ("n", *_SPANS) if metric == "latency" else ("n", "itemsPerS")
    timings = [(one, document(one.timing)) for one in summary.backends]
    return [{"backend": backend_name(one), **{key: timing[key] for key in keys}} for one, timing in timings]


def backend_name(timed: BackendTiming) -> str:
    """Return the name of a backend as the options have it."""
    return Backend.Name(timed.backend).removeprefix("BACKEND_").lower()


def backends(summaries: Sequence[BenchmarkSummary]) -> RenderableType:
    """Return the times of models by backend, with the ratio to the first one's median."""
    rows = [
        (summary.model, summary.version, backend_name(one), *_timing(one.timing), f"{one.ratio:.3g}")
        for summary in summaries
        for one in summary.backends
    ]
    columns = ["model", "version", "backend", *_TIMING_COLUMNS, "ratio of p50"]
    levels = ", ".join(sorted({summary.level for summary in summaries}))
    return tables.table(f"Inference on the server (kernels {levels})", columns, rows, range(3, len(columns)))


def wire(measured: Iterable[WireTiming]) -> RenderableType:
    """Return the times of the forms of Predict."""
    rows = [(one.form, str(one.batch_size), str(one.in_flight), *_timing(one.timing)) for one in measured]
    columns = ["form", "items a call", "in flight", *_TIMING_COLUMNS]
    return tables.table("Over the wire, from this client", columns, rows, range(1, len(columns)))


def of_model(wanted: Sequence[str], summary: BenchmarkSummary, described: GetModelResponse) -> Group:
    """Return the metrics asked for, each said to be measured now or stated by the card."""
    parts: list[RenderableType] = [Text(f"{described.model.name} {described.model.version}", style="bold")]
    parts += [part for metric in wanted for part in _metric(metric, summary, described)]
    return Group(*parts)


def _metric(metric: str, summary: BenchmarkSummary, described: GetModelResponse) -> list[RenderableType]:
    if metric == "accuracy":
        heading = tables.heading_of("Accuracy, held out: by the card, not measured now")
        return [heading, models.quality(described.card), models.outcomes(described.outcomes)]
    if metric == "memory":
        return [tables.heading_of("Memory, now"), tables.layout(described.model.memory)]
    if metric == "latency":
        spans = [(backend_name(one), *_timing(one.timing)[:-1]) for one in summary.backends]
        return [tables.table("Latency, measured now", ["backend", *_TIMING_COLUMNS[:-1]], spans, range(1, 5))]
    rates = [(backend_name(one), _timing(one.timing)[-1]) for one in summary.backends]
    return [tables.table("Throughput, measured now", ["backend", _TIMING_COLUMNS[-1]], rates, [1])]


def _timing(timing: Timing) -> tuple[str, ...]:
    spans = (figures.duration(span) for span in (timing.p50, timing.p95, timing.p99))
    return (f"{timing.n:,}", *spans, f"{timing.items_per_s:,.0f}")
