"""The contract's rules are enforced, and a broken one is told with field, value and limit."""

import pytest

from acumen.errors import InvalidInput, LimitExceeded
from acumen.proto.v1 import neural_pb2 as pb
from acumen.rpc.rules import Rules


def _violations(request):  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidInput) as caught:
        Rules([type(request)]).check(request)
    return {v.field: v.description for v in caught.value.violations}


def test_all_broken_rules_are_told_at_once() -> None:
    """A long name and too many alternatives are both named, each with its value and limit."""
    told = _violations(pb.PredictRequest(model="m" * 200, options=pb.PredictOptions(alternatives=99)))
    assert set(told) == {"model", "options.alternatives"}
    assert "99" in told["options.alternatives"] and "16" in told["options.alternatives"]


def test_a_list_over_its_limit_is_told_with_its_size() -> None:
    """257 items where 256 are allowed is a quota, not a malformed field."""
    with pytest.raises(LimitExceeded, match="requests is 257, the limit is 256"):
        Rules([]).check(pb.PredictBatchRequest(requests=[pb.PredictRequest()] * 257))


def test_an_element_is_told_with_its_index() -> None:
    """The third of three backends that does not exist is backends[2]."""
    told = _violations(pb.BenchmarkRequest(model="m", backends=[pb.BACKEND_NUMPY, pb.BACKEND_PYTHON, 77]))
    assert list(told) == ["backends[2]"]


def test_a_message_without_required_content_is_told() -> None:
    """An empty stream message breaks the oneof's rule, an item without a request its own."""
    assert "message" in _violations(pb.PredictStreamRequest())
    assert list(_violations(pb.PredictStreamRequest(item=pb.PredictStreamItem()))) == ["item.request"]
