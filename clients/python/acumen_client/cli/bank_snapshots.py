"""`acumen bank snapshot`: the whole bank in a file."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from acumen_client.cli import bank_options as options
from acumen_client.cli import bank_views, given, tables
from acumen_client.cli.commands import REFUSED, Command
from acumen_client.cli.screen import document
from acumen_client.cli.session import Session

_Id = Annotated[str, typer.Argument(help="The snapshot's id.")]


def create(session: Session) -> None:
    """Make a snapshot now."""
    response = session.client.bank.create_snapshot()
    session.screen.show(document(response), lambda: bank_views.snapshot(response.snapshot))


def list_snapshots(session: Session) -> None:
    """List the snapshots, newest first, and the damaged files that were set aside."""
    response = session.client.bank.list_snapshots()
    rows = [document(one) for one in response.snapshots]
    session.screen.show(document(response), lambda: bank_views.snapshots(response.snapshots, response.damaged), rows)


def verify(session: Session, snapshot_id: _Id) -> None:
    """Check every part of a snapshot; exit code 1 when one is damaged."""
    response = session.client.bank.verify_snapshot(snapshot_id)
    session.screen.show(document(response), lambda: bank_views.snapshot(response.snapshot, response.problems))
    if response.problems:
        session.screen.warn(f"damaged: {'; '.join(response.problems)}")
        raise typer.Exit(REFUSED)


def restore(
    session: Session,
    snapshot_id: _Id,
    as_of: Annotated[bool, typer.Option("--as-of", help="Bring back what was deleted since, too.")] = False,
    request_id: options.RequestId = "",
) -> None:
    """Bring back the bank of a snapshot; what was deleted since stays deleted, unless --as-of."""
    response = session.client.bank.restore_snapshot(snapshot_id, as_of=as_of, request_id=request_id)
    session.screen.show(document(response), lambda: tables.layout(response))


def delete(session: Session, snapshot_id: _Id) -> None:
    """Delete a snapshot; the last one that is whole is kept."""
    response = session.client.bank.delete_snapshot(snapshot_id)
    session.screen.show(document(response), lambda: Text(f"{snapshot_id} deleted"))


def download(
    session: Session,
    snapshot_id: _Id,
    output: Annotated[Path, typer.Option(help="Where to; one that broke off is gone on with.")],
) -> None:
    """Write a snapshot to a file and check its SHA-256."""
    with given.option("--output"), session.screen.phases("downloading") as move:
        path = session.client.bank.download_snapshot(
            snapshot_id,
            output,
            progress=lambda done, total: move("downloading", done, total),
            timeout=session.timeout_s,
        )
        size = path.stat().st_size
    session.screen.show({"path": str(path), "sizeBytes": str(size)}, lambda: Text(f"{size} bytes written to {path}"))


def upload(session: Session, source: Annotated[Path, typer.Argument(help="The file.")]) -> None:
    """Send a snapshot from a file; it is checked and kept, and restored only by `restore`."""
    with given.option("SOURCE"), session.screen.phases("uploading") as move:
        response = session.client.bank.upload_snapshot(
            source, progress=lambda done, total: move("uploading", done, total), timeout=session.timeout_s
        )
    session.screen.show(document(response), lambda: bank_views.snapshot(response.snapshot))


COMMANDS = [
    Command(name="create", body=create),
    Command(name="list", body=list_snapshots),
    Command(name="verify", body=verify),
    Command(name="restore", body=restore),
    Command(name="delete", body=delete),
    Command(name="download", body=download),
    Command(name="upload", body=upload),
]
