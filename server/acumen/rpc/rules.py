"""The contract's own rules (protovalidate), and how a broken one is told."""

from typing import Any

from google.protobuf.message import Message
from protovalidate import Validator, Violation

from acumen import errors

QUOTAS = {("PredictBatchRequest", "requests")}


class Rules:
    """Checks requests against the rules in their protos."""

    def __init__(self, requests: list[type[Message]]) -> None:
        self._validator = Validator()
        for (
            request
        ) in requests:  # the first validation of a type compiles its rules: milliseconds nobody should wait for
            self._validator.collect_violations(request())

    def check(self, request: Message) -> None:
        """Raise `InvalidInput` with every broken rule of a request, `LimitExceeded` for too many items of a batch."""
        broken = self._validator.collect_violations(request)
        if broken:
            raise _over_quota(request, broken) or errors.InvalidInput([_told(request, one) for one in broken])


def _over_quota(request: Any, broken: list[Violation]) -> errors.LimitExceeded | None:
    """Return the error for a batch that is too long: a quota, and so another code than a malformed field."""
    for violation in broken:
        elements = violation.proto.field.elements if violation.proto.field else []
        if (
            violation.proto.rule_id == "repeated.max_items"
            and (request.DESCRIPTOR.name, elements[0].field_name) in QUOTAS
        ):
            name = elements[0].field_name
            return errors.LimitExceeded(name, len(getattr(request, name)), int(violation.rule_value))
    return None


def _told(request: Message, violation: Violation) -> errors.Violation:
    path = violation.proto.field
    elements = path.elements if path else []
    field = ".".join(_element(element) for element in elements)
    value = _value(request, elements)
    got = "" if value is None else f", got {value!r:.80}"
    return errors.Violation(field=field or violation.proto.rule_id, description=f"{violation.proto.message}{got}")


def _element(element: Any) -> str:
    index = _index(element)
    return f"{element.field_name}" + ("" if index is None else f"[{index}]")


def _index(element: Any) -> Any:
    return element.subscript.value if element.subscript else None


def _value(request: Any, elements: Any) -> Any:
    """Return the offending scalar, or the size of an offending list; None where neither is short."""
    value = request
    for element in elements:
        value = getattr(value, element.field_name, None)  # a oneof has a name but no value
        if (index := _index(element)) is not None:
            value = value[index] if value is not None else None
    if isinstance(value, (bool, int, float, str, bytes)):
        return value
    return f"{len(value)} items" if hasattr(value, "__len__") else None
