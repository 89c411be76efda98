"""`acumen neural`: versions of models, their archives, and registries: folders of archives or other servers."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from acumen_client.cli import training_views
from acumen_client.cli.commands import REFUSED, Command
from acumen_client.cli.screen import document
from acumen_client.cli.session import Session
from acumen_client.client import Client
from acumen_client.messages import InstallModelResponse, ModelVersion

_ModelOption = Annotated[str, typer.Option("--model", help="Name of the model.")]
_Version = Annotated[str, typer.Option("--version", help="Its version. Default: the one that serves.")]
_Source = Annotated[str, typer.Option(help="An archive, a folder of archives, or the address of a server.")]
ENDING = ".tar"


def versions(session: Session, model: _ModelOption) -> None:
    """List the versions of a model, oldest first."""
    found = _versions(session.client, model)
    rows = [document(one) for one in found]
    session.screen.show({"versions": rows}, lambda: training_views.versions(found), rows)


def rollback(session: Session, model: _ModelOption, version: _Version = "") -> None:
    """Have another version serve, by default the one that served before."""
    response = session.client.rollback_model(model, version=version)
    session.screen.show(document(response), lambda: training_views.versions([response.version]))


def delete(
    session: Session,
    model: _ModelOption,
    version: Annotated[str, typer.Option("--version", help="One version. Default: the model with all of them.")] = "",
) -> None:
    """Delete what was trained or installed."""
    response = session.client.delete_model(model, version=version)
    session.screen.show(document(response), lambda: f"deleted, revision {response.revision}")


def verify(session: Session, model: _ModelOption, version: _Version = "") -> None:
    """Check a version's hash, card, tensors and golden answers; exit code 1 when one fails."""
    response = session.client.verify_model(model, version=version)
    session.screen.show(document(response), lambda: training_views.verification(response))
    if not response.ok:
        session.screen.warn("not what it should be")
        raise typer.Exit(REFUSED)


def download(
    session: Session,
    model: _ModelOption,
    output: Annotated[Path, typer.Option(help="File or folder to write to.")],
    version: _Version = "",
) -> None:
    """Write a version's archive to a file; goes on where an earlier download broke off."""
    path = output / f"{model}-{_number(session.client, model, version)}{ENDING}" if output.is_dir() else output
    with _file_errors("--output"), session.screen.phases("downloading") as move:
        session.client.download_model(
            path,
            model,
            version=version,
            progress=lambda done, total: move("downloading", done, total),
            timeout=session.timeout_s,
        )
    session.screen.show({"path": str(path)}, lambda: str(path))


def install(
    session: Session,
    source: _Source,
    model: Annotated[str, typer.Option("--model", help="Which, where the source has several.")] = "",
    version: Annotated[str, typer.Option("--version", help="Which. Default: the newest.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace a version that has other weights.")] = False,
    serve: Annotated[bool, typer.Option("--serve", help="Have it serve at once.")] = False,
) -> None:
    """Take a version in from an archive, a folder of archives or another server, checked before it is kept."""
    with _archive(source, model, version) as path:
        response = session.client.install_model(path, force=force, serve=serve, timeout=session.timeout_s)
    _show(session, response)


def update(session: Session, model: _ModelOption, source: _Source) -> None:
    """Take in the newest version of a model that a registry has, and have it serve, unless it is here already."""
    with _archive(source, model, "") as path:
        response = session.client.install_model(path, serve=True, timeout=session.timeout_s)
        if not response.version.serves:
            session.client.rollback_model(model, version=response.version.version)
    if not response.revision:
        session.screen.note(f"{model} {response.version.version} was here already")
    _show(session, response)


COMMANDS = [
    Command(name="versions", body=versions),
    Command(name="rollback", body=rollback),
    Command(name="delete", body=delete),
    Command(name="verify", body=verify),
    Command(name="download", body=download),
    Command(name="install", body=install),
    Command(name="update", body=update),
]


def _show(session: Session, response: InstallModelResponse) -> None:
    session.screen.show(document(response), lambda: training_views.versions([response.version]))


def _versions(client: Client, model: str) -> list[ModelVersion]:
    found: list[ModelVersion] = []
    token = ""
    while True:
        page = client.list_versions(model, page_token=token)
        found += page.versions
        token = page.next_page_token
        if not token:
            return found


def _number(client: Client, model: str, version: str) -> str:
    return version or client.get_model(model).model.version


@contextmanager
def _archive(source: str, model: str, version: str) -> Iterator[Path]:
    """Give the archive that a source has of a model: a file of it, or one that is downloaded for the moment."""
    path = Path(source)
    if path.exists():
        with _file_errors("--source"):
            yield path if path.is_file() else _newest(path, model, version)
        return
    if ":" not in source:
        raise typer.BadParameter(f"'{source}' is no file, no folder and no address", param_hint="--source")
    if not model:
        raise typer.BadParameter("is needed where the source is a server", param_hint="--model")
    with Client(source) as other, tempfile.TemporaryDirectory() as folder:
        chosen = version or max((one.version for one in _versions(other, model)), key=_order)
        yield other.download_model(Path(folder) / "model.tar", model, version=chosen)


def _newest(folder: Path, model: str, version: str) -> Path:
    """Return the newest archive of a model in a folder, by the names that `download` gives."""
    found = [path for path in folder.glob(f"{model or '*'}-*{ENDING}") if not version or _of(path) == version]
    if not found:
        raise ValueError(f"{folder} has no archive of {model or 'any model'} {version}".rstrip())
    if not model and len({path.stem.rpartition("-")[0] for path in found}) > 1:
        raise ValueError(f"{folder} has archives of several models: --model says which")
    return max(found, key=lambda path: _order(_of(path)))


def _of(path: Path) -> str:
    return path.stem.rpartition("-")[2]


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdecimal() else -1 for part in version.split("."))


@contextmanager
def _file_errors(option: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
