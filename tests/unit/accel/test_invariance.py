"""Results that must have the same bits whatever accompanies them."""

import numpy as np
import pytest

from acumen_accel import Kernels, backend
from acumen_accel.levels import RUNNABLE

from .case import Array, matrix

BACKENDS = ("numpy", "python", *RUNNABLE)
ODD = ((13, 37), (64, 448), (31, 8), (7, 15), (9, 16), (33, 17), (3, 1), (5, 31), (8, 40))


@pytest.fixture(params=BACKENDS)
def kernels(request: pytest.FixtureRequest) -> Kernels:
    return backend(request.param)


@pytest.mark.parametrize("activation", ["identity", "relu", "tanh", "sigmoid", "gelu"])
@pytest.mark.parametrize(("inputs", "outputs"), ODD)
def test_a_dense_row_has_the_same_bits_in_any_batch(
    kernels: Kernels, inputs: int, outputs: int, activation: str
) -> None:
    """Alone, and at any place in batches of 2, 3, 4, 5, 7, 32 and 256, a row of `dense` has the same bytes."""
    random = np.random.default_rng(inputs)
    x, weight, bias = matrix(random, 256, inputs), matrix(random, inputs, outputs), matrix(random, outputs)
    whole = kernels.dense(x, weight, bias, activation)
    for size in (1, 2, 3, 4, 5, 7, 32):
        for start in (0, 3, 128, 256 - size):
            part = kernels.dense(x[start : start + size], weight, bias, activation)
            assert part.tobytes() == whole[start : start + size].tobytes()


@pytest.mark.parametrize("shift", [1, 2, 3, 5])
def test_a_dense_row_does_not_depend_on_where_its_memory_lies(kernels: Kernels, shift: int) -> None:
    """Operands that start off any alignment give the bytes of aligned ones."""
    random = np.random.default_rng(shift)
    x, weight, bias = matrix(random, 6, 29), matrix(random, 29, 45), matrix(random, 45)
    off_x, off_weight, off_bias = (_shifted(array, shift) for array in (x, weight, bias))
    expected = kernels.dense(x, weight, bias, "gelu")
    assert kernels.dense(off_x, off_weight, off_bias, "gelu").tobytes() == expected.tobytes()


def _shifted(array: Array, by: int) -> Array:
    """Return an equal array that begins `by` numbers later in its memory."""
    return np.concatenate([np.zeros(by, np.float32), array.ravel()])[by:].reshape(array.shape)


@pytest.mark.parametrize("activation", ["identity", "tanh", "gelu"])
@pytest.mark.parametrize(("inputs", "outputs"), ODD)
def test_dense_has_the_same_bits_on_every_processor_with_fma(inputs: int, outputs: int, activation: str) -> None:
    """The levels with fused multiply-add give the same bytes, so an answer does not change between such machines."""
    random = np.random.default_rng(outputs)
    x, weight, bias = matrix(random, 9, inputs), matrix(random, inputs, outputs), matrix(random, outputs)
    fused = [backend(level) for level in RUNNABLE if level in ("v3", "v4")]
    assert len({kernels.dense(x, weight, bias, activation).tobytes() for kernels in fused}) <= 1


@pytest.mark.parametrize("kernel", ["segment_sum", "segment_mean", "segment_max", "segment_softmax"])
@pytest.mark.parametrize("columns", [1, 5, 16, 35])
def test_a_segment_does_not_see_the_others(kernels: Kernels, kernel: str, columns: int) -> None:
    """A segment reduced alone has the bytes it has among others, even beside NaN."""
    random = np.random.default_rng(columns)
    x = matrix(random, 23, columns)
    x[:4] = np.nan
    reduce = getattr(kernels, kernel)
    whole, alone = reduce(x, [0, 4, 4, 15, 23]), reduce(x[4:15], [0, 11])
    part = whole[4:15] if kernel == "segment_softmax" else whole[2:3]
    assert part.tobytes() == alone.tobytes()


@pytest.mark.parametrize("columns", [1, 5, 16, 35])
def test_a_normalised_row_has_the_same_bits_in_any_batch(kernels: Kernels, columns: int) -> None:
    """Alone and among 23 others, at any place in memory, a row of `layer_norm` has the same bytes."""
    random = np.random.default_rng(columns)
    x, gain, bias = matrix(random, 23, columns), matrix(random, columns), matrix(random, columns)
    whole = kernels.layer_norm(x, gain, bias)
    for row in (0, 7, 22):
        assert kernels.layer_norm(x[row : row + 1], gain, bias).tobytes() == whole[row].tobytes()
        assert kernels.layer_norm(_shifted(x[row : row + 1], 3), gain, bias).tobytes() == whole[row].tobytes()


def test_a_row_scores_the_same_wherever_it_stands(kernels: Kernels) -> None:
    """Equal rows tie exactly in every scan, and come lowest row number first."""
    random = np.random.default_rng(3)
    rows = np.tile(matrix(random, 5, 67), (9, 1))
    index, score = kernels.scan_topk(rows, rows[3], 9)
    assert index.tolist() == [3, 8, 13, 18, 23, 28, 33, 38, 43]
    assert len(set(score.tolist())) == 1
    codes, scales = kernels.quantise_int8(rows)
    assert kernels.scan_int8(codes, scales, rows[3], 9)[0].tolist() == index.tolist()
    bits = kernels.binarise(np.tile(matrix(random, 5, 128), (9, 1)))
    assert kernels.scan_binary(bits, bits[3], 9)[0].tolist() == index.tolist()


@pytest.mark.parametrize("columns", [64, 200, 256])
def test_bits_are_the_same_on_every_processor(columns: int) -> None:
    """Signs, factors and bounds have the same bytes at every level and in NumPy, and in pieces of any length."""
    random = np.random.default_rng(columns)
    codes, scales = backend("numpy").quantise_int8(matrix(random, 777, columns))
    flips = random.choice(np.array([-1, 1], np.int8), columns)
    mean = random.integers(-4096, 4097, columns).astype(np.int16)
    made = set()
    for name in BACKENDS:
        kernels = backend(name)
        centre = kernels.hadamard(mean, flips)
        pieces = [
            kernels.sign_bits(codes[p], scales[p], flips, mean, centre, 2.0**-15) for p in (slice(5), slice(5, 777))
        ]
        words, factors = (np.concatenate(arrays) for arrays in zip(*pieces, strict=True))
        bounds = kernels.bound_bits(words, factors, words[0], words[1], 999)
        made.add((words.tobytes(), factors.tobytes(), bounds.tobytes()))
    assert len(made) == 1
