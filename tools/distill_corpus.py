"""What is learned from: texts out of packages, and the teacher's vectors of them, kept in a work folder."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from acumen.text.wordpiece import WordPiece
from tools.distill_teacher import Teacher
from tools.distill_text import (
    among,
    beside,
    descriptions,
    distinct,
    documentation,
    framed,
    parts,
    passages,
    technical_terms,
    vocabulary_words,
)

CHUNK = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Sentences as documentation has them: of general packages, of scientific ones, and of a catalogue of packages."""

    general: list[str]
    science: list[str]
    catalogue: list[str]

    @classmethod
    def read(cls, general: Path, science: Path, catalogue: Path, work: Path) -> "Sources":
        """Read two folders of installed packages and what `apt-cache dumpavail` prints; kept in `work`."""
        kept = work / "sources.json"
        if not kept.exists():
            found = [list(documentation(general)), list(documentation(science)), list(descriptions(catalogue))]
            kept.write_text(json.dumps(found))
        lines, scientific, listed = json.loads(kept.read_text())
        return cls(general=lines, science=scientific, catalogue=listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """Texts with the teacher's vectors (n, 384); texts without a token are left out."""

    texts: list[str]
    ids: list[list[int]]
    vectors: NDArray[np.float32]
    counts: dict[str, int]

    @classmethod
    def prepared(
        cls, sources: Sources, teacher: Teacher, words: WordPiece, limits: Mapping[str, int], work: Path
    ) -> "Lesson":
        """Draw the texts, as many of each set as `limits` says, and have them taught."""
        found = drawn(sources, teacher.tokenizer.get_vocab())
        sets = {name: texts[: limits[name]] for name, texts in found.items()}
        vectors = np.concatenate([taught(texts, teacher, work / name) for name, texts in sets.items()])
        counts = {name: len(texts) for name, texts in sets.items()}
        texts = [text for part in sets.values() for text in part]
        ids = [words.ids(text) for text in texts]
        whole = cls(texts=texts, ids=ids, vectors=vectors.astype(np.float32), counts=counts)
        return whole.only(np.array([number for number, bag in enumerate(ids) if bag]))

    def only(self, rows: NDArray[np.int64]) -> "Lesson":
        """Return some of it."""
        texts, ids = [self.texts[row] for row in rows], [self.ids[row] for row in rows]
        return Lesson(texts=texts, ids=ids, vectors=self.vectors[rows], counts=self.counts)


def drawn(sources: Sources, vocabulary: Mapping[str, int]) -> dict[str, list[str]]:
    """Return two sets of texts, broad and scientific, in the order of their hashes."""
    words, draw = vocabulary_words(vocabulary), random.Random(7)
    lines = distinct(sources.general)[:220_000] + distinct(sources.catalogue)[:60_000]
    kinds = (parts(lines, draw, 80_000), framed(lines, words, draw, 130_000), beside(words, draw, 90_000))
    broad = distinct([*lines, *(text for kind in kinds for text in kind)])
    draw = random.Random(11)
    everything = distinct(sources.science)
    scientific, terms = everything[:25_000], technical_terms([*lines, *everything], vocabulary)
    runs = [*passages(sources.science, draw, 2_500), *passages(sources.general, draw, 2_500)]
    return {"broad": broad, "scientific": distinct([*scientific, *runs, *among(terms, words, draw, 40_000)])}


def taught(texts: list[str], teacher: Teacher, folder: Path) -> NDArray[np.float16]:
    """Return the teacher's vectors (n, 384), by chunks that are kept in a folder with their texts."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for start in range(0, len(texts), CHUNK):
        part, at = texts[start : start + CHUNK], folder / f"{start // CHUNK:04d}"
        if not at.with_suffix(".json").exists() or json.loads(at.with_suffix(".json").read_text()) != part:
            np.save(at.with_suffix(".npy"), teacher.encode(part))
            at.with_suffix(".json").write_text(json.dumps(part))
            print("taught", folder.name, start + len(part), flush=True)
        found.append(np.load(at.with_suffix(".npy")))
    return np.concatenate(found)
