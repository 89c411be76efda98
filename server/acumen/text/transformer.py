"""The forward pass of a small BERT in NumPy: Devlin et al. 2018 (arXiv:1810.04805), mean pooled.

One text at a time, so a text's vector cannot depend on what it was sent with, and there is no padding to mask.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen_accel import aligned, dense

Floats: TypeAlias = NDArray[np.float32]
EPSILON: Final = np.float32(1e-12)
ROWS: Final = 4  # Rows that the dense kernel computes in one pass over the weights; one row alone takes a whole pass.


@dataclass(frozen=True, slots=True)
class Normal:
    """A layer normalisation: `gain` and `shift` (d,)."""

    gain: Floats
    shift: Floats

    def __call__(self, x: Floats) -> Floats:
        """Scale each row of x (n, d) to mean 0 and variance 1, then stretch and shift it."""
        centred = x - x.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", centred, centred)[:, None] / np.float32(x.shape[1])
        return centred / np.sqrt(variance + EPSILON) * self.gain + self.shift


@dataclass(frozen=True, slots=True)
class Linear:
    """A dense layer: `weight` (inputs, outputs), `bias` (outputs,), and what follows them.

    The kernel sums each output in one order, so a result depends neither on the number of rows nor on BLAS's threads.
    """

    weight: Floats
    bias: Floats
    activation: str = "identity"

    def __call__(self, x: Floats) -> Floats:
        """Return activation(x @ weight + bias) for x (n, inputs)."""
        if missing := -len(x) % ROWS:
            x = np.concatenate([x, np.zeros((missing, x.shape[1]), np.float32)])
            return dense(x, self.weight, self.bias, self.activation)[:-missing]
        return dense(x, self.weight, self.bias, self.activation)


@dataclass(frozen=True, slots=True)
class Layer:
    """One encoder layer; `queries_keys_values` holds the three projections side by side."""

    queries_keys_values: Linear
    attended: Linear
    attended_normal: Normal
    widen: Linear
    narrow: Linear
    narrow_normal: Normal
    heads: int

    def __call__(self, x: Floats) -> Floats:
        """Return x (n, d) after attention and the two dense layers, each with its residual."""
        x = self.attended_normal(x + self.attended(self._attention(x)))
        return self.narrow_normal(x + self.narrow(self.widen(x)))

    def _attention(self, x: Floats) -> Floats:
        tokens, width = x.shape
        split = self.queries_keys_values(x).reshape(tokens, 3, self.heads, -1)
        queries, keys, values = split.transpose(1, 2, 0, 3)
        scores = queries @ keys.transpose(0, 2, 1)
        scores *= np.float32(1 / np.sqrt(width / self.heads))
        scores -= scores.max(axis=2, keepdims=True)
        weights = np.exp(scores)
        weights /= weights.sum(axis=2, keepdims=True)
        return (weights @ values).transpose(1, 0, 2).reshape(tokens, width)


@dataclass(frozen=True, slots=True)
class Transformer:
    """Word rows `words` (v, d) int8 times `word_scales` (v,), places (p, d) with the kind of segment added, layers."""

    words: NDArray[np.int8]
    word_scales: Floats
    places: Floats
    normal: Normal
    layers: tuple[Layer, ...]

    def __call__(self, ids: Sequence[int]) -> Floats:
        """Return the mean (d,) of the last states of 1 to p tokens."""
        x = self.words[ids] * self.word_scales[ids, None] + self.places[: len(ids)]
        x = self.normal(x)
        for layer in self.layers:
            x = layer(x)
        mean: Floats = x.mean(axis=0)
        return mean

    @classmethod
    def of(cls, weights: Mapping[str, NDArray[Any]], heads: int) -> Self:
        """Assemble from tensors named as BERT names them, a matrix W as `W` int8 with `W.scale`; KeyError if one lacks.

        Matrices are kept as (outputs, inputs) with a scale for each output, and become float32 here.
        """
        count = sum(name.endswith("intermediate.dense.bias") for name in weights)
        kinds = _matrix(weights, "embeddings.token_type_embeddings.weight")
        return cls(
            words=weights["embeddings.word_embeddings.weight"],
            word_scales=weights["embeddings.word_embeddings.weight.scale"],
            places=_matrix(weights, "embeddings.position_embeddings.weight") + kinds[0],
            normal=_normal(weights, "embeddings.LayerNorm"),
            layers=tuple(_layer(weights, f"encoder.layer.{number}.", heads) for number in range(count)),
        )


def _layer(weights: Mapping[str, NDArray[Any]], at: str, heads: int) -> Layer:
    projections = [_linear(weights, f"{at}attention.self.{name}") for name in ("query", "key", "value")]
    return Layer(
        queries_keys_values=Linear(
            aligned(np.concatenate([p.weight for p in projections], axis=1)),
            np.concatenate([p.bias for p in projections]),
        ),
        attended=_linear(weights, f"{at}attention.output.dense"),
        attended_normal=_normal(weights, f"{at}attention.output.LayerNorm"),
        widen=_linear(weights, f"{at}intermediate.dense", "gelu"),
        narrow=_linear(weights, f"{at}output.dense"),
        narrow_normal=_normal(weights, f"{at}output.LayerNorm"),
        heads=heads,
    )


def _linear(weights: Mapping[str, NDArray[Any]], name: str, activation: str = "identity") -> Linear:
    matrix = aligned(_matrix(weights, f"{name}.weight").T)
    return Linear(matrix, weights[f"{name}.bias"], activation)


def _normal(weights: Mapping[str, NDArray[Any]], name: str) -> Normal:
    return Normal(weights[f"{name}.weight"], weights[f"{name}.bias"])


def _matrix(weights: Mapping[str, NDArray[Any]], name: str) -> Floats:
    return weights[name] * weights[f"{name}.scale"][:, None]
