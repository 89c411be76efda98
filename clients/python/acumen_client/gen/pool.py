"""The client's own descriptor pool: its messages never collide with another package's."""

from google.protobuf import descriptor_pool
from google.protobuf import duration_pb2, field_mask_pb2, struct_pb2, timestamp_pb2
from google.protobuf import any_pb2
from google.rpc import status_pb2

_POOL = descriptor_pool.DescriptorPool()
for _module in (any_pb2, duration_pb2, field_mask_pb2, struct_pb2, timestamp_pb2, status_pb2):
    _POOL.AddSerializedFile(_module.DESCRIPTOR.serialized_pb)


def Default() -> descriptor_pool.DescriptorPool:
    """Return the pool; named as in the module that generated code would otherwise import."""
    return _POOL
