"""Several workers on one machine: processes of their own that share a TCP port and follow one journal.

They are spawned, not forked: a fork after gRPC has started hangs.
"""

import asyncio
import ctypes
import os
import signal
import sys

from acumen import log
from acumen.config import Settings, flags
from acumen.rpc.sockets import lock, probe_tcp
from acumen.storage.snapshots import SnapshotFolder

WORKER_VARIABLE = "ACUMEN_WORKER"
SUPERVISOR_VARIABLE = "ACUMEN_SUPERVISOR"
USED_WRONGLY = 2
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
STEADY_S = 10.0
_PR_SET_PDEATHSIG = 1

_log = log.logger("supervisor")


def end_with_supervisor() -> None:
    """Have this worker told to stop when its supervisor is gone, however that ended (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(os.environ[SUPERVISOR_VARIABLE]):  # it was gone already
        os.kill(os.getpid(), signal.SIGTERM)


class Supervisor:
    """Keeps `settings.workers` processes alive until it is told to stop; then passes the signal on and waits."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._children: dict[int, asyncio.subprocess.Process] = {}
        self._stopping = False
        self._status = 0

    async def run(self) -> int:
        """Return the exit status: 0, or that of a worker that could not start."""
        if self._settings.tcp:
            probe_tcp(self._settings.tcp)
        with lock(self._settings.data_dir / "lock", f"data folder {self._settings.data_dir}"):
            SnapshotFolder(self._settings.data_dir / "snapshots").start()
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, self._pass_on, number)
            await asyncio.gather(*(self._keep(worker) for worker in range(self._settings.workers)))
        return self._status

    def _pass_on(self, number: int) -> None:
        self._stopping = True
        for child in self._children.values():
            if child.returncode is None:
                child.send_signal(number)

    async def _keep(self, worker: int) -> None:
        pause = FIRST_PAUSE_S
        while not self._stopping:
            started = asyncio.get_running_loop().time()
            status = await self._spawn_and_wait(worker)
            if self._stopping:
                self._status = max(self._status, abs(status))
                return
            if status == USED_WRONGLY:
                self._status = status
                self._pass_on(signal.SIGTERM)
                return
            steady = asyncio.get_running_loop().time() - started > STEADY_S
            pause = FIRST_PAUSE_S if steady else min(pause * 2, LONGEST_PAUSE_S)
            _log.error("worker died", worker=worker, status=status, restart_in_s=pause)
            await asyncio.sleep(pause)

    async def _spawn_and_wait(self, worker: int) -> int:
        environment = {**os.environ, WORKER_VARIABLE: str(worker), SUPERVISOR_VARIABLE: str(os.getpid())}
        command = (sys.executable, "-m", "acumen", *flags(self._settings))
        child = await asyncio.create_subprocess_exec(*command, env=environment)
        self._children[worker] = child
        return await child.wait()
