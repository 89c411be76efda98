"""The dense layer."""

from typing import Final

from numpy.typing import ArrayLike

from acumen_accel.checked.arguments import Floats, matrix, same, vector
from acumen_accel.checked.raw import Bound

ACTIVATIONS: Final = {"identity": 0, "relu": 1, "tanh": 2, "sigmoid": 3, "gelu": 4}


class Dense(Bound):
    """Products whose rows do not depend on the batch."""

    def dense(self, x: ArrayLike, weight: ArrayLike, bias: ArrayLike, activation: str = "identity") -> Floats:
        """Return activation(x @ weight + bias).

        x (n, k), weight (k, m) stored input-major, bias (m,); float32, anything else is converted. Returns (n, m)
        float32. A row has the same bits whatever n is; NaN and infinities propagate. activation is one of identity,
        relu, tanh, sigmoid, gelu; the last in the tanh form of Hendrycks & Gimpel 2016 (arXiv:1606.08415), section 2.
        tanh, sigmoid and gelu are within 1e-6 of the exact value times max(1, |x|).

        Raises ValueError for shapes that do not fit and for an unknown activation.
        """
        code = ACTIVATIONS.get(activation)
        if code is None:
            raise ValueError(f"activation: {activation!r}, must be one of {', '.join(ACTIVATIONS)}")
        x, weight, bias = matrix(x, "x"), matrix(weight, "weight"), vector(bias, "bias")
        inputs, outputs = weight.shape
        if x.shape[1] != inputs:
            same("weight rows", inputs, "the columns of x", x.shape[1])
        if bias.shape[0] != outputs:
            same("bias length", bias.shape[0], "the columns of weight", outputs)
        return self._raw.dense(x, weight, bias, code)
