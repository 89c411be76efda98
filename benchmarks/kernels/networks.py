"""One network on the same weights in four implementations, and what a wrapper costs."""

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from acumen_accel import aligned, dense
from acumen_accel.levels import load
from benchmarks.kernels.timing import Call, by_turns, row, rows

WIDTHS = (64, 448, 448, 448, 448, 8)
BATCHES = (1, 8, 32, 256)
Layers = list[tuple[Any, Any]]


def network_rows(rounds: int) -> Iterator[dict[str, object]]:
    """Measure relu layers 64-448-448-448-448-8 at four batch sizes."""
    random = np.random.default_rng(1)
    layers = [
        (aligned(random.standard_normal((a, b)) / np.sqrt(a)), random.standard_normal(b).astype(np.float32))
        for a, b in pairwise(WIDTHS)
    ]
    session = _session(layers)
    for n in BATCHES:
        x = random.standard_normal((n, WIDTHS[0])).astype(np.float32)
        calls: dict[str, Call] = {
            "kernels": partial(_kernels, layers, x),
            "NumPy": partial(_numpy, layers, x),
            "ONNX Runtime, 1 thread": partial(session.run, None, {"x": x}),
        }
        _agree([np.asarray(call()).ravel() for call in calls.values()])
        yield from rows("network 64-448x4-8, relu", n, "kernels", calls, rounds)
    # Alone with the kernels, since it empties the caches for whoever comes after it.
    columns = [(weight.T.tolist(), bias.tolist()) for weight, bias in layers]
    alone: dict[str, Call] = {
        "plain Python": partial(_plain, columns, x[0].tolist()),
        "kernels": partial(_kernels, layers, x[:1]),
    }
    _agree([np.asarray(call()).ravel() for call in alone.values()])
    yield from rows("network 64-448x4-8, relu", 1, "kernels", alone, rounds)


def overhead_rows(rounds: int) -> Iterator[dict[str, object]]:
    """Measure a layer too small to matter, through the wrapper and straight into the kernel."""
    x, weight, bias = np.ones((1, 8), np.float32), np.ones((8, 8), np.float32), np.ones(8, np.float32)
    raw = load("dense").dense
    times = by_turns(
        {"checked": lambda: dense(x, weight, bias, "relu"), "raw": lambda: raw(x, weight, bias, 1)}, rounds
    )
    ratio = float(np.median(times["raw"]) / np.median(times["checked"]))
    yield row("dense wrapper, layer 8-8", 1, times["checked"], "the kernel itself", ratio)


def _kernels(layers: Layers, x: Any) -> Any:
    for weight, bias in layers[:-1]:
        x = dense(x, weight, bias, "relu")
    return dense(x, *layers[-1])


def _numpy(layers: Layers, x: Any) -> Any:
    for weight, bias in layers[:-1]:
        x = x @ weight
        x += bias
        np.maximum(x, 0, out=x)
    return x @ layers[-1][0] + layers[-1][1]


def _plain(columns: Layers, x: list[float]) -> list[float]:
    for at, (weight, bias) in enumerate(columns):
        x = [sum(map(float.__mul__, x, column)) + b for column, b in zip(weight, bias, strict=True)]
        if at < len(columns) - 1:
            x = [max(v, 0.0) for v in x]
    return x


def _session(layers: Layers) -> onnxruntime.InferenceSession:
    nodes, weights, last = [], [], "x"
    for at, (weight, bias) in enumerate(layers):
        weights += [numpy_helper.from_array(weight, f"w{at}"), numpy_helper.from_array(bias, f"b{at}")]
        nodes.append(helper.make_node("Gemm", [last, f"w{at}", f"b{at}"], [f"g{at}"]))
        nodes.append(helper.make_node("Relu" if at < len(layers) - 1 else "Identity", [f"g{at}"], [f"y{at}"]))
        last = f"y{at}"
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", w])
        for name, w in (("x", WIDTHS[0]), (last, WIDTHS[-1]))
    ]
    graph = helper.make_graph(nodes, "network", ends[:1], ends[1:], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def _agree(answers: list[Any]) -> None:
    for answer in answers[1:]:
        np.testing.assert_allclose(answer, answers[0], rtol=1e-3, atol=1e-3)
