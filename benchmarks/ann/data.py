"""Vectors with the structure of a real bank: sentences of the documentation that Python packages carry, embedded."""

import ast
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from acumen.text import static

Vectors = NDArray[np.float32]
NOISE = 0.5


def sentences(limit: int) -> list[str]:
    """Return up to `limit` distinct sentences of docstrings of this interpreter's library and packages."""
    found: dict[str, None] = {}
    for name in ("stdlib", "purelib"):
        for path in sorted(Path(sysconfig.get_path(name)).rglob("*.py")):
            found |= dict.fromkeys(_sentences(path))
            if len(found) >= limit:
                return list(found)[:limit]
    return list(found)


def _sentences(path: Path) -> Iterator[str]:
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            for sentence in (ast.get_docstring(node) or "").split(". "):
                if len(text := " ".join(sentence.split())) > 30:
                    yield text[:300]


def vectors(n: int, queries: int) -> tuple[Vectors, Vectors, int]:
    """Return (n, d) rows, queries (q, d) and how many rows are sentences; the others are those with noise added.

    A query is a row's sentence with noise of half its length in a random direction: cosine .89 to it.
    """
    random = np.random.default_rng(11)
    embedder = static.load()
    texts = sentences(n + queries)
    parts = [embedder.embed(texts[start : start + 1000]) for start in range(0, len(texts), 1000)]
    real = np.concatenate(parts)
    real = real[np.linalg.norm(real, axis=1) > NOISE]
    real = real[random.permutation(len(real))]
    sources = _noisy(real[random.integers(0, len(real), queries)], random)
    rows = [real[:n]]
    while (missing := n - sum(map(len, rows))) > 0:
        rows.append(_noisy(real[:missing], random))
    return np.concatenate(rows), sources, min(n, len(real))


def _noisy(rows: Vectors, random: np.random.Generator) -> Vectors:
    noise = random.standard_normal(rows.shape, dtype=np.float32) * np.float32(NOISE / np.sqrt(rows.shape[1]))
    moved = rows + noise
    return (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
