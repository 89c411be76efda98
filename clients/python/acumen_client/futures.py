"""An answer to come, for callers with callbacks instead of a loop."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar, cast

import grpc

from acumen_client.retry import Trial
from acumen_client.status import Failure, from_failure

R = TypeVar("R")


class CallFuture(Future[R]):
    """A `concurrent.futures.Future` whose `result` raises `AcumenError`; `cancel` ends the call."""

    def __init__(self, attempt: Callable[[], "grpc.Future[R]"], trial: Trial) -> None:
        super().__init__()
        self._attempt = attempt
        self._trial = trial
        self._inner: grpc.Future[R] | None = None
        self._begin()

    def cancel(self) -> bool:
        """Give the call up; False when it is answered already."""
        cancelled = super().cancel()
        if cancelled and self._inner is not None:
            self._inner.cancel()
        return cancelled

    def _begin(self) -> None:
        if not self.cancelled():
            self._inner = self._attempt()
            self._inner.add_done_callback(self._settle)

    def _again(self) -> None:
        try:
            self._begin()
        except ValueError as closed:
            reason = closed
            self._finish(lambda: self.set_exception(reason))

    def _settle(self, inner: "grpc.Future[R]") -> None:
        if inner.cancelled() or self.cancelled():
            return
        if inner.exception() is None:
            self._finish(lambda: self.set_result(inner.result()))
            return
        error = from_failure(cast(Failure, inner), self._trial.request_id)
        pause = self._trial.pause_s(error, time.monotonic())
        if pause is None:
            self._finish(lambda: self.set_exception(error))
        else:
            timer = threading.Timer(pause, self._again)
            timer.daemon = True
            timer.start()

    def _finish(self, settle: Callable[[], None]) -> None:
        if self.set_running_or_notify_cancel():
            settle()
