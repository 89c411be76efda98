"""Client of Acumen: small trained models that decide in microseconds, beside agent swarms.

    from acumen_client import Client, messages

    with Client() as client:
        answer = client.predict(messages.LoadMetrics(servers=[...]), explain="full")
        later = await client.aio.predict(...)
        client.predict_future(...).add_done_callback(...)
        client.bank.retrieve("the login test is flaky")

Inputs and answers are the generated messages in `acumen_client.messages`; failures are in `acumen_client.errors`.
"""

from acumen_client import errors, messages
from acumen_client.bank import AioBank, Bank
from acumen_client.channel import Tls
from acumen_client.client import AioClient, AioModel, Client, Model
from acumen_client.errors import AcumenError, Violation
from acumen_client.futures import CallFuture
from acumen_client.retry import RetryPolicy
from acumen_client.status import error_of
from acumen_client.training import AioTraining, Training

__all__ = [
    "AcumenError",
    "AioBank",
    "AioClient",
    "AioModel",
    "AioTraining",
    "Bank",
    "CallFuture",
    "Client",
    "Model",
    "RetryPolicy",
    "Tls",
    "Training",
    "Violation",
    "error_of",
    "errors",
    "messages",
]
