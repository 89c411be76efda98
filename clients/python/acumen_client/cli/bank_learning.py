"""`acumen bank`: learning from trajectories, consolidating, embedding anew."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer
from rich.text import Text

from acumen_client.bank.learning import TierName
from acumen_client.cli import bank_options as options
from acumen_client.cli import given, learning_views
from acumen_client.cli.commands import Command
from acumen_client.cli.screen import Document, document
from acumen_client.cli.session import Session
from acumen_client.messages import Trajectory

_DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done and write nothing.")]


def distill(
    session: Session,
    source: Annotated[str, typer.Option("--input", help="Trajectories as JSON lines, @file or -.")],
    min_support: Annotated[
        int, typer.Option(min=0, max=1000, help="Trajectories a pattern rests on. Default: the server's.")
    ] = 0,
    dry_run: _DryRun = False,
    request_id: options.RequestId = "",
) -> None:
    """Learn patterns from trajectories; as JSON lines, receipts and patterns are printed as they come."""
    trajectories = given.messages(source, Trajectory, "--input", "trajectories")
    heard = session.client.bank.distill(
        trajectories, min_support=min_support, dry_run=dry_run, request_id=request_id, timeout=session.timeout_s
    )
    with session.screen.progress("distilling", None) as advance:
        counted = (message for message in heard if not advance(int(message.HasField("receipt"))))
        session.screen.stream(counted, _parts("receipt", "pattern", "report"), learning_views.distillation)


def consolidate(
    session: Session,
    dry_run: _DryRun = False,
    tier: Annotated[TierName | None, typer.Option(help="Compress to this; auto: as far as the floor allows.")] = None,
    recall_floor: Annotated[float, typer.Option(min=0, max=1, help="Recall to keep, .5 to 1. Default: .97.")] = 0.0,
    half_life: Annotated[str | None, typer.Option(help="Of a pattern's freshness: 12h, 30d. Default: 90d.")] = None,
    request_id: options.RequestId = "",
) -> None:
    """Merge duplicates, link contradictions, expire and compress, and report what was done or would be."""
    heard = session.client.bank.consolidate(
        dry_run=dry_run,
        tier=tier,
        recall_floor=recall_floor,
        half_life=given.span(half_life, "--half-life"),
        request_id=request_id,
        timeout=session.timeout_s,
    )
    session.screen.stream(
        _tracked(session, heard, "consolidating"), _parts("step", "report"), learning_views.consolidation
    )


def reembed(session: Session, request_id: options.RequestId = "") -> None:
    """Embed the namespace anew with the server's embedder."""
    heard = session.client.bank.reembed(request_id=request_id, timeout=session.timeout_s)
    last = None
    for last in _tracked(session, heard, "embedding"):
        if session.screen.format == "jsonl":
            session.screen.show(document(last), Text)
    if last is not None and session.screen.format != "jsonl":
        told = f"{last.progress.done} patterns embedded anew, revision {last.revision}"
        session.screen.show(document(last), lambda: Text(told))


COMMANDS = [
    Command(name="distill", body=distill, namespaced=True),
    Command(name="consolidate", body=consolidate, namespaced=True),
    Command(name="reembed", body=reembed, namespaced=True),
]


def _tracked(session: Session, heard: Iterable[Any], label: str) -> Iterator[Any]:
    """Yield messages while a bar shows their progress."""
    with session.screen.phases(label) as move:
        for message in heard:
            if message.HasField("progress"):
                move(message.progress.phase, message.progress.done, message.progress.total)
            yield message


def _parts(*lists: str) -> Any:
    """Return what makes one document of a stream: a list of each sort, and the report, which comes once."""

    def value(heard: list[Any]) -> Document:
        parts: Document = {
            f"{name}s": [document(getattr(one, name)) for one in heard if one.HasField(name)] for name in lists[:-1]
        }
        return parts | {lists[-1]: document(getattr(heard[-1], lists[-1])) if heard else {}}

    return value
