"""Which compiled level this process uses.

A level is a folder of extension modules compiled for one processor generation. The highest one that was built and
that the processor supports is taken; the environment variable ACUMEN_ACCEL names another, or `python` for none.
"""

import os
from importlib import import_module
from types import ModuleType
from typing import Final

VARIABLE: Final = "ACUMEN_ACCEL"
UNCOMPILED: Final = "python"

try:
    from acumen_accel import _cpu
except ImportError:  # Installed without a compiler.
    BUILT: tuple[str, ...] = ()
    SUPPORTED: tuple[str, ...] = ()
    FLAGS: tuple[str, ...] = ()
    COMPILER = PYTHRAN = None
else:
    BUILT = tuple(_cpu.BUILT.split())
    SUPPORTED = _cpu.supported_levels()
    FLAGS = _cpu.flags()
    COMPILER, PYTHRAN = _cpu.COMPILER, _cpu.PYTHRAN

RUNNABLE: Final = tuple(level for level in BUILT if level in SUPPORTED)


def choose(wanted: str | None) -> str:
    """Return the level to use; ImportError names the choices when the wanted one is not among them."""
    allowed = (UNCOMPILED, *RUNNABLE)
    if wanted and wanted not in allowed:
        raise ImportError(
            f"{VARIABLE}: {wanted!r} is not built or not supported here, must be one of {', '.join(allowed)}"
        )
    return wanted or allowed[-1]


WANTED: Final = os.environ.get(VARIABLE) or None
IN_USE: Final = choose(WANTED)


def load(subject: str, level: str = IN_USE) -> ModuleType:
    """Return the kernels of one file, `kernels/<subject>.py`, compiled for a level or as they are."""
    return import_module(f"acumen_accel.{'kernels' if level == UNCOMPILED else level}.{subject}")
