"""Claims about the static tier."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from acumen.errors import EmbedderCorrupt
from acumen.text import static
from acumen.text.static import StaticEmbedder
from acumen.text.wordpiece import WordPiece
from acumen_accel import backend
from acumen_accel.levels import RUNNABLE, UNCOMPILED
from tools.distill_card import described

EMBEDDER = static.load()
HOSTILE = ["", " ", "\0", "\ud800", "😀", "\u200b", "\U0001d538" * 50, "a" * 1_000_000, "a b " * 250_000, "x\0y\ud800z"]


def test_a_sentence_is_nearest_to_its_paraphrase() -> None:
    """Meaning decides, not shared words: none but function words are shared."""
    query, *others = EMBEDDER.embed(
        ["how do i reset my password", "recovering a forgotten login credential", "how do i boil my potatoes"]
    )
    assert query @ others[0] > query @ others[1]


def test_a_text_has_the_same_bytes_alone_and_in_a_batch() -> None:
    """What else is in the call does not show."""
    texts = ["fix the login page", "", "deploy to staging", "Réparer la page", "a" * 3000, *HOSTILE[:7]]
    batch = EMBEDDER.embed(texts)
    assert all(EMBEDDER.embed([text])[0].tobytes() == row.tobytes() for text, row in zip(texts, batch, strict=True))


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_answered_with_a_unit_vector_or_zeros(text: str) -> None:
    """Nothing raises and nothing is NaN."""
    (vector,) = EMBEDDER.embed([text])
    assert vector.dtype == np.float32 and np.linalg.norm(vector) == pytest.approx(float(vector.any()), abs=1e-6)


@given(st.lists(st.text(max_size=40), max_size=5))
def test_vectors_have_length_one_or_zero(texts: list[str]) -> None:
    """One row a text, of the dimension that the identity states."""
    vectors = EMBEDDER.embed(texts)
    assert vectors.shape == (len(texts), EMBEDDER.identity.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), vectors.any(axis=1), atol=1e-6)


def test_a_text_without_a_known_token_is_zeros() -> None:
    """Nothing is made up for a text that says nothing."""
    assert not EMBEDDER.embed(["", "\0", "😀"]).any()


def test_what_lies_behind_the_limit_does_not_count() -> None:
    """The first 512 tokens are read."""
    within = "table " * static.TOKENS
    assert EMBEDDER.embed([within])[0].tobytes() == EMBEDDER.embed([within + "elephants"])[0].tobytes()
    assert EMBEDDER.embed(["table elephants"])[0].tobytes() != EMBEDDER.embed(["table"])[0].tobytes()


def test_the_worst_table_still_sums_exactly() -> None:
    """512 tokens of the largest row at the largest scale stay below 2^24, where float32 holds every whole number."""
    assert static.TOKENS * 255 * 127 < 2**24
    rows, scales = np.full((1, 2), 127, np.int8), np.array([255], np.uint8)
    worst = StaticEmbedder(WordPiece({"a": 0}, static.TOKENS), rows, scales, "0" * 64)
    assert worst.embed(["a " * 600]).tobytes() == worst.embed(["a"]).tobytes()


def test_every_processor_level_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums of whole numbers do not depend on how a level orders or fuses them."""
    texts = ["fix the login page of the staging server", "ConnectionRefusedError on port 5432", "table " * 600]
    expected = EMBEDDER.embed(texts).tobytes()
    for level in ("numpy", UNCOMPILED, *RUNNABLE):
        monkeypatch.setattr(static, "embedding_bag_int8", backend(level).embedding_bag_int8)
        assert EMBEDDER.embed(texts).tobytes() == expected


def test_the_sum_is_that_of_the_rows() -> None:
    """A vector is the sum of scale times row over the tokens, divided by its length."""
    rows = np.array([[3, 0], [0, -4], [1, 1]], np.int8)
    small = StaticEmbedder(WordPiece({"a": 0, "b": 1, "c": 2}, 9), rows, np.array([1, 1, 7], np.uint8), "f" * 64)
    np.testing.assert_allclose(small.embed(["a b", "c", "b a"]), [[0.6, -0.8], [0.5**0.5] * 2, [0.6, -0.8]], rtol=1e-6)
    assert small.identity.id == "static-2-v1:ffffffffffff"


def test_the_identity_is_the_hash_of_the_files() -> None:
    """Anyone can recompute which table it is."""
    content = b"".join((static.SHIPPED / name).read_bytes() for name in ("tokenizer.json", "table.safetensors"))
    assert EMBEDDER.identity.id == f"static-256-v1:{hashlib.sha256(content).hexdigest()[:12]}"


def test_the_card_for_people_is_the_card_for_programs() -> None:
    """The text is generated from the figures, never typed, and is that of the table beside it."""
    card = json.loads((static.SHIPPED / "card.json").read_text())
    assert (static.SHIPPED / "CARD.md").read_text() == described(card)
    assert card["id"] == EMBEDDER.identity.id


@pytest.mark.parametrize("name", ["card.json", "tokenizer.json", "table.safetensors"])
@pytest.mark.parametrize("damage", ["missing", "truncated", "flipped", "empty"])
def test_damage_is_named(tmp_path: Path, name: str, damage: str) -> None:
    """A missing, short, altered or empty file is refused with the folder's name."""
    folder = tmp_path / "table"
    shutil.copytree(static.SHIPPED, folder)
    content = (folder / name).read_bytes()
    (folder / name).unlink()
    flipped = content[:50] + bytes([content[50] ^ 1]) + content[51:]
    changed = {"truncated": content[:-200], "flipped": flipped, "empty": b""}
    if damage in changed:
        (folder / name).write_bytes(changed[damage])
    if (name, damage) == ("card.json", "flipped"):
        (folder / name).write_text(json.dumps({"sha256": "0" * 64}))
    with pytest.raises(EmbedderCorrupt, match="table"):
        static.load(folder)


def test_a_table_that_does_not_fit_its_vocabulary_is_refused(tmp_path: Path) -> None:
    """Files that agree with the card but not with each other are damage, too."""
    tokenizer = json.dumps({"model": {"vocab": {"a": 0, "b": 1}}}).encode()
    table = save({"rows": np.zeros((3, 4), np.int8), "scales": np.ones(3, np.uint8)})
    digest = hashlib.sha256(tokenizer + table).hexdigest()
    for name, content in (("tokenizer.json", tokenizer), ("table.safetensors", table)):
        (tmp_path / name).write_bytes(content)
    (tmp_path / "card.json").write_text(json.dumps({"sha256": digest}))
    with pytest.raises(EmbedderCorrupt, match="does not number the 3 rows"):
        static.load(tmp_path)
