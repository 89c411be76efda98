"""SIMD kernels for dense layers, segments, embedding bags and scans, compiled per processor level.

The functions here are those of the level in use (see `info`); `backend` gives the same functions computed otherwise.
Arrays that are float32 in C order pass without a copy, others are converted. The interpreter lock is released
while a compiled kernel runs.
"""

from acumen_accel.backends import Kernels, backend
from acumen_accel.checked.graphs import Graph
from acumen_accel.checked.query import Query
from acumen_accel.info import Info, info
from acumen_accel.memory import aligned

_KERNELS = backend()

binarise = _KERNELS.binarise
bound_bits = _KERNELS.bound_bits
dense = _KERNELS.dense
embedding_bag = _KERNELS.embedding_bag
embedding_bag_int8 = _KERNELS.embedding_bag_int8
gather = _KERNELS.gather
hadamard = _KERNELS.hadamard
highest = _KERNELS.highest
quantise_int4 = _KERNELS.quantise_int4
quantise_int8 = _KERNELS.quantise_int8
scan_binary = _KERNELS.scan_binary
scan_int4 = _KERNELS.scan_int4
scan_int8 = _KERNELS.scan_int8
scan_query = _KERNELS.scan_query
scan_topk = _KERNELS.scan_topk
scatter_sum = _KERNELS.scatter_sum
search_graph = _KERNELS.search_graph
segment_max = _KERNELS.segment_max
segment_mean = _KERNELS.segment_mean
segment_softmax = _KERNELS.segment_softmax
segment_sum = _KERNELS.segment_sum
sign_bits = _KERNELS.sign_bits

__all__ = [
    "Graph",
    "Info",
    "Kernels",
    "Query",
    "aligned",
    "backend",
    "binarise",
    "bound_bits",
    "dense",
    "embedding_bag",
    "embedding_bag_int8",
    "gather",
    "hadamard",
    "highest",
    "info",
    "quantise_int4",
    "quantise_int8",
    "scan_binary",
    "scan_int4",
    "scan_int8",
    "scan_query",
    "scan_topk",
    "scatter_sum",
    "search_graph",
    "segment_max",
    "segment_mean",
    "segment_softmax",
    "segment_sum",
    "sign_bits",
]
