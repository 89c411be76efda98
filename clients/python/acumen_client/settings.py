"""What a client was opened with, and what follows from it for every call."""

import time
from dataclasses import dataclass
from typing import Any

from acumen_client.call import Call, Defaults
from acumen_client.channel import Tls
from acumen_client.retry import RetryPolicy, Trial, repeatable


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where to, as whom, how patiently."""

    targets: tuple[str, ...]
    tls: Tls | None
    token: str | None
    retry: RetryPolicy
    defaults: Defaults

    def trial(self, call: Call[Any]) -> Trial:
        """Return the first attempt at a call, its deadline counted from now."""
        deadline_s = None if call.timeout_s is None else time.monotonic() + call.timeout_s
        again = repeatable(call.service, call.method, call.request)
        return Trial(policy=self.retry, repeatable=again, deadline_s=deadline_s)

    def metadata(self, request_id: str) -> tuple[tuple[str, str], ...]:
        """Return what every call sends beside its request."""
        named = (("x-request-id", request_id),)
        return named if self.token is None else (*named, ("authorization", f"Bearer {self.token}"))
