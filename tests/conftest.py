"""A real server for tests that talk to one."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from acumen_client import Client

READY_S = 30
STOP_S = 30

# A shell that runs the tests in the background hands down an ignored SIGINT; children that are sent one must heed it.
signal.signal(signal.SIGINT, signal.default_int_handler)


class Acumend:
    """A running `acumend` with its own socket and data folder; its log is in `events`."""

    def __init__(self, folder: Path, *flags: str, environment: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.socket = folder / "acumen.sock"
        self.log = folder / "log.jsonl"
        self.flags = [f"--socket={self.socket}", f"--data-dir={folder / 'data'}", "--tcp=", "--metrics=", *flags]
        self._environment = {**os.environ, **(environment or {})}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, workers: int = 1) -> "Acumend":
        """Start and wait until every worker says that it serves."""
        before = len(self.events("serving"))
        self.spawn()
        for _ in range(READY_S * 100):
            if len(self.events("serving")) >= before + workers:
                return self
            assert self.process is not None
            if self.process.poll() is not None:
                break
            try:
                self.process.wait(0.01)
            except subprocess.TimeoutExpired:
                continue
        raise AssertionError(f"acumend did not start:\n{self.log.read_text()}")

    def spawn(self) -> "subprocess.Popen[bytes]":
        """Start without waiting."""
        command = [sys.executable, "-m", "acumen", *self.flags]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stderr=log, env=self._environment)
        return self.process

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return the logged events of a name."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [e for e in (json.loads(line) for line in lines if line.startswith("{")) if e["event"] == name]

    def address(self, worker: int = 0) -> str:
        """Return a worker's Unix address."""
        return f"unix:{self.socket if worker == 0 else self.socket.with_suffix(f'.{worker}.sock')}"

    def client(self, worker: int = 0, **options: Any) -> Client:
        """Return a client of one worker."""
        return Client(self.address(worker), **options)

    def stop(self) -> int:
        """Send SIGTERM and return the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_S)

    def kill(self) -> None:
        """End it without a chance to tidy up."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(STOP_S)

    def resident_bytes(self) -> int:
        """Return the process's resident memory."""
        assert self.process is not None
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def acumend(tmp_path: Path) -> Iterator[Any]:
    """Return a function that makes servers in this test's folder; whatever still runs is stopped afterwards."""
    made: list[Acumend] = []

    def make(*flags: str, name: str = "s", environment: dict[str, str] | None = None) -> Acumend:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        made.append(Acumend(folder, *flags, environment=environment))
        return made[-1]

    yield make
    for server in made:
        if server.process is not None and server.process.poll() is None:
            server.kill()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Acumend]:
    """Return a server shared by the tests of a module; it must end in order."""
    one = Acumend(tmp_path_factory.mktemp("server")).start()
    yield one
    assert one.stop() == 0, one.log.read_text()
