"""Every kernel in every build, against references written independently of all of them."""

import inspect
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from acumen_accel import Kernels, backend, info
from acumen_accel.backends import SUBJECTS
from acumen_accel.levels import RUNNABLE, load

from .case import Case
from .cases import every_case
from .training_cases import training_cases

CASES = every_case()
BACKENDS = ("numpy", "python", *RUNNABLE)


@pytest.fixture(params=BACKENDS)
def kernels(request: pytest.FixtureRequest) -> Kernels:
    return backend(request.param)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy warns of the NaN and infinities that are asked for here.
@pytest.mark.parametrize("case", CASES, ids=str)
def test_agrees_with_the_reference(kernels: Kernels, case: Case) -> None:
    """Each backend answers each case like the float64 reference, with the shape and dtype that are documented."""
    for got, expected in zip(_answers(kernels, case), case.expected, strict=True):
        assert got.shape == expected.shape
        assert got.dtype.kind == expected.dtype.kind or expected.dtype.kind == "f"
        scale = case.tolerance * np.where(np.isfinite(expected), np.maximum(1, np.abs(expected)), 1)
        with np.errstate(invalid="ignore"):
            close = np.abs(got - expected.astype(float)) <= scale
        assert np.all((got == expected) | (np.isnan(got) & np.isnan(expected)) | close), (got, expected)


def _answers(kernels: Kernels, case: Case) -> list[np.ndarray[Any, Any]]:
    """Return what a kernel says; one that returns nothing changed its arguments, of which it gets copies."""
    arguments = [a.copy() if isinstance(a, np.ndarray) else a for a in case.arguments]
    answer = getattr(kernels, case.kernel)(*arguments)
    if answer is None:
        return [a for a in arguments if isinstance(a, np.ndarray)]
    return [np.asarray(part) for part in (answer if isinstance(answer, tuple) else (answer,))]


def test_every_kernel_has_cases() -> None:
    """No kernel is added without cases, nor offered without being listed by info()."""
    public = {name for name, _ in inspect.getmembers(Kernels, inspect.isfunction) if not name.startswith("_")}
    assert public == {case.kernel for case in CASES} == set(info().kernels)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.kernel == "dense" and case.expected[0].size < 2000], ids=str
)
def test_the_uncompiled_dense_source_is_right_too(case: Case) -> None:
    """The source that is compiled answers alike uncompiled, though without a compiler NumPy's product is used."""
    x, weight, bias, activation = case.arguments
    code = ["identity", "relu", "tanh", "sigmoid", "gelu"].index(activation)
    got = load("dense", "python").dense(x, weight, bias, code)
    np.testing.assert_allclose(got, case.expected[0], rtol=2e-5, atol=2e-5 * (1 + code))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("case", list(training_cases(np.random.default_rng(20))), ids=str)
def test_the_uncompiled_sources_of_training_are_right_too(case: Case) -> None:
    """The sources that are compiled answer alike uncompiled, though without a compiler NumPy computes instead."""
    functions = {name: value for subject in SUBJECTS for name, value in vars(load(subject, "python")).items()}
    test_agrees_with_the_reference(Kernels(cast(Any, SimpleNamespace(**functions))), case)
