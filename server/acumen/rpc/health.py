"""`grpc.health.v1.Health`, per service: starts NOT_SERVING, answers List, and ends its watches when draining.

The stock one knows no List, starts SERVING, and its open watches would hold up every stop for the whole grace.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import grpc

from acumen.proto.grpc.health.v1 import health_pb2

Status = health_pb2.HealthCheckResponse


class Health:
    """The state of every service of this worker; the empty name stands for the server as a whole."""

    def __init__(self, services: Sequence[str]) -> None:
        self._states = dict.fromkeys(("", *services), Status.NOT_SERVING)
        self._changed = asyncio.Event()
        self._closed = False

    def set_all(self, serving: bool) -> None:
        """Say of every service whether it is serving, and wake the watches."""
        state = Status.SERVING if serving else Status.NOT_SERVING
        self._states = dict.fromkeys(self._states, state)
        self._wake()

    def close(self) -> None:
        """End every watch."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def check(self, request: Any, context: Any) -> Any:
        """Answer the state of one service; NOT_FOUND for an unknown one."""
        if request.service not in self._states:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"no service '{request.service}'")
        return Status(status=self._states[request.service])

    async def list(self, request: Any, context: Any) -> Any:  # noqa: ARG002
        """Answer the state of every service."""
        statuses = {name: Status(status=state) for name, state in self._states.items()}
        return health_pb2.HealthListResponse(statuses=statuses)

    async def watch(self, request: Any, context: Any) -> AsyncIterator[Any]:  # noqa: ARG002
        """Answer the state of a service now and at every change; SERVICE_UNKNOWN for an unknown one."""
        last = None
        while True:
            changed = self._changed
            state = self._states.get(request.service, Status.SERVICE_UNKNOWN)
            if state != last:
                yield Status(status=state)
                last = state
            if self._closed:
                return
            await changed.wait()
