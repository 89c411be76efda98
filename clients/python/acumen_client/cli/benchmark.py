"""`acumen benchmark`: speed measured now, quality by the card and by recorded outcomes."""

import itertools
from pathlib import Path
from typing import Annotated, Literal, cast, get_args

import typer
from rich.console import Group

from acumen_client.calls import BackendName
from acumen_client.cli import measures, wire, workloads
from acumen_client.cli.commands import Command
from acumen_client.cli.screen import Document, document
from acumen_client.cli.session import Session
from acumen_client.cli.workloads import Workload, time_model
from acumen_client.messages import BenchmarkSummary

METRICS = ("latency", "throughput", "accuracy", "memory")
BACKENDS: tuple[BackendName, ...] = get_args(BackendName)
_Output = Annotated[Path | None, typer.Option(help="Also write the result here, as JSON.")]
_Dataset = Annotated[Path | None, typer.Option(help="JSON lines of inputs; .gz too, - for standard input.")]


def run(
    session: Session,
    kind: Annotated[Literal["neural", "rpc", "all"], typer.Option("--type", help="Inference, the wire, or both.")],
    dataset: _Dataset = None,
    output: _Output = None,
) -> None:
    """Time every model on the server (neural), Predict in its forms over the wire (rpc), or both."""
    if dataset is not None and kind == "neural":
        raise typer.BadParameter("is for rpc: neural takes inputs from the models' generators", param_hint="--dataset")
    value: dict[str, list[Document]] = {}
    parts = []
    if kind != "rpc":
        summaries = [time_model(session, model.name, Workload()) for model in session.models()]
        value["neural"] = [document(one) for one in summaries]
        parts.append(measures.backends(summaries))
    if kind != "neural":
        timings = _wire(session, dataset)
        value["rpc"] = [measures.wire_document(one) for one in timings]
        parts.append(measures.wire(timings))
    session.screen.save(value, output)
    session.screen.show(value, lambda: Group(*parts), [*itertools.chain(*value.values())])


def model(
    session: Session,
    name: Annotated[str, typer.Option("--model", help="Name of the model.")],
    iterations: Annotated[int, typer.Option(min=1, max=100_000, help="Inferences a round.")] = 1000,
    metrics: Annotated[str, typer.Option(help="Which, with commas between.")] = ",".join(METRICS),
    output: _Output = None,
) -> None:
    """Measure one model: speed on this server, quality by its card and by recorded outcomes, memory by part."""
    wanted = _names(metrics, METRICS, "--metrics")
    measured = {"latency", "throughput", "memory"} & set(wanted)
    summary = time_model(session, name, Workload(iterations=iterations)) if measured else BenchmarkSummary()
    described = session.client.get_model(name)
    value: dict[str, Document] = {"model": described.model.name, "version": described.model.version}
    value |= {metric: measures.metric_document(metric, summary, described) for metric in wanted}
    session.screen.save(value, output)
    session.screen.show(value, lambda: measures.of_model(wanted, summary, described))


def compare(
    session: Session,
    names: Annotated[str, typer.Option("--models", help="Models, with commas between.")],
    backends: Annotated[str, typer.Option(help="Backends; the first is what the others are divided by.")] = (
        ",".join(BACKENDS)
    ),
    dataset: _Dataset = None,
    output: _Output = None,
) -> None:
    """Time models on several backends, alternating, on one data set or on the models' own generators."""
    wanted = cast(list[BackendName], _names(backends, BACKENDS, "--backends"))
    lines = workloads.lines_of(dataset)
    chosen = [
        (name, Workload(backends=wanted, examples=workloads.fitting(session, name, lines)))
        for name in filter(None, names.split(","))
    ]
    summaries = [time_model(session, name, workload) for name, workload in chosen]
    rows = [document(one) for one in summaries]
    session.screen.save({"models": rows}, output)
    session.screen.show({"models": rows}, lambda: measures.backends(summaries), rows)


COMMANDS = [
    Command(name="run", body=run),
    Command(name="model", body=model, namespaced=True),
    Command(name="compare", body=compare),
]


def _wire(session: Session, dataset: Path | None) -> list[wire.WireTiming]:
    requests = workloads.typed(workloads.lines_of(dataset))
    timings = []
    with session.screen.progress("timing the wire", wire.steps()) as advance:
        for timing in wire.measure(session.client, requests or [wire.example()], wire.ITEMS):
            timings.append(timing)
            advance(1)
    return timings


def _names(text: str, known: tuple[str, ...], option: str) -> list[str]:
    found = [name for name in text.split(",") if name]
    wrong = [name for name in found if name not in known]
    if wrong or not found:
        raise typer.BadParameter(f"'{text}' is not a list of {', '.join(known)}", param_hint=option)
    return found
