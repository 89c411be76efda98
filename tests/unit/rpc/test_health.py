"""Health is told per service, starts NOT_SERVING, and watches end when the server does."""

import asyncio
from typing import Any

import pytest

from acumen.proto.grpc.health.v1 import health_pb2
from acumen.rpc.health import Health

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
UNKNOWN = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN


def _request(service: str = "") -> Any:
    return health_pb2.HealthCheckRequest(service=service)


class Aborting:
    """A context whose abort raises, as gRPC's does."""

    async def abort(self, code: Any, text: str) -> None:
        raise RuntimeError(f"{code.name}: {text}")


async def test_starts_not_serving_and_lists_every_service() -> None:
    """Before set_all nobody may send traffic; afterwards every name is SERVING."""
    health = Health(["a.B"])
    assert (await health.check(_request("a.B"), None)).status == NOT_SERVING
    health.set_all(True)
    statuses = (await health.list(None, None)).statuses
    assert {name: s.status for name, s in statuses.items()} == {"": SERVING, "a.B": SERVING}


async def test_an_unknown_service_is_not_found() -> None:
    """Check refuses it by name."""
    with pytest.raises(RuntimeError, match="NOT_FOUND: no service 'x'"):
        await Health([]).check(_request("x"), Aborting())


async def test_two_watches_see_every_change_and_end_at_close() -> None:
    """Each watcher gets the state at once and at each change; one leaving does not disturb the other."""
    health = Health(["s"])
    first, second = health.watch(_request("s"), None), health.watch(_request("s"), None)
    assert [(await anext(w)).status for w in (first, second)] == [NOT_SERVING, NOT_SERVING]
    await first.aclose()
    waiting = asyncio.ensure_future(anext(second))
    await asyncio.sleep(0)
    health.set_all(True)
    assert (await waiting).status == SERVING
    health.close()
    assert [s async for s in second] == []


async def test_watching_an_unknown_service_says_so_and_goes_on() -> None:
    """SERVICE_UNKNOWN is an answer, not an error."""
    assert (await anext(Health([]).watch(_request("x"), None))).status == UNKNOWN
