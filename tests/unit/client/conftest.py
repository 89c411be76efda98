"""A fake server on a Unix socket, and a client of it that does not wait between retries."""

import pytest
from fake_neural import serving

from acumen_client import Client, RetryPolicy


@pytest.fixture
def served(tmp_path):
    with serving(tmp_path) as (fake, address):
        yield fake, address


@pytest.fixture
def fake(served):
    return served[0]


@pytest.fixture
def address(served):
    return served[1]


@pytest.fixture
def client(address):
    with Client(address, retry=RetryPolicy(first_delay_s=0.0)) as opened:
        yield opened
