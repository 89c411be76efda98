"""Inputs for every kernel, and what float64 NumPy, or plain Python, says of each."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from acumen_accel import Graph, Query

from .case import HUGE, Array, Case, matrix
from .training_cases import training_cases


def every_case() -> list[Case]:
    """All cases; one seed, so that a failure comes back."""
    random = np.random.default_rng(20)
    sources = (_dense, _segments, _rows, _scans, _codes, _bags, training_cases)
    with np.errstate(all="ignore"):  # NaN and infinities are asked for.
        return [case for source in sources for case in source(random)]


def _dense(random: np.random.Generator) -> Iterator[Case]:
    tanh = np.tanh
    forms: dict[str, Callable[[Array], Array]] = {
        "identity": lambda v: v,
        "relu": lambda v: np.where(v < 0, 0, v),
        "tanh": tanh,
        "sigmoid": lambda v: 1 / (1 + np.exp(-v)),
        "gelu": lambda v: 0.5 * v * (1 + tanh(np.sqrt(2 / np.pi) * (v + 0.044715 * v**3))),
    }
    shapes = {"empty": (0, 3, 5), "no-inputs": (2, 0, 3), "no-outputs": (2, 3, 0), "one-row": (1, 9, 33)}
    shapes |= {"odd": (7, 13, 37), "remainders": (5, 31, 1), "wide": (6, 64, 100)}
    inputs = {
        label: (matrix(random, n, k), matrix(random, k, m), matrix(random, m)) for label, (n, k, m) in shapes.items()
    }
    spoilt = matrix(random, 5, 6)
    spoilt[1, 2], spoilt[3, 3], spoilt[4, 4] = np.nan, np.inf, HUGE
    inputs["nan-inf-huge"] = (spoilt, np.abs(matrix(random, 6, 19)) + 1, matrix(random, 19))
    inputs["saturating"] = (
        np.linspace(-40, 40, 97, dtype=np.float32)[:, None],
        np.ones((1, 3), np.float32),
        np.zeros(3, np.float32),
    )
    for label, (x, weight, bias) in inputs.items():
        total = x.astype(np.float64) @ weight.astype(np.float64) + bias
        for name, form in forms.items():
            arguments = (x, weight, bias, name)
            yield Case(kernel="dense", label=f"{label}-{name}", arguments=arguments, expected=(form(total),))


def _segments(random: np.random.Generator) -> Iterator[Case]:
    offsets = {"none": [0], "all-empty": [0, 0, 0], "one-row": [0, 1], "odd": [0, 0, 3, 4, 4, 17, 17]}
    for label, bounds in offsets.items():
        yield from _segment_cases(label, matrix(random, bounds[-1], 7), bounds)
    spoilt = matrix(random, 9, 19)
    spoilt[0, 1], spoilt[4, 2], spoilt[5, 3], spoilt[8, 0] = np.nan, np.nan, HUGE, -HUGE
    yield from _segment_cases("nan-huge", spoilt, [0, 3, 6, 9])
    yield from _segment_cases("one-column", matrix(random, 9, 1) * 50, [0, 4, 9])


def _segment_cases(label: str, x: Array, bounds: list[int]) -> Iterator[Case]:
    exact = x.astype(np.float64)
    parts = [exact[a:b] for a, b in pairwise(bounds)]
    zero = np.zeros(x.shape[1])

    def powers(part: Array) -> Array:
        return np.asarray(np.exp(part - part.max(axis=0)))

    expected = {
        "segment_sum": [part.sum(axis=0) for part in parts],
        "segment_mean": [part.mean(axis=0) if len(part) else zero for part in parts],
        "segment_max": [part.max(axis=0) if len(part) else zero for part in parts],
    }
    softmax = [powers(part) / powers(part).sum(axis=0) for part in parts if len(part)]
    arguments = (x, np.array(bounds))
    for kernel, rows in expected.items():
        answer = np.array(rows).reshape(-1, x.shape[1])
        yield Case(kernel=kernel, label=label, arguments=arguments, expected=(answer,))
    answer = np.concatenate([np.empty((0, x.shape[1])), *softmax])
    yield Case(kernel="segment_softmax", label=label, arguments=arguments, expected=(answer,))


def _rows(random: np.random.Generator) -> Iterator[Case]:
    spoilt = matrix(random, 6, 5)
    spoilt[2, 2] = np.nan
    for label, x, index in (
        ("empty", matrix(random, 0, 3), []),
        ("one-row", matrix(random, 1, 3), [0]),
        ("repeats", matrix(random, 6, 17), [5, 0, 5, 3, 5, 1]),
        ("nan", spoilt, [0, 2, 1, 2, 0, 3]),
    ):
        at = np.array(index, dtype=np.int64)
        yield Case(kernel="gather", label=label, arguments=(x, at), expected=(x[at],), tolerance=0)
        out = np.zeros((7, x.shape[1]))
        for row, target in zip(x.astype(np.float64), index, strict=True):
            out[target] += row
        yield Case(kernel="scatter_sum", label=label, arguments=(x, at, 7), expected=(out,))


def _scans(random: np.random.Generator) -> Iterator[Case]:
    spoilt = random.integers(-9, 9, (9, 8)).astype(np.float32)
    spoilt[1, 2], spoilt[4, 0] = np.nan, HUGE
    ties = np.tile(np.eye(4, dtype=np.float32), (3, 1))
    for label, rows, k in (
        ("empty", matrix(random, 0, 8), 3),
        ("one-row", matrix(random, 1, 5), 3),
        ("odd", matrix(random, 41, 37), 7),
        ("all", matrix(random, 12, 16), 100),
        ("ties", ties, 5),
        ("zero-rows", np.zeros((5, 6), np.float32), 3),
        ("nan-huge", spoilt, 9),
    ):
        query = np.ones(rows.shape[1], np.float32) if label in ("ties", "nan-huge") else matrix(random, rows.shape[1])
        dots = rows.astype(np.float64) @ query
        lengths = np.linalg.norm(rows.astype(np.float64), axis=1) * np.linalg.norm(query)
        cosines = np.where(lengths == 0, 0, dots / lengths)
        yield Case(kernel="scan_topk", label=label, arguments=(rows, query, k), expected=_best(dots, k))
        if label != "nan-huge":  # The square of a huge value is infinite in float32.
            yield Case(
                kernel="scan_topk",
                label=f"{label}-cosine",
                arguments=(rows, query, k, "cosine"),
                expected=_best(cosines, k),
            )
    for label, n, d in (("empty", 0, 16), ("one-row", 1, 3), ("odd", 33, 77), ("long", 3, 5000)):
        codes = random.integers(-128, 128, (n, d)).astype(np.int8)
        scales, query = np.abs(matrix(random, n)), matrix(random, d)
        step = np.abs(query).max() / np.float32(127)
        scores = (codes.astype(np.int64) @ np.rint(query / step).astype(np.int64)) * scales.astype(np.float64) * step
        yield Case(kernel="scan_int8", label=label, arguments=(codes, scales, query, 5), expected=_best(scores, 5))
    yield from _queries(random)
    for label, n, width in (("empty", 0, 2), ("one-row", 1, 1), ("odd", 65, 3)):
        words = random.integers(0, 2**64, (n, width), dtype=np.uint64)
        words[: n // 2] = words[n - n // 2 :]  # Ties.
        wanted = random.integers(0, 2**64, width, dtype=np.uint64)
        distances = np.array(
            [sum(int(a ^ b).bit_count() for a, b in zip(row, wanted, strict=True)) for row in words], float
        )
        index, score = _best(-distances, 9)
        yield Case(kernel="scan_binary", label=label, arguments=(words, wanted, 9), expected=(index, -score))


def _nibbles(random: np.random.Generator) -> Iterator[Case]:
    for label, n, d, k in (("empty", 0, 16, 3), ("one-row", 1, 1, 3), ("odd", 137, 77, 9), ("wide", 3, 5000, 9)):
        codes = random.integers(-128, 128, (n, d)).astype(np.int8)
        codes[n // 2 : n // 2 + 1] = 0
        scales, query = np.abs(matrix(random, n)), Query.of(matrix(random, d))
        top = np.abs(codes.astype(int)).max(axis=1, initial=0)
        whole = np.array(
            [[round(7 * int(v) / int(m)) if m else 0 for v in row] for row, m in zip(codes, top, strict=True)]
        )
        whole = whole.reshape(n, d)
        h = (d + 1) // 2
        padded = np.concatenate([whole, np.zeros((n, 2 * h - d), int)], axis=1) + 8
        halves, coarse = (padded[:, :h] + 16 * padded[:, h:]).astype(np.uint8), scales.astype(np.float64) * top / 7
        yield Case(kernel="quantise_int4", label=label, arguments=(codes, scales), expected=(halves, coarse))
        factors = coarse.astype(np.float32)
        scores = whole @ query.code.astype(np.int64) * factors.astype(np.float64) * query.step
        yield Case(kernel="scan_int4", label=label, arguments=(halves, factors, query, k), expected=_best(scores, k))


def _signs(random: np.random.Generator) -> Iterator[Case]:
    for label, n, d in (("empty", 0, 64), ("one-row", 1, 5), ("odd", 133, 200), ("wide", 3, 700), ("blocks", 130, 256)):
        flips = random.choice(np.array([-1, 1], np.int8), d)
        p = max(64, 1 << (d - 1).bit_length())
        matrix_of = np.array([[(-1) ** (i & j).bit_count() for j in range(d)] for i in range(p)]) * flips
        values = random.integers(-32767, 32768, d).astype(np.int16)
        yield Case(
            kernel="hadamard", label=label, arguments=(values, flips), expected=(matrix_of @ values,), tolerance=0
        )
        codes, scales = random.integers(-127, 128, (n, d)).astype(np.int8), np.abs(matrix(random, n)) / 500
        codes[n // 2 : n // 2 + 1] = 0
        scales[n // 3 : n // 3 + 1] = 0
        mean, unit = random.integers(-90, 91, d).astype(np.int16), 2.0**-12
        rows = (codes * scales.astype(np.float64)[:, np.newaxis] - mean * unit) @ matrix_of.T
        words = [[sum(int(x > 0) << b for b, x in enumerate(row[w : w + 64])) for w in range(0, p, 64)] for row in rows]
        lengths = np.abs(rows).sum(axis=1)
        factors = np.where(scales > 0, (rows * rows).sum(axis=1) / lengths, 0)
        yield Case(
            kernel="sign_bits",
            label=label,
            arguments=(codes, scales, flips, mean, (matrix_of @ mean).astype(np.int32), unit),
            expected=(np.array(words, np.uint64).reshape(n, p // 64), factors),
        )
        bits, strong = (random.integers(0, 2**64, (m, p // 64), dtype=np.uint64) for m in (n + 1, 1))
        signs = np.array([[1 if int(row[b // 64]) >> (b % 64) & 1 else -1 for b in range(p)] for row in bits])
        weights = np.array([3 if int(strong[0, b // 64]) >> (b % 64) & 1 else 1 for b in range(p)])
        most, heights = int(weights.sum()) + 9, np.abs(matrix(random, n))
        bounds = (signs[:-1] @ (signs[-1] * weights) + 9) * heights.astype(np.float64)
        arguments = (bits[:-1], heights, bits[-1], strong[0], most)
        yield Case(kernel="bound_bits", label=label, arguments=arguments, expected=(bounds,))
    for label, values, k in (("empty", [], 3), ("few", [2.0, 1.0], 3), ("ties", [1, 5, 0, 9, 5, 7, 1, 9, 8], 4)):
        turns = len(values) // max(1, min(k, len(values)))
        best = [max(range(i, turns * k, k), key=values.__getitem__) for i in range(min(k, len(values)))]
        arguments = (np.array(values, np.float32), k)
        yield Case(
            kernel="highest", label=label, arguments=arguments, expected=(np.array(best, np.int64),), tolerance=0
        )


def _queries(random: np.random.Generator) -> Iterator[Case]:
    for label, n, d, some in (
        ("empty", 0, 16, None),
        ("odd", 137, 77, None),
        ("wide", 3, 5000, None),
        ("none", 9, 8, []),
        ("some", 137, 256, [0, 3, 4, 5, 64, 65, 130, 136]),
        ("all", 70, 9, list(range(70))),
    ):
        codes = random.integers(-128, 128, (n, d)).astype(np.int8)
        scales, query = np.abs(matrix(random, n)), Query.of(matrix(random, d))
        dots = codes.astype(np.int64) @ query.code.astype(np.int64)
        scores = dots * scales.astype(np.float64) * query.step
        if some is not None:
            scores[[row for row in range(n) if row not in some]] = -np.inf
        count = min(5, n if some is None else len(some))
        yield Case(
            kernel="scan_query",
            label=label,
            arguments=(codes, scales, query, 5, some if some is None else np.array(some, np.int64)),
            expected=_best(scores, count),
        )
    yield from _nibbles(random)
    yield from _signs(random)
    for label, n, k, width in (("one-row", 1, 3, 2), ("wide", 130, 7, 130), ("all", 65, 65, 65)):
        # Every row is reached when the pool holds them all, so that the best of the wanted are the best there are.
        codes = random.integers(-127, 128, (n, 33)).astype(np.int8)
        codes[n // 2 :] = codes[: n - n // 2]  # Ties.
        scales, query = np.ones(n, np.float32), Query.of(matrix(random, 33))
        wanted = random.random(n) < 0.7
        dots = (codes.astype(np.int64) @ query.code.astype(np.int64)).astype(np.float64) * query.step
        dots[~wanted] = -np.inf
        graph = _ring(random, n)
        floor = np.array(-np.inf)
        yield Case(
            kernel="search_graph",
            label=label,
            arguments=(codes, scales, graph, query, k, width, wanted),
            expected=(*_best(dots, min(k, int(wanted.sum()))), floor),
        )


def _ring(random: np.random.Generator, n: int) -> Graph:
    """Each row leads to the next and to three at random; every tenth is on level 1 too, where it leads to the next."""
    links = np.column_stack([np.roll(np.arange(n), -1), random.integers(-1, n, (n, 3))]).astype(np.int32)
    high = np.arange(0, n, 10)
    towers = np.full(n, -1, np.int32)
    towers[high] = np.arange(len(high))
    upper = np.column_stack([np.roll(high, -1), np.full(len(high), -1)]).astype(np.int32)
    return Graph(links=links, towers=towers, upper=upper, start=0, level=1)


def _best(scores: Array, k: int) -> tuple[Array, Array]:
    known = [-np.inf if np.isnan(score) else float(score) for score in scores]
    order = sorted(range(len(known)), key=lambda row: (-known[row], row))[:k]
    return np.array(order, dtype=np.int64), np.array([known[row] for row in order])


def _codes(random: np.random.Generator) -> Iterator[Case]:
    tiny = np.full((2, 5), 1e-44, np.float32)
    for label, rows in (
        ("empty", matrix(random, 0, 4)),
        ("one-row", matrix(random, 1, 9)),
        ("zero", np.zeros((2, 3), np.float32)),
        ("odd", matrix(random, 7, 33) * np.logspace(-30, 30, 7, dtype=np.float32)[:, None]),
        ("denormal", tiny),
    ):
        scales = (np.abs(rows).max(axis=1, initial=0) / np.float32(127)).astype(np.float32)
        codes = [
            [max(-127, min(127, round(float(np.float32(v / scale))))) if scale else 0 for v in row]
            for row, scale in zip(rows, scales, strict=True)
        ]
        expected = (np.array(codes, dtype=np.int8).reshape(rows.shape), scales)
        yield Case(kernel="quantise_int8", label=label, arguments=(rows,), expected=expected, tolerance=0)
    for label, rows in (
        ("empty", matrix(random, 0, 64)),
        ("one-row", matrix(random, 1, 64)),
        ("odd", matrix(random, 5, 192)),
    ):
        words = [[sum(int(row[64 * w + b] > 0) << b for b in range(64)) for w in range(len(row) // 64)] for row in rows]
        expected_words = np.array(words, dtype=np.uint64).reshape(len(rows), -1 if words else rows.shape[1] // 64)
        yield Case(kernel="binarise", label=label, arguments=(rows,), expected=(expected_words,), tolerance=0)


def _bags(random: np.random.Generator) -> Iterator[Case]:
    table, bytes_ = matrix(random, 11, 21), random.integers(-127, 128, (11, 21)).astype(np.int8)
    scales = np.abs(matrix(random, 11))
    table[10] = np.nan
    for label, ids, bounds in (
        ("none", [], [0]),
        ("empty-bags", [], [0, 0, 0]),
        ("one", [3], [0, 1]),
        ("odd", [3, 3, 0, 9, 1, 2, 7], [0, 0, 4, 5, 7, 7]),
        ("nan", [10, 1, 2], [0, 1, 3]),
    ):
        at, offsets, weights = np.array(ids, np.int64), np.array(bounds), matrix(random, len(ids))
        for kernel, rows, leading in (
            ("embedding_bag", table.astype(np.float64), (table,)),
            ("embedding_bag_int8", bytes_ * scales.astype(np.float64)[:, None], (bytes_, scales)),
        ):
            for kind, factors in (("plain", None), ("weighted", weights)):
                part = rows[at] if factors is None else rows[at] * factors[:, None]
                sums = np.array([part[a:b].sum(axis=0) for a, b in pairwise(bounds)]).reshape(-1, 21)
                yield Case(
                    kernel=kernel, label=f"{label}-{kind}", arguments=(*leading, at, offsets, factors), expected=(sums,)
                )
