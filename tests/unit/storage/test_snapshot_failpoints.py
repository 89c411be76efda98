"""Failpoints cost nothing until asked for, and none can be misspelt."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from acumen.storage import failpoints
from acumen.storage.failpoints import NAMES, failpoint

STORAGE = Path(failpoints.__file__).parent


def test_an_undeclared_name_raises() -> None:
    """Also in a process that is not to die."""
    with pytest.raises(KeyError, match="snapshot.renamde"):
        failpoint("snapshot.renamde")


def test_every_name_is_passed_unarmed() -> None:
    """Nothing happens, however often."""
    for name in sorted(NAMES) * 3:
        failpoint(name)


def test_names_in_the_source_are_declared() -> None:
    """Each literal `failpoint("...")` of the package names a declared one."""
    sources = "".join(path.read_text() for path in STORAGE.glob("*.py") if path.name != "failpoints.py")
    used = set(re.findall(r'failpoint\("([^"]+)"\)', sources))
    assert used and used <= NAMES


@pytest.mark.parametrize(("setting", "survived"), [("snapshot.synced", 0), ("snapshot.synced:3", 2)])
def test_the_process_dies_at_the_hit_that_was_named(setting: str, survived: int) -> None:
    """By SIGKILL: no handler runs, nothing is flushed."""
    code = "from acumen.storage.failpoints import failpoint\nfor i in range(9):\n"
    code += " failpoint('snapshot.renamed')\n failpoint('snapshot.synced')\n print(i, flush=True)"
    environment = {failpoints.VARIABLE: setting, "PYTHONPATH": str(STORAGE.parents[1])}
    ended = subprocess.run([sys.executable, "-S", "-c", code], env=environment, capture_output=True, text=True)
    assert ended.returncode == -signal.SIGKILL and len(ended.stdout.split()) == survived


@pytest.mark.parametrize(
    "setting", ["nothing.here", "snapshot.synced:0", "snapshot.synced:x", "snapshot.synced:-1", ":"]
)
def test_a_setting_that_names_nothing_is_refused(setting: str) -> None:
    """A misspelt variable does not pass for a process that survived."""
    with pytest.raises(ValueError, match="ACUMEN_FAILPOINT: no failpoint"):
        failpoints._parse(setting)
