"""What was built, what the processor offers and what is in use."""

from dataclasses import dataclass

from acumen_accel.backends import NAMES
from acumen_accel.levels import BUILT, COMPILER, FLAGS, IN_USE, PYTHRAN, SUPPORTED, UNCOMPILED, WANTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """The kernels of this process; `compiler` and `pythran` are None where nothing was compiled."""

    level: str
    built: tuple[str, ...]
    supported: tuple[str, ...]
    kernels: tuple[str, ...]
    compiled: bool
    overridden: bool
    compiler: str | None
    pythran: str | None
    cpu_flags: tuple[str, ...]


def info() -> Info:
    """Return which level is in use and why that one."""
    return Info(
        level=IN_USE,
        built=BUILT,
        supported=SUPPORTED,
        kernels=NAMES,
        compiled=IN_USE != UNCOMPILED,
        overridden=WANTED is not None,
        compiler=COMPILER,
        pythran=PYTHRAN,
        cpu_flags=FLAGS,
    )
