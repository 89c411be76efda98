"""The least a gRPC server in Python can do: bytes back, on the same library and event loop as acumend."""

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

import grpc
import uvloop

from acumen.rpc.server import options

UNARY, STREAM = "/bench.Echo/Unary", "/bench.Echo/Stream"
SIZE = 16 << 20


async def _unary(request: bytes, context: Any) -> bytes:
    del context
    return request


async def _stream(requests: AsyncIterator[bytes], context: Any) -> None:
    del requests
    while (message := await context.read()) is not grpc.aio.EOF:
        await context.write(message)


async def main(port: str, workers_share: bool) -> None:
    """Serve until killed."""
    server = grpc.aio.server(options=options(SIZE, shared=workers_share))
    methods = {
        "Unary": grpc.unary_unary_rpc_method_handler(_unary),
        "Stream": grpc.stream_stream_rpc_method_handler(_stream),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench.Echo", methods),))
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    print("serving", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], workers_share=len(sys.argv) > 2))
