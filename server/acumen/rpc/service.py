"""Methods by name: a servicer's coroutine `list_models` serves the contract's `ListModels`."""

import keyword
import re
from collections.abc import Sequence
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message_factory import GetMessageClass

from acumen.rpc.edge import Edge
from acumen.rpc.metrics import Metrics

KINDS = {
    (False, False): "unary",
    (True, False): "client_stream",
    (False, True): "server_stream",
    (True, True): "bidi_stream",
}
HANDLERS = {
    "unary": grpc.unary_unary_rpc_method_handler,
    "server_stream": grpc.unary_stream_rpc_method_handler,
    "client_stream": grpc.stream_unary_rpc_method_handler,
    "bidi_stream": grpc.stream_stream_rpc_method_handler,
}


def handler_of(
    service: ServiceDescriptor, servicers: Sequence[Any], edge: Edge, metrics: Metrics
) -> grpc.GenericRpcHandler:
    """Return gRPC's handler of a whole service; `AttributeError` if no servicer has a method of the contract."""
    methods = {method.name: _method(method, servicers, edge, metrics) for method in service.methods}
    return grpc.method_handlers_generic_handler(service.full_name, methods)


def _method(method: MethodDescriptor, servicers: Sequence[Any], edge: Edge, metrics: Metrics) -> Any:
    kind = KINDS[method.client_streaming, method.server_streaming]
    name = python_name(method.name)
    function = getattr(next((one for one in servicers if hasattr(one, name)), servicers[0]), name)
    wrap = edge.unary if kind == "unary" else edge.stream
    measured = metrics.method(method.containing_service.full_name, method.name, kind)
    return HANDLERS[kind](
        wrap(method.name, measured, function),
        request_deserializer=GetMessageClass(method.input_type).FromString,
        response_serializer=GetMessageClass(method.output_type).SerializeToString,
    )


def requests_of(service: ServiceDescriptor) -> list[Any]:
    """Return the request classes of a service, for warming up their rules."""
    return [GetMessageClass(method.input_type) for method in service.methods]


def python_name(method: str) -> str:
    """Return `list_models` for `ListModels`, and `import_` for `Import`, which is a word of the language."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", method).lower()
    return f"{name}_" if keyword.iskeyword(name) else name
