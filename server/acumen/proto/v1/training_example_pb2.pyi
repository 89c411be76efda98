from acumen.proto.models.v1 import performance_pb2 as _performance_pb2
from acumen.proto.models.v1 import tensor_pb2 as _tensor_pb2
from acumen.proto.models.v1 import text_pb2 as _text_pb2
from acumen.proto.buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TrainingExample(_message.Message):
    __slots__ = ("tensor", "text", "api_metrics", "tensor_truth", "text_truth", "throttle_truth")
    TENSOR_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    API_METRICS_FIELD_NUMBER: _ClassVar[int]
    TENSOR_TRUTH_FIELD_NUMBER: _ClassVar[int]
    TEXT_TRUTH_FIELD_NUMBER: _ClassVar[int]
    THROTTLE_TRUTH_FIELD_NUMBER: _ClassVar[int]
    tensor: _tensor_pb2.Tensor
    text: _text_pb2.Text
    api_metrics: _performance_pb2.ApiMetrics
    tensor_truth: _tensor_pb2.TensorTruth
    text_truth: _text_pb2.TextTruth
    throttle_truth: _performance_pb2.ThrottleTruth
    def __init__(self, tensor: _Optional[_Union[_tensor_pb2.Tensor, _Mapping]] = ..., text: _Optional[_Union[_text_pb2.Text, _Mapping]] = ..., api_metrics: _Optional[_Union[_performance_pb2.ApiMetrics, _Mapping]] = ..., tensor_truth: _Optional[_Union[_tensor_pb2.TensorTruth, _Mapping]] = ..., text_truth: _Optional[_Union[_text_pb2.TextTruth, _Mapping]] = ..., throttle_truth: _Optional[_Union[_performance_pb2.ThrottleTruth, _Mapping]] = ...) -> None: ...
