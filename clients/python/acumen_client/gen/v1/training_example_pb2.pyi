from acumen_client.gen.models.v1 import coordination_pb2 as _coordination_pb2
from acumen_client.gen.models.v1 import tensor_pb2 as _tensor_pb2
from acumen_client.gen.models.v1 import text_pb2 as _text_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TrainingExample(_message.Message):
    __slots__ = ("tensor", "text", "swarm_state", "tensor_truth", "text_truth", "coordination_truth")
    TENSOR_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SWARM_STATE_FIELD_NUMBER: _ClassVar[int]
    TENSOR_TRUTH_FIELD_NUMBER: _ClassVar[int]
    TEXT_TRUTH_FIELD_NUMBER: _ClassVar[int]
    COORDINATION_TRUTH_FIELD_NUMBER: _ClassVar[int]
    tensor: _tensor_pb2.Tensor
    text: _text_pb2.Text
    swarm_state: _coordination_pb2.SwarmState
    tensor_truth: _tensor_pb2.TensorTruth
    text_truth: _text_pb2.TextTruth
    coordination_truth: _coordination_pb2.CoordinationTruth
    def __init__(self, tensor: _Optional[_Union[_tensor_pb2.Tensor, _Mapping]] = ..., text: _Optional[_Union[_text_pb2.Text, _Mapping]] = ..., swarm_state: _Optional[_Union[_coordination_pb2.SwarmState, _Mapping]] = ..., tensor_truth: _Optional[_Union[_tensor_pb2.TensorTruth, _Mapping]] = ..., text_truth: _Optional[_Union[_text_pb2.TextTruth, _Mapping]] = ..., coordination_truth: _Optional[_Union[_coordination_pb2.CoordinationTruth, _Mapping]] = ...) -> None: ...
