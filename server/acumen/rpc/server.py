"""A gRPC server with everything a service needs around it: health, reflection, sizes, keepalive."""

from collections.abc import Iterable, Sequence
from typing import Any

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from grpc_reflection.v1alpha import reflection, reflection_pb2
from grpc_reflection.v1alpha._async import ReflectionServicer

from acumen.proto.grpc.health.v1 import health_pb2
from acumen.rpc.health import Health

REFLECTION = ("grpc.reflection.v1.ServerReflection", reflection.SERVICE_NAME)
HEALTH: ServiceDescriptor = health_pb2.DESCRIPTOR.services_by_name["Health"]


def build(
    handlers: Iterable[grpc.GenericRpcHandler], services: Sequence[str], health: Health, size: int, shared: bool
) -> Any:
    """Return an unstarted server; `size` is the largest message in bytes, `shared` lets workers share a TCP port."""
    server = grpc.aio.server(options=options(size, shared))
    names = (*services, HEALTH.full_name, *REFLECTION)
    server.add_generic_rpc_handlers((*handlers, _health_handler(health), *_reflection_handlers(names)))
    return server


def options(size: int, shared: bool) -> list[tuple[str, int]]:
    """Return the channel arguments; clients may ping every 10 s, also without calls."""
    return [
        ("grpc.max_receive_message_length", size),
        ("grpc.max_send_message_length", size),
        ("grpc.so_reuseport", int(shared)),
        ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
        ("grpc.keepalive_permit_without_calls", 1),
    ]


def _health_handler(health: Health) -> grpc.GenericRpcHandler:
    methods: dict[str, Any] = {
        "Check": (grpc.unary_unary_rpc_method_handler, health.check, health_pb2.HealthCheckRequest),
        "List": (grpc.unary_unary_rpc_method_handler, health.list, health_pb2.HealthListRequest),
        "Watch": (grpc.unary_stream_rpc_method_handler, health.watch, health_pb2.HealthCheckRequest),
    }
    handlers: dict[str, Any] = {
        name: kind(function, request.FromString, lambda message: message.SerializeToString())
        for name, (kind, function, request) in methods.items()
    }
    return grpc.method_handlers_generic_handler(HEALTH.full_name, handlers)


def _reflection_handlers(names: Sequence[str]) -> list[grpc.GenericRpcHandler]:
    """Serve reflection under both names: their messages are the same on the wire, and tools ask for either."""
    servicer: Any = ReflectionServicer(names)
    handler = grpc.stream_stream_rpc_method_handler(
        servicer.ServerReflectionInfo,
        reflection_pb2.ServerReflectionRequest.FromString,
        reflection_pb2.ServerReflectionResponse.SerializeToString,
    )
    return [grpc.method_handlers_generic_handler(name, {"ServerReflectionInfo": handler}) for name in REFLECTION]
