"""What the wrappers refuse, and what they take though it does not conform."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from acumen_accel import Graph, Kernels, Query, aligned, backend, info
from acumen_accel.checked.training import AdamSettings

ONES = np.ones((4, 64), np.float32)
CODES = np.ones((4, 2), np.uint64)
BYTES = np.ones((4, 3), np.int8)
SCALES = np.ones(4, np.float32)
WHOLE = np.ones(3, np.int16)
CENTRE = np.ones(64, np.int32)
SETTINGS = AdamSettings(scale=1, rate=0, decay=0, first=1, second=1, follow=0)
NAN = np.full(64, np.nan, np.float32)


def graph(**changes: Any) -> Graph:
    """Two rows that lead to each other, the first of them on level 1 too."""
    arrays = {"links": [[1], [0]], "towers": [0, -1], "upper": [[-1]]}
    start = changes.pop("start", 0)
    return Graph(start=start, level=1, **{k: np.array(v, np.int32) for k, v in (arrays | changes).items()})


PAIR = graph()

REFUSED: dict[str, tuple[Callable[[Kernels], object], str]] = {
    "text": (lambda k: k.gather("abc", [0]), "x: dtype <U3"),
    "complex": (lambda k: k.gather([[1j]], [0]), "x: dtype complex128"),
    "one dimension": (lambda k: k.gather([1.0], [0]), "x: 1 dimensions, must be 2"),
    "float index": (lambda k: k.gather(ONES, [0.5]), "index: dtype float64"),
    "index below": (lambda k: k.gather(ONES, [0, -1]), r"index\[1\]: -1, must be at least 0 and below 4"),
    "index above": (lambda k: k.gather(ONES, [4]), r"index\[0\]: 4, must be at least 0 and below 4"),
    "scatter short": (lambda k: k.scatter_sum(ONES, [0], 3), "index length: 1, must be the rows of x, 4"),
    "scatter above": (lambda k: k.scatter_sum(ONES, [0, 1, 2, 3], 3), r"index\[3\]: 3"),
    "scatter size": (lambda k: k.scatter_sum(ONES, [0, 1, 2, 3], -1), "size: -1"),
    "inner": (lambda k: k.dense(ONES, ONES, SCALES), "weight rows: 4, must be the columns of x, 64"),
    "bias": (lambda k: k.dense(ONES, ONES.T, [1.0]), "bias length: 1, must be the columns of weight, 4"),
    "activation": (
        lambda k: k.dense(ONES, ONES.T, SCALES, "swish"),
        "activation: 'swish', must be one of identity, relu",
    ),
    "training activation": (lambda k: k.bias_activation(ONES, ONES[0], "swish"), "activation: 'swish', must be one of"),
    "training bias": (
        lambda k: k.bias_activation(ONES, SCALES, "relu"),
        "bias length: 4, must be the columns of z, 64",
    ),
    "kept": (lambda k: k.activation_gradient(ONES, ONES.T, "relu"), r"g: shape \(4, 64\), must be that of kept"),
    "gain": (lambda k: k.layer_norm(ONES, SCALES, ONES[0]), "gain length: 4, must be the columns of x, 64"),
    "norm g": (lambda k: k.layer_norm_gradient(ONES[:2], ONES, ONES[0]), r"g: shape \(2, 64\), must be \(4, 64\)"),
    "class": (lambda k: k.cross_entropy(ONES, [0, 1, 2, 64], SCALES), r"target\[3\]: 64, must be at least 0 and below"),
    "smoothing": (
        lambda k: k.cross_entropy(ONES, [0] * 4, SCALES, 1.0),
        "smoothing: 1.0, must be at least 0 and below",
    ),
    "truth": (lambda k: k.log_loss(SCALES, ONES[0], SCALES), "truth length: 64, must be the length of prediction, 4"),
    "level": (lambda k: k.pinball(SCALES, SCALES, SCALES, 1.0), "level: 1.0, must be above 0 and below 1"),
    "width of huber": (lambda k: k.huber(SCALES, SCALES, SCALES, 0.0), "width: 0.0, must be above 0"),
    "even window": (lambda k: k.window_concat(ONES, [0, 4], 2), "width: 2, must be odd and at least 1"),
    "window columns": (lambda k: k.window_gradient(ONES, [0, 4], 3), "columns of g modulo the width: 1"),
    "spread": (lambda k: k.segment_spread(ONES, [0, 9]), "segments: 1, must be the rows of g, 4"),
    "max gradient": (lambda k: k.segment_max_gradient(ONES, ONES, [0, 4]), r"g: shape \(4, 64\), must be \(1, 64\)"),
    "bags of g": (
        lambda k: k.embedding_bag_gradient(ONES, [0], [0, 1], None, 3),
        "bags: 1, must be the rows of g, 4",
    ),
    "bag id": (lambda k: k.embedding_bag_gradient(ONES[:1], [3], [0, 1], None, 3), r"ids\[0\]: 3, must be at least 0"),
    "adam view": (lambda k: k.adam_step(*[ONES.T[0]] * 5, SETTINGS), "adam_step: every array must be float32"),
    "adam lengths": (lambda k: k.adam_step(*[SCALES] * 4, ONES[0], SETTINGS), "adam_step: lengths"),
    "no offsets": (lambda k: k.segment_sum(ONES, []), "offsets: empty"),
    "late start": (lambda k: k.segment_sum(ONES, [1, 4]), "offsets: runs from 1 to 4, must run from 0 to 4"),
    "early end": (lambda k: k.segment_max(ONES, [0, 3]), "offsets: runs from 0 to 3, must run from 0 to 4"),
    "decrease": (lambda k: k.segment_softmax(ONES, [0, 3, 2, 4]), r"offsets\[2\]: 2, must not be below 3"),
    "query nan": (lambda k: k.scan_topk(ONES, NAN, 1), "query: holds NaN"),
    "query short": (lambda k: k.scan_topk(ONES, [1.0], 1), "query length: 1, must be the columns of rows, 64"),
    "metric": (lambda k: k.scan_topk(ONES, ONES[0], 1, "l1"), "metric: 'l1', must be one of dot, cosine"),
    "k": (lambda k: k.scan_topk(ONES, ONES[0], 0), "k: 0, must be at least 1"),
    "int8 query": (lambda k: k.scan_int8(BYTES, SCALES, [1, np.inf, 1], 1), "query: holds a value that is not finite"),
    "int8 scales": (lambda k: k.scan_int8(BYTES, [1.0], [1, 1, 1], 1), "scales length: 1, must be the rows, 4"),
    "int8 wide": (lambda k: k.scan_int8(np.ones((1, 131073), np.int8), [1.0], np.ones(131073), 1), "at most 131072"),
    "int16 rows": (lambda k: k.scan_int8(BYTES.astype(np.int16), SCALES, [1, 1, 1], 1), "rows: dtype int16"),
    "some above": (
        lambda k: k.scan_query(BYTES, SCALES, Query.of([1, 1, 1]), 1, [0, 4]),
        r"some\[1\]: 4, must be at least 0 and below 4",
    ),
    "query columns": (lambda k: k.scan_query(BYTES, SCALES, Query.of([1.0]), 1), "query length: 1"),
    "query infinite": (
        lambda k: k.scan_query(BYTES, SCALES, Query.of([np.inf]), 1),
        "query: holds a value that is not",
    ),
    "query wide": (lambda k: Query.of(np.ones(132105)), "query length: 132105, must be at most 132104"),
    "graph rows": (
        lambda k: k.search_graph(BYTES[:2], SCALES[:2], PAIR, Query.of([1, 1]), 1, 1, np.ones(2, bool)),
        "query length: 2, must be the columns of rows, 3",
    ),
    "graph wanted": (
        lambda k: k.search_graph(BYTES[:2], SCALES[:2], PAIR, Query.of([1, 1, 1]), 1, 1, np.ones(3, bool)),
        "wanted length: 3, must be the rows, 2",
    ),
    "graph width": (
        lambda k: k.search_graph(BYTES[:2], SCALES[:2], PAIR, Query.of([1, 1, 1]), 1, 0, np.ones(2, bool)),
        "k and width: 1 and 0",
    ),
    "graph link": (lambda k: graph(links=[[1], [2]]), "links: run from 1 to 2, must be at least -1 and below 2"),
    "graph start": (lambda k: graph(start=1), "start: 1 on level 1, must be a row that is on it"),
    "graph tower": (lambda k: graph(towers=[1, -1]), "towers: must begin at line 0"),
    "graph level": (lambda k: graph(upper=[[1]]), "upper: leads to a row that is not on the level"),
    "bits signs": (lambda k: k.bound_bits(CODES, SCALES, CODES[0, :1], CODES[0], 9), "signs length: 1"),
    "bits strong": (lambda k: k.bound_bits(CODES, SCALES, CODES[0], CODES[0, :1], 9), "strong length: 1"),
    "bits factors": (lambda k: k.bound_bits(CODES, SCALES[:2], CODES[0], CODES[0], 9), "factors length: 2"),
    "turned values": (lambda k: k.hadamard(BYTES[0], BYTES[0]), "values: int8 of 1 dimensions, must be int16 of 1"),
    "turned flips": (lambda k: k.hadamard(WHOLE, BYTES[0, :2]), "flips length: 2, must be the values, 3"),
    "signs mean": (lambda k: k.sign_bits(BYTES, SCALES, BYTES[0], WHOLE[:2], CENTRE, 1.0), "mean length: 2"),
    "signs centre": (lambda k: k.sign_bits(BYTES, SCALES, BYTES[0], WHOLE, CENTRE[:3], 1.0), "centre length: 3"),
    "signs unit": (lambda k: k.sign_bits(BYTES, SCALES, BYTES[0], WHOLE, CENTRE, 0.0), "unit: 0.0, must be above 0"),
    "highest nan": (lambda k: k.highest(NAN, 1), "values: holds NaN"),
    "highest k": (lambda k: k.highest(SCALES, 0), "k: 0, must be at least 1"),
    "binary query": (lambda k: k.scan_binary(CODES, CODES[0, :1], 1), "query_code length: 1"),
    "halves": (
        lambda k: k.scan_int4(BYTES, SCALES, Query.of(np.ones(6)), 1),
        "halves: int8 of 2 dimensions, must be uint8",
    ),
    "halves length": (
        lambda k: k.scan_int4(BYTES.astype(np.uint8), SCALES, Query.of(np.ones(7)), 1),
        "half the query length, rounded up: 4, must be the columns of halves, 3",
    ),
    "halves k": (lambda k: k.scan_int4(BYTES.astype(np.uint8), SCALES, Query.of(np.ones(6)), 0), "k: 0, must be at"),
    "halves scales": (lambda k: k.quantise_int4(BYTES, SCALES[:2]), "scales length: 2, must be the rows, 4"),
    "quantise nan": (lambda k: k.quantise_int8(NAN[None]), "rows: holds a value that is not finite"),
    "binarise nan": (lambda k: k.binarise(NAN[None]), "rows: holds NaN"),
    "binarise width": (lambda k: k.binarise(ONES[:, :63]), "rows columns: 63, must be a multiple of 64"),
    "id": (lambda k: k.embedding_bag(ONES, [4], [0, 1]), r"ids\[0\]: 4, must be at least 0 and below 4"),
    "weights": (
        lambda k: k.embedding_bag(ONES, [1], [0, 1], [1, 2]),
        "weights length: 2, must be the length of ids, 1",
    ),
    "table scales": (lambda k: k.embedding_bag_int8(BYTES, [1.0], [1], [0, 1]), "scales length: 1"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses_with_the_argument_its_value_and_the_limit(name: str) -> None:
    """What would read outside an array or answer nonsense is a ValueError that says what to change."""
    call, message = REFUSED[name]
    with pytest.raises(ValueError, match=message):
        call(backend())


@pytest.mark.parametrize("name", ["kernels", "numpy", "python"])
def test_takes_what_does_not_conform(name: str) -> None:
    """Lists, float64, transposes, slices, read-only and odd-strided arrays answer like the float32 C-ordered array."""
    kernels = backend(name)
    x = np.arange(24, dtype=np.float32).reshape(6, 4)
    frozen = x.copy()
    frozen.flags.writeable = False
    strided = np.repeat(x, 2, axis=0)[::2]
    expected = kernels.gather(x[:1], [0])
    for form in (
        x[:1].tolist(),
        x[:1].astype(np.float64),
        np.asfortranarray(x)[:1],
        frozen[:1],
        strided[:1],
        x[::5][:1],
    ):
        assert kernels.gather(form, [0]).tobytes() == expected.tobytes()
    columns = np.repeat(x, 3, axis=1)[:, ::3]
    assert (
        kernels.dense(columns, columns[:4, :1], [0.0]).tobytes() == kernels.dense(x, x[:4, :1].copy(), [0.0]).tobytes()
    )


def test_does_not_write_to_its_arguments() -> None:
    """Arguments keep their bytes."""
    kernels = backend()
    x, weight, bias = ONES.copy(), ONES.T.copy(), SCALES.copy()
    kernels.dense(x, weight, bias, "gelu")
    kernels.segment_softmax(x, [0, 4])
    kernels.quantise_int8(x)
    assert (x == 1).all() and (weight == 1).all() and (bias == 1).all()


def test_an_unknown_backend_names_the_known() -> None:
    """A mistyped backend is refused with the list of backends."""
    with pytest.raises(ValueError, match="backend: 'v5', must be one of kernels, numpy, python"):
        backend("v5")


@pytest.mark.parametrize("shape", [(1,), (3, 5), (448, 8)])
def test_aligned_copies_begin_on_a_cache_line(shape: tuple[int, ...]) -> None:
    """aligned() gives equal float32 values, C order, and an address that is a multiple of 64."""
    source = np.asfortranarray(np.random.default_rng(0).standard_normal(shape))
    copy = aligned(source)
    assert copy.ctypes.data % 64 == 0 and copy.flags.c_contiguous and copy.dtype == np.float32
    assert (copy == source.astype(np.float32)).all()


def test_compiled_results_begin_on_a_cache_line() -> None:
    """What one layer returns is aligned for the next, if kernels are compiled."""
    kept = [backend().dense(ONES[:n], ONES.T, SCALES) for n in (1, 2, 3, 4)]
    assert not info().compiled or {result.ctypes.data % 64 for result in kept} == {0}
