"""The process of a job, as the server sees it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from acumen.proto.storage.v1.training_pb2 import WorkerMessage
from acumen.storage.framing import LENGTH

LOG = "process.log"
LAST_WORDS_BYTES = 2_000


class Process:
    """A running job's process; its messages are an async iteration, its own output goes to a file in the folder."""

    def __init__(self, folder: Path, child: asyncio.subprocess.Process) -> None:
        self._folder, self._child = folder, child

    @classmethod
    async def start(cls, folder: Path, kernels: str) -> "Process":
        """Start a process on a job's folder, computing with the server's kernels, on as few threads as it computes."""
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        if kernels != "auto":
            environment["ACUMEN_ACCEL"] = kernels
        command = (sys.executable, "-m", "acumen.training.child", str(folder), str(os.getpid()))
        with (folder / LOG).open("wb") as log:
            child = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=log, env=environment
            )
        return cls(folder, child)

    async def messages(self) -> AsyncIterator[WorkerMessage]:
        """Yield what the process tells, until it ends."""
        assert self._child.stdout is not None
        while True:
            try:
                (size,) = LENGTH.unpack(await self._child.stdout.readexactly(LENGTH.size))
                yield WorkerMessage.FromString(await self._child.stdout.readexactly(size))
            except asyncio.IncompleteReadError:
                return

    def ask_to_stop(self) -> None:
        """Have it save its state and end."""
        if self._child.returncode is None:
            self._child.send_signal(signal.SIGTERM)

    async def end(self) -> int:
        """Make sure that it is gone; return its exit status, negative for a signal."""
        if self._child.returncode is None:
            self._child.kill()
        return await self._child.wait()

    async def wait(self) -> int:
        """Return its exit status once it has ended by itself."""
        return await self._child.wait()

    def last_words(self) -> str:
        """Return the end of what it printed."""
        return (self._folder / LOG).read_bytes()[-LAST_WORDS_BYTES:].decode("utf-8", "replace").strip()
