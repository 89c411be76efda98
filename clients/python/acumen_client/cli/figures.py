"""How single values are written for people."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

_UNITS = {"_ms": "ms", "_per_s": "/s"}
_BYTES = ("B", "KiB", "MiB", "GiB", "TiB")
_DURATIONS = ((1e-3, 1e6, "µs"), (1.0, 1e3, "ms"), (float("inf"), 1.0, "s"))


def fields_of(kind: Message | type[Message]) -> Sequence[FieldDescriptor]:
    """Return the fields of a message or of its class, in the order of the proto."""
    return cast(Sequence[FieldDescriptor], kind.DESCRIPTOR.fields)


def title(name: str) -> str:
    """Return a field's name in words, without its unit."""
    for unit in (*_UNITS, "_bytes"):
        name = name.removesuffix(unit).replace(f"{unit}_", "_")
    return name.replace("_", " ")


def figure(field: FieldDescriptor, value: Any) -> str:
    """Return a scalar field's value with its unit."""
    if field.enum_type is not None:
        return enum_word(field, value)
    if field.name.endswith("_bytes"):
        return size(value)
    unit = next((unit for part, unit in _UNITS.items() if f"{part}_" in f"{field.name}_"), "")
    return f"{scalar(value)} {unit}".rstrip()


def enum_word(field: FieldDescriptor, value: int) -> str:
    """Return an enumeration's value in words, without its prefix."""
    kind = field.enum_type
    known = kind.values_by_number.get(value) if kind is not None else None
    if kind is None or known is None:
        return str(value)
    prefix = next(iter(kind.values)).name.removesuffix("UNSPECIFIED")
    return known.name.removeprefix(prefix).lower().replace("_", " ")


def scalar(value: Any) -> str:
    """Return a number in at most four significant digits, and anything else as people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def size(count: int) -> str:
    """Return a number of bytes."""
    value = float(count)
    for unit in _BYTES:
        if value < 1024 or unit == _BYTES[-1]:
            break
        value /= 1024
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"


def duration(value: Duration) -> str:
    """Return a span of time."""
    seconds = value.ToTimedelta() / timedelta(seconds=1) + (value.nanos % 1000) * 1e-9
    scale, unit = next((scale, unit) for below, scale, unit in _DURATIONS if seconds < below)
    return f"{seconds * scale:.4g} {unit}"


def share(value: float) -> str:
    """Return a share in per cent."""
    return f"{100 * value:.1f} %"


def is_span(value: Any) -> bool:
    """Return whether a value is a duration, whichever descriptor pool it comes from."""
    return isinstance(value, Message) and value.DESCRIPTOR.full_name == Duration.DESCRIPTOR.full_name


def score(value: float) -> str:
    """Return a score or probability to three digits."""
    return f"{value:.3f}"


def word(message: Message, name: str) -> str:
    """Return the enumeration in a message's field in words."""
    field = cast(FieldDescriptor, message.DESCRIPTOR.fields_by_name[name])
    return enum_word(field, getattr(message, name))


def moment(value: Timestamp) -> str:
    """Return a point in time, UTC."""
    return f"{value.ToDatetime():%Y-%m-%d %H:%M:%S}"


def by_name(values: Mapping[str, Any], write: Callable[[Any], str] = scalar) -> str:
    """Return named values in the order of their names."""
    return ", ".join(f"{name} {write(values[name])}" for name in sorted(values)) or "none"
