"""What every command has: the common options, and what its end means to a shell."""

import inspect
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal

import typer

from acumen_client.cli.screen import Format, Screen
from acumen_client.cli.session import Session
from acumen_client.client import Client
from acumen_client.errors import AcumenError, Unreachable

Body = Callable[..., None]
REFUSED, NOT_REACHED = 1, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """The common options as given; None where they were not."""

    address: str | None = None
    namespace: str | None = None
    timeout: float | None = None
    format: Format | None = None
    quiet: bool | None = None

    def over(self, outer: "Common") -> "Common":
        """Return these options, and the outer ones where these are not given."""
        given = {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) is not None}
        return Common(**{one.name: given.get(one.name, getattr(outer, one.name)) for one in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command: its body takes a session and its own options, its docstring is the help."""

    name: str
    body: Body
    namespaced: bool = False
    format: Literal["table", "jsonl"] = "table"


_OPTIONS = {
    "address": Annotated[
        str | None,
        typer.Option(help="unix:/path or host:port, several with commas. Default: $ACUMEN_ADDRESS, else this user's."),
    ],
    "namespace": Annotated[str | None, typer.Option(help="Whose records are written and counted. Default: default.")],
    "timeout": Annotated[float | None, typer.Option(min=0.001, help="Seconds a call may take. Default: 30.")],
    "format": Annotated[Format | None, typer.Option(help="json is protobuf JSON, jsonl one line an element.")],
    "quiet": Annotated[bool | None, typer.Option("--quiet", help="No notes and no progress on standard error.")],
}
_PARAMETERS = [
    inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
    for name, kind in _OPTIONS.items()
]
_CONTEXT = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)


def remember(context: typer.Context, **given: Any) -> None:
    """Learned judgement beside agent swarms."""
    context.obj = Common(**given).over(context.obj or Common())


remember.__signature__ = inspect.Signature([_CONTEXT, *_PARAMETERS])  # type: ignore[attr-defined]


def group(commands: list[Command], text: str) -> typer.Typer:
    """Return the commands as a group; common options may stand before or after a command's name."""
    made = typer.Typer(no_args_is_help=True, help=text)
    made.callback(help=text)(remember)
    for command in commands:
        made.command(command.name)(_runner(command))
    return made


def _runner(command: Command) -> Body:
    own = [p.replace(kind=p.KEYWORD_ONLY) for p in list(inspect.signature(command.body).parameters.values())[1:]]

    def run(context: typer.Context, **given: Any) -> None:
        common = Common(**{name: given.pop(name) for name in _OPTIONS}).over(context.obj or Common())
        _run(command, common, given)

    run.__signature__ = inspect.Signature([_CONTEXT, *own, *_PARAMETERS])  # type: ignore[attr-defined]
    run.__doc__ = command.body.__doc__
    return run


def _run(command: Command, common: Common, given: Mapping[str, Any]) -> None:
    _check_text(given)
    screen = Screen(format=common.format or command.format, quiet=bool(common.quiet))
    if common.namespace is not None and not command.namespaced:
        screen.note(f"--namespace has no effect on '{command.name}': what it shows is shared by all namespaces")
    started = time.perf_counter()
    try:
        with _open(common) as client:
            command.body(Session(client=client, screen=screen, timeout_s=common.timeout), **given)
            screen.note(f"answered by {client.address} in {(time.perf_counter() - started) * 1e3:.1f} ms")
    except AcumenError as error:
        screen.error(error)
        raise typer.Exit(NOT_REACHED if isinstance(error, Unreachable) else REFUSED) from None


def _check_text(given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        if isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise typer.BadParameter("not UTF-8 text", param_hint=name)


def _open(common: Common) -> Client:
    try:
        return Client(common.address, namespace=common.namespace or "default", timeout=common.timeout or 30.0)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--address") from None
