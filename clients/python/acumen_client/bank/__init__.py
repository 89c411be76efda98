"""The client's side of the reasoning bank: `client.bank` and `client.aio.bank`."""

from acumen_client.bank.awaiting import AioBank
from acumen_client.bank.blocking import Bank

__all__ = ["AioBank", "Bank"]
