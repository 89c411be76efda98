"""Addresses: who may bind them, and under what names."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AddressInUse(Exception):  # noqa: N818 (what went wrong)
    """Another server holds this address or data folder."""


@contextmanager
def lock(path: Path, what: str) -> Iterator[None]:
    """Hold an exclusive lock on `path`; raises `AddressInUse` naming the process that has it.

    gRPC unlinks a Unix socket that another server still listens on, so the lock and not the socket decides who serves.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
            raise AddressInUse(f"{what} is in use by another acumend, process {holder}") from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def unix_socket(path: Path) -> Iterator[str]:
    """Hold a Unix socket's path for this process and yield gRPC's name for it; the socket is gone afterwards."""
    with lock(path.with_name(path.name + ".lock"), f"socket {path}"):
        path.unlink(missing_ok=True)
        try:
            yield f"unix:{path}"
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def private() -> Iterator[None]:
    """Make files and sockets for this user alone: a socket's rights are the first lock on the door."""
    before = os.umask(0o177)
    try:
        yield
    finally:
        os.umask(before)


def worker_socket(path: Path, worker: int) -> Path:
    """Return a worker's own socket: `acumen.sock`, `acumen.1.sock`, ..."""
    return path if worker == 0 else path.with_suffix(f".{worker}{path.suffix}")


def probe_tcp(address: str) -> None:
    """Raise `AddressInUse` when a TCP address cannot be bound; workers that share a port would not notice."""
    host, _, port = address.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except OSError as error:
            raise AddressInUse(f"TCP address {address} cannot be bound: {error.strerror}") from None
