"""Claims about the accurate tier, on a tiny model of the same architecture with random weights."""

import hashlib
import json
from collections.abc import Callable, Mapping
from math import erf
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from acumen.errors import EmbedderCorrupt, EmbedderNotInstalled
from acumen.text import minilm
from acumen.text.minilm_files import install

WIDTH, WIDE, HEADS, LAYERS, PLACES = 24, 64, 3, 2, 20
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefgh", "##a", "##b"]
TEXTS = ["a b c", "h", "abba cab", "a b c d e f g h a b c d e f g h a b c d", "zzz", "a, é"]


def _tensors() -> dict[str, NDArray[Any]]:
    draw = np.random.default_rng(3)
    shapes = {
        "embeddings.word_embeddings.weight": (len(WORDS), WIDTH),
        "embeddings.position_embeddings.weight": (PLACES, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
        "embeddings.LayerNorm.weight": (WIDTH,),
        "embeddings.LayerNorm.bias": (WIDTH,),
    }
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}."
        for name in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            shapes |= {f"{at}{name}.weight": (WIDTH, WIDTH), f"{at}{name}.bias": (WIDTH,)}
        shapes |= {f"{at}intermediate.dense.weight": (WIDE, WIDTH), f"{at}intermediate.dense.bias": (WIDE,)}
        shapes |= {f"{at}output.dense.weight": (WIDTH, WIDE), f"{at}output.dense.bias": (WIDTH,)}
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{at}{name}.weight": (WIDTH,), f"{at}{name}.bias": (WIDTH,)}
    tensors = {name: draw.normal(0, 0.4, shape).astype(np.float32) for name, shape in shapes.items()}
    return tensors | {"embeddings.position_ids": np.arange(PLACES)[None]}


def _source(folder: Path) -> Path:
    folder.mkdir()
    config = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute"}
    (folder / "config.json").write_text(json.dumps(config | {"num_attention_heads": HEADS}))
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"vocab": vocabulary}}))
    save_file(_tensors(), folder / "model.safetensors")
    return folder


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("minilm")
    install(_source(root / "source"), root / "installed")
    return root / "installed"


def _tanh_form(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))


def _exact_form(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.vectorize(erf)(x / np.sqrt(2))  # type: ignore[no-any-return]


def _reference(
    weights: Mapping[str, NDArray[np.float64]],
    ids: list[int],
    activation: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Compute the same in float64, head by head and as the paper writes it."""

    def linear(x: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def normal(x: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        scaled = (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-12)
        return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    x = weights["embeddings.word_embeddings.weight"][ids] + weights["embeddings.position_embeddings.weight"][: len(ids)]
    x = normal(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}."
        query, key, value = (linear(x, f"{at}attention.self.{name}") for name in ("query", "key", "value"))
        mixed = np.empty_like(x)
        for head in range(HEADS):
            part = slice(head * WIDTH // HEADS, (head + 1) * WIDTH // HEADS)
            scores = np.exp(query[:, part] @ key[:, part].T / np.sqrt(WIDTH / HEADS))
            mixed[:, part] = scores / scores.sum(1, keepdims=True) @ value[:, part]
        x = normal(x + linear(mixed, f"{at}attention.output.dense"), f"{at}attention.output.LayerNorm")
        wide = linear(x, f"{at}intermediate.dense")
        wide = wide * 0.5 * (1 + activation(wide))
        x = normal(x + linear(wide, f"{at}output.dense"), f"{at}output.LayerNorm")
    return x.mean(0) / np.linalg.norm(x.mean(0))


def _stored(folder: Path) -> dict[str, NDArray[np.float64]]:
    tensors = load_file(folder / "weights.safetensors")
    plain = {name: value.astype(np.float64) for name, value in tensors.items()}
    return {n: v * plain[f"{n}.scale"][:, None] if f"{n}.scale" in plain else v for n, v in plain.items()}


def _ids(text: str) -> list[int]:
    known = {"abba": ["a", "##b", "##b", "##a"], "cab": ["c", "##a", "##b"], "zzz": ["[UNK]"], "a,": ["a", "[UNK]"]}
    pieces = [piece for word in text.replace("é", "e").split() for piece in known.get(word, [word])]
    return [WORDS.index(piece) for piece in ["[CLS]", *pieces[: PLACES - 2], "[SEP]"]]


@pytest.mark.parametrize("text", TEXTS)
def test_the_forward_pass_is_that_of_the_paper(installed: Path, text: str) -> None:
    """A vector agrees with a float64 computation from the same weights to the precision of float32."""
    (vector,) = minilm.load(installed).embed([text])
    np.testing.assert_allclose(vector, _reference(_stored(installed), _ids(text), _tanh_form), atol=2e-5)


def test_the_conversion_keeps_the_direction(installed: Path) -> None:
    """Eight bits a weight, and the kernel's form of GELU, leave the vectors where the original's are."""
    original = {name: value.astype(np.float64) for name, value in _tensors().items()}
    vectors = minilm.load(installed).embed(TEXTS)
    wanted = [_reference(original, _ids(text), _exact_form) for text in TEXTS]
    assert all(vector @ direction > 0.999 for vector, direction in zip(vectors, wanted, strict=True))


def test_a_text_has_the_same_bytes_alone_and_in_a_batch(installed: Path) -> None:
    """What else is in the call does not show."""
    embedder = minilm.load(installed)
    batch = embedder.embed(TEXTS)
    assert all(embedder.embed([text])[0].tobytes() == row.tobytes() for text, row in zip(TEXTS, batch, strict=True))


def test_texts_without_tokens_are_zeros_and_no_text_raises(installed: Path) -> None:
    """Blanks, controls and half characters are answered with zeros, what is long with its beginning."""
    embedder = minilm.load(installed)
    assert not embedder.embed(["", "\0", "\ud800"]).any() and embedder.embed([]).shape == (0, WIDTH)
    assert np.linalg.norm(embedder.embed(["a " * 500_000, "😀"]), axis=1) == pytest.approx([1, 1], abs=1e-6)


def test_the_same_source_gives_the_same_bytes_and_identity(installed: Path, tmp_path: Path) -> None:
    """Conversion is deterministic, and the identity is the hash of what it wrote."""
    digest = install(_source(tmp_path / "again"), tmp_path / "target")
    files = sorted(path.name for path in installed.iterdir())
    assert files == ["card.json", "tokenizer.json", "weights.safetensors"]
    assert all((tmp_path / "target" / name).read_bytes() == (installed / name).read_bytes() for name in files)
    content = (installed / "tokenizer.json").read_bytes() + (installed / "weights.safetensors").read_bytes()
    assert digest == hashlib.sha256(content).hexdigest()
    assert minilm.load(installed).identity.id == f"minilm-{WIDTH}-v1:{digest[:12]}"


def test_installing_again_replaces(tmp_path: Path) -> None:
    """A second conversion leaves one folder and nothing beside it."""
    source = _source(tmp_path / "source")
    for _ in range(2):
        install(source, tmp_path / "target")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source", "target"]


def test_nothing_installed_is_said(tmp_path: Path) -> None:
    """Without the folder, or with a source that lacks a file, the error says what is not there."""
    with pytest.raises(EmbedderNotInstalled, match="acumend embedder install"):
        minilm.load(tmp_path / "nowhere")
    with pytest.raises(EmbedderNotInstalled, match=r"source/config\.json"):
        install(tmp_path / "source", tmp_path / "target")


@pytest.mark.parametrize("name", ["card.json", "tokenizer.json", "weights.safetensors"])
@pytest.mark.parametrize("keep", [None, 0, 40, -1])
def test_damage_is_named(tmp_path: Path, name: str, keep: int | None) -> None:
    """A missing or a shortened file is refused with its folder's name."""
    install(_source(tmp_path / "source"), tmp_path / "target")
    content = (tmp_path / "target" / name).read_bytes()
    (tmp_path / "target" / name).unlink()
    if keep is not None:
        shorter = content.rstrip()[:keep]
        (tmp_path / "target" / name).write_bytes(shorter)
    with pytest.raises(EmbedderCorrupt, match="target"):
        minilm.load(tmp_path / "target")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("config.json", b'{"model_type": "gpt2"}'),
        ("config.json", b"[]"),
        ("model.safetensors", b"not tensors"),
    ],
)
def test_another_kind_of_model_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    """What is not this architecture is not converted, and nothing is left behind."""
    source = _source(tmp_path / "source")
    (source / name).write_bytes(content)
    with pytest.raises(EmbedderCorrupt, match="source"):
        install(source, tmp_path / "target")
    assert not (tmp_path / "target").exists()
