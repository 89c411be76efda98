"""Load: h2load for unary calls (not Python, so it costs the servers nothing), a small asyncio client for streams."""

import asyncio
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import grpc
import numpy as np

Good: TypeAlias = Callable[[bytes], bool]
WINDOW = 32
STREAMS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one burst of calls saw: rate, and latency percentiles in microseconds."""

    calls: int
    per_s: float
    p50_us: float
    p95_us: float
    p99_us: float


def unary(port: int, path: str, body: bytes, calls: int, clients: int, each: int) -> Load:
    """Send unary calls over `clients` connections with `each` in flight on one; needs h2load (nghttp2-client)."""
    if not shutil.which("h2load"):
        sys.exit("h2load is missing: install the package nghttp2-client")
    with tempfile.TemporaryDirectory() as folder:
        data, log = Path(folder, "body"), Path(folder, "log")
        data.write_bytes(b"\0" + struct.pack(">I", len(body)) + body)
        command = ["h2load", "-n", str(calls), "-c", str(clients), "-m", str(each), "-t", "1", "-d", str(data)]
        command += ["-H", "content-type: application/grpc", "-H", "te: trailers", f"--log-file={log}"]
        command.append(f"http://127.0.0.1:{port}{path}")
        if shutil.which("taskset"):
            command = ["taskset", "-c", "1", *command]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        rate = float(re.search(r"finished in .*?, ([\d.]+) req/s", told)[1])  # type: ignore[index]
        microseconds = np.array([int(line.split("\t")[2]) for line in log.read_text().splitlines()])
    p50, p95, p99 = np.percentile(microseconds, [50, 95, 99])
    return Load(calls=calls, per_s=rate, p50_us=float(p50), p95_us=float(p95), p99_us=float(p99))


def stream(port: int, path: str, first: bytes | None, item: bytes, items: int, good: Good) -> float:
    """Send `items` over four streams, a window of 32 on each, and return answered messages a second.

    Raises RuntimeError for an answer that is not `good`.
    """
    return asyncio.run(_stream(port, path, first, item, items, good))


async def _stream(port: int, path: str, first: bytes | None, item: bytes, items: int, good: Good) -> float:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        method = channel.stream_stream(path)
        started = time.perf_counter()
        await asyncio.gather(*(_talk(method(), first, item, items // STREAMS, good) for _ in range(STREAMS)))
        return items / (time.perf_counter() - started)


async def _talk(
    call: "grpc.aio.StreamStreamCall[bytes, bytes]", first: bytes | None, item: bytes, items: int, good: Good
) -> None:
    if first is not None:
        await call.write(first)
    for _ in range(min(WINDOW, items)):
        await call.write(item)
    for answered in range(1, items + 1):
        answer = await call.read()
        if answer is grpc.aio.EOF or not good(answer):
            raise RuntimeError(f"answer {answered} of a stream is not good: {answer!r:.200}")
        if answered + WINDOW <= items:
            await call.write(item)
    await call.done_writing()
