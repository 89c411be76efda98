"""What is live on this worker, as `GetRuntimeResponse`."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from google.protobuf.timestamp_pb2 import Timestamp

import acumen_accel
from acumen import __version__
from acumen.neural.runtime import to_message
from acumen.neural.serving import Serving
from acumen.proto.v1 import neural_pb2 as pb

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What does not change while a worker lives."""

    started_ms: int
    worker: int
    workers: int
    limits: pb.Limits
    drain_grace_s: float


def runtime_message(facts: Facts, serving: Serving, revision: int, dropped_records: int) -> pb.GetRuntimeResponse:
    """Return everything an operator asks first."""
    start = Timestamp()
    start.FromMilliseconds(facts.started_ms)
    return pb.GetRuntimeResponse(
        version=__version__,
        start_time=start,
        worker=facts.worker,
        workers=facts.workers,
        kernels=_kernels(serving.config.kernels),
        platform=_platform(),
        config=to_message(serving.config),
        limits=facts.limits,
        resident_bytes=resident_bytes(),
        revision=revision,
        dropped_records=dropped_records,
    )


def _kernels(configured: str) -> pb.Kernels:
    info = acumen_accel.info()
    level = info.level if configured == "auto" else configured
    return pb.Kernels(
        level=level, built=info.built, supported=info.supported, names=info.kernels, compiled=level != "python"
    )


def _platform() -> pb.Platform:
    return pb.Platform(
        machine=platform.machine(),
        processors=len(os.sched_getaffinity(0)),
        cpu_features=acumen_accel.info().cpu_flags,
        python_version=platform.python_version(),
        numpy_version=np.__version__,
    )


def resident_bytes() -> int:
    """Return the resident memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES
