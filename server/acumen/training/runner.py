"""Runs the jobs that wait, one at a time, on whichever worker holds the lease."""

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from google.rpc import status_pb2

from acumen import log
from acumen.errors import AcumenError, LeaseHeld
from acumen.storage.leases import Lease, held
from acumen.training.desk import Desk
from acumen.training.jobs import CANCELLED, RUNNING, Job
from acumen.training.run import Run

LEASE = "training"
TICK_S = 1.0
WATCH_S = 0.1
STOP_S = 5.0
DATASETS_KEPT = 20

_log = log.logger("training")


@dataclass(slots=True)
class Runner:
    """The background work of training; an async context manager. `folder` is where jobs have theirs."""

    desk: Desk
    folder: Path
    holder: str
    kernels: Callable[[], str]
    status_of: Callable[[AcumenError], status_pb2.Status]
    _task: "asyncio.Task[None]" = field(init=False)
    _run: Run | None = field(default=None, init=False)
    _stopping: bool = field(default=False, init=False)

    async def __aenter__(self) -> "Runner":
        self._task = asyncio.create_task(self._loop())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Have the process that runs save its state; its job goes on when a worker runs again."""
        self._stopping = True
        if self._run is not None and self._run.process is not None:
            self._run.process.ask_to_stop()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._run.process.wait(), STOP_S)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _loop(self) -> None:
        while True:
            try:
                await self._turn()
            except LeaseHeld:
                pass  # another worker is at it
            except (AcumenError, OSError, sqlite3.Error) as error:
                _log.error("training failed", cause=str(error))
            await self.desk.journal.advances(self.desk.journal.revision, TICK_S)

    async def _turn(self) -> None:
        """Work while there is something to do; look for it before the lease is taken, for taking it is a write."""
        if self.desk.jobs.to_do() is None:
            return
        lease = Lease(self.desk.journal, self.desk.clock, LEASE, self.holder)
        await lease.take()
        async with held(lease):
            while not self._stopping and (job := self.desk.jobs.to_do()) is not None:
                await self._work(job, lease)
            await asyncio.to_thread(self._tidy)

    async def _work(self, job: Job, lease: Lease) -> None:
        folder = self.folder / job.message.id
        self._run = Run(self.desk, lease, job, folder, self.kernels(), self.status_of)
        watching = asyncio.create_task(self._watch(self._run))
        try:
            await self._run.to_end()
        except LeaseHeld:
            raise
        except AcumenError as error:
            await self._run.fail(error)
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            self._run = None
        if job.message.state == CANCELLED:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    @staticmethod
    async def _watch(run: Run) -> None:
        """Stop the process of a job that is no longer to run."""
        while run.job.message.state == RUNNING or run.process is None:
            await asyncio.sleep(WATCH_S)
        if run.job.message.state == CANCELLED:
            await run.process.end()
        else:
            run.process.ask_to_stop()

    def _tidy(self) -> None:
        """Delete the folders of jobs that ended and the oldest data sets that no job needs."""
        live = {job.message.id for job in self.desk.jobs if not job.ended or job.message.HasField("error")}
        for path in self.folder.iterdir() if self.folder.exists() else ():
            if path.name not in live:
                shutil.rmtree(path, ignore_errors=True)
        needed = {job.message.spec.data.dataset_id for job in self.desk.jobs if not job.ended}
        self.desk.datasets.forget(needed, DATASETS_KEPT)
