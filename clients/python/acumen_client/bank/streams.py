"""The calls that go over all patterns: export and watch, as values. No I/O. `import_` is packed in `packing`."""

from datetime import timedelta

from acumen_client.call import BANK, Call, Defaults, Following
from acumen_client.gen.v1 import reasoning_bank_pb2 as pb


def export(
    defaults: Defaults,
    *,
    after_id: str = "",
    with_vectors: bool = False,
    min_revision: int = 0,
    timeout: float | None = None,
) -> Following[pb.ExportResponse]:
    """Stream every pattern by id, some a message; goes on behind the last one when the connection breaks."""
    request = pb.ExportRequest(
        namespace=defaults.namespace, after_id=after_id, with_vectors=with_vectors, min_revision=min_revision
    )
    call = Call(service=BANK, method="Export", request=request, response=pb.ExportResponse, timeout_s=timeout)
    return Following(call=call, pass_over=_after_patterns)


def watch_changes(
    defaults: Defaults,
    *,
    after_revision: int | None = None,
    heartbeat_interval: timedelta | None = None,
    timeout: float | None = None,
) -> Following[pb.WatchChangesResponse]:
    """Stream changes, and heartbeats, without end; goes on behind the last revision when the connection breaks.

    Without `after_revision` it starts with what comes next; the first message is a heartbeat that says where that is.
    """
    request = pb.WatchChangesRequest(
        namespace=defaults.namespace, after_revision=after_revision, heartbeat_interval=heartbeat_interval
    )
    call = Call(
        service=BANK, method="WatchChanges", request=request, response=pb.WatchChangesResponse, timeout_s=timeout
    )
    return Following(call=call, pass_over=_after_revision)


def _after_patterns(request: pb.ExportRequest, heard: pb.ExportResponse) -> None:
    if heard.patterns:
        request.after_id = heard.patterns[-1].id


def _after_revision(request: pb.WatchChangesRequest, heard: pb.WatchChangesResponse) -> None:
    request.after_revision = heard.revision
