"""`acumen features`: what the server's machine can do, and what is live."""

from typing import Annotated, Literal

import typer
from rich.console import Group, RenderableType

from acumen_client.cli import tables
from acumen_client.cli.commands import Command
from acumen_client.cli.screen import Document, document
from acumen_client.cli.session import Session
from acumen_client.messages import GetRuntimeResponse

Category = Literal["simd", "kernels", "platform", "all"]


def detect(session: Session, category: Annotated[Category, typer.Option(help="Which features.")] = "all") -> None:
    """Say which SIMD level and kernels are live, and what the processor could run."""
    runtime = session.client.get_runtime()
    value, views = _documents(runtime), _views(runtime)
    chosen = list(value) if category == "all" else [category]
    parts = [part for name in chosen for part in (tables.heading_of(name), tables.indented(views[name]))]
    session.screen.show({name: value[name] for name in chosen}, lambda: Group(*parts))


COMMANDS = [Command(name="detect", body=detect)]


def _documents(runtime: GetRuntimeResponse) -> dict[str, Document]:
    kernels, platform = document(runtime.kernels), document(runtime.platform)
    simd = {"level": kernels["level"], "supported": kernels["supported"], "cpuFeatures": platform["cpuFeatures"]}
    return {"simd": simd, "kernels": kernels, "platform": platform}


def _views(runtime: GetRuntimeResponse) -> dict[str, RenderableType]:
    kernels = runtime.kernels
    simd = [
        ("level", kernels.level),
        ("supported", ", ".join(kernels.supported) or "none"),
        ("cpu features", ", ".join(runtime.platform.cpu_features) or "none"),
    ]
    return {"simd": tables.lines(simd), "kernels": tables.layout(kernels), "platform": tables.layout(runtime.platform)}
