"""Run import-linter on the sources: the finder of the editable install would hide the packages from it."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "MesonpyMetaFinder"]
sys.path[:0] = [str(ROOT / "server"), str(ROOT / "accel")]

from importlinter.cli import lint_imports  # noqa: E402 (after the paths)

if __name__ == "__main__":
    sys.exit(lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True))
