"""Which code made a model's weights: one hash of everything its recipe imports, and of nothing else."""

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
CONTRACT = PACKAGE / "proto"  # generated; a new field changes no number
# What writes down and checks; no weight depends on it.
REPORTS = {
    PACKAGE / "errors.py",
    *(PACKAGE / "neural" / f"{name}.py" for name in ("card", "evaluate", "golden", "recipe")),
}


def recipe_sha256(folder: Path) -> str:
    """Hash the code behind `folder`'s weights: `recipe.py` and the modules of this package that it comes to import.

    Hashed is what Python parses, less docstrings, so that prose and layout change nothing. Kernels are left out: each
    is tested to compute what its NumPy twin does.
    """
    digest = hashlib.sha256()
    for file in sorted(imported(folder / "recipe.py")):
        digest.update(f"{file.relative_to(PACKAGE)}\0{_canonical(ast.parse(file.read_bytes()))}\0".encode())
    return digest.hexdigest()


def imported(file: Path) -> set[Path]:
    """Return a file and those it imports, directly or not, that lie in this package."""
    found, waiting = set[Path](), [file.resolve()]
    while waiting:
        if (at := waiting.pop()) not in found:
            found.add(at)
            waiting += _imports(ast.parse(at.read_bytes()))
    return found


def _imports(tree: ast.Module) -> Iterator[Path]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                modules = [name.name for name in names]
            case ast.ImportFrom(module=str(module), names=names):
                modules = [module, *(f"{module}.{name.name}" for name in names)]
            case _:
                continue
        for module in modules:
            file = PACKAGE.parent.joinpath(*module.split(".")).with_suffix(".py")
            if file.is_relative_to(PACKAGE) and CONTRACT not in file.parents and file.is_file() and file not in REPORTS:
                yield file


def _canonical(node: object) -> str:
    """Return a syntax tree as text that is the same in every version of Python, without docstrings and positions."""
    if isinstance(node, list):
        return f"[{','.join(map(_canonical, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = {name: value for name, value in ast.iter_fields(node) if value not in (None, [])}
    if "body" in fields and _documented(fields["body"]):
        fields["body"] = fields["body"][1:]
    return f"{type(node).__name__}({','.join(f'{name}={_canonical(value)}' for name, value in fields.items())})"


def _documented(body: object) -> bool:
    return isinstance(body, list) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
