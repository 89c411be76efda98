"""`acumen bank`: what is in it, and what changes."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from itertools import islice
from threading import Thread
from typing import Annotated

import typer

from acumen_client.cli import bank_options as options
from acumen_client.cli import bank_views
from acumen_client.cli.commands import Command
from acumen_client.cli.screen import document
from acumen_client.cli.session import Session

WAIT_S = 0.2


def stats(session: Session, min_revision: options.MinRevision = 0) -> None:
    """Count and measure a namespace, by part."""
    response = session.client.bank.get_stats(min_revision=min_revision)
    session.screen.show(document(response), lambda: bank_views.stats(response))


def watch(
    session: Session,
    after: Annotated[
        int | None, typer.Option(min=0, max=2**64 - 1, help="Start after this revision. Default: with what comes next.")
    ] = None,
    heartbeat: Annotated[
        float | None, typer.Option(min=1, max=3600, help="Show a sign of life after so many idle seconds.")
    ] = None,
    limit: options.Limit = None,
) -> None:
    """Print changes as they are applied, until Ctrl-C; goes on by itself when the server is restarted."""
    interval = None if heartbeat is None else timedelta(seconds=heartbeat)
    heard = session.client.bank.watch_changes(
        after_revision=after, heartbeat_interval=interval, timeout=session.timeout_s
    )

    def show() -> None:
        with closing(heard):
            shown = (one for one in heard if interval is not None or one.WhichOneof("change"))
            for one in islice(shown, limit):
                session.screen.show(document(one), lambda one=one: bank_views.change(one))  # type: ignore[misc]

    try:
        _beside(show)
    except KeyboardInterrupt:
        session.screen.note("no longer watching")


def _beside(work: Callable[[], None]) -> None:
    """Work on a thread, so that Ctrl-C always meets a thread of ours that waits and not one inside of gRPC."""
    failed: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as error:
            failed.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(WAIT_S)
    if failed:
        raise failed[0]


COMMANDS = [
    Command(name="stats", body=stats, namespaced=True),
    Command(name="watch", body=watch, namespaced=True),
]
