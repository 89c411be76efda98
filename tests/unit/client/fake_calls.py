"""What every fake service does: remember what it was asked, and fail when told to."""

import threading
from collections import deque

import grpc


class Remembering:
    """`fail` queues failures; `calls`, `metadata` and `deadlines` are what was asked, by method."""

    def __init__(self):
        self.calls = {}
        self.metadata = {}
        self.deadlines = {}
        self.failures = deque()
        self.hold = threading.Event()
        self.hold.set()

    def fail(self, *statuses, pushback=None):
        """Queue failures: a `Status` with details, or a bare status code."""
        self.failures.extend((one, pushback) for one in statuses)

    def last(self, method):
        """Return the latest request of a method."""
        return self.calls[method][-1]

    def note(self, method, request, context):
        """Remember a call, and fail it when a failure is queued."""
        self.calls.setdefault(method, []).append(request)
        self.metadata.setdefault(method, []).append(dict(context.invocation_metadata()))
        self.deadlines.setdefault(method, []).append(context.time_remaining())
        if self.failures:
            self.abort(context)

    def abort(self, context):
        """Fail a call with the next failure."""
        failure, pushback = self.failures.popleft()
        trailing = [("grpc-retry-pushback-ms", pushback)] if pushback else []
        if isinstance(failure, grpc.StatusCode):
            context.set_trailing_metadata(trailing)
            context.abort(failure, "bare")
        context.set_trailing_metadata([*trailing, ("grpc-status-details-bin", failure.SerializeToString())])
        context.abort(next(code for code in grpc.StatusCode if code.value[0] == failure.code), failure.message)
