"""From an address to channels.

An address is `unix:/path`, `dns:///host:port` or `host:port`, or several of them with commas between: a server with
several workers on Unix sockets has a socket for each, and calls go round all of them.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import grpc
import grpc.aio

MESSAGE_BYTES = 16 * 1024 * 1024
_Option = tuple[str, str | int]
_OPTIONS: tuple[_Option, ...] = (
    ("grpc.max_receive_message_length", MESSAGE_BYTES),
    ("grpc.max_send_message_length", MESSAGE_BYTES),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 5_000),
    ("grpc.primary_user_agent", "acumen-client-python"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Files (PEM) for an encrypted connection; without `root`, the system's certificates are trusted."""

    root: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def credentials(self) -> grpc.ChannelCredentials:
        """Read the files; `OSError` when one cannot be read."""
        return grpc.ssl_channel_credentials(
            root_certificates=_content(self.root),
            private_key=_content(self.key),
            certificate_chain=_content(self.certificate),
        )


def default_address(environment: Mapping[str, str] = os.environ) -> str:
    """Return `ACUMEN_ADDRESS`, or the socket a server of the same user listens on."""
    if address := environment.get("ACUMEN_ADDRESS"):
        return address
    runtime = environment.get("XDG_RUNTIME_DIR")
    folder = Path(runtime, "acumen") if runtime else Path("/tmp", f"acumen-{os.getuid()}")  # noqa: S108
    return f"unix:{folder / 'acumen.sock'}"


def targets(address: str) -> tuple[str, ...]:
    """Return the single addresses of an address; `ValueError` when there is none or one is malformed."""
    found = tuple(part.strip() for part in address.split(",") if part.strip())
    wrong = [part for part in found if not _is_target(part)]
    if wrong or not found:
        raise ValueError(f"not an address: {', '.join(wrong) or repr(address)}; use unix:/path or host:port")
    return found


def open_channel(target: str, tls: Tls | None) -> grpc.Channel:
    """Return a channel for blocking calls; it connects with the first call."""
    if tls is None:
        return grpc.insecure_channel(target, options=options(target))
    return grpc.secure_channel(target, tls.credentials(), options=options(target))


def open_aio_channel(target: str, tls: Tls | None) -> grpc.aio.Channel:
    """Return a channel for awaitable calls, bound to the running loop."""
    if tls is None:
        return grpc.aio.insecure_channel(target, options=options(target))
    return grpc.aio.secure_channel(target, tls.credentials(), options=options(target))


def options(target: str) -> list[_Option]:
    """Return the channel options for one address."""
    authority: list[_Option] = [("grpc.default_authority", "localhost")] if target.startswith("unix:") else []
    return [*_OPTIONS, *authority]


def _content(path: Path | None) -> bytes | None:
    return None if path is None else Path(path).read_bytes()


def _is_target(part: str) -> bool:
    if part.startswith("unix:"):
        return len(part) > len("unix:")
    port = part.removeprefix("dns:").rpartition(":")[2]
    return ":" in part.removeprefix("dns:") and port.isdigit()
