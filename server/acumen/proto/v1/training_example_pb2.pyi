from acumen.proto.models.v1 import cognitive_pb2 as _cognitive_pb2
from acumen.proto.models.v1 import coordination_pb2 as _coordination_pb2
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
    __slots__ = ("tensor", "text", "load_metrics", "vote_table", "swarm_state", "access_pattern", "problem_context", "api_metrics", "feedback_history", "tensor_truth", "text_truth", "load_outcome", "consensus_truth", "coordination_truth", "cache_outcome", "convergent_truth", "throttle_truth", "adaptive_truth")
    TENSOR_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    LOAD_METRICS_FIELD_NUMBER: _ClassVar[int]
    VOTE_TABLE_FIELD_NUMBER: _ClassVar[int]
    SWARM_STATE_FIELD_NUMBER: _ClassVar[int]
    ACCESS_PATTERN_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_CONTEXT_FIELD_NUMBER: _ClassVar[int]
    API_METRICS_FIELD_NUMBER: _ClassVar[int]
    FEEDBACK_HISTORY_FIELD_NUMBER: _ClassVar[int]
    TENSOR_TRUTH_FIELD_NUMBER: _ClassVar[int]
    TEXT_TRUTH_FIELD_NUMBER: _ClassVar[int]
    LOAD_OUTCOME_FIELD_NUMBER: _ClassVar[int]
    CONSENSUS_TRUTH_FIELD_NUMBER: _ClassVar[int]
    COORDINATION_TRUTH_FIELD_NUMBER: _ClassVar[int]
    CACHE_OUTCOME_FIELD_NUMBER: _ClassVar[int]
    CONVERGENT_TRUTH_FIELD_NUMBER: _ClassVar[int]
    THROTTLE_TRUTH_FIELD_NUMBER: _ClassVar[int]
    ADAPTIVE_TRUTH_FIELD_NUMBER: _ClassVar[int]
    tensor: _tensor_pb2.Tensor
    text: _text_pb2.Text
    load_metrics: _coordination_pb2.LoadMetrics
    vote_table: _coordination_pb2.VoteTable
    swarm_state: _coordination_pb2.SwarmState
    access_pattern: _performance_pb2.AccessPattern
    problem_context: _cognitive_pb2.ProblemContext
    api_metrics: _performance_pb2.ApiMetrics
    feedback_history: _cognitive_pb2.FeedbackHistory
    tensor_truth: _tensor_pb2.TensorTruth
    text_truth: _text_pb2.TextTruth
    load_outcome: _coordination_pb2.LoadOutcome
    consensus_truth: _coordination_pb2.ConsensusTruth
    coordination_truth: _coordination_pb2.CoordinationTruth
    cache_outcome: _performance_pb2.CacheOutcome
    convergent_truth: _cognitive_pb2.ConvergentTruth
    throttle_truth: _performance_pb2.ThrottleTruth
    adaptive_truth: _cognitive_pb2.AdaptiveTruth
    def __init__(self, tensor: _Optional[_Union[_tensor_pb2.Tensor, _Mapping]] = ..., text: _Optional[_Union[_text_pb2.Text, _Mapping]] = ..., load_metrics: _Optional[_Union[_coordination_pb2.LoadMetrics, _Mapping]] = ..., vote_table: _Optional[_Union[_coordination_pb2.VoteTable, _Mapping]] = ..., swarm_state: _Optional[_Union[_coordination_pb2.SwarmState, _Mapping]] = ..., access_pattern: _Optional[_Union[_performance_pb2.AccessPattern, _Mapping]] = ..., problem_context: _Optional[_Union[_cognitive_pb2.ProblemContext, _Mapping]] = ..., api_metrics: _Optional[_Union[_performance_pb2.ApiMetrics, _Mapping]] = ..., feedback_history: _Optional[_Union[_cognitive_pb2.FeedbackHistory, _Mapping]] = ..., tensor_truth: _Optional[_Union[_tensor_pb2.TensorTruth, _Mapping]] = ..., text_truth: _Optional[_Union[_text_pb2.TextTruth, _Mapping]] = ..., load_outcome: _Optional[_Union[_coordination_pb2.LoadOutcome, _Mapping]] = ..., consensus_truth: _Optional[_Union[_coordination_pb2.ConsensusTruth, _Mapping]] = ..., coordination_truth: _Optional[_Union[_coordination_pb2.CoordinationTruth, _Mapping]] = ..., cache_outcome: _Optional[_Union[_performance_pb2.CacheOutcome, _Mapping]] = ..., convergent_truth: _Optional[_Union[_cognitive_pb2.ConvergentTruth, _Mapping]] = ..., throttle_truth: _Optional[_Union[_performance_pb2.ThrottleTruth, _Mapping]] = ..., adaptive_truth: _Optional[_Union[_cognitive_pb2.AdaptiveTruth, _Mapping]] = ...) -> None: ...
