"""Patterns packed for `Import`: messages of up to 256, a few messages a call, so that a call can be sent again.

The calls are numbered under one request id: with the same id and patterns, an import that broke off is gone on with,
and what was written already is not written twice.
"""

from google.protobuf.message import Message

from acumen_client.call import BANK, Call, Defaults, new_id
from acumen_client.gen.v1 import reasoning_bank_pb2 as pb
from acumen_client.gen.v1.pattern_pb2 import Pattern

MESSAGE_PATTERNS = 256
MESSAGE_BYTES = 1 << 20
CALL_MESSAGES = 8


class Packing:
    """The patterns of one import; a call is due whenever eight messages are full."""

    def __init__(self, defaults: Defaults, request_id: str, timeout: float | None) -> None:
        self.total = pb.ImportResponse()
        self._defaults = defaults
        self._request_id = request_id or new_id()
        self._timeout = timeout
        self._calls = 0
        self._size_bytes = 0
        self._messages: list[pb.ImportRequest] = []

    def take(self, pattern: Message) -> Call[pb.ImportResponse] | None:
        """Add a pattern; returns the call that became due before it."""
        if not isinstance(pattern, Pattern):
            raise TypeError(f"import_ writes patterns, not {pattern.DESCRIPTOR.full_name}")
        size = pattern.ByteSize()
        due = None
        if not self._fits(size):
            due = self.rest() if len(self._messages) == CALL_MESSAGES else None
            self._messages.append(pb.ImportRequest())
            self._size_bytes = 0
        self._messages[-1].patterns.append(pattern)
        self._size_bytes += size
        return due

    def rest(self) -> Call[pb.ImportResponse] | None:
        """Return the call for what is left; None when there is nothing, unless nothing was sent at all."""
        if not self._messages and self._calls:
            return None
        messages, self._messages = self._messages, []
        first = messages[0] if messages else pb.ImportRequest()
        first.namespace, first.request_id = self._defaults.namespace, f"{self._request_id}.{self._calls}"
        self._calls += 1
        return Call(
            service=BANK,
            method="Import",
            request=first,
            response=pb.ImportResponse,
            timeout_s=self._timeout,
            messages=lambda: messages,
        )

    def add(self, written: pb.ImportResponse) -> None:
        """Count what a call wrote."""
        self.total.patterns += written.patterns
        self.total.revision = max(self.total.revision, written.revision)

    def _fits(self, size_bytes: int) -> bool:
        if not self._messages:
            return False
        full = len(self._messages[-1].patterns) == MESSAGE_PATTERNS
        return not full and self._size_bytes + size_bytes <= MESSAGE_BYTES
