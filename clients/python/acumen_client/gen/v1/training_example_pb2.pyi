from acumen_client.gen.models.v1 import cognitive_pb2 as _cognitive_pb2
from acumen_client.gen.models.v1 import tensor_pb2 as _tensor_pb2
from acumen_client.gen.models.v1 import text_pb2 as _text_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TrainingExample(_message.Message):
    __slots__ = ("tensor", "text", "feedback_history", "tensor_truth", "text_truth", "adaptive_truth")
    TENSOR_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    FEEDBACK_HISTORY_FIELD_NUMBER: _ClassVar[int]
    TENSOR_TRUTH_FIELD_NUMBER: _ClassVar[int]
    TEXT_TRUTH_FIELD_NUMBER: _ClassVar[int]
    ADAPTIVE_TRUTH_FIELD_NUMBER: _ClassVar[int]
    tensor: _tensor_pb2.Tensor
    text: _text_pb2.Text
    feedback_history: _cognitive_pb2.FeedbackHistory
    tensor_truth: _tensor_pb2.TensorTruth
    text_truth: _text_pb2.TextTruth
    adaptive_truth: _cognitive_pb2.AdaptiveTruth
    def __init__(self, tensor: _Optional[_Union[_tensor_pb2.Tensor, _Mapping]] = ..., text: _Optional[_Union[_text_pb2.Text, _Mapping]] = ..., feedback_history: _Optional[_Union[_cognitive_pb2.FeedbackHistory, _Mapping]] = ..., tensor_truth: _Optional[_Union[_tensor_pb2.TensorTruth, _Mapping]] = ..., text_truth: _Optional[_Union[_text_pb2.TextTruth, _Mapping]] = ..., adaptive_truth: _Optional[_Union[_cognitive_pb2.AdaptiveTruth, _Mapping]] = ...) -> None: ...
