"""Choosing a level, for this process and from the environment."""

import os
import subprocess
import sys

import pytest

from acumen_accel import info
from acumen_accel.levels import RUNNABLE, choose


def run(level: str) -> subprocess.CompletedProcess[str]:
    """Import the package in a fresh process under a wanted level and print what is in use."""
    script = (
        "from acumen_accel import *; i = info(); print(i.level, i.compiled, i.overridden, dense([[1]], [[2]], [3])[0])"
    )
    environment = os.environ | {"ACUMEN_ACCEL": level}
    return subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("level", ["python", *RUNNABLE])
def test_the_environment_chooses_the_level(level: str) -> None:
    """ACUMEN_ACCEL picks any built level, or none, and info() says that it did."""
    assert run(level).stdout.split() == [level, str(level != "python"), "True", "[5.]"]


def test_an_empty_variable_chooses_nothing() -> None:
    """An empty ACUMEN_ACCEL is as if it were not set: the best level."""
    assert run("").stdout.split()[:3] == [("python", *RUNNABLE)[-1], str(bool(RUNNABLE)), "False"]


def test_an_impossible_level_is_an_import_error_that_names_the_possible() -> None:
    """A level that is not built or not supported stops the import, with the choices in the message."""
    result = run("v9")
    assert result.returncode == 1
    assert "ImportError: ACUMEN_ACCEL: 'v9'" in result.stderr
    assert f"must be one of {', '.join(('python', *RUNNABLE))}" in result.stderr


def test_the_highest_level_is_chosen_unasked() -> None:
    """Without a wish, the last of the levels that are built and supported is used."""
    assert choose(None) == ("python", *RUNNABLE)[-1]


def test_info_is_consistent() -> None:
    """What is in use was built and is supported, and a compiled package says by what."""
    found = info()
    assert found.compiled == (found.level != "python")
    assert not found.compiled or {found.level} <= set(found.built) & set(found.supported)
    assert not found.built or (found.compiler and found.pythran)
