"""Inputs for the kernels of training; gradients are expected to be the central differences of float64 values."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from acumen_accel.checked.training import AdamSettings

from .case import HUGE, Array, Case, matrix

Form = Callable[[Array], Array]
TANH = np.tanh
FORMS: dict[str, Form] = {
    "identity": lambda v: v,
    "relu": lambda v: np.where(v < 0, 0, v),
    "tanh": TANH,
    "sigmoid": lambda v: 1 / (1 + np.exp(-v)),
    "gelu": lambda v: 0.5 * v * (1 + TANH(np.sqrt(2 / np.pi) * (v + 0.044715 * v**3))),
}


def slopes(function: Form, at: Array, along: Array, step: float = 1e-5) -> Array:
    """Return the gradient of sum(function(at) * along) by central differences, in float64."""
    at = at.astype(np.float64)
    found = np.zeros_like(at)
    for index in np.ndindex(at.shape):
        sides = []
        for sign in (1, -1):
            moved = at.copy()
            moved[index] += sign * step
            sides.append(float((function(moved) * along).sum()))
        found[index] = (sides[0] - sides[1]) / (2 * step)
    return found


def _second(function: Callable[[Array, Any], Array], second: Any, first: Array) -> Array:
    return function(first, second)


def training_cases(random: np.random.Generator) -> Iterator[Case]:
    """Return the cases of every kernel of training."""
    for source in (_activations, _layer_norm, _elementwise, _cross_entropy, _segments, _windows, _bags, _adam):
        yield from source(random)


def _activations(random: np.random.Generator) -> Iterator[Case]:
    spoilt = matrix(random, 3, 5)
    spoilt[0, 1], spoilt[1, 2], spoilt[2, 3] = np.nan, np.inf, HUGE
    shapes = {"empty": (0, 3), "no-columns": (2, 0), "one-row": (1, 33), "odd": (7, 19)}
    inputs = {label: matrix(random, n, m) * 3 for label, (n, m) in shapes.items()}
    for label, z in (inputs | {"nan-inf-huge": spoilt}).items():
        bias, g = matrix(random, z.shape[1]), matrix(random, *z.shape)
        total = z.astype(np.float64) + bias
        for name, form in FORMS.items():
            if name == "gelu" and label == "nan-inf-huge":
                continue  # The slope of a huge value overflows on the way.
            value = form(total)
            slope = slopes(form, total, np.ones_like(total)) if label != "nan-inf-huge" else value
            kept = slope if name == "gelu" else value
            yield Case(
                kernel="bias_activation", label=f"{label}-{name}", arguments=(z, bias, name), expected=(value, kept)
            )
            if label != "nan-inf-huge":
                back = g * slope
                yield Case(
                    kernel="activation_gradient",
                    label=f"{label}-{name}",
                    arguments=(g, kept.astype(np.float32), name),
                    expected=(back, back.sum(axis=0)),
                )


def _layer_norm(random: np.random.Generator) -> Iterator[Case]:
    for label, n, d in (("empty", 0, 3), ("no-columns", 2, 0), ("one", 1, 1), ("odd", 5, 19), ("wide", 2, 70)):
        x, g, gain, bias = matrix(random, n, d) * 3 + 2, matrix(random, n, d), matrix(random, d), matrix(random, d)

        def form(x: Array, gain: Array = gain, bias: Array = bias) -> Array:
            centred = x - x.mean(axis=1, keepdims=True) if x.size else x
            variance = (centred**2).mean(axis=1, keepdims=True) if x.size else 0.0
            return np.asarray(centred / np.sqrt(variance + 1e-5) * gain + bias)

        exact = x.astype(np.float64)
        yield Case(kernel="layer_norm", label=label, arguments=(x, gain, bias), expected=(form(exact),))
        expected = (slopes(form, x, g), (g * form(exact, np.ones(d), np.zeros(d))).sum(axis=0), g.sum(axis=0))
        yield Case(kernel="layer_norm_gradient", label=label, arguments=(g, x, gain), expected=expected, tolerance=5e-5)
    constant = np.full((2, 16), 3.0, np.float32)
    expected_bias = np.zeros((2, 16)) + 0.5
    yield Case(
        kernel="layer_norm",
        label="constant",
        arguments=(constant, np.ones(16, np.float32), np.full(16, 0.5, np.float32)),
        expected=(expected_bias,),
    )


def _elementwise(random: np.random.Generator) -> Iterator[Case]:
    def log_loss(o: Array, h: Array) -> Array:
        return np.asarray(np.logaddexp(0, o) - o * h)

    def pinball(p: Array, t: Array) -> Array:
        return np.where(t > p, 0.9 * (t - p), 0.1 * (p - t))

    def huber(p: Array, t: Array) -> Array:
        e = np.abs(p - t)
        return np.where(e <= 0.3, e * e / 2, 0.3 * (e - 0.15))

    for n in (0, 1, 37):
        p, t, w = matrix(random, n), matrix(random, n), np.abs(matrix(random, n))
        w[::5] = 0
        p[-1:] *= 40
        h = (t > 0).astype(np.float32)
        rows: tuple[tuple[str, Callable[[Array, Array], Array], Array, tuple[float, ...]], ...] = (
            ("log_loss", log_loss, h, ()),
            ("pinball", pinball, t, (0.9,)),
            ("huber", huber, t, (0.3,)),
        )
        for kernel, form, truth, extra in rows:
            slope = slopes(partial(_second, form, truth.astype(np.float64)), p, w, 1e-7)
            value = form(p.astype(np.float64), truth.astype(np.float64)) * w
            yield Case(kernel=kernel, label=str(n), arguments=(p, truth, w, *extra), expected=(value, slope))
    spoilt = np.array([np.nan, 1, 1], np.float32)
    nan = np.array([np.nan, 0, 0])
    yield Case(kernel="huber", label="nan", arguments=(spoilt, spoilt, spoilt, 1.0), expected=(nan, nan))


def _cross_entropy(random: np.random.Generator) -> Iterator[Case]:
    for label, n, c, smoothing in (("empty", 0, 3, 0.0), ("one", 1, 1, 0.1), ("odd", 5, 7, 0.0), ("even", 4, 19, 0.2)):
        logits, target, weight = matrix(random, n, c) * 5, random.integers(0, c, n), np.abs(matrix(random, n))
        weight[1:2] = 0
        aim = np.full((n, c), smoothing / c)
        aim[np.arange(n), target] += 1 - smoothing

        def form(x: Array, aim: Array = aim) -> Array:
            return np.asarray(aim * (np.log(np.exp(x).sum(axis=1, keepdims=True)) - x))

        expected = (form(logits.astype(np.float64)).sum(axis=1) * weight, slopes(form, logits, weight[:, None]))
        yield Case(
            kernel="cross_entropy", label=label, arguments=(logits, target, weight, smoothing), expected=expected
        )
    far = np.array([[1e4, -1e4, 0]], np.float32)
    yield Case(
        kernel="cross_entropy",
        label="far",
        arguments=(far, np.array([1]), np.ones(1, np.float32), 0.0),
        expected=(np.array([2e4]), np.array([[1.0, -1.0, 0.0]])),
    )


def _segments(random: np.random.Generator) -> Iterator[Case]:
    for label, bounds in {"none": [0], "all-empty": [0, 0, 0], "one": [0, 1], "odd": [0, 0, 3, 4, 4, 11]}.items():
        n, offsets = bounds[-1], np.array(bounds)
        x, g, gs = matrix(random, n, 7), matrix(random, n, 7), matrix(random, len(bounds) - 1, 7)

        def reduced(x: Array, how: str, bounds: list[int] = bounds) -> Array:
            parts = [getattr(x[a:b], how)(axis=0) if b > a else np.zeros(7) for a, b in pairwise(bounds)]
            return np.array(parts).reshape(-1, 7)

        def softmax(x: Array, bounds: list[int] = bounds) -> Array:
            parts = [np.exp(x[a:b]) / np.exp(x[a:b]).sum(axis=0) for a, b in pairwise(bounds)]
            return np.concatenate([np.empty((0, 7)), *parts])

        for divided, how in ((False, "sum"), (True, "mean")):
            expected = slopes(partial(_second, reduced, how), x, gs)
            yield Case(
                kernel="segment_spread", label=f"{label}-{how}", arguments=(gs, offsets, divided), expected=(expected,)
            )
        expected = slopes(partial(_second, reduced, "max"), x, gs)
        yield Case(kernel="segment_max_gradient", label=label, arguments=(gs, x, offsets), expected=(expected,))
        y = softmax(x.astype(np.float64)).astype(np.float32)
        yield Case(
            kernel="segment_softmax_gradient",
            label=label,
            arguments=(g, y, offsets),
            expected=(slopes(softmax, x, g),),
        )
    tied = np.array([[1.0], [1.0], [0.0]], np.float32)
    yield Case(
        kernel="segment_max_gradient",
        label="tie",
        arguments=(np.array([[3.0]], np.float32), tied, np.array([0, 3])),
        expected=(np.array([[1.5], [1.5], [0.0]]),),
    )


def _windows(random: np.random.Generator) -> Iterator[Case]:
    for label, bounds, width in (("none", [0], 3), ("one", [0, 1], 1), ("odd", [0, 2, 2, 9], 5), ("long", [0, 2], 9)):
        n, offsets = bounds[-1], np.array(bounds)
        x, g = matrix(random, n, 3), matrix(random, n, 3 * width)

        def form(x: Array, bounds: list[int] = bounds, width: int = width) -> Array:
            out = np.zeros((bounds[-1], width, 3))
            for a, b in pairwise(bounds):
                for r in range(a, b):
                    for k in range(width):
                        source = r + k - width // 2
                        if a <= source < b:
                            out[r, k] = x[source]
            return out.reshape(bounds[-1], 3 * width)

        yield Case(kernel="window_concat", label=label, arguments=(x, offsets, width), expected=(form(x),))
        yield Case(kernel="window_gradient", label=label, arguments=(g, offsets, width), expected=(slopes(form, x, g),))


def _bags(random: np.random.Generator) -> Iterator[Case]:
    for label, ids, bounds in (("none", [], [0]), ("odd", [3, 3, 0, 1, 2, 4], [0, 0, 4, 5, 6, 6])):
        g, weights, at = matrix(random, len(bounds) - 1, 9), matrix(random, len(ids)), np.array(ids, np.int64)
        for kind, factors in (("plain", None), ("weighted", weights)):
            out = np.zeros((5, 9))
            for bag, (a, b) in enumerate(pairwise(bounds)):
                for t in range(a, b):
                    out[ids[t]] += g[bag].astype(np.float64) * (1.0 if factors is None else float(factors[t]))
            yield Case(
                kernel="embedding_bag_gradient",
                label=f"{label}-{kind}",
                arguments=(g, at, np.array(bounds), factors, 5),
                expected=(out,),
            )


def _adam(random: np.random.Generator) -> Iterator[Case]:
    for n in (0, 1, 37):
        weights, averaged, mean, gradient = (matrix(random, n) for _ in range(4))
        square = np.abs(matrix(random, n))
        settings = AdamSettings(scale=0.5, rate=0.01, decay=0.1, first=3.0, second=20.0, follow=0.2)
        expected = _adam_by_hand(weights, averaged, mean, square, gradient, settings)
        yield Case(
            kernel="adam_step",
            label=str(n),
            arguments=(weights, averaged, mean, square, gradient, settings),
            expected=(*expected, gradient),
        )
    for label, x in (("empty", matrix(random, 0)), ("long", matrix(random, 1337)), ("large", matrix(random, 3) * 1e15)):
        total = np.asarray(sum((float(v) ** 2 for v in x), 0.0))
        yield Case(kernel="squared_norm", label=label, arguments=(x,), expected=(total,))


def _adam_by_hand(w: Array, a: Array, m: Array, v: Array, g: Array, s: Any) -> tuple[Array, ...]:
    """Follow Kingma and Ba, algorithm 1, number by number."""
    rows = []
    for weight, average, first, second, gradient in np.stack([w, a, m, v, g], axis=1).astype(float).tolist():
        gradient *= s.scale
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        weight -= s.rate * (first * s.first / ((second * s.second) ** 0.5 + 1e-8) + s.decay * weight)
        rows.append((weight, average + s.follow * (weight - average), first, second))
    return tuple(np.array(rows).reshape(-1, 4).T)
