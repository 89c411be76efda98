"""`acumen bank`: patterns, one by one and all together."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Annotated, TypeVar

import typer
from rich.text import Text

from acumen_client.call import new_id
from acumen_client.cli import bank_options as options
from acumen_client.cli import given, pattern_views, tables
from acumen_client.cli.commands import Command
from acumen_client.cli.screen import document
from acumen_client.cli.session import Session
from acumen_client.errors import AcumenError
from acumen_client.messages import ExportResponse, ListPatternsResponse, Pattern

T = TypeVar("T")
_Id = Annotated[str, typer.Argument(help="The pattern's id.")]
_Input = Annotated[str, typer.Option("--input", help="A pattern as JSON, JSON lines, @file or -.")]


def put(
    session: Session,
    source: _Input,
    create_only: Annotated[bool, typer.Option("--create-only", help="Refuse ids that are there already.")] = False,
    request_id: options.RequestId = "",
) -> None:
    """Write up to 256 patterns, new or in place of old ones: all or none."""
    patterns = list(given.messages(source, Pattern, "--input", "patterns"))
    response = session.client.bank.put_patterns(patterns, create_only=create_only, request_id=request_id)
    session.screen.show(document(response), lambda: Text("\n".join(response.ids)))
    session.screen.note(f"{len(response.ids)} patterns written, revision {response.revision}")


def get(
    session: Session,
    pattern_id: _Id,
    with_vector: Annotated[bool, typer.Option("--with-vector", help="Its vector too.")] = False,
    min_revision: options.MinRevision = 0,
) -> None:
    """Show one pattern."""
    response = session.client.bank.get_pattern(pattern_id, with_vector=with_vector, min_revision=min_revision)
    session.screen.show(document(response), lambda: pattern_views.detail(response.pattern))


def list_patterns(
    session: Session,
    tag: options.Tags = None,
    polarity: options.OfPolarity = None,
    state: options.States = None,
    max_age: options.MaxAge = None,
    min_success_rate: options.MinSuccessRate = 0.0,
    subject: options.OfSubject = "",
    limit: options.Limit = None,
    min_revision: options.MinRevision = 0,
) -> None:
    """List patterns by id."""
    wanted = options.pattern_filter(tag, polarity, state, max_age, min_success_rate, subject)
    size = 0 if limit is None else min(limit, 256)
    found = session.client.bank.list_patterns(filter=wanted, page_size=size, min_revision=min_revision)
    session.screen.stream(
        islice(found, limit), lambda found: document(ListPatternsResponse(patterns=found)), pattern_views.listing
    )


def delete(
    session: Session,
    pattern_ids: Annotated[list[str], typer.Argument(help="Their ids; all must exist.")],
    request_id: options.RequestId = "",
) -> None:
    """Delete up to 256 patterns: all or none."""
    response = session.client.bank.delete_patterns(pattern_ids, request_id=request_id)
    told = f"{len(pattern_ids)} deleted, revision {response.revision}"
    session.screen.show(document(response), lambda: Text(told))


def purge(
    session: Session,
    subject: Annotated[str | None, typer.Option(help="Remove everything of this subject.")] = None,
    everything: Annotated[bool, typer.Option("--everything", help="Remove the whole namespace.")] = False,
    request_id: options.RequestId = "",
) -> None:
    """Remove patterns, verdicts and trajectories down to the bytes on disk: they never come back."""
    if (subject is None) != everything:
        raise typer.BadParameter("give one of them", param_hint="--subject, --everything")
    response = session.client.bank.purge(subject=subject, everything=everything, request_id=request_id)
    session.screen.show(document(response), lambda: tables.layout(response))


def unmerge(session: Session, pattern_id: _Id, request_id: options.RequestId = "") -> None:
    """Bring back a pattern that lost a merge."""
    response = session.client.bank.unmerge(pattern_id, request_id=request_id)
    session.screen.show(document(response), lambda: pattern_views.listing([response.restored, response.winner]))


def export(
    session: Session,
    after_id: Annotated[str, typer.Option(help="Continue after this id.")] = "",
    with_vectors: Annotated[bool, typer.Option("--with-vectors", help="Their vectors too.")] = False,
    min_revision: options.MinRevision = 0,
) -> None:
    """Print every pattern, whatever its state, as JSON lines that `import` takes."""
    messages = session.client.bank.export(
        after_id=after_id, with_vectors=with_vectors, min_revision=min_revision, timeout=session.timeout_s
    )
    patterns = (pattern for message in messages for pattern in message.patterns)
    with session.screen.progress("exporting", None) as advance:
        count = session.screen.stream(
            _counted(patterns, advance),
            lambda found: document(ExportResponse(patterns=found)),
            pattern_views.listing,
        )
    session.screen.note(f"{count} patterns exported")


def import_patterns(session: Session, source: _Input, request_id: options.RequestId = "") -> None:
    """Write any number of patterns, 256 at a time, in place of those of their ids, whatever revision they state.

    With the same --request-id, an import that broke off is gone on with.
    """
    patterns = (_unrevised(one) for one in given.messages(source, Pattern, "--input", "patterns"))
    name = request_id or new_id()
    try:
        with session.screen.progress("importing", None) as advance:
            counted = _counted(patterns, advance)
            response = session.client.bank.import_(counted, request_id=name, timeout=session.timeout_s)
    except (AcumenError, typer.BadParameter):
        session.screen.note(f"what was written stays; go on with --request-id {name}")
        raise
    told = f"{response.patterns} patterns written, revision {response.revision}"
    session.screen.show(document(response), lambda: Text(told))


COMMANDS = [
    Command(name="put", body=put, namespaced=True),
    Command(name="get", body=get, namespaced=True),
    Command(name="list", body=list_patterns, namespaced=True),
    Command(name="delete", body=delete, namespaced=True),
    Command(name="purge", body=purge, namespaced=True),
    Command(name="unmerge", body=unmerge, namespaced=True),
    Command(name="export", body=export, namespaced=True, format="jsonl"),
    Command(name="import", body=import_patterns, namespaced=True),
]


def _unrevised(pattern: Pattern) -> Pattern:
    """Return a pattern as new: its revision is of the bank it was exported from."""
    pattern.ClearField("revision")
    return pattern


def _counted(items: Iterator[T], advance: Callable[[int], None]) -> Iterator[T]:
    for item in items:
        yield item
        advance(1)
