"""The wrappers bound to each way of computing them."""

from functools import cache
from types import SimpleNamespace
from typing import Final, cast

from acumen_accel import reference
from acumen_accel.checked.bags import Bags
from acumen_accel.checked.bits import Bits
from acumen_accel.checked.codes import Codes
from acumen_accel.checked.dense import Dense
from acumen_accel.checked.graphs import Graphs
from acumen_accel.checked.losses import Losses
from acumen_accel.checked.nibbles import Nibbles
from acumen_accel.checked.raw import Raw
from acumen_accel.checked.rows import Rows
from acumen_accel.checked.scan import Scans
from acumen_accel.checked.segments import Segments
from acumen_accel.checked.training import Training
from acumen_accel.levels import IN_USE, RUNNABLE, UNCOMPILED, load

SUBJECTS: Final = (
    "activations",
    "adam",
    "bags",
    "bits",
    "bounds",
    "codes",
    "dense",
    "graph",
    "layer_norm",
    "losses",
    "nibbles",
    "rows",
    "scan",
    "segment_gradients",
    "segments",
    "windows",
)
_TRAINING: Final = (
    "activation_gradient",
    "adam_step",
    "bias_activation",
    "cross_entropy",
    "embedding_bag_gradient",
    "huber",
    "layer_norm",
    "layer_norm_gradient",
    "log_loss",
    "pinball",
    "segment_max_gradient",
    "segment_softmax_gradient",
    "segment_spread",
    "squared_norm",
    "window_concat",
    "window_gradient",
)
NAMES: Final = (
    "activation_gradient",
    "adam_step",
    "bias_activation",
    "binarise",
    "bound_bits",
    "cross_entropy",
    "dense",
    "embedding_bag",
    "embedding_bag_gradient",
    "embedding_bag_int8",
    "gather",
    "hadamard",
    "highest",
    "huber",
    "layer_norm",
    "layer_norm_gradient",
    "log_loss",
    "pinball",
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
    "segment_max_gradient",
    "segment_mean",
    "segment_softmax",
    "segment_softmax_gradient",
    "segment_spread",
    "segment_sum",
    "sign_bits",
    "squared_norm",
    "window_concat",
    "window_gradient",
)
# Element by element in the interpreter these would take seconds. NumPy sums integers exactly too, and its product
# of one row at a time does not depend on the batch either.
_NUMPY_WHEN_UNCOMPILED: Final = (
    "bound_bits",
    "dense",
    "hadamard",
    "highest",
    "quantise_int4",
    "scan_binary",
    "scan_int4",
    "scan_int8",
    "scan_int8_some",
    "search_graph",
    "sign_bits",
    *_TRAINING,
)


class Kernels(Bags, Bits, Codes, Dense, Graphs, Losses, Nibbles, Rows, Scans, Segments, Training):
    """Every kernel, computed by one backend."""


@cache
def backend(name: str = "kernels") -> Kernels:
    """Return the kernels computed in a named way; ValueError for another name.

    `kernels` is the level in use, what the package's own functions are bound to. `v2`, `v3`, `v4` (`generic` on other
    processors) are the levels built, `python` the kernel sources uncompiled, `numpy` plain NumPy, to compare with.
    """
    level = IN_USE if name == "kernels" else name
    if level == "numpy":
        return Kernels(reference)
    if level not in (UNCOMPILED, *RUNNABLE):
        allowed = ("kernels", "numpy", UNCOMPILED, *RUNNABLE)
        raise ValueError(f"backend: {name!r}, must be one of {', '.join(allowed)}")
    return Kernels(_load(level))


def _load(level: str) -> Raw:
    functions: dict[str, object] = {}
    for subject in SUBJECTS:
        functions |= vars(load(subject, level))
    if level == UNCOMPILED:
        functions |= {name: getattr(reference, name) for name in _NUMPY_WHEN_UNCOMPILED}
    return cast(Raw, SimpleNamespace(**{name: value for name, value in functions.items() if callable(value)}))
