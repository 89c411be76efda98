"""Configuration that changes while serving: its ranges, and what a change does."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import acumen_accel
from acumen.errors import InvalidInput, Violation
from acumen.proto.v1 import neural_pb2

MIB = 1 << 20
MEMORY_RANGE = (MIB, 1 << 40)
THREADS_RANGE = (1, 64)
BATCH_WINDOW_MS_RANGE = (0.0, 10.0)
LEVELS = {
    neural_pb2.KERNEL_LEVEL_UNSPECIFIED: "auto",
    neural_pb2.KERNEL_LEVEL_AUTO: "auto",
    neural_pb2.KERNEL_LEVEL_V4: "v4",
    neural_pb2.KERNEL_LEVEL_V3: "v3",
    neural_pb2.KERNEL_LEVEL_V2: "v2",
    neural_pb2.KERNEL_LEVEL_PYTHON: "python",
}
NUMBERS = {name: number for number, name in LEVELS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeConfig:
    """What an operator may change while serving; see `acumen.v1.RuntimeConfig`."""

    memory_max_bytes: int
    threads: int
    batch_window_ms: float
    kernels: str


def runnable() -> list[str]:
    """Return the kernel levels that can be used here."""
    info = acumen_accel.info()
    return ["auto", "python", *(level for level in info.built if level in info.supported)]


def kernels_of(level: str) -> acumen_accel.Kernels:
    """Return the kernels of a level that `runnable` lists."""
    return acumen_accel.backend("kernels" if level == "auto" else level)


def changed(config: RuntimeConfig, message: neural_pb2.RuntimeConfig, paths: Iterable[str]) -> RuntimeConfig:
    """Return the configuration with the fields named by `paths` taken from `message`.

    Raises `InvalidInput` with every unknown path and every value out of range.
    """
    wanted = list(paths)
    given: dict[str, Any] = {
        "memory_max_bytes": message.memory_max_bytes,
        "threads": message.threads,
        "batch_window": message.batch_window.ToNanoseconds() / 1e6,
        "kernels": LEVELS.get(message.kernels, str(message.kernels)),
    }
    violations = (
        [] if wanted else [Violation(field="update_mask", description="names no field, at least one is needed")]
    )
    for path in wanted:
        if path in given:
            violations += _check(path, given[path])
        else:
            text = f"'{path}' is not a field of RuntimeConfig, which has {', '.join(given)}"
            violations.append(Violation(field="update_mask", description=text))
    if violations:
        raise InvalidInput(violations)
    return replace(config, **{_attribute(path): given[path] for path in wanted})


def _attribute(path: str) -> str:
    return "batch_window_ms" if path == "batch_window" else path


def _check(path: str, value: Any) -> list[Violation]:
    if path == "kernels":
        allowed = runnable()
        text = f"'{value}' is not runnable here, which has {', '.join(allowed)}"
        return [] if value in allowed else [Violation(field="config.kernels", description=text)]
    low, high, unit = {
        "memory_max_bytes": (*MEMORY_RANGE, " bytes"),
        "threads": (*THREADS_RANGE, ""),
        "batch_window": (*BATCH_WINDOW_MS_RANGE, " ms"),
    }[path]
    text = f"{value:g}{unit} is not within {low:g} to {high:g}"
    return [] if low <= value <= high else [Violation(field=f"config.{path}", description=text)]


def to_message(config: RuntimeConfig) -> neural_pb2.RuntimeConfig:
    """Return the configuration as the contract has it."""
    message = neural_pb2.RuntimeConfig(
        memory_max_bytes=config.memory_max_bytes, threads=config.threads, kernels=NUMBERS[config.kernels]
    )
    message.batch_window.FromNanoseconds(int(config.batch_window_ms * 1e6))
    return message
