"""A workaround: gRPC's asyncio client forgets why a stream ended when that happens while it is being written to.

Its failed write sets the status "Internal error from Core" before the server's own status, which is on its way, is read
(grpcio 1.73 to 1.85; two refused streams in three, measured). Without that, the write waits for the server's status.
"""

from typing import Any


def keep_status(stream: Any) -> None:
    """Let only the server, the deadline or the caller end a stream; without effect on a grpcio of other making."""
    call = getattr(stream, "_cython_call", None)
    if hasattr(call, "set_internal_error"):
        stream._cython_call = _Keeping(call)


class _Keeping:
    """A call that does not take a failed write for its end."""

    def __init__(self, call: Any) -> None:
        self._call = call

    def __getattr__(self, name: str) -> Any:
        return getattr(self._call, name)

    def set_internal_error(self, text: str) -> None:
        """Do nothing: the status follows."""
