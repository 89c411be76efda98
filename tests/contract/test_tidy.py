"""The style that can be measured holds: sizes, names, no leftovers."""

import ast
import re
import statistics
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ("server/acumen/proto/", "clients/python/acumen_client/gen/")
BANNED = {"utils", "util", "common", "helpers", "helper", "manager", "base", "misc"}


def _files(*suffixes: str) -> list[Path]:
    """Return what git tracks or would track, generated and third-party code aside."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    kept = [n for n in names if n.endswith(suffixes) and not n.startswith((*GENERATED, "third_party/"))]
    return [ROOT / name for name in kept if (ROOT / name).is_file()]


PYTHON = _files(".py")
SOURCES = [path for path in PYTHON if path.relative_to(ROOT).parts[0] != "tests"]


def _functions(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, kinds)
    ]


def test_files_are_small() -> None:
    """No source file over 450 lines, nine in ten under 300, half under 120."""
    lengths = {path: len(path.read_text().splitlines()) for path in SOURCES}
    assert {str(path): n for path, n in lengths.items() if n > 450} == {}
    assert statistics.quantiles(lengths.values(), n=10)[8] <= 300
    assert statistics.median(lengths.values()) <= 120


def test_functions_are_small() -> None:
    """No function over 60 lines, nine in ten at most 25, half at most 10."""
    sizes = [entry for path in SOURCES for entry in _functions(path)]
    assert [entry for entry in sizes if entry[1] > 60] == []
    lengths = [length for _, length in sizes]
    assert statistics.quantiles(lengths, n=10)[8] <= 25 and statistics.median(lengths) <= 10


def test_no_name_says_nothing() -> None:
    """No module or folder is called after nothing in particular."""
    words = {part.removesuffix(".py") for path in PYTHON for part in path.relative_to(ROOT).parts}
    assert words & BANNED == set()


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX", "HACK"])
def test_nothing_is_left_for_later(word: str) -> None:
    """What is not done is in an issue, not in a comment."""
    found = [path for path in _files(".py", ".proto", ".toml", ".sh") if re.search(rf"\b{word}\b", path.read_text())]
    assert [path for path in found if path.name != Path(__file__).name] == []


def test_no_test_is_skipped() -> None:
    """A test that cannot run fails."""
    pattern = re.compile(r"pytest\.(skip|xfail)|mark\.(skip|xfail)")
    found = [path for path in PYTHON if pattern.search(path.read_text()) and path.name != Path(__file__).name]
    assert found == []


def test_no_paths_of_anyones_machine() -> None:
    """Nothing committed names a home or a work folder."""
    pattern = re.compile(r"(?<![\w.])/(?:work|root|home/\w+)/")
    texts = _files(".py", ".md", ".json", ".toml", ".proto", ".yaml", ".sh", "Makefile")
    found = [path for path in texts if pattern.search(path.read_text()) and path.name != Path(__file__).name]
    assert found == []
