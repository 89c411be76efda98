"""The two servers as processes, each alone on the first processor while load comes from the others."""

import contextlib
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its port, its metrics port (0: none) and its process."""

    port: int
    metrics: int
    process: "subprocess.Popen[bytes]"
    workers: int = 1

    def handled(self, method: str) -> int:
        """Return how many calls of a method ended OK, over all workers."""
        return sum(_handled(self.metrics + worker, method) for worker in range(self.workers))

    def resident_bytes(self) -> int:
        """Return its resident memory."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


def _handled(port: int, method: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
        lines = page.read().decode().splitlines()
    wanted = f'grpc_server_handled_total{{grpc_code="OK",grpc_method="{method}"'
    return sum(int(float(line.rsplit(" ", 1)[1])) for line in lines if line.startswith(wanted))


def free_port() -> int:
    """Return a TCP port nobody listens on, below those the kernel gives to outgoing connections.

    Who connects again and again to one of those, until a server listens, may be given it as his own end.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


@contextlib.contextmanager
def echo(pin: bool = True) -> Iterator[Server]:
    """Run the echo server."""
    port = free_port()
    with _running([sys.executable, "-m", "benchmarks.rpc.echo", str(port)], port, pin) as process:
        yield Server(port, 0, process)


@contextlib.contextmanager
def acumend(*flags: str, pin: bool = True, workers: int = 1) -> Iterator[Server]:
    """Run acumend with its default settings on a port and a folder of its own."""
    port, metrics = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "acumen", f"--data-dir={folder}", "--socket=", f"--tcp=127.0.0.1:{port}"]
        command += [f"--metrics=127.0.0.1:{metrics}", f"--workers={workers}", "--log-level=warning", *flags]
        with _running(command, port, pin) as process:
            wait_until_listening(metrics, process)
            yield Server(port, metrics, process, workers)


@contextlib.contextmanager
def _running(command: list[str], port: int, pin: bool) -> Iterator["subprocess.Popen[bytes]"]:
    pinned = ["taskset", "-c", "0", *command] if pin else command
    process = subprocess.Popen(pinned, stdout=subprocess.DEVNULL)
    try:
        wait_until_listening(port, process)
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def wait_until_listening(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Return once a connection is accepted."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.01)
    raise RuntimeError(f"nothing listens on {port}")
