"""The kernels of training against NumPy, which computed the same before there were any."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from acumen_accel import Kernels, backend
from acumen_accel.checked.training import AdamSettings

ROWS, COLUMNS, SEGMENT, WEIGHTS = 256, 64, 8, 200_000
SETTINGS = AdamSettings(scale=0.5, rate=1e-3, decay=0.01, first=1.0, second=1.0, follow=0.01)


def pairs() -> Iterator[tuple[str, Callable[[], Any], Callable[[], Any]]]:
    """Return what is computed, by the kernels and by NumPy; both on the same arrays."""
    kernels, plain = backend(), backend("numpy")
    for (what, call), (_, other) in zip(_calls(kernels), _calls(plain), strict=True):
        yield what, call, other


def _calls(by: Kernels) -> Iterator[tuple[str, Callable[[], Any]]]:
    rng = np.random.default_rng(0)

    def normal(*shape: int) -> Any:
        return rng.standard_normal(shape).astype(np.float32)

    x, g, vector, logits = normal(ROWS, COLUMNS), normal(ROWS, COLUMNS), normal(COLUMNS), normal(ROWS, 8)
    rows, ones = normal(ROWS * SEGMENT, COLUMNS), np.ones(ROWS, np.float32)
    flat = logits.reshape(-1)
    offsets, target = np.arange(ROWS + 1) * SEGMENT, rng.integers(0, 8, ROWS)
    for activation in ("relu", "gelu"):
        yield f"bias and {activation}, {ROWS}x{COLUMNS}", partial(_activate, by, x, vector, activation)
    yield f"gradient of gelu and bias, {ROWS}x{COLUMNS}", partial(by.activation_gradient, g, x, "gelu")
    yield f"layer norm, {ROWS}x{COLUMNS}", partial(by.layer_norm, x, vector, vector)
    yield f"its gradient, {ROWS}x{COLUMNS}", partial(by.layer_norm_gradient, g, x, vector)
    yield f"cross-entropy with gradient, {ROWS}x8", partial(by.cross_entropy, logits, target, ones)
    for name in ("log_loss", "pinball", "huber"):
        level = () if name == "log_loss" else (0.3,)
        yield f"{name} with gradient, {ROWS * 8}", partial(getattr(by, name), flat, flat, np.ones_like(flat), *level)
    yield f"gradient of segment mean, {len(rows)}x{COLUMNS}", partial(by.segment_spread, g, offsets, True)
    yield f"gradient of segment max, {len(rows)}x{COLUMNS}", partial(by.segment_max_gradient, g, rows, offsets)
    softmax = by.segment_softmax(rows, offsets)
    yield "gradient of segment softmax", partial(by.segment_softmax_gradient, rows, softmax, offsets)
    yield f"window of 3, {len(rows)}x{COLUMNS}", partial(by.window_concat, rows, offsets, 3)
    ids = rng.integers(0, 16_384, len(rows))
    yield "gradient of embedding bag, 16384 rows", partial(by.embedding_bag_gradient, g, ids, offsets, None, 16_384)
    state = [normal(WEIGHTS) for _ in range(5)]
    state[3] = np.abs(state[3])
    yield f"Adam step and norm, {WEIGHTS} weights", partial(_step, by, state)


def _activate(by: Kernels, x: Any, bias: Any, activation: str) -> Any:
    return by.bias_activation(x.copy(), bias, activation)


def _step(by: Kernels, state: list[Any]) -> None:
    by.squared_norm(state[4])
    by.adam_step(*state, SETTINGS)
