"""What is in flight is counted exactly, refused over the limit, and waited for at the end."""

import asyncio

import pytest

from acumen.errors import Draining, LimitExceeded, Overloaded
from acumen.rpc.admission import Admission


async def test_calls_over_the_limit_are_refused_and_places_come_back() -> None:
    """The second of one place is refused; after the first ends there is a place again."""
    admission = Admission(max_calls=1, max_streams=1)
    with admission.call():
        with pytest.raises(Overloaded, match="limit of 1"), admission.call():
            pass
        with admission.stream(), pytest.raises(LimitExceeded, match="open streams is 2, the limit is 1"):
            with admission.stream():
                pass
    with admission.call():
        assert admission.calls == 1
    assert admission.calls == admission.streams == 0


async def test_draining_refuses_the_new_and_waits_for_the_accepted() -> None:
    """Drain returns True as soon as the last call ends, and nothing new begins meanwhile."""
    admission = Admission(max_calls=9, max_streams=9)
    with admission.call():
        draining = asyncio.create_task(admission.drain(5))
        await asyncio.sleep(0)
        with pytest.raises(Draining), admission.call():
            pass
        with pytest.raises(Draining), admission.stream():
            pass
        assert not draining.done()
    assert await draining is True


async def test_a_drain_that_takes_too_long_says_so() -> None:
    """With a call that does not end, drain returns False after the grace."""
    admission = Admission(max_calls=9, max_streams=9)
    with admission.stream():
        assert await admission.drain(0.01) is False


async def test_an_idle_server_drains_at_once() -> None:
    """With nothing in flight there is nothing to wait for."""
    assert await Admission(1, 1).drain(0) is True
